// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cache/parsedkey.h"

namespace core::cache {

QString kindName(Kind kind)
{
    switch (kind) {
    case Kind::Entry: return QStringLiteral("entry");
    case Kind::TagIndex: return QStringLiteral("tag");
    case Kind::Lock: return QStringLiteral("lock");
    case Kind::Health: return QStringLiteral("health");
    case Kind::Probe: return QStringLiteral("probe");
    case Kind::Unknown: break;
    }
    return QStringLiteral("unknown");
}

QString confidenceName(Confidence confidence)
{
    switch (confidence) {
    case Confidence::Exact: return QStringLiteral("exact");
    case Confidence::Likely: return QStringLiteral("likely");
    case Confidence::Ambiguous: break;
    }
    return QStringLiteral("ambiguous");
}

}
