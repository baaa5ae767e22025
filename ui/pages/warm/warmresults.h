// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/targetgathering.h"
#include "core/replay/warm.h"
#include "core/replay/warmpreview.h"
#include "ui/models/rowmodel.h"

#include <QWidget>

#include <array>
#include <optional>

class QSortFilterProxyModel;

namespace ui {

class FaceStack;
class TableView;
struct EmptyText;

// A row for each target: waiting, as a look found its key, or what warming it came to.
class WarmResults final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WarmResults)
public:
    explicit WarmResults(QWidget* parent = nullptr);

    // All of them waiting; a result takes the place of its own row.
    void setTargets(const core::replay::CombinedTargets& targets);
    void setPreviews(const QList<core::replay::Preview>& previews); // one a row
    void setResult(const core::replay::WarmResult& result);
    void clear();
    void showEmpty(const EmptyText& text);

    int count() const; // of targets
    bool isAllWarm() const;
    QString countsText() const; // "12 warmed, 1 failed"

signals:
    void targetActivated(const QByteArray& target);

private:
    struct Row {
        core::replay::WarmResult result;
        bool pending = true;
        std::optional<core::replay::Preview> before; // of a look, nothing was requested
    };
    static QString pendingWord(const Row& row);
    static QList<RowModel<Row>::Column> columns();

    RowModel<Row>* m_model;
    QSortFilterProxyModel* m_sorted;
    TableView* m_table;
    FaceStack* m_faces;
    std::array<int, 6> m_counts {}; // by core::replay::WarmState
};

}
