// Lua 5.1 of Redis: `redis.call`, because `server.call` is of Valkey alone; numbers are doubles, written with `%.0f`,
// because tostring(1800000000000001) is "1.8e+15".

// The time is the server's; tests give one.
const NOW_US = `
local function now_us(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local function text(number) return string.format('%.0f', number) end
`

/** KEYS: rate. ARGV: emissionUs, burst, cost, now. The same arithmetic as `gcraStep` of core. */
export const TAKE = `${NOW_US}
local emission, burst, cost, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), now_us(ARGV[4])
local span = emission * burst
local ahead = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or '0') - now, 0), span)
local granted = 0
local after
if cost < 0 then
  after = math.max(0, ahead + cost * emission)
else
  granted = math.min(cost, math.floor((span - ahead) / emission))
  after = ahead + granted * emission
end
if after > 0 then redis.call('SET', KEYS[1], text(now + after), 'PX', text(math.ceil(after / 1000) + 1000))
else redis.call('DEL', KEYS[1]) end
local remaining = math.floor((span - after) / emission)
local retry = 0
if remaining <= 0 then retry = after + emission - span end
return { granted, remaining, retry }
`

const QUOTA = `
local function counts(key, from)
  local found, used, oldest = {}, 0, nil
  local all = redis.call('HGETALL', key)
  for index = 1, #all, 2 do
    local bucket, count = tonumber(all[index]), tonumber(all[index + 1])
    if bucket < from then redis.call('HDEL', key, all[index])
    elseif count > 0 then
      found[#found + 1] = { bucket, count }
      used = used + count
    end
  end
  table.sort(found, function(left, right) return left[1] < right[1] end)
  return found, used
end
`

/** KEYS: quota. ARGV: limit, windowMs, bucketMs, cost, now. The same arithmetic as `quotaStep` of core. */
export const RESERVE = `${NOW_US}${QUOTA}
local limit, window, length, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = math.floor(now_us(ARGV[5]) / 1000)
local current = math.floor(now / length)
local from = current - math.ceil(window / length)
local found, used = counts(KEYS[1], from)
local granted = 0
if cost > 0 then granted = math.max(0, math.min(cost, limit - used)) end
if granted > 0 then
  redis.call('HINCRBY', KEYS[1], text(current), text(granted))
  redis.call('PEXPIRE', KEYS[1], text(window + 2 * length))
end
local back = math.max(0, -cost)
for _, entry in ipairs(found) do
  if back == 0 then break end
  local taken = math.min(back, entry[2])
  back = back - taken
  used = used - taken
  entry[2] = entry[2] - taken
  if entry[2] == 0 then redis.call('HDEL', KEYS[1], text(entry[1]))
  else redis.call('HSET', KEYS[1], text(entry[1]), text(entry[2])) end
end
local oldest = nil
for _, entry in ipairs(found) do
  if entry[2] > 0 then
    oldest = entry[1]
    break
  end
end
if oldest == nil and granted > 0 then oldest = current end
local reset = 0
if oldest ~= nil then reset = (oldest - from + 1) * length - (now % length) end
return { granted, math.max(0, limit - used - granted), reset }
`

/** KEYS: quota. ARGV: limit, windowMs, bucketMs, used as the server counts, now. */
export const OBSERVE = `${NOW_US}${QUOTA}
local limit, window, length, seen = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local current = math.floor(math.floor(now_us(ARGV[5]) / 1000) / length)
local _, used = counts(KEYS[1], current - math.ceil(window / length))
local gap = math.max(0, math.min(limit, seen) - used)
if gap > 0 then
  redis.call('HINCRBY', KEYS[1], text(current), text(gap))
  redis.call('PEXPIRE', KEYS[1], text(window + 2 * length))
end
return gap
`

/** KEYS: state. ARGV: key, value, ttlMs, whether only if absent, now, channel. Values are kept as `until:value`. */
export const PUT = `${NOW_US}
local now = math.floor(now_us(ARGV[5]) / 1000)
local ttl = tonumber(ARGV[3])
if ARGV[4] == '1' then
  local present = redis.call('HGET', KEYS[1], ARGV[1])
  if present and tonumber(string.match(present, '^(%d+):')) > now then return 0 end
end
if ttl <= 0 then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('PUBLISH', ARGV[6], cjson.encode({ ARGV[1] }))
else
  redis.call('HSET', KEYS[1], ARGV[1], text(now + math.ceil(ttl)) .. ':' .. ARGV[2])
  redis.call('PUBLISH', ARGV[6], cjson.encode({ ARGV[1], ARGV[2] }))
end
return 1
`

/** KEYS: state. ARGV: prefix, now. Returns key, value, ttlMs by threes; what has expired is removed. */
export const LIST = `${NOW_US}
local now = math.floor(now_us(ARGV[2]) / 1000)
local result = {}
local all = redis.call('HGETALL', KEYS[1])
for index = 1, #all, 2 do
  local key = all[index]
  local untilMs, value = string.match(all[index + 1], '^(%d+):(.*)$')
  local left = tonumber(untilMs) - now
  if left <= 0 then redis.call('HDEL', KEYS[1], key)
  elseif string.sub(key, 1, #ARGV[1]) == ARGV[1] then
    result[#result + 1] = key
    result[#result + 1] = value
    result[#result + 1] = text(left)
  end
end
return result
`
