-- Returns a part of the log: at most 1,024 entries, and about 1 MiB.
-- ARGV: 4 the offset before the first entry, 5 that of the last entry.
local age = redis.call('HGET', KEYS[1], 'a')
if age then remove_aged(tonumber(age) / 1000) end
local function offset_of(row) return tonumber(string.match(row[1], '^(%d+)')) end
local first, newest = last + 1, redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
-- An entry is missing behind the kept ones only if some were evicted.
if newest and offset_of(newest) == last then
  first = offset_of(redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1])
end
local reply, bytes, count = {}, 0, 0
local at = math.max(tonumber(ARGV[4]) + 1, first)
local to = math.min(tonumber(ARGV[5]), last)
while at <= to and bytes < 1048576 and count < 1024 do
  local page = redis.call('XRANGE', KEYS[2], string.format('%.0f', at), string.format('%.0f', to), 'COUNT', 16)
  if #page == 0 then break end
  for _, row in ipairs(page) do
    at = offset_of(row) + 1
    bytes, count = bytes + #row[2][2], count + 1
    reply[#reply + 1] = at - 1
    reply[#reply + 1] = row[2][2]
  end
end
if at > to then at = to + 1 end
return {epoch, last, first, at - 1, reply}
