-- Removes the lease of a node, unless it was renewed or the node has members again.
-- KEYS: 1 leases, 2 the topics of the node. ARGV: 1 node.
if redis.replicate_commands then redis.replicate_commands() end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local lease = redis.call('ZSCORE', KEYS[1], ARGV[1])
if lease and tonumber(lease) <= now and #redis.call('SMEMBERS', KEYS[2]) == 0 then
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return 1
