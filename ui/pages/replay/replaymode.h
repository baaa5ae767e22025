// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/http/client.h"

#include <QWidget>

#include <functional>

namespace ui {

class StripStack;
class Workspace;

// What Send does with the request line: a tab of the Replay page.
class ReplayMode : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ReplayMode)
public:
    // The request line as it stands, checked; without the fields of its identity, which are secret.
    using Draft = std::function<core::Result<core::http::Request>()>;
    struct Place {
        Workspace* workspace = nullptr; // both outlive the mode
        StripStack* strips = nullptr; // of the page, above the tabs
        Draft draft {};
        // See refusal(). Null: nothing stands in the way.
        std::function<QString()> refusal {};
        std::function<core::http::Client*()> client {}; // of the connection, or through the proxy that the page was told; null without an address
    };

    // `title` is the tab's, translated.
    ReplayMode(const QString& title, Place place, QWidget* parent = nullptr);

    QString title() const { return m_title; }
    // The least that it needs, as it lies in an area that scrolls only where there is not even that.
    int heightForWidth(int width) const override;
    // Of the button that starts it: "Send", "Start".
    virtual QString verb() const;
    virtual bool takesOnlyGet() const { return true; } // the page then refuses other methods
    // False: the request line is not needed to start (a collection has its own requests).
    virtual bool needsTarget() const { return true; }
    // The request then comes with the fields of the identity that the line is sent as.
    virtual bool takesIdentity() const { return true; }

    // Why nothing can be started now, in a sentence; empty: it can. One run at a time, over all tabs: two would take each other's reads
    // for the server's.
    QString refusal() const;
    // refusal() may be another one: for start buttons of the mode's own (setPossible()). The page's follows by itself.
    virtual void onRefusalChanged() { }

    // What the ids of its strips begin with: they are in sight with the tab.
    virtual QStringList stripPrefixes() const = 0;
    // How requests travel is chosen beside the request line; false: the tab sends by the connection's own settings.
    virtual bool takesConnection() const { return false; }

    // Sends a request that an identity added fields of these names to: what they hold is secret, whatever they are called.
    void sendAs(const core::http::Request& request, const QList<QByteArray>& identityFields);
    // Checked, and confirmed when the method is not GET. Not called while there is a refusal().
    virtual void send(const core::http::Request& request) = 0;
    virtual bool isBusy() const = 0;
    // False when nothing runs.
    virtual bool cancel() = 0;
    // As Page::unsaved().
    virtual QString unsaved() const { return {}; }
    // Another page sent these here, the first of them into the request line.
    virtual void openTargets(const QList<QByteArray>& targets) { Q_UNUSED(targets) }
    // Id of the strip of mayStart(); the page takes it away when the reason has gone.
    static QString refusalStrip();
    // Connection or database came or went: what belongs to the old one goes.
    virtual void restart() = 0;

signals:
    void busyChanged();
    // The server answered 401: what the identity was given may have ended.
    void refused();
    // Put into the request line, and the tab "Request" opened.
    void requestChosen(const core::http::Request& request);

protected:
    // To be asked by whatever starts a run other than send(): the button of a strip that stood there for a while, a step that follows
    // another. False: a strip of the page says why not.
    bool mayStart();
    Workspace* workspace() const { return m_place.workspace; }
    StripStack* strips() const { return m_place.strips; }
    core::Result<core::http::Request> draft() const { return m_place.draft(); }
    core::http::Client* client() const { return m_place.client(); }
    // Of the request of the last sendAs().
    const QList<QByteArray>& identityFields() const { return m_identityFields; }

private:
    QString m_title;
    Place m_place;
    QList<QByteArray> m_identityFields;
};

}
