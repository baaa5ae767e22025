// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/freshexport.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace core::replay {

namespace {
    QByteArray csvField(QByteArray text)
    {
        if (!text.isEmpty() && QByteArrayView("=+-@\t\r").contains(text[0]))
            text.prepend('\'');
        return '"' + text.replace("\"", "\"\"") + '"';
    }
    QByteArray csvField(const QString& text) { return csvField(text.toUtf8()); }

    struct Row {
        QByteArray path, cached, fresh;
    };
    QList<Row> rowsOf(const FreshComparison& comparison)
    {
        QList<Row> rows;
        if (comparison.statuses)
            rows << Row {"status", QByteArray::number(comparison.statuses->first), QByteArray::number(comparison.statuses->second)};
        if (comparison.paths) {
            for (const values::PathChange& change : comparison.paths->changes)
                rows << Row {change.path, change.before.value_or(QByteArray()), change.after.value_or(QByteArray())};
        }
        return rows;
    }

    QString reasonOf(const FreshResult& result)
    {
        return result.error ? QString(result.comparison.reason + u' ' + oneLine(*result.error)).trimmed() : result.comparison.reason;
    }

    QJsonValue orNull(qint64 number, bool known)
    {
        return known ? QJsonValue(number) : QJsonValue(QJsonValue::Null);
    }
}

QByteArray freshCsv(const QList<FreshResult>& results)
{
    QByteArray out("target,state,way,key,ttl_ms,age_ms,path,cached,fresh,reason\r\n");
    for (const FreshResult& result : results) {
        const QByteArray head = csvField(displayText(result.target)) + ',' + freshStateName(result.state()).toUtf8() + ','
            + (result.way ? freshWayName(*result.way).toUtf8() : QByteArray()) + ',' + csvField(displayText(result.key.value_or(QByteArray()))) + ','
            + (result.ttlMs >= 0 ? QByteArray::number(result.ttlMs) : QByteArray()) + ',' + (result.ageMs ? QByteArray::number(*result.ageMs) : QByteArray()) + ',';
        QList<Row> rows = rowsOf(result.comparison);
        if (rows.isEmpty())
            rows << Row {};
        for (const Row& row : rows)
            out += head + csvField(row.path) + ',' + csvField(row.cached) + ',' + csvField(row.fresh) + ',' + csvField(reasonOf(result)) + "\r\n";
    }
    return out;
}

QByteArray freshJson(const QList<FreshResult>& results)
{
    QJsonArray items;
    for (const FreshResult& result : results) {
        QJsonArray differences;
        for (const Row& row : rowsOf(result.comparison))
            differences << QJsonObject {{QStringLiteral("path"), QString::fromUtf8(row.path)}, {QStringLiteral("cached"), QString::fromUtf8(row.cached)}, {QStringLiteral("fresh"), QString::fromUtf8(row.fresh)}};
        items << QJsonObject {{QStringLiteral("target"), displayText(result.target)}, {QStringLiteral("state"), freshStateName(result.state())},
            {QStringLiteral("way"), result.way ? QJsonValue(freshWayName(*result.way)) : QJsonValue(QJsonValue::Null)},
            {QStringLiteral("key"), result.key ? QJsonValue(displayText(*result.key)) : QJsonValue(QJsonValue::Null)},
            {QStringLiteral("ttl_ms"), orNull(result.ttlMs, result.ttlMs >= 0)}, {QStringLiteral("age_ms"), orNull(result.ageMs.value_or(0), result.ageMs.has_value())},
            {QStringLiteral("status"), orNull(result.status, result.status > 0)}, {QStringLiteral("differences"), differences},
            {QStringLiteral("differences_cut"), result.comparison.paths && result.comparison.paths->isCut}, {QStringLiteral("reason"), reasonOf(result)}};
    }
    return QJsonDocument(QJsonObject {{QStringLiteral("schema"), 1}, {QStringLiteral("items"), items}}).toJson();
}

}
