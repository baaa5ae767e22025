// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/replay/warm.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace core::replay {

namespace {
    Error inLine(Error error, qsizetype number)
    {
        const QString place = QStringLiteral("Line %1").arg(number);
        error.detail = error.detail.isEmpty() ? place : QString(place + u": " + error.detail);
        return error;
    }

    // {"target":"/books"} as the command line prints; summaries at the end of such a file are no targets.
    Result<QByteArray> targetOfJson(const QByteArray& line)
    {
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        const QString type = object.value(QStringLiteral("type")).toString();
        if (type == QStringLiteral("summary") || type == QStringLiteral("error"))
            return QByteArray();
        const QJsonValue target = object.value(QStringLiteral("target"));
        if (!target.isString())
            return fail(Code::Input, Reason::BadTarget, displayText(line.left(80)), QStringLiteral("no \"target\" in this object"));
        return target.toString().toUtf8();
    }

    void take(const QByteArray& item, qsizetype number, TargetList& list)
    {
        const Result<QByteArray> target = item.startsWith('{') ? targetOfJson(item) : Result<QByteArray>(item);
        if (!target) {
            list.errors << inLine(target.error(), number);
            return;
        }
        if (target->isEmpty())
            return;
        if (const auto good = cache::checkTarget(*target); !good)
            list.errors << inLine(good.error(), number);
        else
            list.targets << *target;
    }
}

TargetList targetsFromText(const QByteArray& text, bool nulSeparated)
{
    TargetList list;
    qsizetype number = 0;
    const QByteArray bytes = text.startsWith("\xEF\xBB\xBF") ? text.mid(3) : text;
    for (QByteArray item : bytes.split(nulSeparated ? '\0' : '\n')) {
        ++number;
        if (!nulSeparated) {
            item = item.trimmed(); // also a CR before the LF
            if (item.startsWith('#'))
                continue;
        }
        if (!item.isEmpty())
            take(item, number, list);
    }
    return list;
}

}
