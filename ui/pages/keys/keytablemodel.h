// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/keys/keymeta.h"
#include "ui/models/roles.h"
#include "ui/pages/keys/keyview.h"

#include <QAbstractTableModel>
#include <QElapsedTimer>
#include <QFuture>
#include <QHash>
#include <QPointer>
#include <QTimer>

#include <optional>

namespace ui {

// Rows over an order of the key store: no object a key. Time to live, type and memory are asked for the rows that the view says are
// visible, in one batch, once; a TTL then counts down here, and at its end the row is asked again.
class KeyTableModel final : public QAbstractTableModel {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyTableModel)
public:
    enum Column { Key, Ttl, Memory, Type, Kind, ColumnCount };

    explicit KeyTableModel(QObject* parent = nullptr);

    void setSession(core::redis::Session* session); // null: nothing is asked
    void setRoutes(const core::cache::RouteTable& routes);
    // The keys to show; `byKey` are the same in order of their bytes. Facts that are known stay with a key of the same store.
    void setKeys(std::shared_ptr<core::keys::KeyStore> store, std::shared_ptr<const core::keys::Order> rows, std::shared_ptr<const core::keys::Order> byKey);
    // Stands in the key column's header and not in the rows, so that those can be read in a narrow column. Rows that do not begin so
    // are whole; so is what is copied.
    void setPrefix(const QByteArray& prefix);
    void clear();
    // Rows on screen: asks for what is not known of them. An empty range stops asking.
    void setVisibleRows(int first, int last);
    // Asks anew for the rows on screen.
    void refreshVisible();

    QByteArray keyAt(int row) const;
    // What is chosen of these rows, to be carried over to other ones.
    ChosenKeys chosen(const std::shared_ptr<const core::keys::RowSet>& rows) const { return {m_store, m_byKey, m_order, rows}; }
    // On a pool where the rows are not by key: Code::Cancelled when this model has died.
    QFuture<core::Result<core::keys::KeyList>> keysOf(const std::shared_ptr<const core::keys::RowSet>& rows) const;
    // -1 when it is not shown.
    int rowOf(const QByteArray& key) const;
    // A refused command of the last batch (no permission …), for a strip.
    const std::optional<core::Error>& refused() const { return m_refused; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

signals:
    void refusedChanged();
    // The server does not have these keys of the rows on screen any more, or a key's time has run out and it said so.
    void gone(const core::keys::KeyList& keys);

private:
    struct Facts {
        core::keys::KeyMeta meta;
        qint64 readAtMs = 0; // 0: never
        bool isDue = false; // to be asked (again)
        bool isAsked = false; // the answer is on its way
    };
    QVariant keyData(int row, int role) const;
    QString keyTitle(qsizetype maxBytes) const;
    static QVariant slantedData(const QString& text, int role);
    QVariant factData(int row, int column, int role) const;
    // What stands in a cell whose question was refused.
    static QVariant refusedData(const core::Error* refusal, int role);
    TtlCell ttlCell(const Facts* facts, int row) const;
    const Facts* factsOf(int row) const;
    void tick();
    void ask();
    void onAnswer(const QList<core::keys::KeyId>& ids, const core::Result<QList<core::keys::KeyMeta>>& metas, quint64 generation);
    void noteRefused(const QList<core::keys::KeyMeta>& metas);
    void noteGone(const QList<core::keys::KeyId>& ids, const QList<core::keys::KeyMeta>& metas);

    QPointer<core::redis::Session> m_session;
    core::cache::RouteTable m_routes;
    std::shared_ptr<core::keys::KeyStore> m_store;
    std::shared_ptr<const core::keys::Order> m_order; // the rows
    std::shared_ptr<const core::keys::Order> m_byKey; // the same object where they are by key
    QHash<core::keys::KeyId, Facts> m_facts;
    QByteArray m_prefix;
    std::optional<core::Error> m_refused;
    QElapsedTimer m_clock;
    QTimer m_ask; // collects the rows of one turn of the event loop
    QTimer m_tick; // counts down
    quint64 m_generation = 0; // answers for another store are dropped
    int m_first = 0, m_last = -1;
};

}
