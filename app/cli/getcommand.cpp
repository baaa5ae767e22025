// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/cache/entryvalue.h"

#include <utility>

namespace cli {

namespace {
    using core::cache::EntryValue;
    using core::redis::Replies;
    using core::redis::Reply;

    constexpr qint64 partBytes = 4 * 1024 * 1024; // of one GETRANGE
    constexpr qint64 mostBytes = 64 * 1024 * 1024; // shown; --raw has no limit
    constexpr int mostMembers = 1000;

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
            const core::redis::Pipeline facts {
                {"PTTL", m_key}, {"TYPE", m_key}, {"MEMORY", "USAGE", m_key}, {"OBJECT", "ENCODING", m_key}};
            m_context.await(m_context.session()->send(facts), [this](const Replies& replies) { onFacts(replies); });
        }

    private:
        void onFacts(const Replies& replies)
        {
            for (int at : {0, 1}) {
                if (replies.at(at).isError())
                    return m_context.fail(core::redis::toError(replies.at(at), QLatin1String(at == 0 ? "PTTL" : "TYPE")));
            }
            m_ttlMs = replies.at(0).integer;
            m_type = replies.at(1).bytes;
            if (replies.at(2).type == Reply::Type::Integer) // NOPERM leaves it unknown
                m_memory = replies.at(2).integer;
            if (replies.at(3).isString())
                m_encoding = QString::fromUtf8(replies.at(3).bytes);
            if (m_type == "none")
                return absent();
            m_type == "string" ? readPart() : readMembers();
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

        void readPart()
        {
            const qint64 from = m_value.size();
            const core::redis::Command part {
                "GETRANGE", m_key, QByteArray::number(from), QByteArray::number(from + partBytes - 1)};
            m_context.await(m_context.session()->call(part), [this](const Reply& reply) {
                m_value += reply.bytes;
                const bool more = reply.bytes.size() == partBytes;
                m_truncated = more && !m_raw && m_value.size() >= mostBytes;
                more && !m_truncated ? readPart() : printString();
            });
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
            const bool isJson
                = (entry.form == EntryValue::Form::Json || entry.form == EntryValue::Form::Envelope) && !m_truncated;
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

        void readMembers()
        {
            const QByteArray count = QByteArray::number(mostMembers);
            const QByteArray last = QByteArray::number(mostMembers - 1);
            core::redis::Pipeline read;
            if (m_type == "list")
                read = {{"LLEN", m_key}, {"LRANGE", m_key, "0", last}};
            else if (m_type == "set")
                read = {{"SCARD", m_key}, {"SSCAN", m_key, "0", "COUNT", count}};
            else if (m_type == "zset")
                read = {{"ZCARD", m_key}, {"ZRANGE", m_key, "0", last, "WITHSCORES"}};
            else if (m_type == "hash")
                read = {{"HLEN", m_key}, {"HSCAN", m_key, "0", "COUNT", count}};
            else if (m_type == "stream")
                read = {{"XLEN", m_key}, {"XRANGE", m_key, "-", "+", "COUNT", count}};
            m_context.await(m_context.session()->send(read), [this](const Replies& replies) { printMembers(replies); });
        }

        // Cursor replies hold their list as the second item; the nested lists of a stream are flattened.
        static void collect(const Reply& reply, QList<QByteArray>& members)
        {
            for (const Reply& item : reply.items)
                item.isArray() ? collect(item, members) : members.append(item.bytes);
        }

        void printMembers(const Replies& replies)
        {
            for (const Reply& reply : replies) {
                if (reply.isError())
                    return m_context.fail(core::redis::toError(reply, QString::fromUtf8(m_type)));
            }
            QList<QByteArray> members;
            qint64 length = -1; // of a type that this version cannot read
            if (replies.size() == 2) {
                const Reply& list = replies.at(1);
                const bool cursor = list.items.size() == 2 && list.items.at(1).isArray() && m_type != "stream";
                collect(cursor ? list.items.at(1) : list, members);
                length = replies.at(0).integer;
                m_truncated = cursor ? list.items.at(0).bytes != "0" : length > mostMembers;
            }
            printHead(QStringLiteral("collection"));
            for (const QByteArray& member : std::as_const(members))
                m_context.out().line(shown(member));
            print([&](JsonWriter& json) { writeMembers(json, members, length); }, 0);
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
