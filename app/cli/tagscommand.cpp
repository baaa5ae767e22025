// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/keyscollector.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/cache/tags.h"
#include "core/redis/globescape.h"

namespace cli {

namespace {
    using core::cache::TagInfo;
    using core::cache::TagMember;
    using core::cache::TagReader;
    using core::cache::TagsReader;
    using core::cache::TagTemplate;

    core::Result<TagTemplate> templateFrom(const CommandLine& line)
    {
        if (!line.has("--tag-template"))
            return TagTemplate();
        return TagTemplate::fromText(line.value("--tag-template").toUtf8());
    }

    std::optional<qint64> known(qint64 count)
    {
        return count < 0 ? std::nullopt : std::optional(count);
    }

    void writeTag(JsonWriter& json, const TagInfo& info)
    {
        json.bytes("tag", info.tag);
        json.bytes("key", info.key);
        json.field("layout", core::cache::tagLayoutName(info.layout));
        json.field("members", known(info.members));
        json.field("live", known(info.live));
        json.field("dead", known(info.dead));
        json.ttl("ttl_ms", info.ttlMs);
        json.field("warnings", info.warnings); // of an unreadable one its problem too
    }

    QString countText(qint64 count)
    {
        return count < 0 ? QStringLiteral("-") : core::formatCount(count);
    }

    QStringList textRow(const TagInfo& info)
    {
        return {countText(info.members), countText(info.live), countText(info.dead), ttlText(info.ttlMs),
            core::cache::tagLayoutName(info.layout), core::displayText(info.warnings.join(QStringLiteral("; "))),
            shown(info.tag)};
    }

    // One run of "tags": a scan for the keys, then all tags read.
    class TagsRun final : public QObject {
    public:
        TagsRun(Context& context, TagTemplate shape)
            : QObject(&context)
            , m_context(context)
            , m_shape(std::move(shape))
        {
        }

        void start()
        {
            core::redis::KeyScan::Options options;
            options.match = core::redis::globEscaped(m_shape.keyOf({})); // a template's two parts, a star between them
            const qsizetype at = core::redis::globEscaped(m_shape.text().left(m_shape.text().indexOf("{tag}"))).size();
            options.match.insert(at, '*');
            m_keys = new KeysCollector(
                m_context, options, [shape = m_shape](QByteArrayView key) { return shape.tagOf(key.toByteArray()).has_value(); });
            m_context.out().beginItems();
            m_keys->start(QStringLiteral("keys"), [this] { onCollected(); });
        }

    private:
        void onCollected()
        {
            if (m_keys->failure())
                return end({}, m_keys->failure());
            QList<QByteArray> names;
            for (const core::keys::KeyId id : m_keys->picked())
                names << m_keys->key(id);
            auto* reader = new TagsReader(m_context.session(), names, {true, m_shape}, this);
            m_context.run(reader, QStringLiteral("tags"), [this, reader] { end(reader->infos(), m_context.failureOf(*reader)); });
        }

        void end(const QList<TagInfo>& infos, const std::optional<core::Error>& failure)
        {
            TextColumns text({QStringLiteral("MEMBERS"), QStringLiteral("LIVE"), QStringLiteral("DEAD"), QStringLiteral("TTL"),
                QStringLiteral("LAYOUT"), QStringLiteral("WARNINGS"), QStringLiteral("TAG")});
            qint64 count = 0;
            for (const TagInfo& info : infos) {
                if (info.isGone()) // since the scan
                    continue;
                ++count;
                m_context.out().item([&](JsonWriter& json) { writeTag(json, info); });
                text.add(textRow(info));
            }
            text.print(m_context.out());
            m_context.out().summary([&](JsonWriter& json) {
                json.field("tags", count);
                json.field("complete", !failure.has_value());
                m_context.writeOwnLookups(json);
            });
            if (failure)
                return m_context.fail(*failure);
            m_context.console().say(counted(count, "tag", "tags"));
            m_context.finish();
        }

        Context& m_context;
        TagTemplate m_shape;
        KeysCollector* m_keys = nullptr;
    };

    void printTag(Context& context, const TagReader& reader)
    {
        Output& out = context.out();
        const TagInfo& info = reader.info();
        const bool absent = info.isGone();
        out.member("tag", [&](JsonWriter& json) {
            if (absent)
                return json.value(nullptr);
            json.beginObject();
            writeTag(json, info);
            json.endObject();
        });
        out.beginItems();
        TextColumns text({QStringLiteral("STATE"), QStringLiteral("TTL"), QStringLiteral("KEY")});
        for (const TagMember& member : reader.members()) {
            out.item([&](JsonWriter& json) {
                json.bytes("key", member.key);
                json.field("state", core::cache::tagMemberStateName(member.state));
                json.ttl("ttl_ms", member.ttlMs);
            });
            text.add({core::cache::tagMemberStateName(member.state), ttlText(member.ttlMs), shown(member.key)});
        }
        if (absent)
            out.line(QStringLiteral("There is no tag %1.").arg(shown(info.tag)));
        else
            out.line(QStringLiteral("%1 (%2): %3, %4 live, %5 dead")
                         .arg(shown(info.tag), core::cache::tagLayoutName(info.layout),
                             info.members < 0 ? QStringLiteral("members not known") : counted(info.members, "member", "members"),
                             countText(info.live), countText(info.dead)));
        text.print(out);
        if (out.isText()) { // in the document else; why it cannot be read is said by the error
            for (const QString& warning : info.warnings) {
                if (warning != info.problem)
                    context.console().warn(warning);
            }
        }
        out.summary([&](JsonWriter& json) {
            json.field("members", known(info.members));
            context.writeOwnLookups(json);
        });
    }

    void endTag(Context& context, const TagReader& reader)
    {
        printTag(context, reader);
        if (const auto failure = context.failureOf(reader))
            return context.fail(*failure);
        if (reader.info().isGone())
            return context.finish(1);
        if (const auto readable = core::cache::checkReadable(reader.info()); !readable)
            return context.fail(readable.error());
        context.finish();
    }
}

void runTags(Context& context)
{
    const auto shape = templateFrom(context.line());
    if (!shape)
        return context.fail(shape.error());
    context.openSession(false, [&context, shape = *shape](core::redis::Session*) { (new TagsRun(context, shape))->start(); });
}

void runTag(Context& context)
{
    const auto name = core::bytesFromArgument(context.line().positional.first());
    if (!name)
        return context.fail(name.error());
    context.openSession(false, [&context, name = *name](core::redis::Session* session) {
        auto* reader = new TagReader(session, TagTemplate().keyFromSpelling(name), &context);
        context.run(reader, QStringLiteral("members"), [&context, reader] { endTag(context, *reader); });
    });
}

}
