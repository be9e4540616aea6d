-- Renews the life of a log that is in use. KEYS: 1 numbers, 2 members. ARGV: 1 the least life in ms.
local life = redis.call('HGET', KEYS[1], 't') or ARGV[1]
redis.call('PEXPIRE', KEYS[1], life)
redis.call('PEXPIRE', KEYS[2], life)
return 1
