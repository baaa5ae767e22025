// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>

#include <functional>

class QMenu;

namespace ui {

class StripStack;
class Workspace;

// Opens Replay with the request that LightAPI stores under a key, its path and query encoded again; a strip says where none can be made.
class KeyReplay final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyReplay)
public:
    // Both outlive it.
    KeyReplay(Workspace* workspace, StripStack* strips, QObject* parent = nullptr);
    void open(const QByteArray& key);
    // "Replay this key", which asks for `act`.
    static void addAction(QMenu* menu, QObject* context, std::function<void()> act);

private:
    Workspace* m_workspace;
    StripStack* m_strips;
    quint64 m_turn = 0; // the last key that was asked for is opened
};

}
