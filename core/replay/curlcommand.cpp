// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/curlcommand.h"

#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/replay/curloptions.h"
#include "core/replay/shellwords.h"

#include <algorithm>
#include <array>

namespace core::replay {

namespace {
    constexpr int mostWarnings = 40;

    bool equalNames(QByteArrayView left, QByteArrayView right)
    {
        return left.compare(right, Qt::CaseInsensitive) == 0;
    }

    bool hasHeader(const http::Headers& headers, QByteArrayView name)
    {
        return std::ranges::any_of(headers, [name](const auto& field) { return equalNames(field.first, name); });
    }

    Error badCurl(const QString& detail)
    {
        return {Code::Input, Reason::BadCurl, QStringLiteral("The text"), detail};
    }

    // curl_easy_escape()
    QByteArray escaped(const QByteArray& text)
    {
        return text.toPercentEncoding();
    }

    class CurlReader final {
    public:
        explicit CurlReader(ShellWords words)
            : m_words(std::move(words.words))
        {
            m_out.warnings = std::move(words.notes);
        }

        Result<CurlCommand> read()
        {
            if (!skipToOptions())
                return fail(badCurl(QStringLiteral("it does not start with \"curl\"")));
            while (m_at < m_words.size() && !m_error && !m_ended)
                takeWord(m_words[m_at++]);
            if (!m_error)
                complete();
            if (m_error)
                return fail(*m_error);
            return m_out;
        }

    private:
        void warn(const QString& sentence)
        {
            if (m_out.warnings.size() < mostWarnings && !m_out.warnings.contains(sentence))
                m_out.warnings << sentence;
        }

        void setError(Error error)
        {
            if (!m_error)
                m_error = std::move(error);
        }

        // A prompt copied along is no word of the command.
        bool skipToOptions()
        {
            if (m_words.size() > 1 && (m_words[0] == "$" || m_words[0] == "%"))
                ++m_at;
            const QByteArray program = m_words.value(m_at++);
            return program == "curl" || program == "curl.exe" || program.endsWith("/curl");
        }

        void takeWord(const QByteArray& word)
        {
            if (m_onlyUrls || !word.startsWith('-'))
                return takeUrl(word);
            if (word == "--") {
                m_onlyUrls = true;
            } else if (word == "-") {
                warn(QStringLiteral("A lone - is left out."));
            } else if (word.startsWith("--")) {
                takeLong(word.mid(2));
            } else {
                takeLetters(word);
            }
        }

        void takeLong(const QByteArray& name)
        {
            const CurlOption* option = curlOption(QByteArrayView(name));
            if (!option)
                return warn(QStringLiteral("--%1 is not known here and is left out.").arg(shortDisplayText(name.left(name.indexOf('=') < 0 ? name.size() : name.indexOf('=')), 40)));
            takeOption(*option, QStringLiteral("--%1").arg(QLatin1String(name)), {});
        }

        // "-sSXPOST": switches, then one with its value behind it or in the next word.
        void takeLetters(const QByteArray& word)
        {
            for (qsizetype i = 1; i < word.size() && !m_error; ++i) {
                const QString said = QStringLiteral("-%1").arg(displayText(word.mid(i, 1)));
                const CurlOption* option = curlOption(word[i]);
                if (!option) {
                    warn(QStringLiteral("%1 is not known here and is left out.").arg(said));
                    continue;
                }
                const bool isAttached = option->hasValue && i + 1 < word.size();
                takeOption(*option, said, isAttached ? std::optional(word.mid(i + 1)) : std::nullopt);
                if (option->hasValue)
                    return;
            }
        }

        void takeOption(const CurlOption& option, const QString& said, std::optional<QByteArray> attached)
        {
            if (option.hasValue && !attached) {
                if (m_at >= m_words.size())
                    return setError(badCurl(QStringLiteral("%1 has no value").arg(said)));
                attached = m_words[m_at++];
            }
            if (option.act == CurlAct::Warn)
                return warn(QStringLiteral("%1: %2.").arg(said, QLatin1String(option.note)));
            if (option.act == CurlAct::Refuse)
                return setError(badCurl(QStringLiteral("%1: %2").arg(said, QLatin1String(option.note))));
            option.hasValue ? takeValue(option.act, *attached, said) : takeSwitch(option.act);
        }

        void takeSwitch(CurlAct act)
        {
            if (act == CurlAct::AsQuery)
                m_asQuery = true;
            else if (act == CurlAct::Head)
                setError({Code::Guard, Reason::HeadRefused, QStringLiteral("HEAD"), {}});
            else if (act == CurlAct::Globoff)
                m_globoff = true;
            else if (act == CurlAct::PathAsIs)
                m_pathAsIs = true;
            else if (act == CurlAct::Next)
                endHere();
        }

        void endHere()
        {
            m_ended = true;
            warn(QStringLiteral("Only the first request is read: what follows --next is left out."));
        }

        void takeValue(CurlAct act, const QByteArray& value, const QString& said)
        {
            switch (act) {
            case CurlAct::Url: return takeUrl(value);
            case CurlAct::Method: m_method = value; return;
            case CurlAct::Header: return takeHeader(value);
            case CurlAct::Data: return value.startsWith('@') ? refuseFile(said) : addData(value, "&");
            case CurlAct::RawData: return addData(value, "&");
            case CurlAct::EncodedData: return takeEncoded(value, said);
            case CurlAct::Json: return takeJson(value, said);
            case CurlAct::User: return takeUser(value);
            case CurlAct::Bearer: return setOwn("Authorization", "Bearer " + value);
            case CurlAct::Cookie: return takeCookie(value);
            case CurlAct::Agent: return setOwn("User-Agent", value);
            case CurlAct::Referer: return setOwn("Referer", value.left(value.indexOf(";auto") < 0 ? value.size() : value.indexOf(";auto")));
            case CurlAct::Range: return setOwn("Range", "bytes=" + value);
            case CurlAct::MaxTime: return takeMaxTime(value);
            default: return;
            }
        }

        void refuseFile(const QString& said)
        {
            setError(badCurl(QStringLiteral("%1 @… would send a file, and no file is read").arg(said)));
        }

        void takeUrl(const QByteArray& word)
        {
            // A word that strayed here for want of quotes may be a token: it is not shown, and a real URL goes before it.
            const bool isBetter = m_url && !m_url->contains("://") && word.contains("://");
            if (m_url)
                warn(QStringLiteral("Only one URL is taken: the other words that stand for one are left out."));
            if (!m_url || isBetter)
                m_url = word;
        }

        void takeHeader(const QByteArray& text)
        {
            if (text.startsWith('@'))
                return warn(QStringLiteral("-H @…: no file is read or written."));
            const qsizetype colon = text.indexOf(':');
            const bool isEmptied = colon < 0 && text.endsWith(';');
            if (colon == 0)
                return warn(QStringLiteral("A header whose name begins with a colon is left out: HTTP/2 writes the request line so."));
            if (colon < 0 && !isEmptied)
                return warn(QStringLiteral("A header without a colon is left out."));
            const QByteArray name = isEmptied ? text.chopped(1) : text.left(colon);
            const QByteArray value = isEmptied ? QByteArray("") : text.mid(colon + 1).trimmed();
            if (value.isEmpty() && !isEmptied) { // how curl is told not to send one of its own
                m_withheld << name.toLower();
                return;
            }
            addHeader(name, value);
        }

        void addHeader(const QByteArray& name, const QByteArray& value)
        {
            if (equalNames(name, "Content-Length") || equalNames(name, "Transfer-Encoding"))
                return warn(QStringLiteral("%1 is left out: the length follows from the body.").arg(QLatin1String(name)));
            if (const auto good = http::checkHeader(name, value); !good)
                return setError(good.error());
            m_out.headers.emplace_back(name, value);
        }

        // What an option says of a header; one given by -H stays, as with curl.
        void setOwn(const QByteArray& name, const QByteArray& value) { m_own.emplace_back(name, value); }

        void takeCookie(const QByteArray& value)
        {
            if (!value.contains('='))
                return warn(QStringLiteral("-b with the name of a file: no file is read or written."));
            m_cookies += (m_cookies.isEmpty() ? QByteArray() : QByteArray("; ")) + value;
        }

        void takeUser(const QByteArray& value)
        {
            const qsizetype colon = value.indexOf(':');
            if (colon < 0)
                warn(QStringLiteral("-u has no password; curl would ask for one, and an empty one is taken here."));
            m_out.user = CurlCommand::User {value.left(colon < 0 ? value.size() : colon), colon < 0 ? QByteArray() : value.mid(colon + 1)};
        }

        void takeMaxTime(const QByteArray& value)
        {
            bool isNumber = false;
            const double seconds = value.toDouble(&isNumber);
            if (!isNumber || !(seconds > 0) || seconds > 24.0 * 3600)
                return warn(QStringLiteral("-m is no time that can be used and is left out."));
            m_out.timeoutMs = std::max(1, static_cast<int>(seconds * 1000));
        }

        void addData(const QByteArray& data, const char* separator)
        {
            m_out.body += (m_hasData ? QByteArray(separator) : QByteArray()) + data;
            m_hasData = true;
        }

        // "content", "=content" or "name=content"; the name is sent as it stands.
        void takeEncoded(const QByteArray& value, const QString& said)
        {
            const qsizetype equals = value.indexOf('=');
            const qsizetype at = value.indexOf('@');
            if (at >= 0 && (equals < 0 || at < equals))
                return refuseFile(said);
            if (equals <= 0)
                return addData(escaped(value.mid(equals + 1)), "&");
            addData(value.left(equals + 1) + escaped(value.mid(equals + 1)), "&");
        }

        void takeJson(const QByteArray& value, const QString& said)
        {
            if (value.startsWith('@'))
                return refuseFile(said);
            addData(value, "");
            m_isJson = true;
        }

        void complete()
        {
            if (!m_url)
                return setError(badCurl(QStringLiteral("it holds no URL")));
            if (!takeTarget())
                return;
            m_out.method = !m_method.isEmpty() ? m_method : m_hasData && !m_asQuery ? QByteArray("POST") : QByteArray("GET");
            if (const auto good = http::checkMethod(m_out.method); !good)
                return setError(good.error());
            addOwnHeaders();
            warnAboutTarget();
        }

        bool takeTarget()
        {
            auto url = splitUrl(*m_url, "http");
            if (url && m_asQuery && m_hasData) {
                url->target += (url->target.contains('?') ? '&' : '?') + std::exchange(m_out.body, {});
                if (const auto good = cache::checkTarget(url->target); !good)
                    url = fail(good.error());
            }
            if (!url) {
                setError(url.error());
                return false;
            }
            m_out.origin = url->origin;
            m_out.target = url->target;
            if (!m_out.user && !url->userInfo.isEmpty())
                takeUserInfo(url->userInfo);
            return true;
        }

        void takeUserInfo(const QByteArray& userInfo)
        {
            const qsizetype colon = userInfo.indexOf(':');
            const auto decoded = [](const QByteArray& text) { return cache::percentDecoded(text, false); };
            m_out.user = CurlCommand::User {decoded(userInfo.left(colon < 0 ? userInfo.size() : colon)), colon < 0 ? QByteArray() : decoded(userInfo.mid(colon + 1))};
        }

        void addOwnHeaders()
        {
            if (!m_cookies.isEmpty())
                setOwn("Cookie", m_cookies);
            if (m_hasData && !m_asQuery)
                setOwn("Content-Type", m_isJson ? "application/json" : "application/x-www-form-urlencoded");
            if (m_isJson)
                setOwn("Accept", "application/json");
            for (const auto& [name, value] : std::exchange(m_own, {})) {
                const bool isGiven = hasHeader(m_out.headers, name) && name != "Cookie"; // curl sends both cookies
                if (!isGiven && !m_withheld.contains(name.toLower()))
                    addHeader(name, value);
            }
        }

        void warnAboutTarget()
        {
            const QByteArray path = m_out.target.left(m_out.target.indexOf('?') < 0 ? m_out.target.size() : m_out.target.indexOf('?'));
            const bool hasDots = path.contains("/./") || path.contains("/../") || path.endsWith("/.") || path.endsWith("/..");
            if (hasDots && !m_pathAsIs)
                warn(QStringLiteral("curl would shorten /./ and /../ in the path; here it is sent as written."));
            const bool hasGlob = std::ranges::any_of(m_out.target, [](char c) { return QByteArrayView("{}[]").contains(c); });
            if (hasGlob && !m_globoff)
                warn(QStringLiteral("curl would make several URLs of {…} and […]; here they are text."));
        }

        QList<QByteArray> m_words;
        qsizetype m_at = 0;
        bool m_onlyUrls = false;
        bool m_ended = false;
        bool m_asQuery = false;
        bool m_globoff = false;
        bool m_pathAsIs = false;
        bool m_hasData = false;
        bool m_isJson = false;
        std::optional<QByteArray> m_url;
        QByteArray m_method;
        QByteArray m_cookies;
        QList<QByteArray> m_withheld; // names in lower case
        http::Headers m_own;
        std::optional<Error> m_error;
        CurlCommand m_out;
    };
}

http::Request CurlCommand::request() const
{
    http::Request out {.method = method, .target = target, .headers = headers, .body = body};
    if (timeoutMs)
        out.timeoutMs = *timeoutMs;
    if (user && !hasHeader(headers, "Authorization"))
        out.headers.emplace_back("Authorization", "Basic " + QByteArray(user->name + ':' + user->password).toBase64());
    return out;
}

Result<CurlCommand> requestFromCurl(QByteArrayView command)
{
    auto words = shellWords(command);
    if (!words)
        return fail(words.error());
    return CurlReader(*std::move(words)).read();
}

}
