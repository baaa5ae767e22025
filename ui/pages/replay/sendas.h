// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"
#include "ui/shell/identities.h"

#include <QTimer>
#include <QWidget>

#include <functional>

class QComboBox;

namespace ui {

class SignIn;
class StripStack;
class Workspace;

// Who the request line is sent as: nobody, or one of the connection's identities. What is chosen stays chosen for its connection, also when
// that has another name or the identity is no more: nothing is then sent, rather than as nobody.
class SendAs final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SendAs)
public:
    // `identityFields`: names of what the identity added, which is secret.
    using Send = std::function<void(const core::http::Request&, const QList<QByteArray>& identityFields)>;
    // Both outlive it; `strips` are those of the page.
    SendAs(Workspace* workspace, StripStack* strips, QWidget* parent = nullptr);

    // Calls `send` with the fields of the chosen identity added to the request: at once for nobody, else when they are there. A strip says
    // who is waited for, and what went wrong.
    void sign(const core::http::Request& request, Send send);
    bool isBusy() const;
    bool cancel();
    // The last answer was 401.
    void onRefused();

    // The dialog, with one to be named and saved where `found` is given.
    void manage(const std::optional<core::replay::Identity>& found = {});

signals:
    void busyChanged();

private:
    void rebuild();
    void startAnew();
    void follow();
    void onActivated(int index);
    void onRenamed(const QString& connection, const QString& before, const QString& after);
    void choose(const QString& name);
    QString chosen() const;
    QString connection() const;
    void showWaiting();
    void showFailure(const core::Error& error, const core::http::Request& request, const Send& send);

    Workspace* m_workspace;
    StripStack* m_strips;
    QComboBox* m_choice;
    SignIn* m_signIn;
    QHash<QString, QString> m_chosen; // name by connection
    QString m_open; // connection() of the one that is open, as it was last seen; empty: none
    QTimer m_patience; // a strip for what is there at once would only flicker
};

}
