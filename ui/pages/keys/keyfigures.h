// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keylist.h"
#include "core/keys/metacolumns.h"

#include <QObject>
#include <QPointer>

#include <memory>

namespace ui {

class Workspace;

// Expiry, size and type of all keys that something needs them of: sorting by such a column, a search by TTL or size. They are of one
// scan; what is known is not asked again. The job shows itself in the window's job strip and can be cancelled there. GUI thread.
class KeyFigures final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyFigures)
public:
    explicit KeyFigures(Workspace* workspace, QObject* parent = nullptr);

    // What is known of the keys of this store; nullptr where nothing was asked yet.
    std::shared_ptr<const core::keys::MetaColumns> columns(const std::shared_ptr<const core::keys::KeyStore>& store) const;
    // Asks about `order`, by key, in place of what it is asking about. Not to be called while the store grows by a scan.
    void ask(const std::shared_ptr<const core::keys::KeyStore>& store, const std::shared_ptr<const core::keys::Order>& order);
    bool isAsking() const { return !m_pass.isNull(); }
    qint64 done() const { return m_pass ? m_pass->done() : 0; }
    qint64 total() const { return m_asked ? qint64(m_asked->size()) : 0; }
    // By the user: failed() with Code::Cancelled follows.
    void cancel();
    // Nobody needs the answer any more: no signal. What has come stays known.
    void stop();
    // Forgets what is known: another server or database was chosen.
    void clear();

signals:
    void progressed();
    void ready();
    // Also Code::Cancelled; `done` of `total` were asked.
    void failed(const core::Error& error, qint64 done, qint64 total);
    // Keys that the server did not have when it was asked; not while tracking follows, which tells of them by itself.
    void gone(const core::keys::KeyList& keys);

private:
    using Store = std::shared_ptr<const core::keys::KeyStore>;
    using Columns = std::shared_ptr<const core::keys::MetaColumns>;
    using Order = std::shared_ptr<const core::keys::Order>;
    void makeColumns(const Store& store);
    void onFinished();
    void findGone();

    Workspace* m_workspace;
    QPointer<core::redis::BulkPass> m_pass;
    Store m_store;
    std::shared_ptr<core::keys::MetaColumns> m_columns;
    Order m_asked;
};

}
