// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/replay/targetlines.h"
#include "core/replay/warm.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace core::replay {

namespace {
    Error inLine(Error error, qint64 number)
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
}

Result<std::optional<QByteArray>> TargetLines::take(QByteArray line)
{
    if (++m_number == 1 && line.startsWith("\xEF\xBB\xBF"))
        line = line.mid(3);
    if (!m_nulSeparated) {
        line = line.trimmed(); // also a CR before the LF
        if (line.startsWith('#'))
            return std::nullopt;
    }
    const Result<QByteArray> target = line.startsWith('{') ? targetOfJson(line) : Result<QByteArray>(line);
    if (!target)
        return fail(inLine(target.error(), m_number));
    if (target->isEmpty())
        return std::nullopt;
    if (const auto good = cache::checkTarget(*target); !good)
        return fail(inLine(good.error(), m_number));
    return *target;
}

TargetList targetsFromText(const QByteArray& text, bool nulSeparated)
{
    TargetList list;
    TargetLines lines(nulSeparated);
    for (const QByteArray& line : text.split(nulSeparated ? '\0' : '\n')) {
        auto target = lines.take(line);
        if (!target)
            list.errors << target.error();
        else if (*target)
            list.targets << **std::move(target);
    }
    return list;
}

}
