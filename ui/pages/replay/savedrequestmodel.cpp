// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/savedrequestmodel.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/models/roles.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/tokens.h"

#include <algorithm>
#include <utility>

using core::replay::CollectionCheck;
using core::replay::CollectionOutcome;
using core::replay::CollectionResult;
using core::replay::Expectations;
using core::replay::SavedRequest;

namespace ui {

namespace {
    struct OutcomeLook {
        QString word;
        Tone tone;
        QString icon;
        int rank; // failed ones first
    };
    OutcomeLook lookOf(CollectionOutcome outcome)
    {
        switch (outcome) {
        case CollectionOutcome::Passed:
            return {SavedRequestModel::tr("PASSED"), Tone::Ok, QStringLiteral("ring-check"), 2};
        case CollectionOutcome::Failed:
            return {SavedRequestModel::tr("FAILED"), Tone::Bad, QStringLiteral("octagon-x"), 0};
        case CollectionOutcome::Skipped:
            break;
        }
        return {SavedRequestModel::tr("SKIPPED"), Tone::Warn, QStringLiteral("triangle"), 1};
    }
    constexpr int notRunRank = 3;

    QString lifeText(const Expectations& expect)
    {
        if (expect.minTtlS && expect.maxTtlS)
            return SavedRequestModel::tr("%1 to %2 s left").arg(*expect.minTtlS).arg(*expect.maxTtlS);
        return expect.minTtlS ? SavedRequestModel::tr("at least %1 s left").arg(*expect.minTtlS) : SavedRequestModel::tr("at most %1 s left").arg(*expect.maxTtlS);
    }

    // What is shown of a result needs neither body: a suite may have many large ones.
    void dropBodies(CollectionResult& result)
    {
        result.replay.storedAfter.clear();
        if (result.replay.response)
            result.replay.response->body.clear();
    }

    bool asksTheSame(const SavedRequest& one, const SavedRequest& other)
    {
        return one.method == other.method && one.target == other.target && one.headers == other.headers && one.body == other.body;
    }

    void judgeAgain(CollectionResult& result, const Expectations& expect)
    {
        result.checks = checkExpectations(expect, result.replay);
        result.outcome = std::ranges::all_of(result.checks, &CollectionCheck::passed) ? CollectionOutcome::Passed : CollectionOutcome::Failed;
    }
}

QString expectationText(const Expectations& expect)
{
    QStringList parts;
    if (expect.status)
        parts << QString::number(*expect.status);
    if (expect.verdict)
        parts << core::http::verdictName(*expect.verdict);
    if (expect.minTtlS || expect.maxTtlS)
        parts << lifeText(expect);
    if (expect.maxLatencyMs)
        parts << SavedRequestModel::tr("at most %1 ms").arg(*expect.maxLatencyMs);
    if (!expect.headers.isEmpty())
        parts << counted(expect.headers.size(), SavedRequestModel::tr("header"), SavedRequestModel::tr("headers"));
    return parts.isEmpty() ? SavedRequestModel::tr("an answer") : parts.join(QStringLiteral(", "));
}

SavedRequestModel::SavedRequestModel(QObject* parent)
    : QAbstractTableModel(parent)
{
}

void SavedRequestModel::setCollection(core::replay::Collection collection)
{
    beginResetModel();
    m_collection = std::move(collection);
    m_results.clear();
    m_results.resize(m_collection.requests.size());
    endResetModel();
}

void SavedRequestModel::setName(const QString& name)
{
    if (name == m_collection.name)
        return;
    m_collection.name = name;
    emit edited();
}

void SavedRequestModel::append(const SavedRequest& request)
{
    const int row = rowCount();
    beginInsertRows({}, row, row);
    m_collection.requests << request;
    m_results << std::nullopt;
    endInsertRows();
    emit edited();
}

void SavedRequestModel::replace(int row, const SavedRequest& request)
{
    SavedRequest& present = m_collection.requests[row];
    if (present == request)
        return;
    std::optional<CollectionResult>& result = m_results[row];
    if (!asksTheSame(present, request))
        result.reset();
    else if (result && !result->skipped && present.expect != request.expect)
        judgeAgain(*result, request.expect);
    present = request;
    touch(row);
    emit edited();
}

void SavedRequestModel::removeAt(int row)
{
    beginRemoveRows({}, row, row);
    m_collection.requests.removeAt(row);
    m_results.removeAt(row);
    endRemoveRows();
    emit edited();
}

bool SavedRequestModel::move(int from, int to)
{
    if (from == to || from < 0 || to < 0 || from >= rowCount() || to >= rowCount())
        return false;
    beginMoveRows({}, from, from, {}, to > from ? to + 1 : to); // Qt counts the place before the row has gone
    m_collection.requests.move(from, to);
    m_results.move(from, to);
    endMoveRows();
    emit edited();
    return true;
}

const CollectionResult* SavedRequestModel::result(int row) const
{
    const auto& result = m_results.at(row);
    return result ? &*result : nullptr;
}

void SavedRequestModel::setResult(CollectionResult result)
{
    const int row = static_cast<int>(result.index);
    dropBodies(result);
    m_results[row] = std::move(result);
    touch(row);
}

void SavedRequestModel::clearResults()
{
    m_results.fill(std::nullopt);
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void SavedRequestModel::touch(int row)
{
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

int SavedRequestModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_collection.requests.size());
}

int SavedRequestModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SavedRequestModel::text(const SavedRequest& request, int row, int column) const
{
    const CollectionResult* result = this->result(row);
    switch (column) {
    case NameColumn:
        return core::displayText(request.name);
    case RequestColumn:
        return QString(QString::fromLatin1(request.method) + u' ' + core::displayText(request.target));
    case ExpectedColumn:
        return expectationText(request.expect);
    case OutcomeColumn:
        return result ? lookOf(result->outcome).word : QString();
    default:
        return result && result->replay.response ? core::formatMs(result->replay.response->timing.total) : QString();
    }
}

QVariant SavedRequestModel::outcomeCell(int row, int role) const
{
    const CollectionResult* result = this->result(row);
    if (role == SortRole)
        return result ? lookOf(result->outcome).rank : notRunRank;
    if (!result)
        return {};
    const OutcomeLook look = lookOf(result->outcome);
    return role == BadgeRole ? QVariant(true) : role == ToneRole ? QVariant(static_cast<int>(look.tone)) : role == IconRole ? QVariant(look.icon) : QVariant();
}

QVariant SavedRequestModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const SavedRequest& request = m_collection.requests[index.row()];
    if (role == Qt::DisplayRole)
        return text(request, index.row(), index.column());
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((index.column() == TookColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::EditRole && index.column() == NameColumn)
        return request.name;
    if (role == BytesRole && index.column() == RequestColumn)
        return QByteArray(request.method + ' ' + request.target);
    return index.column() == OutcomeColumn ? outcomeCell(index.row(), role) : QVariant();
}

QVariant SavedRequestModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const QStringList titles {tr("Name"), tr("Request"), tr("Expected"), tr("Outcome"), tr("Took")};
    if (role == Qt::DisplayRole)
        return titles.at(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == TookColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

Qt::ItemFlags SavedRequestModel::flags(const QModelIndex& index) const
{
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() == NameColumn ? flags | Qt::ItemIsEditable : flags;
}

bool SavedRequestModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::EditRole || index.column() != NameColumn || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    SavedRequest renamed = m_collection.requests[index.row()];
    renamed.name = value.toString();
    replace(index.row(), renamed);
    return true;
}

}
