-- Removes the entries that are older than `age` seconds. The id of an entry is its offset and the
-- second at which it was stored.
local function remove_aged(age)
  local oldest = tonumber(redis.call('TIME')[1]) - age
  while true do
    local page = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 16)
    local cut
    for _, row in ipairs(page) do
      local offset, second = string.match(row[1], '^(%d+)%-(%d+)$')
      if tonumber(second) >= oldest then break end
      cut = offset
    end
    if cut then redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f', tonumber(cut) + 1)) end
    if not cut or #page < 16 then return end
  end
end
