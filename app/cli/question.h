// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"

#include <QObject>

#include <functional>

class QSocketNotifier;

namespace cli {

// One line asked of a person on the terminal, without blocking the event loop. The end of stdin is an empty answer.
class Question final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Question)
public:
    Question(QString text, Context& context);

    static bool isPossible(); // stdin and stderr are a terminal
    void ask(std::function<void(const QString&)> then);

private:
    void onReadable();

    Context& m_context;
    QString m_text;
    QByteArray m_typed;
    QSocketNotifier* m_notifier = nullptr;
    std::function<void(const QString&)> m_then;
};

}
