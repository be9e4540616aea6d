-- Stores and carries an entry, with a change of the members. All of it happens or nothing.
-- KEYS: 4 the last entry of this node, 5 the topics of the node of the member.
-- ARGV: 4 channel, 5 entry, 6 number of entries kept, 7 their life in ms, 8 number of the
--       publication, 9 the expected epoch or '', 10 '', 'join' or 'leave', 11 member, 12 its name,
--       13 the node of the member, 14 the topic.
local done = redis.call('GET', KEYS[4])
if done then
  local number, its_epoch, offset = string.match(done, '^(%d+) (%x+) (%d+)$')
  if number and tonumber(ARGV[8]) <= tonumber(number) then
    return {epoch, tonumber(offset), its_epoch == epoch and 0 or 1}
  end
end
if ARGV[9] ~= '' and ARGV[9] ~= epoch then return {epoch, 0, 1} end
local change, of_node = ARGV[10], 'n' .. ARGV[13]
if change == 'join' then
  if redis.call('HGET', KEYS[3], ARGV[11]) == ARGV[12] then return {epoch, last, 0} end
elseif change == 'leave' then
  if redis.call('HEXISTS', KEYS[3], ARGV[11]) == 0 then return {epoch, last, 0} end
end
last = last + 1
local offset = string.format('%.0f', last)
-- First: a script that fails further down must not leave an entry beyond the last offset.
redis.call('HSET', KEYS[1], 'o', offset, 't', ARGV[3], 'a', ARGV[7])
if tonumber(ARGV[6]) > 0 then
  redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[6], offset .. '-' .. redis.call('TIME')[1], 'd', ARGV[5])
  if last % 64 == 0 then remove_aged(tonumber(ARGV[7]) / 1000) end
  redis.call('PEXPIRE', KEYS[2], ARGV[7])
else
  redis.call('DEL', KEYS[2])
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if change == 'join' then
  if redis.call('HSET', KEYS[3], ARGV[11], ARGV[12]) == 1
    and redis.call('HINCRBY', KEYS[1], of_node, 1) == 1 then
    redis.call('SADD', KEYS[5], ARGV[14])
    redis.call('PEXPIRE', KEYS[5], ARGV[3])
  end
elseif change == 'leave' then
  redis.call('HDEL', KEYS[3], ARGV[11])
  if redis.call('HINCRBY', KEYS[1], of_node, -1) <= 0 then
    redis.call('HDEL', KEYS[1], of_node)
    redis.call('SREM', KEYS[5], ARGV[14])
  end
end
if change ~= '' then
  redis.call('HSET', KEYS[1], 'n', redis.call('HLEN', KEYS[3]))
  redis.call('PEXPIRE', KEYS[3], ARGV[3])
end
redis.call('SET', KEYS[4], ARGV[8] .. ' ' .. epoch .. ' ' .. offset, 'PX', 60000)
redis.call('PUBLISH', ARGV[4], epoch .. offset .. '\n' .. ARGV[5])
return {epoch, last, 0}
