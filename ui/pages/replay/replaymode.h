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
    // The request line as it stands, checked, with the fields of its identity.
    using Draft = std::function<core::Result<core::http::Request>()>;
    struct Place {
        Workspace* workspace = nullptr; // both outlive the mode
        StripStack* strips = nullptr; // of the page, above the tabs
        Draft draft {};
    };

    // `title` is the tab's, translated.
    ReplayMode(const QString& title, Place place, QWidget* parent = nullptr);

    QString title() const { return m_title; }
    // Of the button that starts it: "Send", "Start".
    virtual QString verb() const;
    virtual bool takesOnlyGet() const { return true; } // the page then refuses other methods
    // False: the request line is not needed to start (a collection has its own requests).
    virtual bool needsTarget() const { return true; }

    // Checked, and confirmed when the method is not GET. Not called while isBusy(), nor without workspace()->client().
    virtual void send(const core::http::Request& request) = 0;
    virtual bool isBusy() const = 0;
    // False when nothing runs.
    virtual bool cancel() = 0;
    // Another page sent these here, more than one.
    virtual void openTargets(const QList<QByteArray>& targets) { Q_UNUSED(targets) }
    // Connection or database came or went: what belongs to the old one goes.
    virtual void restart() = 0;

signals:
    void busyChanged();
    // Put into the request line, and the tab "Request" opened.
    void requestChosen(const core::http::Request& request);

protected:
    Workspace* workspace() const { return m_place.workspace; }
    StripStack* strips() const { return m_place.strips; }
    core::Result<core::http::Request> draft() const { return m_place.draft(); }

private:
    QString m_title;
    Place m_place;
};

}
