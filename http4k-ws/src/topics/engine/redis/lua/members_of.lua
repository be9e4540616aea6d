-- Returns the members of a node in one topic. If there are none, the topic is not one of the node.
-- KEYS: 1 members, 2 the topics of the node. ARGV: 1 the node and `/`, 2 the topic.
local found = {}
for _, member in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(member, 1, #ARGV[1]) == ARGV[1] then found[#found + 1] = member end
end
if #found == 0 then redis.call('SREM', KEYS[2], ARGV[2]) end
return found
