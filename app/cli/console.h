// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QElapsedTimer>
#include <QString>

#include <functional>
#include <utility>

namespace cli {

// stderr: messages, and on a terminal one line of progress that the next message wipes.
class Console {
public:
    Console(bool quiet, bool verbose, bool color);

    // Runs before each message, so that what stdout was given earlier stands above it on a terminal.
    void beforeEach(std::function<void()> call) { m_before = std::move(call); }
    bool isTerminal() const { return m_terminal; }
    bool isVerbose() const { return m_verbose; }
    void say(const QString& message); // not with --quiet
    void warn(const QString& message); // not with --quiet
    void detail(const QString& message); // with --verbose; escaped already, as a masked command is
    void error(const core::Error& error); // always
    // Count, rate and time left of a long act; total -1 while it is not known.
    void progress(const QString& act, qint64 done, qint64 total, qint64 elapsedMs);
    void ask(const QString& question); // no line end
    void clearProgress();

private:
    void write(const QString& text);

    bool m_terminal, m_quiet, m_verbose, m_color;
    bool m_progressShown = false;
    std::function<void()> m_before;
};

}
