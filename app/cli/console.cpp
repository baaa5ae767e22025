// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/console.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"

#include <cstdio>

#include <unistd.h>

namespace cli {

Console::Console(bool quiet, bool verbose, bool color)
    : m_terminal(::isatty(STDERR_FILENO))
    , m_quiet(quiet)
    , m_verbose(verbose)
    , m_color(color && m_terminal)
{
}

void Console::write(const QString& text)
{
    clearProgress();
    if (m_before)
        m_before();
    const QByteArray utf8 = text.toUtf8();
    std::fwrite(utf8.constData(), 1, static_cast<std::size_t>(utf8.size()), stderr);
    std::fflush(stderr);
}

void Console::say(const QString& message)
{
    if (!m_quiet)
        write(QStringLiteral("cachelight: ") + core::displayText(message) + u'\n');
}

void Console::warn(const QString& message)
{
    say(QStringLiteral("warning: ") + message);
}

void Console::detail(const QString& message)
{
    if (m_verbose)
        write(message + u'\n');
}

void Console::error(const core::Error& error)
{
    const core::ErrorText text = core::describe(error);
    const QString red = m_color ? QStringLiteral("\033[31m") : QString();
    const QString normal = m_color ? QStringLiteral("\033[0m") : QString();
    QString message = QStringLiteral("cachelight: ") + red + core::displayText(text.what) + normal;
    if (!text.why.isEmpty())
        message += QStringLiteral(" (") + core::displayText(text.why) + u')';
    message += u'\n';
    if (!text.advice.isEmpty())
        message += QStringLiteral("  ") + core::displayText(text.advice) + u'\n';
    write(message);
}

void Console::progress(const QString& act, qint64 done, qint64 total, qint64 elapsedMs)
{
    if (!m_terminal || m_quiet || elapsedMs < 300)
        return;
    const double rate = elapsedMs > 0 ? static_cast<double>(done) * 1000.0 / static_cast<double>(elapsedMs) : 0;
    QString text = act + u' ' + core::formatCount(done);
    if (total > 0)
        text += QStringLiteral(" of ") + core::formatCount(total);
    text += QStringLiteral(", ") + core::formatRate(rate);
    if (total > done && rate > 0)
        text += QStringLiteral(", %1 left")
                    .arg(core::formatDuration(static_cast<qint64>(static_cast<double>(total - done) / rate * 1000)));
    clearProgress();
    std::fputs(qUtf8Printable(text), stderr);
    std::fflush(stderr);
    m_progressShown = true;
}

void Console::ask(const QString& question)
{
    write(question);
}

void Console::clearProgress()
{
    if (m_progressShown)
        std::fputs("\r\033[K", stderr);
    m_progressShown = false;
}

}
