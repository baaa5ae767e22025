// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/freshmode.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/base/savefile.h"
#include "core/cache/querycodec.h"
#include "core/invalidate/guard.h"
#include "core/invalidate/keyremover.h"
#include "core/redis/session.h"
#include "core/replay/freshexport.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QCheckBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QPushButton>
#include <QSplitter>
#include <QtConcurrentRun>

#include <algorithm>

using core::replay::FreshCheck;
using core::replay::FreshResult;
using core::replay::FreshState;
using core::replay::FreshWay;

namespace ui {

namespace {
    constexpr int keptResults = 20'000;
    constexpr int concurrency = 4;
    const QString failureStrip = QStringLiteral("fresh");
    const QString deletionStrip = QStringLiteral("fresh-deletion");
    const QString probeStrip = QStringLiteral("fresh-probe");

    struct StateLook {
        QString word;
        Tone tone;
        QString icon;
    };
    StateLook lookOf(FreshState state)
    {
        switch (state) {
        case FreshState::Same:
            return {FreshMode::tr("SAME"), Tone::Ok, QStringLiteral("ring-check")};
        case FreshState::Stale:
            return {FreshMode::tr("STALE"), Tone::Bad, QStringLiteral("octagon-x")};
        case FreshState::NotCached:
            return {FreshMode::tr("NOT CACHED"), Tone::Neutral, QStringLiteral("ring-dash")};
        case FreshState::NoAnswer:
            return {FreshMode::tr("NO ANSWER"), Tone::Warn, QStringLiteral("triangle")};
        case FreshState::Unknown:
            break;
        }
        return {FreshMode::tr("UNKNOWN"), Tone::Neutral, QStringLiteral("ring-question")};
    }

    QVariant stateCell(const FreshResult& result, int role)
    {
        const StateLook look = lookOf(result.state());
        switch (role) {
        case BadgeRole:
            return true;
        case ToneRole:
            return static_cast<int>(look.tone);
        case IconRole:
            return look.icon;
        default:
            return {};
        }
    }

    QString reasonOf(const FreshResult& result)
    {
        QString text = result.comparison.reason;
        if (result.error)
            text = QString(text + u' ' + core::oneLine(*result.error)).trimmed();
        return core::displayText(text);
    }

    QList<RowModel<FreshResult>::Column> columns()
    {
        const auto left = Qt::AlignLeft | Qt::AlignVCenter;
        const auto right = Qt::AlignRight | Qt::AlignVCenter;
        return {
            {FreshMode::tr("Request"), left, [](const FreshResult& r) { return core::displayText(r.target); },
                [](const FreshResult& r, int role) { return role == BytesRole ? QVariant(r.target) : QVariant(); }},
            {FreshMode::tr("Entry"), left, [](const FreshResult& r) { return lookOf(r.state()).word; }, stateCell},
            {FreshMode::tr("Left"), right, [](const FreshResult& r) { return r.ttlMs >= 0 ? core::formatDuration(r.ttlMs) : QString(); }},
            {FreshMode::tr("Age"), right, [](const FreshResult& r) { return r.ageMs ? core::formatDuration(*r.ageMs) : QString(); }},
            {FreshMode::tr("What differs"), left, reasonOf},
        };
    }

    QList<RowModel<core::values::PathChange>::Column> changeColumns()
    {
        using core::values::PathChange;
        const auto left = Qt::AlignLeft | Qt::AlignVCenter;
        const auto side = [](const std::optional<QByteArray>& value) { return value ? core::displayText(*value) : FreshMode::tr("not there"); };
        return {
            {FreshMode::tr("Path"), left, [](const PathChange& c) { return core::displayText(c.path); },
                [](const PathChange& c, int role) { return role == BytesRole ? QVariant(c.path) : QVariant(); }},
            {FreshMode::tr("Cached"), left, [side](const PathChange& c) { return side(c.before); }},
            {FreshMode::tr("Fresh"), left, [side](const PathChange& c) { return side(c.after); }},
        };
    }
}

FreshMode::FreshMode(Place place, QWidget* parent)
    : ReplayMode(tr("Fresh or stale"), std::move(place), parent)
    , m_way(makeCombo(tr("Where the fresh answer comes from"), {tr("An extra parameter"), tr("A second address"), tr("Delete the entry first")}))
    , m_other(makeField(tr("Second address"), tr("http://127.0.0.1:8001"), true))
    , m_parameter(makeField(tr("Parameter"), QString::fromLatin1(core::replay::defaultFreshParameter), true))
    , m_ignored(makeField(tr("Ignored differences"), tr("$.computed_at, $.results[*].seen_at"), true))
    , m_credentials(new QCheckBox(tr("Send Authorization and Cookie there too")))
    , m_wayNote(new Label({}, Type::Small, Token::Text2))
    , m_results(new RowModel<FreshResult>(columns(), this))
    , m_changes(new RowModel<core::values::PathChange>(changeColumns(), this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(makeOptions());
    m_faces = new FaceStack(makeResults());
    column->addWidget(m_faces, 1);
    connect(m_way, &QComboBox::currentIndexChanged, this, &FreshMode::showWay);
    showWay();
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
    connect(m_export, &QPushButton::clicked, this, &FreshMode::exportResults);
    row->addWidget(m_export, 0, Qt::AlignBottom);
    rows->addLayout(row);
    m_wayNote->setWordWrap(true);
    rows->addWidget(m_wayNote);
    rows->addWidget(m_credentials);
    return all;
}

QWidget* FreshMode::makeResults()
{
    m_table = new TableView(tr("Entries compared"));
    m_table->setModel(m_results);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setColumnWidths({260, 130, 90, 90, 240});
    m_table->setStretchColumn(4, 200);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) { showResult(index.row()); });
    m_changeTable = new TableView(tr("Differences by path"));
    m_changeTable->setModel(m_changes);
    m_changeTable->setColumnWidths({280, 320, 320});
    m_changeTable->setStretchColumn(2, 200);
    m_reason = new Label({}, Type::Body, Token::Text2);
    m_reason->setWordWrap(true);
    m_reason->setContentsMargins(12, 8, 12, 8);
    auto* list = new Card;
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

void FreshMode::showWay()
{
    const int way = m_way->currentIndex();
    m_parameterField->setVisible(way == 0);
    m_otherField->setVisible(way == 1);
    m_credentials->setVisible(way == 1);
    m_deletionConfirmed = false;
    strips()->remove(deletionStrip);
    m_wayNote->setText(way == 0 ? tr("LightAPI stores the answer to one parameter more under a key of its own, which is deleted again and seen absent. Not for classes with vary_on.")
            : way == 1       ? tr("The same app without its cache, at another address. Nothing is written.")
                             : tr("Each entry is deleted before its request, and what the app then stores stays. Deletions are logged and cannot be undone."));
}

void FreshMode::showIdle()
{
    m_export->setEnabled(false);
    m_faces->showEmpty({QStringLiteral("replay"), tr("Compare an entry with a fresh answer"),
        tr("What the cache would serve, beside what the app answers by itself. Several keys come here from the Keys page.")});
}

void FreshMode::openTargets(const QList<QByteArray>& targets)
{
    if (!isBusy())
        m_targets = targets;
}

core::Result<void> FreshMode::makeOther()
{
    m_otherClient.reset();
    if (m_way->currentIndex() != 1)
        return {};
    const QString url = m_other->text().trimmed();
    if (const auto ok = core::http::Client::checkBaseUrl(url); !ok)
        return ok;
    core::http::Client::Options options = workspace()->client()->options();
    options.baseUrl = url;
    m_otherClient = std::make_unique<core::http::Client>(options);
    return {};
}

core::replay::FreshSource FreshMode::source(const core::http::Request& request)
{
    constexpr FreshWay ways[] {FreshWay::Parameter, FreshWay::OtherApi, FreshWay::Unlink};
    core::replay::FreshSource source {.session = workspace()->session(), .client = workspace()->client(), .otherClient = m_otherClient.get(),
        .way = ways[m_way->currentIndex()], .headers = request.headers, .headersToOther = m_credentials->isChecked()};
    if (!m_parameter->text().isEmpty())
        source.parameter = m_parameter->text().toUtf8();
    for (const QString& path : m_ignored->text().split(u',', Qt::SkipEmptyParts))
        source.ignored << path.trimmed().toUtf8();
    return source;
}

core::invalidate::Plan FreshMode::planOf(const QList<QByteArray>& targets) const
{
    QList<QByteArray> keys;
    const QByteArray origin = core::cache::originFromUrl(workspace()->client()->options().baseUrl).value_or(QByteArray());
    for (const QByteArray& target : targets) {
        for (const core::cache::Prediction& prediction : core::cache::forecast({.target = target, .origins = {origin}}, workspace()->routes()).predictions)
            keys << prediction.key;
    }
    return core::invalidate::planOfKeys(*workspace()->session(), core::keys::KeyList(keys));
}

void FreshMode::send(const core::http::Request& request)
{
    strips()->remove(failureStrip);
    strips()->remove(probeStrip);
    setFieldBad(m_other, false);
    if (!m_targets.contains(request.target))
        m_targets = {request.target};
    if (const auto made = makeOther(); !made) {
        setFieldBad(m_other, true);
        return strips()->showError(failureStrip, made.error());
    }
    if (m_way->currentIndex() == 2 && !isDeletionAllowed(request))
        return;
    begin(request);
}

// Previewed and confirmed first; a production connection wants more than a click, which Invalidate and the command line ask for.
bool FreshMode::isDeletionAllowed(const core::http::Request& request)
{
    const core::invalidate::Plan plan = planOf(m_targets);
    core::invalidate::GuardInput input {workspace()->isProduction(), workspace()->isReadOnly(), workspace()->profile().name};
    const auto allowed = core::invalidate::allow(plan, input, m_deletionConfirmed, {});
    m_deletionConfirmed = false;
    if (!allowed && allowed.error().code == core::Code::Unconfirmed && !input.production)
        askDeletion(plan, request);
    else if (!allowed)
        strips()->showError(failureStrip, allowed.error());
    return allowed.has_value();
}

void FreshMode::askDeletion(const core::invalidate::Plan& plan, const core::http::Request& request)
{
    const QString first = plan.keys.isEmpty() ? tr("no key") : core::displayText(plan.keys.key(0));
    strips()->show(deletionStrip, {Tone::Warn, tr("%n key(s) will be deleted, each before its request.", nullptr, static_cast<int>(plan.keys.size())),
                                      plan.keys.size() > 1 ? tr("%1 and others. The app then stores them anew.").arg(first) : tr("%1. The app then stores it anew.").arg(first),
                                      {{tr("Delete and compare"), [this, request] {
                                            strips()->remove(deletionStrip);
                                            m_deletionConfirmed = true;
                                            if (!isBusy() && workspace()->client())
                                                send(request);
                                        }}}});
}

void FreshMode::begin(const core::http::Request& request)
{
    core::replay::FreshSource from = source(request);
    m_results->clear();
    m_changes->clear();
    auto* remover = new core::invalidate::KeyRemover(workspace()->session(), planOf(m_targets), {.auditFile = workspace()->audit().file(), .profile = workspace()->profile().name});
    from.remove = [remover](const QByteArray& key, auto then) { remover->remove(key, std::move(then)); };
    m_job = new FreshCheck(from, workspace()->routes(), {.targets = m_targets, .concurrency = concurrency}, this);
    remover->setParent(m_job);
    connect(m_job, &FreshCheck::resultReady, this, &FreshMode::onResult);
    connect(m_job, &core::Job::finished, this, &FreshMode::onFinished);
    workspace()->jobs()->track(m_job, {tr("Comparing"), m_targets.size() == 1 ? core::displayText(m_targets.first()) : tr("%n target(s)", nullptr, static_cast<int>(m_targets.size())), tr("compared"), QStringLiteral("replay")});
    m_faces->showLoading(tr("Waiting for the fresh answer"));
    emit busyChanged();
    m_job->start();
}

// Stale ones first.
void FreshMode::onResult(const FreshResult& result)
{
    if (m_results->rowCount() >= keptResults && result.state() != FreshState::Stale)
        return;
    QList<FreshResult> rows = m_results->rows();
    const auto rank = [](const FreshResult& each) { return each.state() == FreshState::Stale ? 0 : 1; };
    const auto at = std::ranges::upper_bound(rows, rank(result), {}, rank);
    if (at == rows.end()) {
        m_results->append({result});
    } else {
        rows.insert(at, result);
        m_results->setRows(rows);
    }
    m_faces->showFilled();
    m_table->selectRow(0);
}

void FreshMode::onFinished()
{
    FreshCheck* job = m_job;
    m_job = nullptr;
    job->deleteLater();
    emit busyChanged();
    m_export->setEnabled(m_results->rowCount() > 0);
    if (!job->outcome() && !job->wasCancelled())
        strips()->showError(failureStrip, job->outcome().error());
    if (job->counts().probesLeft > 0)
        strips()->show(probeStrip, {Tone::Warn, tr("%n entry(ies) that the comparison made may be left.", nullptr, static_cast<int>(job->counts().probesLeft)),
                                       tr("They end by themselves with the time to live of their class."), {}});
    if (m_results->rowCount() == 0)
        showIdle();
}

void FreshMode::showResult(int row)
{
    if (row < 0)
        return;
    const FreshResult& result = m_results->row(row);
    QList<core::values::PathChange> changes;
    if (result.comparison.statuses)
        changes << core::values::PathChange {"status", QByteArray::number(result.comparison.statuses->first), QByteArray::number(result.comparison.statuses->second)};
    if (result.comparison.paths)
        changes << result.comparison.paths->changes;
    m_changes->setRows(changes);
    m_changeTable->setVisible(!changes.isEmpty());
    QString text = reasonOf(result);
    if (result.probe && result.probe->state == core::replay::FreshProbe::State::Removed)
        text += u' ' + tr("The entry that the extra parameter made was deleted and seen absent.");
    if (result.entryDeleted)
        text += u' ' + tr("The old entry was deleted; what the request stored is there now.");
    m_reason->setText(text);
}

bool FreshMode::cancel()
{
    if (!m_job)
        return false;
    m_job->cancel();
    return true;
}

// The other address is of the app behind this connection.
void FreshMode::restart()
{
    delete m_job; // before its clients; it deletes what is its own
    m_otherClient.reset();
    m_targets.clear();
    m_deletionConfirmed = false;
    for (const QString& strip : {deletionStrip, probeStrip, failureStrip})
        strips()->remove(strip);
    m_results->clear();
    m_changes->clear();
    showIdle();
}

void FreshMode::exportResults()
{
    auto* dialog = new QFileDialog(this, tr("Export the comparison"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("CSV (*.csv)"), tr("JSON (*.json)")});
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        const auto save = [file, rows = m_results->rows()]() -> core::Result<bool> {
            const bool isJson = file.endsWith(QStringLiteral(".json"), Qt::CaseInsensitive);
            return core::saveFile(file, isJson ? core::replay::freshJson(rows) : core::replay::freshCsv(rows)).map([] { return true; });
        };
        core::onFinished(QtConcurrent::run(save), this, [this](const core::Result<bool>& saved) {
            if (!saved)
                strips()->showError(failureStrip, saved.error());
        });
    });
    dialog->open();
}

}
