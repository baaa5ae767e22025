// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/freshmode.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/base/savefile.h"
#include "core/invalidate/keyremover.h"
#include "core/redis/session.h"
#include "core/replay/freshexport.h"
#include "ui/pages/replay/exportfile.h"
#include "ui/pages/replay/freshdeletion.h"
#include "ui/pages/replay/freshtables.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableheight.h"
#include "ui/widgets/tableview.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStandardItemModel>
#include <QtConcurrentRun>

#include <algorithm>
#include <chrono>

using core::replay::FreshCheck;
using core::replay::FreshResult;
using core::replay::FreshState;
using core::replay::FreshWay;

namespace ui {

namespace {
    constexpr int keptResults = 20'000;
    constexpr int concurrency = 4;
    constexpr int leastRows = 3; // of a table, always in sight
    constexpr std::chrono::milliseconds showEvery {100};
    const QString failureStrip = QStringLiteral("fresh");
    const QString endStrip = QStringLiteral("fresh-end");
    const QString exportStrip = QStringLiteral("fresh-export");

    QString leftText(qint64 probes)
    {
        return FreshMode::tr("%1 that the comparison made may be left, and end with the time to live of their class.")
            .arg(counted(probes, FreshMode::tr("entry"), FreshMode::tr("entries")));
    }
}

FreshMode::FreshMode(Place place, QWidget* parent)
    : ReplayMode(tr("Fresh or stale"), std::move(place), parent)
    , m_way(makeCombo(tr("Where the fresh answer comes from"), {tr("An extra parameter"), tr("A second address"), tr("Delete the entry first")}))
    , m_other(makeField(tr("Second address"), tr("http://127.0.0.1:8001"), true))
    , m_parameter(makeField(tr("Parameter"), QString::fromLatin1(core::replay::defaultFreshParameter), true))
    , m_ignored(makeField(tr("Ignored differences"), tr("$.computed_at, $.results[*].seen_at"), true))
    , m_credentials(new QCheckBox(tr("Send Authorization, Cookie, API keys and the identity's fields there too")))
    , m_wayNote(new Label({}, Type::Small, Token::Text2))
    , m_results(new RowModel<FreshResult>(fresh::resultColumns(), this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_changes(new RowModel<core::values::PathChange>(fresh::changeColumns(), this))
    , m_deletion(new FreshDeletion(workspace(), strips(), [this] { return mayStart(); }, this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(makeOptions());
    m_faces = new FaceStack(makeResults());
    column->addWidget(m_faces, 1);
    m_show.setSingleShot(true);
    m_show.setInterval(showEvery);
    connect(&m_show, &QTimer::timeout, this, &FreshMode::showPending);
    connect(m_way, &QComboBox::currentIndexChanged, this, &FreshMode::chooseWay);
    connect(m_deletion, &FreshDeletion::confirmed, this, [this](const FreshDeletion::Confirmed& what) { begin(what.request, what.targets, what.plan); });
    connect(workspace(), &Workspace::readOnlyChanged, this, &FreshMode::showWays);
    connect(workspace(), &Workspace::disconnected, this, [this] {
        m_other->clear(); // of the app behind that connection: the next one's headers must not reach it
        m_credentials->setChecked(false);
    });
    chooseWay();
    showIdle();
}

QWidget* FreshMode::makeOptions()
{
    auto* all = new QWidget;
    auto* rows = new QVBoxLayout(all);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(6);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(new FormField(tr("Fresh answer by"), m_way));
    m_otherField = new FormField(tr("Second address"), m_other);
    m_parameterField = new FormField(tr("Parameter"), m_parameter);
    row->addWidget(m_otherField, 1);
    row->addWidget(m_parameterField, 1);
    row->addWidget(new FormField(tr("Ignored differences"), m_ignored), 2);
    m_export = makeButton(tr("Export…"), QStringLiteral("download"));
    m_export->setEnabled(false);
    connect(m_export, &QPushButton::clicked, this, [this] {
        askExportFile(this, tr("Export the comparison"), QStringLiteral("fresh-or-stale"), {QStringLiteral("csv"), QStringLiteral("json")}, [this](const QString& file) { exportTo(file); });
    });
    row->addWidget(m_export, 0, Qt::AlignBottom);
    rows->addLayout(row);
    m_wayNote->setWordWrap(true);
    rows->addWidget(m_wayNote);
    rows->addWidget(m_credentials);
    return all;
}

QWidget* FreshMode::makeResults()
{
    m_sorted->setSourceModel(m_results);
    m_sorted->setSortRole(SortRole);
    m_sorted->sort(fresh::entryColumn);
    m_table = new TableView(tr("Entries compared"));
    m_table->setModel(m_sorted);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setColumnWidths({260, 0, 90, 90, 240});
    m_table->setColumnWidth(fresh::entryColumn, fresh::entryColumnWidth());
    m_table->setStretchColumn(4, 200);
    m_table->setHideOrder({3});
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &FreshMode::showResult);
    m_table->setMinimumHeight(tableHeight(leastRows));
    m_changeTable = new TableView(tr("Differences by path"));
    m_changeTable->setModel(m_changes);
    m_changeTable->setColumnWidths({220, 240, 240});
    m_changeTable->setStretchColumn(2, 160);
    m_changeTable->setMinimumHeight(tableHeight(leastRows));
    m_reason = new Label({}, Type::Body, Token::Text2);
    m_reason->setWordWrap(true);
    m_reason->setContentsMargins(12, 8, 12, 8);
    m_reason->setAlignment(Qt::AlignTop | Qt::AlignLeading);
    m_counts = new Label({}, Type::Small, Token::Text2);
    auto* list = new Card(tr("Entries"));
    list->addTitleWidget(m_counts);
    list->body()->addWidget(m_table, 1);
    auto* changes = new Card(tr("Cached beside fresh"));
    changes->body()->addWidget(m_reason);
    changes->body()->addWidget(m_changeTable, 1);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(12);
    splitter->addWidget(list);
    splitter->addWidget(changes);
    splitter->setSizes({240, 240});
    return splitter;
}

FreshMode::Way FreshMode::way() const
{
    return static_cast<Way>(m_way->currentIndex());
}

// Why the connection does not allow it; empty: it does.
QString FreshMode::whyNot(Way way) const
{
    if (way == Way::Unlink)
        return FreshDeletion::refusal(workspace());
    if (way == Way::Parameter && workspace()->isOpen() && workspace()->isReadOnly())
        return tr("This connection is read-only: the entry that the app stores for the parameter could not be deleted again.");
    return {};
}

void FreshMode::showWays()
{
    auto* choices = qobject_cast<QStandardItemModel*>(m_way->model());
    for (int row = 0; choices && row < choices->rowCount(); ++row) {
        const QString why = whyNot(static_cast<Way>(row));
        choices->item(row)->setEnabled(why.isEmpty());
        choices->item(row)->setToolTip(toolTipText(why));
        choices->item(row)->setData(why, Qt::AccessibleDescriptionRole);
    }
    const QString why = whyNot(way());
    m_wayNote->setColour(why.isEmpty() ? Token::Text2 : Token::Warn);
    if (!why.isEmpty())
        m_wayNote->setText(tr("Not possible here. %1").arg(why));
    else if (way() == Way::Parameter)
        m_wayNote->setText(tr("LightAPI stores the answer to one parameter more under a key of its own, which is deleted again and seen absent. Not for classes with vary_on."));
    else if (way() == Way::OtherApi)
        m_wayNote->setText(tr("The same app without its cache, at another address. Nothing is written."));
    else
        m_wayNote->setText(tr("One at a time: an entry that the app answers for with 200 is deleted and asked for anew, and what is then stored stays. Comparing stops at the first one that is not stored again. Deletions are logged and cannot be undone."));
}

void FreshMode::chooseWay()
{
    m_parameterField->setVisible(way() == Way::Parameter);
    m_otherField->setVisible(way() == Way::OtherApi);
    m_credentials->setVisible(way() == Way::OtherApi);
    m_deletion->dismiss();
    showWays();
}

void FreshMode::showIdle()
{
    m_export->setEnabled(false);
    if (m_targets.size() > 1)
        return m_faces->showEmpty({QStringLiteral("replay"), tr("%1 to compare").arg(counted(m_targets.size(), tr("request"), tr("requests"))),
            tr("Each is asked for anew and held against its entry; stale ones are listed first. Compare starts it.")});
    m_faces->showEmpty({QStringLiteral("replay"), tr("Compare an entry with a fresh answer"),
        tr("What the cache would serve, beside what the app answers by itself. Several keys come here from the Keys page.")});
}

void FreshMode::openTargets(const QList<QByteArray>& targets)
{
    if (isBusy())
        return;
    m_targets = targets;
    m_results->clear();
    m_changes->clear();
    m_counts->clear();
    showIdle();
}

// Null where the way needs none.
core::Result<std::unique_ptr<core::http::Client>> FreshMode::makeOther() const
{
    if (way() != Way::OtherApi)
        return nullptr;
    const QString url = m_other->text().trimmed();
    if (const auto ok = core::http::Client::checkBaseUrl(url); !ok)
        return core::fail(ok.error());
    core::http::Client::Options options = workspace()->client()->options();
    options.baseUrl = url;
    return std::make_unique<core::http::Client>(options);
}

core::replay::FreshSource FreshMode::source(const core::http::Request& request) const
{
    constexpr FreshWay ways[] {FreshWay::Parameter, FreshWay::OtherApi, FreshWay::Unlink};
    core::replay::FreshSource source {.session = workspace()->session(), .client = workspace()->client(), .way = ways[m_way->currentIndex()],
        .headers = request.headers, .identityFields = identityFields(), .headersToOther = m_credentials->isChecked()};
    if (!m_parameter->text().isEmpty())
        source.parameter = m_parameter->text().toUtf8();
    for (const QString& path : m_ignored->text().split(u',', Qt::SkipEmptyParts))
        source.ignored << path.trimmed().toUtf8();
    return source;
}

void FreshMode::send(const core::http::Request& request)
{
    strips()->remove(failureStrip);
    strips()->remove(endStrip);
    strips()->remove(exportStrip);
    if (const QString why = whyNot(way()); !why.isEmpty())
        return strips()->show(failureStrip, {Tone::Warn, tr("Nothing was sent."), why});
    if (!m_targets.contains(request.target))
        m_targets = {request.target};
    if (way() == Way::Unlink)
        m_deletion->ask(request, m_targets);
    else
        begin(request, m_targets);
}

void FreshMode::begin(const core::http::Request& request, const QList<QByteArray>& targets, std::optional<core::invalidate::Plan> deletion)
{
    auto other = makeOther();
    setFieldBad(m_other, !other);
    if (!other)
        return strips()->showError(failureStrip, other.error());
    core::replay::FreshSource from = source(request);
    from.otherClient = other->get();
    core::invalidate::KeyRemover* remover = nullptr;
    if (deletion) {
        remover = new core::invalidate::KeyRemover(workspace()->session(), *std::move(deletion), {.auditFile = workspace()->audit().file(), .profile = workspace()->profile().name});
        from.remove = [remover](const QByteArray& key, auto then) { remover->remove(key, std::move(then)); };
    }
    m_results->clear();
    m_changes->clear();
    m_counts->clear();
    m_export->setEnabled(false);
    m_isForeign = false;
    m_wasRefused = false;
    m_job = new FreshCheck(from, workspace()->routes(), {.targets = targets, .concurrency = concurrency}, this);
    // They die with the job, after its exchanges: it may outlive the connection by its last steps.
    if (remover)
        remover->setParent(m_job);
    if (from.otherClient)
        other->release()->setParent(m_job);
    connect(m_job, &FreshCheck::resultReady, this, &FreshMode::onResult);
    connect(m_job, &core::Job::finished, this, &FreshMode::onFinished);
    const bool deletes = way() != Way::OtherApi; // an entry, or the one that the parameter makes
    workspace()->jobs()->track(m_job, {tr("Comparing"), targets.size() == 1 ? core::displayText(targets.first()) : counted(targets.size(), tr("target"), tr("targets")), tr("compared"), QStringLiteral("replay"), deletes});
    m_faces->showLoading(tr("Waiting for the fresh answer"));
    emit busyChanged();
    m_job->start();
}

void FreshMode::onResult(const FreshResult& result)
{
    // By the app that the identity is of, not by another one at the second address.
    if (!m_isForeign && result.status == 401 && result.way != FreshWay::OtherApi && !std::exchange(m_wasRefused, true))
        emit refused();
    if (m_isForeign || (m_results->rowCount() + m_pending.size() >= keptResults && result.state() != FreshState::Stale))
        return;
    m_pending << result;
    if (!m_show.isActive())
        m_show.start();
}

// What is chosen stays chosen while others come.
void FreshMode::showPending()
{
    m_show.stop();
    if (m_pending.isEmpty())
        return;
    m_results->append(std::exchange(m_pending, {}));
    m_faces->showFilled();
    if (m_job)
        m_counts->setText(fresh::countsText(m_job->counts()));
    if (!m_table->currentIndex().isValid())
        m_table->selectRow(0);
}

void FreshMode::onFinished()
{
    FreshCheck* job = m_job;
    showPending();
    if (!m_isForeign)
        m_counts->setText(fresh::countsText(job->counts()));
    m_job = nullptr;
    job->deleteLater();
    tellEnd(*job);
    m_isForeign = false;
    emit busyChanged();
    m_export->setEnabled(m_results->rowCount() > 0);
    if (m_results->rowCount() == 0)
        showIdle();
}

// On the page, or in the strip of the window where its connection or the page has gone from sight.
void FreshMode::tellEnd(const FreshCheck& job)
{
    const FreshCheck::Counts& counts = job.counts();
    const QString done = tr("%1 of %2 compared").arg(core::formatCount(fresh::compared(counts)), core::formatCount(job.total()));
    QString why = fresh::compared(counts) > 0 ? QString(done + QStringLiteral(": ") + fresh::countsText(counts) + u'.') : QString(done + u'.');
    if (!m_isForeign && m_results->rowCount() < fresh::compared(counts))
        why += u' ' + tr("The table has the first %1 and every stale one.").arg(core::formatCount(keptResults));
    if (counts.probesLeft > 0)
        why += u' ' + leftText(counts.probesLeft);
    if (counts.notStoredAgain > 0)
        why += u' ' + tr("%1 deleted and not stored again by the app.").arg(counted(counts.notStoredAgain, tr("entry was"), tr("entries were")));
    StripText text {counts.stale > 0 || counts.probesLeft > 0 || counts.notStoredAgain > 0 ? Tone::Warn : Tone::Ok, tr("Comparing is done."), why};
    if (job.wasCancelled() || job.lost())
        text = {Tone::Warn, tr("Comparing was stopped."), why};
    else if (!job.outcome())
        text = stripForError(job.outcome().error());
    if (!job.outcome() && !job.wasCancelled() && fresh::compared(counts) > 0)
        text.why += u' ' + why;
    if (!m_isForeign)
        strips()->show(job.outcome() || job.wasCancelled() ? endStrip : failureStrip, text);
    if (m_isForeign || !isVisible())
        workspace()->jobs()->report(text);
}

void FreshMode::showResult(const QModelIndex& index)
{
    m_changes->clear();
    m_reason->clear();
    m_changeTable->setVisible(false);
    if (!index.isValid())
        return;
    const FreshResult& result = m_results->row(m_sorted->mapToSource(index).row());
    QList<core::values::PathChange> changes;
    if (result.comparison.statuses)
        changes << core::values::PathChange {"status", QByteArray::number(result.comparison.statuses->first), QByteArray::number(result.comparison.statuses->second)};
    if (result.comparison.paths)
        changes << result.comparison.paths->changes;
    m_changes->setRows(changes);
    m_changeTable->setVisible(!changes.isEmpty());
    m_reason->setText(fresh::reasonText(result));
}

bool FreshMode::cancel()
{
    if (!m_job)
        return false;
    m_job->cancel();
    return true;
}

// What runs ends by itself: a deletion that was sent writes its audit line, an entry of ours is deleted or told of.
void FreshMode::restart()
{
    m_isForeign = m_job;
    cancel();
    m_show.stop();
    m_pending.clear();
    m_targets.clear();
    m_deletion->dismiss();
    for (const QString& strip : {endStrip, failureStrip, exportStrip})
        strips()->remove(strip);
    m_results->clear();
    m_changes->clear();
    m_counts->clear();
    showIdle();
    showWays();
}

void FreshMode::exportTo(const QString& file)
{
    const auto save = [file, rows = m_results->rows()]() mutable -> core::Result<bool> {
        std::ranges::sort(rows, {}, &FreshResult::index);
        const bool isJson = file.endsWith(QStringLiteral(".json"), Qt::CaseInsensitive);
        return core::saveFile(file, isJson ? core::replay::freshJson(rows) : core::replay::freshCsv(rows)).map([] { return true; });
    };
    core::onFinished(QtConcurrent::run(save), this, [this, file, rows = m_results->rowCount()](const core::Result<bool>& saved) {
        if (!saved)
            return strips()->showError(exportStrip, saved.error());
        strips()->show(exportStrip, {Tone::Ok, tr("%1 exported.").arg(counted(rows, tr("target"), tr("targets"))), core::displayText(file)});
    });
}

}
