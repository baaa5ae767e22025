// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/keylines.h"

#include "core/base/bytes.h"

#include <optional>
#include <string_view>

#include <rapidjson/document.h>

using core::Code;
using core::fail;
using core::Reason;
using core::Result;

namespace cli {

namespace {
    constexpr qsizetype judgeFirstAt = 256; // bytes; then at twice as much each time
    constexpr qsizetype mostHeld = 1'000'000; // bytes; no list of keys reads as JSON for so long

    const rapidjson::Value* member(const rapidjson::Value& object, const char* name)
    {
        const auto found = object.FindMember(name);
        return found == object.MemberEnd() ? nullptr : &found->value;
    }

    // A key of one NDJSON line; no value for the summary line.
    Result<std::optional<QByteArray>> keyFromJson(const QByteArray& line, qint64 number)
    {
        const auto bad = [&](const QString& why) {
            return fail(Code::Input, Reason::BadKeyArgument, QStringLiteral("Line %1").arg(number), why);
        };
        rapidjson::Document json;
        json.Parse<rapidjson::kParseValidateEncodingFlag>(line.constData(), static_cast<std::size_t>(line.size()));
        if (json.HasParseError() || !json.IsObject())
            return bad(QStringLiteral("it is not a JSON object"));
        if (const auto* type = member(json, "type"); type && type->IsString() && std::string_view(type->GetString()) == "summary")
            return std::optional<QByteArray>();
        if (const auto* key = member(json, "key"); key && key->IsString())
            return std::optional(QByteArray(key->GetString(), key->GetStringLength()));
        if (const auto* encoded = member(json, "key_b64"); encoded && encoded->IsString()) {
            const auto decoded = QByteArray::fromBase64Encoding(
                QByteArray(encoded->GetString(), encoded->GetStringLength()), QByteArray::AbortOnBase64DecodingErrors);
            if (decoded)
                return std::optional(*decoded);
        }
        return bad(QStringLiteral("it has neither \"key\" nor \"key_b64\""));
    }

    tl::unexpected<core::Error> isDocument()
    {
        return fail(Code::Input, Reason::BadKeyArgument, QStringLiteral("A JSON document"), QStringLiteral("keys come as lines, or as \"keys --ndjson\" prints them"));
    }

    enum class Read { Whole, Cut, Wrong };
    Read readAs(rapidjson::Document& json, const QByteArray& text)
    {
        json.Parse<rapidjson::kParseIterativeFlag>(text.constData(), static_cast<std::size_t>(text.size()));
        if (!json.HasParseError())
            return Read::Whole;
        return json.GetErrorOffset() >= static_cast<std::size_t>(text.size()) ? Read::Cut : Read::Wrong;
    }
}

KeyLines::KeyLines(bool nulSeparated, Take take)
    : m_form(nulSeparated ? Form::Nul : Form::Unknown)
    , m_take(std::move(take))
{
}

Result<void> KeyLines::line(const QByteArray& line)
{
    ++m_number;
    if (line.isEmpty() && m_form != Form::PerhapsDocument)
        return {};
    switch (m_form) {
    case Form::Unknown: return decide(line);
    case Form::PerhapsDocument: return hold(line);
    default: return takeLine(line);
    }
}

// A key may start with a brace too ({user}:1), so what follows decides, not the first character.
Result<void> KeyLines::decide(const QByteArray& line)
{
    const QByteArray trimmed = line.trimmed();
    m_form = Form::Text;
    if (!trimmed.startsWith('{') && !trimmed.startsWith('['))
        return takeLine(line);
    rapidjson::Document json;
    switch (readAs(json, trimmed)) {
    case Read::Cut:
        m_form = Form::PerhapsDocument;
        m_judgeAt = judgeFirstAt;
        return hold(line);
    case Read::Whole:
        if (json.IsObject() && member(json, "schema") && !member(json, "type") && !member(json, "key"))
            return isDocument();
        if (json.IsObject() && (member(json, "key") || member(json, "type")))
            m_form = Form::Ndjson;
        break;
    case Read::Wrong: break;
    }
    return takeLine(line);
}

Result<void> KeyLines::hold(const QByteArray& line)
{
    m_held << line;
    m_heldText += line + '\n';
    return m_heldText.size() < m_judgeAt ? Result<void>() : judgeHeld(false);
}

Result<void> KeyLines::judgeHeld(bool isLast)
{
    rapidjson::Document json;
    const Read read = readAs(json, m_heldText);
    if (read == Read::Whole || (read == Read::Cut && m_heldText.size() > mostHeld))
        return isDocument();
    if (read == Read::Cut && !isLast) {
        m_judgeAt = 2 * m_heldText.size();
        return {};
    }
    m_form = Form::Text;
    m_heldText.clear();
    for (const QByteArray& line : std::exchange(m_held, {})) {
        if (const auto taken = line.isEmpty() ? Result<void>() : takeLine(line); !taken)
            return taken;
    }
    return {};
}

Result<void> KeyLines::end()
{
    return m_form == Form::PerhapsDocument ? judgeHeld(true) : Result<void>();
}

Result<void> KeyLines::takeLine(const QByteArray& line)
{
    if (m_form == Form::Ndjson) {
        const auto key = keyFromJson(line, m_number);
        if (!key)
            return fail(key.error());
        return *key ? m_take(**key) : Result<void>();
    }
    if (m_form == Form::Nul || !line.startsWith("b64:"))
        return m_take(line);
    const auto key = core::bytesFromArgument(QString::fromLatin1(line));
    return key ? m_take(*key) : Result<void>(fail(key.error()));
}

}
