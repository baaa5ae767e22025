// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/http/client.h"
#include "ui/shell/heldhint.h"
#include "ui/shell/page.h"

#include <memory>

namespace core::replay {
struct SourcedRequest;
}

class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QTabBar;

namespace ui {

class ConnectionForm;
class FaceStack;
class ReplayMode;
class SendAs;
class TypedNameBar;

// Sends requests to the LightAPI server and shows what the cache really did. The request line is shared; what is done with it is
// the tab's (ReplayMode).
class ReplayPage final : public Page {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ReplayPage)
public:
    explicit ReplayPage(Workspace* workspace, QWidget* parent = nullptr);

    bool cancel() override;
    QString unsaved() const override;
    void openHint(const PageHint& hint) override;

protected:
    void pageConnected() override;
    void pageDisconnected() override;

private:
    void setupRequest();
    QWidget* makeModes();
    void addMode(ReplayMode* mode);
    ReplayMode* mode() const;
    ReplayMode* busyMode() const;
    QString refusal() const;
    QString busyText() const; // empty: nothing runs
    QString methodRefusal(const core::http::Request& request) const;
    void showMode(int index);
    void setStripsAside();
    void send();
    core::Result<core::http::Request> draft() const;
    core::Result<core::http::Headers> headers() const;
    void showRequest(const core::http::Request& request);
    void paste();
    void showNotes(const QStringList& notes);
    void useSource(const core::replay::SourcedRequest& sourced);
    void showDraftError(const core::Error& error);
    bool confirmMethod();
    void sendConfirmed();
    void forgetConfirmation();
    void showHeaderCount();
    void setupConnection();
    void showConnection();
    core::Result<void> useProxy();
    core::http::Client* client() const;
    void showForecast();
    void showFace();
    void updateActs();
    void restart();

    QComboBox* m_method;
    QLineEdit* m_target;
    SendAs* m_sendAs;
    QPushButton* m_from;
    QPushButton* m_send;
    QPushButton* m_headersButton;
    QPlainTextEdit* m_headers;
    QPushButton* m_connectionButton;
    ConnectionForm* m_connection;
    std::unique_ptr<core::http::Client> m_proxied; // while a proxy is asked for
    TypedNameBar* m_typedName; // before production is changed
    QTabBar* m_tabs;
    QStackedWidget* m_stack;
    QList<ReplayMode*> m_modes;
    FaceStack* m_faces;
    bool m_methodConfirmed = false;
    HeldHint m_held;
};

}
