// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/replay/facts.h"
#include "core/replay/gunzip.h"

#include <algorithm>

namespace core::replay {

namespace {
    using Says = Evidence::Says;

    QString presence(const Snapshot& snapshot)
    {
        return snapshot.exists ? QStringLiteral("present") : QStringLiteral("absent");
    }

    Evidence keyRow(const VerdictInput& input)
    {
        const bool before = input.before.exists;
        const bool after = input.after.exists;
        if (before && input.before.type != "string") {
            return {QStringLiteral("predicted key"), QStringLiteral("What was there is of type %1: LightAPI cannot use it").arg(QString::fromUtf8(input.before.type)),
                presence(input.before), presence(input.after), Says::Against};
        }
        QString fact = QStringLiteral("The entry never appeared");
        if (before && after)
            fact = QStringLiteral("The entry was there before the request");
        else if (after)
            fact = QStringLiteral("The entry appeared with the request");
        else if (before)
            fact = QStringLiteral("The entry went away during the request");
        return {QStringLiteral("predicted key"), fact, presence(input.before), presence(input.after), before ? Says::For : Says::Against};
    }

    QString ttlText(const Snapshot& snapshot)
    {
        if (!snapshot.exists)
            return {};
        return snapshot.pttlMs < 0 ? QStringLiteral("no expiry") : QString(formatCount(snapshot.pttlMs) + u" ms");
    }

    Evidence ttlRow(const VerdictInput& input, const Facts& facts)
    {
        QString fact = QStringLiteral("Not written again: it only ran down");
        Says says = Says::For;
        if (facts.rewritten) {
            fact = input.before.exists ? QStringLiteral("Written anew during the request") : QStringLiteral("Written during the request");
            says = Says::Against;
        } else if (!input.after.exists) {
            fact = input.before.pttlMs < 0 ? QStringLiteral("It had no expiry") : QStringLiteral("It had %1 left").arg(formatDuration(input.before.pttlMs));
            says = Says::Neutral;
        } else if (facts.clockStepped) {
            fact = QStringLiteral("Not written again, yet its time jumped: the server's clock was set");
            says = Says::Neutral;
        } else if (input.after.pttlMs < 0) {
            fact = QStringLiteral("Entries of LightAPI always expire; something else wrote it");
            says = Says::Neutral;
        }
        return {QStringLiteral("time to live"), fact, ttlText(input.before), ttlText(input.after), says};
    }

    // In Redis' words where it said some.
    QString reasonOf(const Error& error)
    {
        const ErrorText text = describe(error);
        return shortDisplayText((text.why.isEmpty() ? text.what : QString(text.what + u' ' + text.why)).toUtf8());
    }

    QString notAsked(const VerdictInput& input)
    {
        return QStringLiteral("Redis could not be asked") + (input.redisError ? QString(QStringLiteral(": ") + reasonOf(*input.redisError)) : QString());
    }

    Evidence witnessRow(const VerdictInput& input)
    {
        const QString source = QStringLiteral("write witness");
        if (!input.written) {
            return {source, QStringLiteral("Tells nothing: %1").arg(input.witnessRefusal ? shortDisplayText(oneLine(*input.witnessRefusal).toUtf8()) : QStringLiteral("the line was lost")),
                {}, {}, Says::Neutral};
        }
        if (!*input.written && !input.before.exists && !input.after.exists)
            return {source, QStringLiteral("Redis told of no write to the key"), {}, {}, Says::Neutral};
        return {source, *input.written ? QStringLiteral("Redis told of a write to the key") : QStringLiteral("Redis told of no write to the key"), {}, {},
            *input.written ? Says::Against : Says::For};
    }

    Evidence bodyRow(const VerdictInput& input, const Facts& facts)
    {
        const QString source = QStringLiteral("stored body");
        if (input.unreadBytes)
            return {source, QStringLiteral("Not read: it takes %1").arg(formatBytes(*input.unreadBytes)), {}, {}, Says::Neutral};
        if (input.goneUnread)
            return {source, QStringLiteral("It went away before it could be read"), {}, {}, Says::Neutral};
        if (input.unreadError)
            return {source, QStringLiteral("Not read: %1").arg(reasonOf(*input.unreadError)), {}, {}, Says::Neutral};
        if (!facts.bodyEqual)
            return {source, QStringLiteral("It could not be compared with the answer"), {}, {}, Says::Neutral};
        if (!*facts.bodyEqual)
            return {source, QStringLiteral("The answer differs from the stored body"), {}, QStringLiteral("different"), Says::Against};
        if (!facts.statusFits)
            return {source, QStringLiteral("Equal, but the status is not the stored one"), {}, QStringLiteral("equal"), Says::Against};
        return {source, QStringLiteral("The answer equals the stored body"), {}, QStringLiteral("equal"), Says::For};
    }

    QString unknownIdleText(const VerdictInput& input)
    {
        if (input.ownReads > 0)
            return QStringLiteral("Tells nothing: Cachelight read the entry itself meanwhile");
        if (!input.before.idleS || !input.after.idleS)
            return QStringLiteral("Tells nothing: the server does not say");
        if (input.before.savingChild || input.after.savingChild)
            return QStringLiteral("Tells nothing: the server was saving");
        if (!input.before.savingKnown || !input.after.savingKnown)
            return QStringLiteral("Tells nothing: whether the server was saving could not be asked");
        if (*input.before.idleS >= minimumIdleS)
            return QStringLiteral("Tells nothing: the request took about as long as the entry had been idle");
        return QStringLiteral("Tells nothing: in use within the last 2 s");
    }

    Evidence idleRow(const VerdictInput& input, const Facts& facts)
    {
        const auto text = [](const Snapshot& s) { return s.idleS ? QString(formatCount(*s.idleS) + u" s") : QStringLiteral("unknown"); };
        QString fact = QStringLiteral("The entry was read during the request");
        Says says = Says::For;
        if (facts.readByIdle == Facts::Read::No) {
            fact = QStringLiteral("Nobody read the entry during the request");
            says = Says::Against;
        } else if (facts.readByIdle == Facts::Read::Unknown) {
            fact = unknownIdleText(input);
            says = Says::Neutral;
        }
        return {QStringLiteral("idle time"), fact, text(input.before), text(input.after), says};
    }

    Evidence counterRow(const VerdictInput& input, const Facts& facts)
    {
        const QString source = QStringLiteral("hit counter");
        if (!facts.foreignLookups)
            return {source, QStringLiteral("Tells nothing: not readable, reset, or mixed with other lookups of ours"), {}, {}, Says::Neutral};
        const QString grown = QStringLiteral("+%1").arg(input.after.keyspaceHits - input.before.keyspaceHits);
        QString fact = QStringLiteral("One lookup that is not our own");
        Says says = Says::For;
        if (facts.readByCounter == Facts::Read::No) {
            fact = facts.foreignLookups == 0 ? QStringLiteral("No lookup but our own")
                : facts.foreignLookups == 1  ? QStringLiteral("One lookup that is not our own, and it found nothing")
                                             : QStringLiteral("%1 lookups not our own, and none found anything").arg(formatCount(*facts.foreignLookups));
            says = Says::Against;
        } else if (facts.readByCounter == Facts::Read::Unknown) {
            fact = facts.foreignLookups == 1 ? QStringLiteral("One lookup that is not our own; whether it hit cannot be told")
                                             : QStringLiteral("Others use the server: %1 lookups not our own").arg(formatCount(*facts.foreignLookups));
            says = Says::Neutral;
        }
        return {source, fact, formatCount(input.before.keyspaceHits), grown, says};
    }

    Evidence knownEndRow(const VerdictInput& input)
    {
        const qint64 ago = std::max<qint64>(0, input.before.monotonicMs - *input.knownEndMs);
        const auto fact = input.endWitnessed ? QStringLiteral("The entry was seen earlier, stayed unchanged and ran out %1 before the request")
                                             : QStringLiteral("The entry was seen earlier and would have run out %1 before the request");
        return {QStringLiteral("seen earlier"), fact.arg(formatDuration(ago)), {}, {}, Says::Neutral};
    }

    Evidence newKeysRow(const VerdictInput& input)
    {
        const QByteArray& key = input.storedElsewhere ? *input.storedElsewhere : input.newKeysOfClass.first();
        const QString fact = input.storedElsewhere
            ? QStringLiteral("Another key of the class holds this answer: %1").arg(displayText(key))
            : input.newKeysOfClass.size() == 1 ? QStringLiteral("One other key of the class is new: %1").arg(displayText(key))
                                               : QStringLiteral("%1 other keys of the class are new, such as %2").arg(formatCount(input.newKeysOfClass.size()), displayText(key));
        return {QStringLiteral("other keys"), fact, {}, {}, Says::Against};
    }

    QList<Evidence> collisionRows(const VerdictInput& input)
    {
        QList<Evidence> rows;
        for (const cache::Collision& collision : input.collisions) {
            rows << Evidence {QStringLiteral("collision"),
                QStringLiteral("%1 makes the same key. %2").arg(shortDisplayText(collision.target), collision.detail), {}, {}, Says::Neutral};
        }
        return rows;
    }

    // Broken for certain; a coding that is not gzip is not looked into. A body of a few KB is judged on the spot, in the window's
    // thread, and gzip may swell a thousandfold: what is whole up to the limit is not called broken.
    bool isBrokenGzip(const QByteArray& coding, const QByteArray& body)
    {
        constexpr qint64 mostBytes = 1024LL * 1024; // that come out
        if (coding != "gzip" && coding != "x-gzip")
            return false;
        Gunzip gunzip;
        qint64 bytes = 0;
        gunzip.feed(body, [&bytes](QByteArrayView piece) { return (bytes += piece.size()) <= mostBytes; });
        return bytes <= mostBytes && (gunzip.isBroken() || !gunzip.isAtEnd());
    }

    QList<Evidence> codingRows(const VerdictInput& input)
    {
        const QByteArray coding = codingLeft(input);
        if (coding.isEmpty() || input.body.isEmpty())
            return {};
        QString fact = QStringLiteral("The answer came coded (%1)%2 and is left as it came")
                           .arg(shortDisplayText(coding), input.codingAsked ? QString() : QStringLiteral(", though no coding was asked for,"));
        if (isBrokenGzip(coding, input.body))
            fact += QStringLiteral("; its gzip data is broken or cut off");
        return {{QStringLiteral("content coding"), fact, {}, {}, Says::Neutral}};
    }

    QList<Evidence> headerRows(const VerdictInput& input)
    {
        if (input.status == 0)
            return {};
        if (input.layers.isEmpty())
            return {{QStringLiteral("header"), QStringLiteral("No cache header, as from every released LightAPI"), {}, {}, Says::Neutral}};
        constexpr qsizetype mostRows = 50; // a head may name ten thousand
        QList<Evidence> rows;
        for (const http::CacheLayer& layer : input.layers.first(std::min(mostRows, input.layers.size()))) {
            const QString detail = layer.detail.isEmpty() ? QString() : QString(u" (" + shortened(layer.detail) + u')');
            // What a cache in front did says nothing of LightAPI's.
            const auto sentence = layer.maybeApp ? QStringLiteral("%1 says %2%3; LightAPI itself sends none") : QStringLiteral("%1 in front of the app says %2%3");
            const bool speaksForHit = layer.maybeApp && layer.verdict == http::Verdict::Hit;
            rows << Evidence {QStringLiteral("header"), sentence.arg(shortened(layer.name), http::verdictName(layer.verdict), detail), {},
                shortDisplayText(layer.raw), speaksForHit ? Says::For : Says::Neutral};
        }
        if (input.layers.size() > mostRows)
            rows << Evidence {QStringLiteral("header"), QStringLiteral("%1 more caches speak").arg(formatCount(input.layers.size() - mostRows)), {}, {}, Says::Neutral};
        return rows;
    }
}

QList<Evidence> evidenceOf(const VerdictInput& input, const Facts& facts)
{
    QList<Evidence> rows;
    if (input.method != "GET") {
        if (input.redisError)
            rows << Evidence {QStringLiteral("purged keys"), notAsked(input), {}, {}, Says::Neutral};
        return rows << codingRows(input) << headerRows(input);
    }
    if (input.redisReached && input.otherServer) {
        rows << Evidence {QStringLiteral("predicted key"), QStringLiteral("Before and after were looked at in different places"), {}, {}, Says::Neutral};
    } else if (input.redisReached && input.predictedKey) {
        rows << keyRow(input);
        if (input.before.exists || input.after.exists)
            rows << ttlRow(input, facts);
        if (input.written || input.witnessRefusal)
            rows << witnessRow(input);
        if (input.after.exists)
            rows << bodyRow(input, facts);
        if (input.before.exists && input.after.exists)
            rows << idleRow(input, facts);
        rows << counterRow(input, facts);
    } else {
        rows << Evidence {QStringLiteral("predicted key"),
            input.redisReached ? QStringLiteral("No key is predicted: the route is not known") : notAsked(input), {}, {},
            Says::Neutral};
    }
    if (input.knownEndMs && !input.before.exists)
        rows << knownEndRow(input);
    if (!input.newKeysOfClass.isEmpty() || input.storedElsewhere)
        rows << newKeysRow(input);
    return rows << collisionRows(input) << codingRows(input) << headerRows(input);
}

}
