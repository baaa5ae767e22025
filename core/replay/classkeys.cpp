// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/classkeys.h"

#include "core/base/async.h"
#include "core/redis/globescape.h"

#include <memory>

namespace core::replay {

namespace {
    constexpr int keysPerScan = 1000;
    constexpr int maxScans = 1000;

    struct Search {
        redis::Session* session;
        QByteArray pattern;
        QObject* context;
        std::function<void(Result<ClassKeys>)> then;
        ClassKeys found {};
        int scans = 0;
    };

    void scanFrom(const std::shared_ptr<Search>& search, const QByteArray& cursor);

    void takeBatch(const std::shared_ptr<Search>& search, const Result<redis::Reply>& reply)
    {
        if (!reply)
            return search->then(fail(reply.error()));
        if (reply->items.size() != 2)
            return search->then(fail(Code::Protocol, Reason::None, QStringLiteral("SCAN")));
        for (const redis::Reply& key : reply->items[1].items)
            search->found.keys.insert(key.bytes);
        const QByteArray cursor = reply->items[0].bytes;
        search->found.complete = cursor == "0";
        if (search->found.complete || ++search->scans >= maxScans)
            return search->then(std::move(search->found));
        scanFrom(search, cursor);
    }

    void scanFrom(const std::shared_ptr<Search>& search, const QByteArray& cursor)
    {
        const redis::Command scan {"SCAN", cursor, "MATCH", search->pattern, "COUNT", QByteArray::number(keysPerScan)};
        onFinished(search->session->call(scan, redis::Session::Line::Bulk), search->context,
            [search](const Result<redis::Reply>& reply) { takeBatch(search, reply); });
    }
}

void findClassKeys(redis::Session* session, const QByteArray& pattern, QObject* context, std::function<void(Result<ClassKeys>)> then)
{
    scanFrom(std::make_shared<Search>(Search {session, pattern, context, std::move(then)}), "0");
}

QByteArray patternOfClass(const QByteArray& key, const QByteArray& className)
{
    const qsizetype at = className.isEmpty() ? -1 : key.indexOf(className); // a template need not name the class
    const QByteArray literal = at < 0 ? key : QByteArray(key.left(at + className.size()) + ':');
    return redis::globEscaped(literal) + '*';
}

}
