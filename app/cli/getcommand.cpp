// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/cache/entryvalue.h"
#include "core/keys/keyvalue.h"

#include <utility>

namespace cli {

namespace {
    using core::cache::EntryValue;

    constexpr qint64 mostBytes = 64 * 1024 * 1024; // shown; --raw has no limit

    // One run of "get": facts, then the value in parts, then one document.
    class GetRun final : public QObject {
    public:
        GetRun(Context& context, QByteArray key)
            : QObject(&context)
            , m_context(context)
            , m_key(std::move(key))
            , m_raw(context.line().has("--raw"))
        {
        }

        void start()
        {
            core::keys::KeyValueReader::Options options;
            options.maxBytes = m_raw ? -1 : mostBytes;
            m_reader = new core::keys::KeyValueReader(m_context.session(), m_key, options, this);
            m_context.run(m_reader, QStringLiteral("bytes"), [this] { onRead(); });
        }

    private:
        void onRead()
        {
            if (const auto failure = m_context.failureOf(*m_reader))
                return m_context.fail(*failure);
            const core::keys::KeyValue& value = m_reader->value();
            m_ttlMs = value.ttlMs;
            m_type = value.type;
            m_memory = value.memoryBytes;
            if (value.encoding)
                m_encoding = QString::fromUtf8(*value.encoding);
            m_value = value.bytes;
            m_truncated = value.truncated;
            if (value.isGone())
                return absent();
            if (m_raw && !value.isString())
                return m_context.fail(badOption(QStringLiteral("--raw"),
                    QStringLiteral("the key holds a %1, whose members have no bytes in common; --json gives each exactly")
                        .arg(shown(m_type))));
            value.isString() ? printString() : printMembers(value);
        }

        void absent()
        {
            Output& out = m_context.out();
            if (m_raw)
                m_context.console().say(QStringLiteral("there is no key %1").arg(core::displayText(m_key)));
            else
                out.line(QStringLiteral("There is no key %1.").arg(shown(m_key)));
            print(nullptr, 1);
        }

        void printString()
        {
            if (m_raw) {
                m_context.out().raw(m_context.out().isTerminal() ? core::displayText(m_value).toUtf8() : m_value);
                return m_context.finish();
            }
            const EntryValue entry = core::cache::decodeEntry(m_value);
            printText(entry);
            print([&](JsonWriter& json) { writeString(json, entry); }, 0);
        }

        void writeString(JsonWriter& json, const EntryValue& entry) const
        {
            const bool isJson = (entry.form == EntryValue::Form::Json || entry.form == EntryValue::Form::Envelope) && !m_truncated;
            const bool isText = entry.form != EntryValue::Form::Binary && core::isUtf8(m_value);
            json.field("form", core::cache::formName(entry.form));
            json.field("status_code", entry.statusCode);
            if (isJson)
                json.raw("data", entry.payload);
            else
                json.field("data", nullptr);
            json.field("text", isText ? std::optional(QString::fromUtf8(m_value)) : std::nullopt);
            json.field("b64", isText ? std::nullopt : std::optional(QString::fromLatin1(m_value.toBase64())));
            json.field("truncated", m_truncated);
        }

        void printMembers(const core::keys::KeyValue& value)
        {
            printHead(QStringLiteral("collection"));
            for (const QByteArray& member : value.members)
                m_context.out().line(shown(member));
            print([&](JsonWriter& json) { writeMembers(json, value.members, value.length); }, 0);
        }

        void writeMembers(JsonWriter& json, const QList<QByteArray>& members, qint64 length) const
        {
            json.field("form", core::cache::formName(EntryValue::Form::Collection));
            json.field("status_code", nullptr);
            json.name("data");
            json.beginArray();
            for (const QByteArray& member : members)
                json.argument(member);
            json.endArray();
            json.field("length", length < 0 ? std::nullopt : std::optional(length));
            json.field("text", nullptr);
            json.field("b64", nullptr);
            json.field("truncated", m_truncated || length < 0);
        }

        void printHead(const QString& form)
        {
            QString head = QStringLiteral("%1, %2, %3").arg(shown(m_type), form, ttlText(m_ttlMs));
            if (m_memory)
                head += QStringLiteral(", ") + core::formatBytes(*m_memory);
            m_context.console().say(head);
        }

        void printText(const EntryValue& entry)
        {
            Output& out = m_context.out();
            printHead(core::cache::formName(entry.form));
            if (entry.statusCode)
                m_context.console().say(QStringLiteral("status %1").arg(*entry.statusCode));
            if (m_truncated)
                m_context.console().warn(QStringLiteral("the value is longer; what follows is its beginning"));
            const bool isJson = entry.form == EntryValue::Form::Json || entry.form == EntryValue::Form::Envelope;
            if (!isJson)
                return out.line(shown(m_value));
            for (const QByteArray& line : core::cache::jsonIndented(entry.payload).split('\n'))
                out.line(shown(line));
        }

        void print(const Output::Fill& fillValue, int exit)
        {
            Output& out = m_context.out();
            const auto head = [this, &out](JsonWriter& json) {
                json.bytes("key", m_key);
                json.field(out.redisTypeName(), QString::fromUtf8(m_type));
                json.ttl("ttl_ms", m_ttlMs);
                json.field("memory_bytes", m_memory);
                json.field("encoding", m_encoding);
            };
            const auto value = [&](JsonWriter& json) {
                if (!fillValue)
                    return json.value(nullptr);
                json.beginObject();
                fillValue(json);
                json.endObject();
            };
            out.record([&](JsonWriter& json) {
                head(json);
                json.name("value");
                value(json);
            });
            out.summary([this](JsonWriter& json) { m_context.writeOwnLookups(json); });
            m_context.finish(exit);
        }

        Context& m_context;
        QByteArray m_key;
        bool m_raw;
        core::keys::KeyValueReader* m_reader = nullptr;
        qint64 m_ttlMs = -2;
        QByteArray m_type, m_value;
        std::optional<qint64> m_memory;
        std::optional<QString> m_encoding;
        bool m_truncated = false;
    };
}

void runGet(Context& context)
{
    if (context.line().has("--raw") && !context.out().isText())
        return context.fail(badOption(QStringLiteral("--raw"), QStringLiteral("it goes with neither --json nor --ndjson")));
    const auto key = core::bytesFromArgument(context.line().positional.first());
    if (!key)
        return context.fail(key.error());
    context.openSession(false, [&context, key = *key](core::redis::Session*) { (new GetRun(context, key))->start(); });
}

}
