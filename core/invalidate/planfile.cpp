// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/base/inputfile.h"
#include "core/base/savefile.h"
#include "core/invalidate/plan.h"
#include "core/invalidate/planlimit.h"

#include <algorithm>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

// RapidJSON and not QJsonDocument: a plan may hold millions of keys, and their bytes must come back as they were.
namespace core::invalidate {

namespace {
    using Writer = rapidjson::Writer<rapidjson::StringBuffer>;
    constexpr int fileSchema = 2; // 1: its digest covered the lists alone

    void writeUtf8(Writer& out, QByteArrayView utf8)
    {
        out.String(utf8.data(), static_cast<rapidjson::SizeType>(utf8.size()));
    }

    void writeText(Writer& out, const QString& text)
    {
        writeUtf8(out, text.toUtf8());
    }

    // "text" where it is UTF-8, else {"b64":"…"}.
    void writeBytes(Writer& out, QByteArrayView bytes)
    {
        if (isUtf8(bytes))
            return writeUtf8(out, bytes);
        out.StartObject();
        out.Key("b64");
        writeUtf8(out, bytes.toByteArray().toBase64());
        out.EndObject();
    }

    template <typename List>
    void writeList(Writer& out, const char* name, const List& list)
    {
        out.Key(name);
        out.StartArray();
        for (qsizetype i = 0; i < list.size(); ++i)
            writeBytes(out, list.at(i));
        out.EndArray();
    }

    void writeSelection(Writer& out, const char* name, const Selection& selection)
    {
        out.Key(name);
        out.StartArray();
        for (const Selector& selector : selection) {
            out.StartObject();
            out.Key("kind");
            writeText(out, selectorKindName(selector.kind));
            out.Key("text");
            writeBytes(out, selector.text);
            out.EndObject();
        }
        out.EndArray();
    }

    // Reads members one by one and remembers the first that is not as it should be.
    class PlanReader {
    public:
        explicit PlanReader(const rapidjson::Value& root)
            : m_root(root)
        {
        }
        const QString& problem() const { return m_problem; }

        QString text(const char* name)
        {
            const rapidjson::Value* value = member(name);
            if (value == nullptr || !value->IsString())
                return bad(QString::fromLatin1(name)), QString();
            return QString::fromUtf8(value->GetString(), static_cast<qsizetype>(value->GetStringLength()));
        }

        qint64 number(const char* name)
        {
            const rapidjson::Value* value = member(name);
            if (value == nullptr || !value->IsInt64())
                return bad(QString::fromLatin1(name)), 0;
            return value->GetInt64();
        }

        QList<QByteArray> list(const char* name)
        {
            QList<QByteArray> out;
            const rapidjson::Value* value = member(name);
            if (value == nullptr || !value->IsArray())
                return bad(QString::fromLatin1(name)), out;
            out.reserve(static_cast<qsizetype>(value->Size()));
            for (const rapidjson::Value& item : value->GetArray())
                out << bytes(item, name);
            return out;
        }

        Selection selection(const char* name)
        {
            Selection out;
            const rapidjson::Value* value = member(name);
            if (value == nullptr || !value->IsArray())
                return bad(QString::fromLatin1(name)), out;
            for (const rapidjson::Value& item : value->GetArray())
                out << selector(item, name);
            return out;
        }

    private:
        const rapidjson::Value* member(const char* name) const
        {
            const auto it = m_root.FindMember(name);
            return it == m_root.MemberEnd() ? nullptr : &it->value;
        }

        QByteArray bytes(const rapidjson::Value& value, const char* name)
        {
            if (value.IsString())
                return {value.GetString(), static_cast<qsizetype>(value.GetStringLength())};
            const bool encoded = value.IsObject() && value.HasMember("b64") && value["b64"].IsString();
            if (!encoded)
                return bad(QString::fromLatin1(name)), QByteArray();
            const QByteArray text(value["b64"].GetString(), static_cast<qsizetype>(value["b64"].GetStringLength()));
            const auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
            if (!decoded)
                bad(QString::fromLatin1(name));
            return decoded ? *decoded : QByteArray();
        }

        Selector selector(const rapidjson::Value& value, const char* name)
        {
            const bool whole = value.IsObject() && value.HasMember("kind") && value["kind"].IsString() && value.HasMember("text");
            if (!whole)
                return bad(QString::fromLatin1(name)), Selector {};
            const QString word = QString::fromUtf8(value["kind"].GetString());
            for (int kind = 0; kind <= static_cast<int>(Selector::Kind::List); ++kind) {
                if (selectorKindName(static_cast<Selector::Kind>(kind)) == word)
                    return {static_cast<Selector::Kind>(kind), bytes(value["text"], name)};
            }
            return bad(QString::fromLatin1(name)), Selector {};
        }

        void bad(const QString& name)
        {
            if (m_problem.isEmpty())
                m_problem = QStringLiteral("\"%1\" is missing or not what it should be").arg(name);
        }

        const rapidjson::Value& m_root;
        QString m_problem;
    };

    bool isSortedSet(const QList<QByteArray>& list)
    {
        return std::ranges::adjacent_find(list, std::ranges::greater_equal {}) == list.end();
    }

    tl::unexpected<Error> damaged(const QString& name, const QString& why)
    {
        return fail(Code::File, Reason::FileDamaged, name, why);
    }
}

QByteArray planToJson(const Plan& plan)
{
    rapidjson::StringBuffer buffer;
    Writer out(buffer);
    out.StartObject();
    out.Key("schema");
    out.Int(fileSchema);
    const auto text = [&out](const char* name, const QString& value) {
        out.Key(name);
        writeText(out, value);
    };
    text("type", QStringLiteral("invalidation-plan"));
    text("id", plan.id);
    text("made_at", plan.madeAt.toUTC().toString(Qt::ISODateWithMs));
    text("server", plan.server);
    text("run_id", plan.runId);
    out.Key("db");
    out.Int(plan.database);
    writeSelection(out, "selectors", plan.selectors);
    writeSelection(out, "except", plan.except);
    out.Key("bytes");
    out.Int64(plan.bytes);
    out.Key("bytes_sampled");
    out.Int64(plan.bytesSampled);
    text("sha256", QString::fromLatin1(plan.sha256()));
    writeList(out, "tag_keys", plan.tagKeys);
    writeList(out, "keys", plan.keys);
    out.EndObject();
    return QByteArray(buffer.GetString(), static_cast<qsizetype>(buffer.GetSize())) + '\n';
}

Result<Plan> planFromJson(const QByteArray& json, const QString& name)
{
    rapidjson::Document document;
    document.Parse(json.constData(), static_cast<std::size_t>(json.size()));
    if (document.HasParseError() || !document.IsObject())
        return damaged(name, QStringLiteral("not JSON at byte %1").arg(document.GetErrorOffset()));
    PlanReader reader(document);
    if (reader.text("type") != QStringLiteral("invalidation-plan") || reader.number("schema") != fileSchema)
        return damaged(name, QStringLiteral("not a plan of this version"));
    Plan plan;
    plan.id = reader.text("id");
    plan.madeAt = QDateTime::fromString(reader.text("made_at"), Qt::ISODateWithMs);
    plan.server = reader.text("server");
    plan.runId = reader.text("run_id");
    plan.database = static_cast<int>(reader.number("db"));
    plan.selectors = reader.selection("selectors");
    plan.except = reader.selection("except");
    plan.bytes = reader.number("bytes");
    plan.bytesSampled = reader.number("bytes_sampled");
    plan.tagKeys = reader.list("tag_keys");
    const QList<QByteArray> keys = reader.list("keys");
    plan.keys = keys::KeyList(keys);
    const QString digest = reader.text("sha256");
    if (!reader.problem().isEmpty())
        return damaged(name, reader.problem());
    if (digest.toLatin1() != plan.sha256() || !isSortedSet(keys) || !isSortedSet(plan.tagKeys))
        return fail(Code::Guard, Reason::PlanChanged, name, QStringLiteral("its sha256 does not belong to what it holds"));
    return plan;
}

Result<void> savePlan(const Plan& plan, const QString& file)
{
    return saveFile(file, planToJson(plan));
}

Result<Plan> loadPlan(const QString& file)
{
    const auto json = readRegular(file, {maxPlanBytes, QStringLiteral("Make several plans of fewer keys.")});
    return json ? planFromJson(*json, displayText(file)) : Result<Plan>(fail(json.error()));
}

}
