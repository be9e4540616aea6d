return {epoch, last, redis.call('HGETALL', KEYS[3])}
