// SPDX-License-Identifier: GPL-3.0-or-later
// Fields that accompany a layer and make none where there is one.
#include "core/base/bytes.h"
#include "core/http/deltaseconds.h"
#include "core/http/layerdraft.h"

#include <algorithm>

namespace core::http {

namespace {
    QList<int> linesWithText(const FieldTable& fields, const QByteArray& name)
    {
        QList<int> lines = fields.lines(name);
        lines.removeIf([&](int line) { return fields.valueAt(line).trimmed().isEmpty(); });
        return lines;
    }

    Draft unknownDraft(const FieldTable& fields, int line)
    {
        Draft draft;
        draft.place = {line, 0};
        draft.field = fields.nameAt(line).toLower();
        draft.layer.name = displayText(fields.nameAt(line));
        draft.layer.raw = fields.valueAt(line);
        return draft;
    }

    // The layer whose field stands nearest, the one before where two do.
    Draft& nearest(Drafts& drafts, int line)
    {
        const auto after = std::ranges::lower_bound(drafts, line, {}, [](const Draft& draft) { return draft.place.line; });
        if (after == drafts.begin())
            return drafts.front();
        const auto before = std::prev(after);
        return after != drafts.end() && after->place.line - line < line - before->place.line ? *after : *before;
    }

    Draft* find(Drafts& drafts, auto test)
    {
        const auto found = std::ranges::find_if(drafts, test);
        return found == drafts.end() ? nullptr : &*found;
    }

    Draft* akamai(Drafts& drafts)
    {
        return find(drafts, [](const Draft& d) { return d.field == "x-cache" && d.layer.raw.left(4).toUpper() == "TCP_"; });
    }

    // "S/L/1234/567/1d/www.example.com/…": type code letters between slashes.
    bool isAkamaiKey(const QByteArray& key)
    {
        const qsizetype slash = key.indexOf('/');
        return slash >= 0 && slash <= 1 && key.size() > slash + 2 && key.at(slash + 2) == '/' && QByteArrayView("DLTS").contains(key.at(slash + 1));
    }

    // Whom X-Cache-Key and X-Cache-TTL describe: Akamai's edge, or the cache in the app (LightAPI documentation, "Monitoring" and caching
    // example), else what stands nearest. Sought once, for a head may hold ten thousand of them.
    struct Owners {
        Draft* edge;
        Draft* app;
    };
    Owners ownersOf(Drafts& drafts)
    {
        Draft* app = find(drafts, [](const Draft& d) { return d.field == "x-cache-status"; });
        return {akamai(drafts), app ? app : find(drafts, [](const Draft& d) { return d.layer.maybeApp; })};
    }

    // With no layer at all, one that gave no verdict.
    void needOne(const FieldTable& fields, int line, Drafts& drafts)
    {
        if (!drafts.empty())
            return;
        drafts.push_back(unknownDraft(fields, line));
        drafts.back().layer.maybeApp = true;
    }

    void addKeys(const FieldTable& fields, Drafts& drafts)
    {
        const QList<int> lines = linesWithText(fields, "x-cache-key");
        if (lines.isEmpty())
            return;
        needOne(fields, lines.first(), drafts);
        const Owners owners = ownersOf(drafts);
        for (const int line : lines) {
            const QByteArray& key = fields.valueAt(line);
            Draft* owner = owners.edge && isAkamaiKey(key) ? owners.edge : owners.app;
            CacheLayer& layer = (owner ? *owner : nearest(drafts, line)).layer;
            if (layer.key)
                addDetail(layer, displayText(QByteArray("X-Cache-Key: " + key)));
            else
                layer.key = key;
        }
    }

    void addTtl(const FieldTable& fields, Drafts& drafts)
    {
        const QList<int> lines = linesWithText(fields, "x-cache-ttl");
        if (lines.isEmpty())
            return;
        needOne(fields, lines.first(), drafts);
        const Owners owners = ownersOf(drafts);
        CacheLayer& layer = (owners.app ? *owners.app : nearest(drafts, lines.first())).layer;
        const QByteArray text = fields.valueAt(lines.first());
        bool isNumber = false;
        const qint64 seconds = text.trimmed().toLongLong(&isNumber);
        if (isNumber && seconds < longestSeconds)
            layer.ttlS = std::max(seconds, -longestSeconds);
        else if (deltaSeconds(text))
            addDetail(layer, QStringLiteral("X-Cache-TTL %1").arg(secondsText(longestSeconds)));
        else
            addDetail(layer, QStringLiteral("X-Cache-TTL \"%1\" is no number").arg(displayText(text)));
    }

    // What is said of the object at Akamai: a thing that may not be cached was passed through.
    void addAkamai(const FieldTable& fields, Drafts& drafts)
    {
        Draft* edge = akamai(drafts);
        if (!edge)
            return;
        CacheLayer& layer = edge->layer;
        if (const auto key = fields.first("x-true-cache-key")) {
            if (!layer.key)
                layer.key = *key;
            else if (*layer.key != *key)
                addDetail(layer, displayText(QByteArray("X-True-Cache-Key: " + *key)));
        }
        if (const auto cacheable = fields.first("x-check-cacheable")) {
            addDetail(layer, displayText(QByteArray("X-Check-Cacheable: " + *cacheable)));
            if (layer.verdict == Verdict::Miss && cacheable->trimmed().compare("NO", Qt::CaseInsensitive) == 0)
                layer.verdict = Verdict::Bypass;
        }
    }

    void addHits(const FieldTable& fields, Drafts& drafts)
    {
        if (std::ranges::any_of(drafts, &Draft::hitsTold))
            return; // read with X-Cache
        for (const int line : linesWithText(fields, "x-cache-hits")) {
            if (drafts.empty())
                drafts.push_back(unknownDraft(fields, line));
            else
                addDetail(nearest(drafts, line).layer, QStringLiteral("hits %1").arg(displayText(fields.valueAt(line))));
        }
    }

    // Names of cache fields that no reader knows: beside the layer that they stand next to, or layers that nobody can read.
    void addUnknown(const FieldTable& fields, Drafts& drafts)
    {
        const bool alone = drafts.empty();
        for (const QByteArray& name : unknownCacheFields(fields)) {
            for (const int line : fields.lines(name)) {
                const QByteArray& value = fields.valueAt(line);
                if (value.trimmed().isEmpty() || verdictOfWord(value.trimmed()) != Verdict::Unknown)
                    continue;
                if (alone)
                    drafts.push_back(unknownDraft(fields, line));
                else
                    addDetail(nearest(drafts, line).layer, displayText(QByteArray(fields.nameAt(line) + ": " + value)));
            }
        }
        if (alone)
            std::ranges::stable_sort(drafts, {}, &Draft::place);
    }
}

void addSideFields(const FieldTable& fields, Drafts& drafts)
{
    addUnknown(fields, drafts);
    addKeys(fields, drafts);
    addAkamai(fields, drafts);
    addTtl(fields, drafts);
    addHits(fields, drafts);
}

}
