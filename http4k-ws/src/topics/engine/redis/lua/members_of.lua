-- Returns the members of a node in one topic. KEYS: 1 members. ARGV: 1 the node and `/`.
local found = {}
for _, member in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(member, 1, #ARGV[1]) == ARGV[1] then found[#found + 1] = member end
end
return found
