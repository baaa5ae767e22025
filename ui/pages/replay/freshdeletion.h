// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/client.h"
#include "core/invalidate/plan.h"

#include <QPointer>

#include <functional>
#include <optional>

namespace ui {

class StripStack;
class Workspace;

// The question before entries are deleted to be compared: a plan of exactly the predicted keys, and a strip that names them. What was
// confirmed is what is deleted: where the keys, the connection or the database are not those that were shown, it asks anew.
class FreshDeletion final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FreshDeletion)
public:
    struct Confirmed {
        core::http::Request request;
        QList<QByteArray> targets;
        core::invalidate::Plan plan;
    };
    // `mayStart` is asked when it is confirmed. Workspace and strips outlive it.
    FreshDeletion(Workspace* workspace, StripStack* strips, std::function<bool()> mayStart, QObject* parent = nullptr);

    void ask(const core::http::Request& request, const QList<QByteArray>& targets);
    // Forgets what was asked and not confirmed.
    void dismiss();
    // Why this connection deletes nothing here, in a sentence; empty: it may.
    static QString refusal(const Workspace* workspace);

signals:
    void confirmed(const ui::FreshDeletion::Confirmed& what);

private:
    core::invalidate::Plan planOf(const core::http::Request& request, const QList<QByteArray>& targets) const;
    bool isStillSo() const;
    void showQuestion(const QString& first);
    void confirm();

    Workspace* m_workspace;
    StripStack* m_strips;
    std::function<bool()> m_mayStart;
    std::optional<Confirmed> m_asked;
    QPointer<core::redis::Session> m_session; // that it was asked for
};

}
