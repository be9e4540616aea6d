-- Opens the log of a topic. Starts a new epoch if the server is another process than the one that
-- stored the log, or if a part of it was evicted.
-- KEYS: 1 numbers, 2 entries, 3 members. ARGV: 1 run id or '', 2 a fresh epoch, 3 life in ms.
if redis.replicate_commands then redis.replicate_commands() end
local run = ARGV[1]
if run == '' then run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') end
local meta = redis.call('HMGET', KEYS[1], 'e', 'r', 'o', 'n')
local epoch, last = meta[1], tonumber(meta[3])
if not (epoch and last and meta[2] == run)
  or (meta[4] and tonumber(meta[4]) ~= redis.call('HLEN', KEYS[3])) then
  epoch, last = ARGV[2], 0
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[1], 'e', epoch, 'r', run, 'o', 0)
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
