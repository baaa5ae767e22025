// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"

#include <curl/curlver.h>
#include <hiredis/hiredis.h>

namespace cli {

void runVersion(Context& context)
{
    const QString version = QString::fromLatin1(CACHELIGHT_VERSION);
    const QString hiredis = QStringLiteral("%1.%2.%3").arg(HIREDIS_MAJOR).arg(HIREDIS_MINOR).arg(HIREDIS_PATCH);
    Output& out = context.out();
    out.line(QStringLiteral("cachelight ") + version);
    out.line(QStringLiteral("Qt %1, hiredis %2, libcurl %3")
                 .arg(QLatin1String(qVersion()), hiredis, QString::fromLatin1(LIBCURL_VERSION)));
    out.line(QStringLiteral("Licence: GPL-3.0-or-later"));
    out.field("name", QStringLiteral("cachelight"));
    out.field("version", version);
    out.field("qt", QString::fromLatin1(qVersion()));
    out.field("hiredis", hiredis);
    out.field("libcurl", QString::fromLatin1(LIBCURL_VERSION));
    context.finish();
}

}
