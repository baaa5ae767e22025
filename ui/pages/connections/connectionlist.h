// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings/profile.h"

#include <QWidget>

class QVBoxLayout;

namespace ui {

// One way to connect: what was found by itself, a saved profile, or the demo.
struct ConnectionChoice {
    core::settings::Profile profile; // its endpoint may hold a password from the environment: never shown
    QString title;
    QString where; // "LIGHTAPI_REDIS_URL", ".env" …; empty for a saved profile
    bool saved = false;
};

// Rows of choices, each with its acts. Rows are buttons by keyboard: Enter connects.
class ConnectionList final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConnectionList)
public:
    explicit ConnectionList(QWidget* parent = nullptr);
    void setChoices(const QList<ConnectionChoice>& choices);

signals:
    void connectRequested(const ui::ConnectionChoice& choice);
    void editRequested(const ui::ConnectionChoice& choice);

private:
    QWidget* makeRow(const ConnectionChoice& choice);

    QVBoxLayout* m_column;
};

}
