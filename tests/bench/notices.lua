-- What wrk sends: the requests of a file, one after the other, each of the same size; at its end from its beginning.
local file, size

function init(args)
  file = assert(io.open(args[1], 'rb'))
  size = tonumber(args[2])
end

function request()
  local next = file:read(size)
  if next == nil then
    file:seek('set', 0)
    next = file:read(size)
  end
  return next
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests":%d,"seconds":%f,"failed":%d}\n', summary.requests, summary.duration / 1e6, failed))
end
