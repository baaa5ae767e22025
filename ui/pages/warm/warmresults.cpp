// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/warm/warmresults.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/card.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/tableview.h"

#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include <utility>

using core::replay::WarmResult;
using core::replay::WarmState;

namespace ui {

namespace {
    constexpr int stateColumn = 1;
    constexpr int ttlColumn = 2;
    constexpr int statusColumn = 3;
    constexpr int proofColumn = 4;

    struct StateLook {
        QString word;
        Tone tone;
        QString icon;
    };
    StateLook lookOf(WarmState state)
    {
        switch (state) {
        case WarmState::Warmed:
            return {WarmResults::tr("WARMED"), Tone::Ok, QStringLiteral("ring-check")};
        case WarmState::AlreadyWarm:
            return {WarmResults::tr("ALREADY WARM"), Tone::Ok, QStringLiteral("ring-check")};
        case WarmState::NotVerified:
            return {WarmResults::tr("NOT VERIFIED"), Tone::Warn, QStringLiteral("triangle")};
        case WarmState::NotCached:
            return {WarmResults::tr("NOT CACHED"), Tone::Neutral, QStringLiteral("ring-slash")};
        case WarmState::WrongKey:
            return {WarmResults::tr("OTHER KEY"), Tone::Warn, QStringLiteral("triangle")};
        case WarmState::Failed:
            return {WarmResults::tr("FAILED"), Tone::Bad, QStringLiteral("octagon-x")};
        }
        Q_UNREACHABLE();
    }

    QStringList words()
    {
        QStringList words;
        for (const WarmState state : {WarmState::Warmed, WarmState::AlreadyWarm, WarmState::NotVerified, WarmState::NotCached, WarmState::WrongKey, WarmState::Failed})
            words << lookOf(state).word;
        return words;
    }
}

WarmResults::WarmResults(QWidget* parent)
    : QWidget(parent)
    , m_model(new RowModel<Row>(columns(), this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_table(new TableView(tr("Warmed targets")))
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(SortRole);
    m_table->setModel(m_sorted);
    m_table->setItemDelegateForColumn(ttlColumn, new TtlDelegate(m_table));
    m_table->setColumnWidths({150, 0, 84, 64, 240});
    m_table->setColumnWidth(stateColumn, badgeColumnWidth(words()));
    m_table->setStretchColumn(proofColumn, 150);
    m_table->setHideOrder({statusColumn, ttlColumn});
    connect(m_table, &TableView::rowActivated, this, [this](const QModelIndex& index) {
        emit targetActivated(m_sorted->index(index.row(), 0).data(BytesRole).toByteArray());
    });
    auto* card = new Card;
    card->body()->addWidget(m_table, 1);
    m_faces = new FaceStack(card);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_faces);
}

QList<RowModel<WarmResults::Row>::Column> WarmResults::columns()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    const auto right = Qt::AlignRight | Qt::AlignVCenter;
    return {
        {tr("Target"), left, [](const Row& r) { return core::displayText(r.result.target); },
            [](const Row& r, int role) { return role == BytesRole ? QVariant(r.result.target) : QVariant(); }},
        {tr("State"), left, [](const Row& r) { return r.pending ? pendingWord(r) : lookOf(r.result.state).word; },
            [](const Row& r, int role) -> QVariant {
                if (r.pending)
                    return {};
                const StateLook look = lookOf(r.result.state);
                return role == BadgeRole ? QVariant(true) : role == ToneRole ? QVariant(static_cast<int>(look.tone)) : role == IconRole ? QVariant(look.icon) : QVariant();
            }},
        {tr("Expires in"), right, {},
            [](const Row& r, int role) -> QVariant {
                if (role != TtlRole || (r.pending && !r.before) || r.result.ttlMs == -2)
                    return {};
                return QVariant::fromValue(TtlCell {r.result.ttlMs == -1 ? TtlCell::State::NoExpiry : TtlCell::State::Known, r.result.ttlMs});
            }},
        {tr("Status"), right, [](const Row& r) { return r.result.status ? QString::number(r.result.status) : QString(); }},
        {tr("Proof"), left,
            [](const Row& r) -> QString {
                if (!r.result.reason.isEmpty())
                    return core::displayText(r.result.reason);
                if (!r.result.key)
                    return {};
                const bool isThere = r.pending ? r.before && r.before->warmth == core::replay::Warmth::Warm : true;
                return (isThere ? tr("stored as %1") : tr("expected as %1")).arg(core::displayText(*r.result.key));
            }},
    };
}

QString WarmResults::pendingWord(const Row& row)
{
    if (!row.before)
        return tr("waiting");
    switch (row.before->warmth) {
    case core::replay::Warmth::Warm: return tr("warm already");
    case core::replay::Warmth::Absent: return tr("not stored");
    case core::replay::Warmth::Unknown: break;
    }
    return tr("not known");
}

void WarmResults::setTargets(const core::replay::CombinedTargets& targets)
{
    QList<Row> rows;
    rows.reserve(targets.items.size());
    for (const core::replay::WarmTarget& target : targets.items) {
        Row row;
        row.result.target = target.target;
        row.result.key = target.key;
        rows << row;
    }
    m_model->setRows(std::move(rows));
    m_faces->showFilled();
    m_counts = {};
}

void WarmResults::setPreviews(const QList<core::replay::Preview>& previews)
{
    QList<Row> rows = m_model->rows();
    for (qsizetype i = 0; i < rows.size(); ++i) {
        rows[i].before = previews[i];
        rows[i].result.ttlMs = previews[i].ttlMs;
    }
    m_model->updateRows(std::move(rows));
}

void WarmResults::setResult(const WarmResult& result)
{
    ++m_counts.at(static_cast<std::size_t>(result.state));
    m_model->replace(static_cast<int>(result.index), {result, false});
}

void WarmResults::clear()
{
    m_model->clear();
    m_counts = {};
}

void WarmResults::showEmpty(const EmptyText& text)
{
    m_faces->showEmpty(text);
}

int WarmResults::count() const
{
    return m_model->rowCount();
}

bool WarmResults::isAllWarm() const
{
    const auto count = [this](WarmState state) { return m_counts.at(static_cast<std::size_t>(state)); };
    return count(WarmState::Warmed) + count(WarmState::AlreadyWarm) == m_model->rowCount();
}

QString WarmResults::countsText() const
{
    QStringList parts;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        if (m_counts.at(i) > 0)
            parts << core::formatCount(m_counts.at(i)) + u' ' + lookOf(static_cast<WarmState>(i)).word.toLower();
    }
    return parts.join(QStringLiteral(", "));
}

}
