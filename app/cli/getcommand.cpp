// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/textcolumns.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/exacttext.h"
#include "core/base/format.h"
#include "core/cache/entryvalue.h"
#include "core/values/decoder.h"
#include "core/values/hexdump.h"
#include "core/values/valuereader.h"

#include <utility>

namespace cli {

namespace {
    using core::cache::EntryValue;
    using core::values::Decoded;
    using core::values::Decoder;
    using core::values::Value;

    constexpr qint64 mostBytes = 64 * 1024 * 1024; // shown; --raw has no limit
    constexpr int hexRow = 16;

    bool isText(Decoder last)
    {
        return last == Decoder::Utf8 || last == Decoder::Latin1 || last == Decoder::Utf16;
    }

    EntryValue::Form formOf(const Decoded& decoded)
    {
        const Decoder last = decoded.steps.isEmpty() ? Decoder::Hex : decoded.steps.last();
        if (last == Decoder::Json)
            return EntryValue::Form::Json;
        if (last == Decoder::Envelope)
            return EntryValue::Form::Envelope;
        return isText(last) ? EntryValue::Form::Text : EntryValue::Form::Binary;
    }

    QString decoderWords()
    {
        QStringList words;
        for (const Decoder decoder : core::values::allDecoders())
            words += core::values::decoderWord(decoder);
        return words.join(QStringLiteral(", "));
    }

    // One run of "get": facts, then the value in parts, then one document.
    class GetRun final : public QObject {
    public:
        GetRun(Context& context, QByteArray key, std::optional<Decoder> decoder)
            : QObject(&context)
            , m_context(context)
            , m_key(std::move(key))
            , m_decoder(decoder)
            , m_raw(context.line().has("--raw"))
        {
        }

        void start()
        {
            core::values::ValueReader::Options options;
            options.maxBytes = m_raw ? -1 : mostBytes;
            options.keep = !m_raw;
            m_reader = new core::values::ValueReader(m_context.session(), m_key, options, this);
            if (m_raw)
                connect(m_reader, &core::values::ValueReader::partRead, this, [this](const QByteArray& part) { printRaw(part); });
            m_context.run(m_reader, QStringLiteral("bytes"), [this] { onRead(); });
        }

    private:
        void onRead()
        {
            if (const auto failure = m_context.failureOf(*m_reader))
                return m_context.fail(*failure);
            const Value& value = m_reader->value();
            m_ttlMs = value.ttlMs;
            m_type = value.type;
            m_memory = value.memoryBytes;
            if (value.encoding)
                m_encoding = QString::fromUtf8(*value.encoding);
            m_truncated = value.truncated;
            if (value.isGone())
                return absent();
            if (!value.isString() && (m_raw || m_decoder))
                return m_context.fail(badOption(m_raw ? QStringLiteral("--raw") : QStringLiteral("--as"),
                    QStringLiteral("the key holds a %1, whose members have no bytes in common; --json gives each exactly")
                        .arg(shown(m_type))));
            if (m_raw)
                return m_context.finish();
            value.isString() ? decodeString() : printMembers(value);
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

        void printRaw(const QByteArray& part)
        {
            m_context.out().raw(m_context.out().isTerminal() ? core::displayText(part).toUtf8() : part);
        }

        void decodeString()
        {
            core::values::DecodeOptions options;
            options.forced = m_decoder;
            options.isBeginning = m_truncated;
            m_context.await(core::values::decodeAsync(m_reader->value().bytes, options), [this](const Decoded& decoded) { onDecoded(decoded); });
        }

        void onDecoded(const Decoded& decoded)
        {
            if (decoded.problem && decoded.problem->reason == core::Reason::NotDecodable)
                return m_context.fail(*decoded.problem);
            if (decoded.problem)
                m_context.console().warn(core::oneLine(*decoded.problem));
            if (decoded.isStopped)
                m_context.console().warn(QStringLiteral("it unpacks to more; stopped at %1").arg(core::formatBytes(decoded.bytes.size())));
            printText(decoded);
            print([&](JsonWriter& json) { writeString(json, decoded); }, 0);
        }

        void writeString(JsonWriter& json, const Decoded& decoded) const
        {
            const EntryValue::Form form = formOf(decoded);
            const bool isJson = form == EntryValue::Form::Json || form == EntryValue::Form::Envelope;
            const QByteArray text = isJson ? decoded.bytes : decoded.text;
            const bool hasText = form != EntryValue::Form::Binary || !text.isEmpty();
            json.field("form", core::cache::formName(form));
            json.field("status_code", decoded.statusCode);
            if (isJson && !m_truncated)
                json.raw("data", form == EntryValue::Form::Envelope ? core::cache::decodeEntry(decoded.bytes).payload : decoded.bytes);
            else
                json.field("data", nullptr);
            json.field("text", hasText ? std::optional(QString::fromUtf8(text)) : std::nullopt);
            const QByteArray& stored = m_reader->value().bytes;
            json.field("b64", hasText && text == stored && core::isExactText(text) ? std::nullopt : std::optional(QString::fromLatin1(stored.toBase64())));
            json.field("truncated", m_truncated);
            json.name("chain");
            json.beginArray();
            for (const Decoder step : decoded.steps)
                json.value(core::values::decoderWord(step));
            json.endArray();
            json.field("stopped", decoded.isStopped || decoded.isTextCut);
            json.field("problem", decoded.problem ? std::optional(core::oneLine(*decoded.problem)) : std::nullopt);
        }

        void printMembers(const Value& value)
        {
            printHead(QStringLiteral("collection"));
            for (const QByteArray& member : value.members)
                m_context.out().line(shown(member));
            for (const core::values::StreamEntry& entry : value.entries) {
                QStringList words {shown(entry.id)};
                for (const QByteArray& field : entry.fields)
                    words += shown(field);
                m_context.out().line(words.join(u'\t'));
            }
            if (value.truncated)
                m_context.console().warn(QStringLiteral("the first %1 of %2").arg(core::formatCount(value.rows()), core::formatCount(value.length)));
            print([&](JsonWriter& json) { writeMembers(json, value); }, 0);
        }

        // Of a stream each entry is a list: its id, then names and values in turn.
        void writeMembers(JsonWriter& json, const Value& value) const
        {
            json.field("form", core::cache::formName(EntryValue::Form::Collection));
            json.field("status_code", nullptr);
            json.name("data");
            json.beginArray();
            for (const QByteArray& member : value.members)
                json.argument(member);
            for (const core::values::StreamEntry& entry : value.entries) {
                json.beginArray();
                json.argument(entry.id);
                for (const QByteArray& field : entry.fields)
                    json.argument(field);
                json.endArray();
            }
            json.endArray();
            json.field("length", value.isReadable() ? std::optional(value.length) : std::nullopt);
            json.field("text", nullptr);
            json.field("b64", nullptr);
            json.field("truncated", m_truncated);
        }

        void printHead(const QString& form)
        {
            QString head = QStringLiteral("%1, %2, %3").arg(shown(m_type), form, ttlText(m_ttlMs));
            if (m_memory)
                head += QStringLiteral(", ") + core::formatBytes(*m_memory);
            m_context.console().say(head);
        }

        void printText(const Decoded& decoded)
        {
            Output& out = m_context.out();
            printHead(decoded.steps.isEmpty() ? QStringLiteral("binary") : core::values::chainText(decoded));
            if (decoded.statusCode)
                m_context.console().say(QStringLiteral("status %1").arg(*decoded.statusCode));
            if (m_truncated)
                m_context.console().warn(QStringLiteral("the value is longer; what follows is its beginning"));
            if (!out.isText())
                return; // megabytes would be escaped for nobody
            // JSON has escapes of its own: with every backslash as two it would be other JSON.
            const bool isJson = decoded.has(Decoder::Json) || decoded.has(Decoder::Envelope);
            for (const QByteArray& line : textOf(decoded).split('\n'))
                out.line(isJson && core::isUtf8(line) ? core::displayText(QString::fromUtf8(line)) : shown(line));
        }

        QByteArray textOf(const Decoded& decoded) const
        {
            if (decoded.has(Decoder::Hex))
                return core::values::hexDump(decoded.bytes, hexRow, 0, 8).chopped(decoded.bytes.isEmpty() ? 0 : 1);
            if (decoded.has(Decoder::Envelope))
                return core::cache::jsonIndented(core::cache::decodeEntry(decoded.bytes).payload);
            return decoded.text.isEmpty() ? decoded.bytes : decoded.text;
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
        std::optional<Decoder> m_decoder; // --as
        bool m_raw;
        core::values::ValueReader* m_reader = nullptr;
        qint64 m_ttlMs = -2;
        QByteArray m_type;
        std::optional<qint64> m_memory;
        std::optional<QString> m_encoding;
        bool m_truncated = false;
    };
}

void runGet(Context& context)
{
    const bool raw = context.line().has("--raw");
    const bool decodes = context.line().has("--as");
    if (raw && !context.out().isText())
        return context.fail(badOption(QStringLiteral("--raw"), QStringLiteral("it goes with neither --json nor --ndjson")));
    if (raw && decodes)
        return context.fail(badOption(QStringLiteral("--as"), QStringLiteral("--raw gives the bytes as they are stored")));
    const auto key = core::bytesFromArgument(context.line().positional.first());
    if (!key)
        return context.fail(key.error());
    const auto decoder = core::values::decoderFromWord(context.line().value("--as"));
    if (decodes && !decoder)
        return context.fail(badOption(QStringLiteral("--as"), QStringLiteral("one of %1").arg(decoderWords())));
    context.openSession(false, [&context, key = *key, decoder](core::redis::Session*) { (new GetRun(context, key, decoder))->start(); });
}

}
