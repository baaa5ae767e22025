// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/login.h"
#include "ui/shell/identities.h"

#include <QPointer>

#include <functional>

namespace ui {

class Workspace;

// Turns an identity into header fields: its secret is read, and a token asked for where it signs in. One at a time; nothing that was asked
// for an earlier one, or at another connection, is ever handed to a later one.
class SignIn final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SignIn)
public:
    using Then = std::function<void(const core::Result<core::http::Headers>&)>;
    explicit SignIn(Workspace* workspace, QObject* parent = nullptr);
    ~SignIn() override;

    // `then` is called once, never after a cancel. Errors: BadIdentity, those of the key store and of Login.
    void start(const Identities::Saved& identity, Then then);
    bool isBusy() const { return m_then != nullptr; }
    bool cancel();
    // Who has to answer: "the key store", "/auth/login".
    QString waitsFor() const { return m_waitsFor; }
    // The server answered 401: a token that it gave is asked for anew next time.
    void onRefused();

signals:
    void changed(); // isBusy() or waitsFor()

private:
    void onSecret(const Identities::Saved& identity, const core::Result<std::optional<QByteArray>>& secret);
    void end(const core::Result<core::http::Headers>& headers);
    core::replay::Login* login();

    Workspace* m_workspace;
    QPointer<core::http::Client> m_client; // of m_login
    std::unique_ptr<core::replay::Login> m_login;
    QFuture<core::Result<std::optional<QByteArray>>> m_asked;
    QFuture<core::Result<core::http::Headers>> m_signing; // of m_login
    Then m_then;
    QString m_waitsFor;
    quint64 m_turn = 0; // counts what was begun or given up
    core::replay::Identity m_last; // whose fields were handed out
    core::http::Headers m_lastHeaders;
};

// That no secret is kept for it.
core::Error noSecret(const QString& identity);

}
