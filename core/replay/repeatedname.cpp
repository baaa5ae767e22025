// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/repeatedname.h"

#include "core/base/bytes.h"

#include <QSet>

#include <vector>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace core::replay {

namespace {
    struct Level {
        bool isObject = false;
        QSet<QByteArray> names {};
        QByteArray name {}; // of the member that is being read
        qsizetype index = -1; // of the element
    };

    // Ends the reading at the first repeat by returning false.
    class Names final : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Names> {
    public:
        bool Default()
        {
            beginValue();
            return true;
        }
        bool StartObject() { return open(true); }
        bool StartArray() { return open(false); }
        bool EndObject(rapidjson::SizeType) { return close(); }
        bool EndArray(rapidjson::SizeType) { return close(); }
        bool Key(const char* text, rapidjson::SizeType length, bool)
        {
            Level& level = m_levels.back();
            level.name = QByteArray(text, qsizetype(length));
            m_isRepeated = level.names.contains(level.name);
            level.names.insert(level.name);
            return !m_isRepeated;
        }

        std::optional<QString> repeated(const QString& top) const
        {
            if (!m_isRepeated)
                return {};
            const QString place = this->place();
            return QStringLiteral("%1: \"%2\" stands there twice").arg(place.isEmpty() ? top : place, shortDisplayText(m_levels.back().name));
        }

    private:
        void beginValue()
        {
            if (!m_levels.empty())
                ++m_levels.back().index;
        }
        bool open(bool isObject)
        {
            beginValue();
            m_levels.push_back({.isObject = isObject});
            return true;
        }
        bool close()
        {
            m_levels.pop_back();
            return true;
        }
        // Of the innermost object: "requests[0].expect".
        QString place() const
        {
            QString out;
            for (std::size_t i = 0; i + 1 < m_levels.size(); ++i) {
                const Level& level = m_levels[i];
                if (level.isObject)
                    out += (out.isEmpty() ? QString() : QStringLiteral(".")) + shortDisplayText(level.name);
                else
                    out += QStringLiteral("[%1]").arg(level.index);
            }
            return out;
        }

        std::vector<Level> m_levels;
        bool m_isRepeated = false;
    };
}

std::optional<QString> repeatedName(const QByteArray& json, const QString& top)
{
    Names names;
    const QByteArray text = json.startsWith("\xef\xbb\xbf") ? json.mid(3) : json; // QJsonDocument skips a BOM too
    rapidjson::MemoryStream stream(text.constData(), std::size_t(text.size()));
    rapidjson::Reader reader;
    const rapidjson::ParseResult end = reader.Parse<rapidjson::kParseIterativeFlag>(stream, names); // a repeat ends it as an error
    if (const auto repeated = names.repeated(top); repeated || !end.IsError())
        return repeated;
    // QJsonDocument reads on where this reader stops, at half of a surrogate pair for one: what comes behind was not looked at.
    const auto offset = json.size() - text.size() + qsizetype(end.Offset());
    return QStringLiteral("%1: at byte %2: %3").arg(top).arg(offset).arg(QLatin1String(rapidjson::GetParseError_En(end.Code())));
}

}
