// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/question.h"

#include <unistd.h>

#include <QSocketNotifier>

namespace cli {

Question::Question(QString text, Context& context)
    : QObject(&context)
    , m_context(context)
    , m_text(std::move(text))
{
}

bool Question::isPossible()
{
    return ::isatty(STDIN_FILENO) && ::isatty(STDERR_FILENO);
}

void Question::ask(std::function<void(const QString&)> then)
{
    m_then = std::move(then);
    m_context.console().ask(m_text);
    m_notifier = new QSocketNotifier(STDIN_FILENO, QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &Question::onReadable);
}

void Question::onReadable()
{
    char part[256];
    const ssize_t got = ::read(STDIN_FILENO, part, sizeof part);
    if (got > 0)
        m_typed.append(part, got);
    const qsizetype end = m_typed.indexOf('\n');
    if (got > 0 && end < 0)
        return;
    m_notifier->setEnabled(false);
    m_then(QString::fromUtf8(m_typed.left(end < 0 ? m_typed.size() : end)).trimmed());
}

}
