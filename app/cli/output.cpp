// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include <QTimer>

namespace cli {

namespace {
    constexpr qsizetype flushAt = 64 * 1024;

    // On a terminal nothing in a JSON string may act on the screen: C1, DEL, bidi and invisible characters as \uXXXX.
    QByteArray harmless(const QByteArray& json)
    {
        QString out;
        for (const QChar c : QString::fromUtf8(json)) {
            const QChar::Category category = c.category();
            const bool acts = (category == QChar::Other_Control && c != u'\n') || category == QChar::Other_Format
                || category == QChar::Separator_Line || category == QChar::Separator_Paragraph;
            if (acts)
                out += QStringLiteral("\\u%1").arg(static_cast<uint>(c.unicode()), 4, 16, QLatin1Char('0'));
            else
                out += c;
        }
        return out.toUtf8();
    }
}

Output::Output(Form form, QObject* parent)
    : QObject(parent)
    , m_form(form)
    , m_terminal(::isatty(STDOUT_FILENO))
    , m_json(&m_buffer)
{
}

Output::~Output()
{
    flush();
}

void Output::line(const QString& text)
{
    if (!isText())
        return;
    m_buffer += text.toUtf8() + '\n';
    scheduleFlush();
}

void Output::raw(const QByteArray& bytes)
{
    if (!isText())
        return;
    m_buffer += bytes;
    scheduleFlush();
}

void Output::openDocument()
{
    if (m_stage != Stage::Nothing)
        return;
    m_stage = Stage::Members;
    m_json.beginObject();
    m_json.field("schema", 1);
}

void Output::closeItems()
{
    if (m_stage != Stage::Items)
        return;
    m_stage = Stage::AfterItems;
    m_json.endArray();
}

void Output::stash(const char* name, const Fill& fillValue)
{
    QByteArray text;
    JsonWriter json(&text);
    fillValue(json);
    m_stash.append({name, text});
}

void Output::member(const char* name, const Fill& fillValue)
{
    if (isText() || m_stage == Stage::Ended)
        return;
    if (m_form == Form::Ndjson)
        return stash(name, fillValue);
    openDocument();
    closeItems();
    m_json.name(name);
    fillValue(m_json);
    scheduleFlush();
}

void Output::record(const Fill& fillMembers)
{
    if (m_form != Form::Json)
        return item(fillMembers);
    openDocument();
    fillMembers(m_json);
    scheduleFlush();
}

void Output::beginItems()
{
    if (m_form != Form::Json)
        return;
    openDocument();
    if (m_stage != Stage::Members)
        return;
    m_stage = Stage::Items;
    m_json.name("items");
    m_json.beginArray();
}

void Output::item(const Fill& fillMembers)
{
    if (isText() || m_stage == Stage::Ended)
        return;
    if (m_form == Form::Json)
        beginItems();
    else
        m_json.restart();
    m_json.beginObject();
    if (m_form == Form::Ndjson)
        m_json.field("type", "item");
    fillMembers(m_json);
    m_json.endObject();
    if (m_form == Form::Ndjson)
        m_buffer += '\n';
    scheduleFlush();
}

void Output::summary(const Fill& fillMembers)
{
    member("summary", [&](JsonWriter& json) {
        json.beginObject();
        fillMembers(json);
        json.endObject();
    });
}

void Output::error(const core::Error& error, int exit)
{
    m_hasError = true;
    member("error", [&](JsonWriter& json) { writeError(json, error, exit); });
}

void Output::endNdjson()
{
    m_json.restart();
    m_json.beginObject();
    m_json.field("type", m_hasError ? "error" : "summary");
    m_json.field("schema", 1);
    const bool hasSummary = std::ranges::any_of(m_stash, [](const auto& part) { return part.first == "summary"; });
    if (!hasSummary && !m_hasError)
        m_stash.append(std::pair<QByteArray, QByteArray>("summary", "{}"));
    for (const auto& [name, json] : std::as_const(m_stash))
        m_json.raw(name.constData(), json);
    m_json.endObject();
    m_buffer += '\n';
}

void Output::end()
{
    if (m_stage == Stage::Ended)
        return;
    if (m_form == Form::Ndjson) {
        endNdjson();
    } else if (m_form == Form::Json) {
        openDocument();
        closeItems();
        m_json.endObject();
        m_buffer += '\n';
    }
    m_stage = Stage::Ended;
    flush();
}

void Output::scheduleFlush()
{
    if (m_buffer.size() >= flushAt)
        return flush();
    if (m_flushQueued)
        return;
    m_flushQueued = true;
    QTimer::singleShot(0, this, [this] { flush(); });
}

void Output::flush()
{
    m_flushQueued = false;
    if (m_buffer.isEmpty())
        return;
    const QByteArray bytes = m_terminal && !isText() ? harmless(m_buffer) : m_buffer;
    m_buffer.clear();
    if (!m_broken && !m_failure)
        write(bytes);
}

void Output::write(const QByteArray& bytes)
{
    qsizetype from = 0;
    while (from < bytes.size()) {
        const ssize_t wrote = ::write(STDOUT_FILENO, bytes.constData() + from, static_cast<std::size_t>(bytes.size() - from));
        if (wrote >= 0) {
            from += wrote;
        } else if (errno == EAGAIN) {
            pollfd ready {STDOUT_FILENO, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno == EPIPE) {
            return becomeBroken();
        } else if (errno != EINTR) {
            return fail(errno);
        }
    }
}

void Output::whenBroken(std::function<void()> call)
{
    m_whenBroken = std::move(call);
    auto* look = new QTimer(this);
    connect(look, &QTimer::timeout, this, [this, look] {
        pollfd reader {STDOUT_FILENO, 0, 0};
        if (::poll(&reader, 1, 0) != 1 || !(reader.revents & POLLERR))
            return;
        look->stop();
        becomeBroken();
    });
    look->start(200);
}

void Output::becomeBroken()
{
    if (m_broken)
        return;
    m_broken = true;
    if (!m_whenBroken)
        raisePipe();
    else
        std::exchange(m_whenBroken, {})();
}

void Output::fail(int errorNumber)
{
    const QString name = QStringLiteral("stdout");
    const bool full = errorNumber == ENOSPC || errorNumber == EDQUOT || errorNumber == EFBIG;
    m_failure = core::Error {
        core::Code::File, full ? core::Reason::DiskFull : core::Reason::None, name, qt_error_string(errorNumber)};
    emit failed();
}

void Output::raisePipe()
{
    ::signal(SIGPIPE, SIG_DFL);
    ::raise(SIGPIPE);
}

QString shown(const QByteArray& bytes)
{
    return core::displayText(bytes);
}

void writeError(JsonWriter& json, const core::Error& error, int exit)
{
    const core::ErrorText text = core::describe(error);
    json.beginObject();
    json.field("code", core::codeName(error.code));
    json.field("exit", exit);
    json.field("message", text.why.isEmpty() ? text.what : QString(text.what + u' ' + text.why));
    json.field("hint", text.advice);
    json.endObject();
}

}
