// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/tagscript.h"

#include "core/redis/commandtable.h"

namespace core::invalidate {

namespace {
    // "{}" and "[]" are the same table to cjson, hence the look at the first character. UNLINK is called for each name alone
    // because the caller needs to know which were there; the second round by 1,000 sees all of them absent.
    const QByteArray source = R"(local raw = redis.pcall('GET', KEYS[1])
if type(raw) == 'table' then return {'wrong-type'} end
if not raw then return {'gone'} end
local ok, names = pcall(cjson.decode, raw)
if not ok or type(names) ~= 'table' or not string.find(raw, '^%s*%[') then return {'corrupt'} end
if #names > tonumber(ARGV[1]) then return {'too-many'} end
for i = 1, #names do
  if type(names[i]) ~= 'string' then return {'corrupt'} end
end
local removed, denied = {}, {}
for i = 1, #names do
  local answer = redis.pcall('UNLINK', names[i])
  if type(answer) == 'table' then denied[#denied + 1] = names[i]
  elseif answer == 1 then removed[#removed + 1] = names[i] end
end
if #denied > 0 then return {'kept', removed, 0, denied} end
local left = 0
for from = 1, #names, 1000 do
  left = left + redis.call('UNLINK', unpack(names, from, math.min(from + 999, #names)))
end
redis.call('UNLINK', KEYS[1])
return {'done', removed, left, denied}
)";

    // One lookup: its GET. UNLINK counts none.
    const bool registered = [] {
        redis::registerScript({source, 1, true});
        return true;
    }();
}

const QByteArray& tagScript()
{
    Q_ASSERT(registered);
    return source;
}

}
