// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/warm/warmpage.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/base/inputfile.h"
#include "ui/pages/warm/sourcepanels.h"
#include "ui/pages/warm/warmresume.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/field.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/tableview.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>
#include <QtConcurrentRun>

#include <algorithm>
#include <chrono>
#include <utility>

using core::replay::Warm;
using core::replay::WarmResult;
using core::replay::WarmState;

namespace ui {

namespace {
    constexpr qint64 maxFileBytes = 64'000'000;
    constexpr int maxConcurrency = 16; // of the HTTP client
    constexpr qsizetype maxRows = 200'000; // of the table; the command line takes more
    constexpr qsizetype maxNotes = 6;
    // A longer text is read after a pause of typing, and on a pool.
    constexpr int readAtOnce = 20'000;
    constexpr std::chrono::milliseconds typingPause {250};
    const QString inputStrip = QStringLiteral("input");
    const QString runStrip = QStringLiteral("run");
    const QString sourcesStrip = QStringLiteral("sources");
    const QString waitStrip = QStringLiteral("wait");
    const QString resumeStrip = QStringLiteral("resume");
    constexpr std::chrono::milliseconds waitPace {500};

    struct StateLook {
        QString word;
        Tone tone;
        QString icon;
    };
    StateLook lookOf(WarmState state)
    {
        switch (state) {
        case WarmState::Warmed:
            return {WarmPage::tr("WARMED"), Tone::Ok, QStringLiteral("ring-check")};
        case WarmState::AlreadyWarm:
            return {WarmPage::tr("ALREADY WARM"), Tone::Ok, QStringLiteral("ring-check")};
        case WarmState::NotVerified:
            return {WarmPage::tr("NOT VERIFIED"), Tone::Warn, QStringLiteral("triangle")};
        case WarmState::NotCached:
            return {WarmPage::tr("NOT CACHED"), Tone::Neutral, QStringLiteral("ring-slash")};
        case WarmState::WrongKey:
            return {WarmPage::tr("OTHER KEY"), Tone::Warn, QStringLiteral("triangle")};
        case WarmState::Failed:
            return {WarmPage::tr("FAILED"), Tone::Bad, QStringLiteral("octagon-x")};
        }
        Q_UNREACHABLE();
    }

    core::Result<QByteArray> contentsOf(const QString& name)
    {
        auto bytes = core::readRegular(name, {maxFileBytes, WarmPage::tr("Split it, or warm the file with \"cachelight warm --file\".")});
        // The field holds text: other bytes would be replaced, and another target would be requested without a word.
        if (bytes && !core::isUtf8(*bytes))
            return core::fail(core::Code::File, core::Reason::FileDamaged, name, WarmPage::tr("it holds bytes that are not UTF-8; percent-encode them, or warm the file with \"cachelight warm\""));
        return bytes;
    }
}

WarmPage::WarmPage(Workspace* workspace, QWidget* parent)
    : Page(PageId::Warm, tr("Warm"), QStringLiteral("warm"), workspace, parent)
    , m_look(makeButton(tr("Preview"), QStringLiteral("search")))
    , m_run(makeButton(tr("Warm"), QStringLiteral("warm"), ButtonKind::Primary))
    , m_pause(makeButton(tr("Pause"), QStringLiteral("pause")))
    , m_model(new RowModel<Row>(columns(), this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_resume(new WarmResume(workspace, this))
{
    addAction(m_pause);
    addAction(m_look);
    addAction(m_run);
    m_pause->setObjectName(QStringLiteral("pause"));
    connect(m_pause, &QPushButton::clicked, this, [this] {
        if (m_job)
            setPaused(!m_job->isPaused());
    });
    connect(m_look, &QPushButton::clicked, this, [this] { begin(false); });
    connect(m_run, &QPushButton::clicked, this, [this] { begin(true); });
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(12);
    splitter->addWidget(makeInput());
    splitter->addWidget(makeResults());
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({310, 730});
    m_typing.setSingleShot(true);
    m_typing.setInterval(typingPause);
    connect(&m_typing, &QTimer::timeout, this, &WarmPage::parseText);
    m_waitTick.setInterval(waitPace);
    connect(&m_waitTick, &QTimer::timeout, this, &WarmPage::showWait);
    connect(m_resume, &WarmResume::changed, this, &WarmPage::showRecord);
    content()->addWidget(splitter, 1);
    connect(workspace, &Workspace::connectionStateChanged, this, &WarmPage::updateActs);
    connect(workspace, &Workspace::databaseChanged, this, &WarmPage::restart);
    connect(workspace, &Workspace::routesChanged, this, &WarmPage::updateActs);
    showIdle();
    onTextChanged();
}

QWidget* WarmPage::makeInput()
{
    auto* card = new Card(tr("Targets"));
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(16, 0, 16, 16);
    column->setSpacing(12);
    m_text = new QPlainTextEdit;
    m_text->setAccessibleName(tr("Request targets, one a line"));
    m_text->setPlaceholderText(tr("/products?page=1\n/products/1\n# one request target a line"));
    m_text->setFont(ui::font(Type::Mono));
    m_text->setLayoutDirection(Qt::LeftToRight);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setTabChangesFocus(true);
    setFilterField(m_text);
    connect(m_text, &QPlainTextEdit::textChanged, this, &WarmPage::onTextChanged);
    m_file = makeButton(tr("Open file…"), QStringLiteral("file"));
    connect(m_file, &QPushButton::clicked, this, &WarmPage::openFile);
    auto* list = new QWidget;
    auto* listColumn = new QVBoxLayout(list);
    listColumn->setContentsMargins(0, 0, 0, 0);
    listColumn->setSpacing(12);
    listColumn->addWidget(m_text, 1);
    listColumn->addWidget(m_file, 0, Qt::AlignLeft);
    m_sources = new SourcePanels(list);
    connect(m_sources, &SourcePanels::changed, this, [this] { showTargets(m_targets); });
    column->addWidget(m_sources, 1);
    m_textFact = new Label({}, Type::Small, Token::Text2);
    m_textFact->setWordWrap(true);
    column->addWidget(m_textFact);
    m_concurrency = new QSpinBox;
    m_concurrency->setRange(1, maxConcurrency);
    m_concurrency->setAccessibleName(tr("Requests at once"));
    m_rate = new QSpinBox;
    m_rate->setRange(0, 10'000);
    m_rate->setSpecialValueText(tr("No limit"));
    m_rate->setAccessibleName(tr("Requests a second"));
    auto* row = new QHBoxLayout;
    row->addWidget(new FormField(tr("Requests at once"), m_concurrency));
    row->addWidget(new FormField(tr("Requests a second"), m_rate));
    column->addLayout(row);
    card->body()->addWidget(inner, 1);
    return card;
}

QWidget* WarmPage::makeResults()
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(SortRole);
    m_table = new TableView(tr("Warmed targets"));
    m_table->setModel(m_sorted);
    m_table->setItemDelegateForColumn(2, new TtlDelegate(m_table));
    m_table->setColumnWidths({200, 150, 84, 64, 240});
    m_table->setStretchColumn(4, 150);
    connect(m_table, &TableView::rowActivated, this, [this](const QModelIndex& index) {
        PageHint hint;
        hint.targets = {m_sorted->index(index.row(), 0).data(BytesRole).toByteArray()};
        workspace()->openPage(PageId::Replay, hint);
    });
    auto* card = new Card;
    card->body()->addWidget(m_table, 1);
    m_faces = new FaceStack(card);
    return m_faces;
}

QList<RowModel<WarmPage::Row>::Column> WarmPage::columns()
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
                return r.result.key ? tr("stored as %1").arg(core::displayText(*r.result.key)) : QString();
            }},
    };
}

void WarmPage::openHint(const PageHint& hint)
{
    if (isBusy())
        return;
    if (hint.list.size() > maxRows)
        return strips()->showError(inputStrip, {core::Code::Input, core::Reason::TooManyTargets, core::formatCount(maxRows), tr("\"cachelight warm --keys-from\" takes them")});
    if (!hint.list.isEmpty())
        return m_sources->setPlanKeys(hint.list);
    if (hint.targets.isEmpty())
        return;
    m_sources->showList();
    QStringList lines;
    for (const QByteArray& target : hint.targets)
        lines << QString::fromUtf8(target);
    m_text->setPlainText(lines.join(u'\n'));
}

void WarmPage::openFile()
{
    auto* dialog = new QFileDialog(this, tr("Targets to warm"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &WarmPage::readFile);
    dialog->open();
}

void WarmPage::readFile(const QString& name)
{
    core::onFinished(QtConcurrent::run([name] { return contentsOf(name); }), this, [this](const core::Result<QByteArray>& bytes) {
        if (!bytes)
            strips()->showError(inputStrip, bytes.error());
        else
            m_text->setPlainText(QString::fromUtf8(bytes->contains('\0') ? QByteArray(*bytes).replace('\0', '\n') : *bytes));
    });
}

void WarmPage::onTextChanged()
{
    ++m_textVersion;
    strips()->remove(inputStrip);
    if (m_text->document()->characterCount() <= readAtOnce) {
        m_typing.stop();
        showTargets(core::replay::targetsFromText(m_text->toPlainText().toUtf8()));
        return;
    }
    m_parsing = true;
    m_typing.start();
    updateActs();
}

void WarmPage::parseText()
{
    m_textFact->setText(tr("Reading the targets…"));
    m_textFact->setColour(Token::Text2);
    const auto parsing = QtConcurrent::run([text = m_text->toPlainText()] { return core::Result<core::replay::TargetList>(core::replay::targetsFromText(text.toUtf8())); });
    core::onFinished(parsing, this, [this, version = m_textVersion](const core::Result<core::replay::TargetList>& targets) {
        if (version == m_textVersion && targets)
            showTargets(*targets);
    });
}

void WarmPage::showTargets(const core::replay::TargetList& targets)
{
    m_targets = targets;
    m_parsing = false;
    QString fact = tr("%1. Only GET is sent: HEAD would empty the cache.").arg(counted(m_targets.targets.size(), tr("target"), tr("targets")));
    if (!m_targets.errors.isEmpty()) {
        const core::ErrorText error = core::describe(m_targets.errors.first());
        fact = tr("%1 cannot be used and are left out. First: %2 %3")
                   .arg(counted(m_targets.errors.size(), tr("line"), tr("lines")), core::displayText(error.what), core::displayText(error.why));
    }
    if (const QString others = m_sources->names(); !others.isEmpty())
        fact = tr("%1 And from: %2.").arg(fact, others);
    m_textFact->setText(fact);
    m_textFact->setColour(m_targets.errors.isEmpty() ? Token::Text2 : Token::Bad);
    updateActs();
}

void WarmPage::updateActs()
{
    const bool hasApi = workspace()->isOpen() && workspace()->client();
    const bool hasTargets = !m_parsing && m_sources->isRight() && (!m_targets.targets.isEmpty() || !m_sources->isEmpty());
    for (QPushButton* act : {m_run, m_look}) {
        act->setEnabled(!isBusy() && hasTargets && hasApi);
        act->setToolTip(!workspace()->isOpen() ? tr("Not connected") : !hasApi ? tr("The connection has no LightAPI address") : QString());
    }
    m_pause->setVisible(m_job);
    m_file->setEnabled(!isBusy());
    m_text->setReadOnly(isBusy());
    m_sources->setInputEnabled(!isBusy());
    const auto& routes = workspace()->routes();
    const auto isCached = [&routes](const core::cache::Route& route) { return routes.cachedOf(route) == core::cache::Cached::Yes; };
    m_sources->setCachedRoutes(static_cast<int>(std::ranges::count_if(routes.routes(), isCached)));
}

void WarmPage::showIdle()
{
    setFact({});
    m_counts = {};
    if (!workspace()->isOpen())
        m_faces->showEmpty({QStringLiteral("connections"), tr("Not connected"), tr("Connect to the Redis server that the LightAPI app caches in."), Tone::Accent,
            {{tr("Choose a connection"), [this] { workspace()->openPage(PageId::Connections); }}}});
    else if (!workspace()->client())
        m_faces->showEmpty({QStringLiteral("server"), tr("No LightAPI address"), tr("Warming sends requests to the LightAPI server. Give its base URL in the connection."), Tone::Warn,
            {{tr("Edit the connection"), [this] {
                  PageHint hint;
                  hint.profile = workspace()->profile().name;
                  workspace()->openPage(PageId::Connections, hint);
              }}}});
    else
        m_faces->showEmpty({QStringLiteral("warm"), tr("Nothing warmed yet"), tr("Each target is requested once; then Redis is asked whether its key appeared with the right body and time to live.")});
}

void WarmPage::pageConnected()
{
    m_model->clear();
    strips()->clear();
    showIdle();
    updateActs();
    m_resume->look();
}

// Another database: what is shown or offered is not of its keys.
void WarmPage::restart()
{
    cancel();
    m_model->clear();
    for (const QString& strip : {runStrip, sourcesStrip, waitStrip})
        strips()->remove(strip);
    showIdle();
    updateActs();
    m_resume->look();
}

void WarmPage::pageDisconnected()
{
    cancel();
    m_sources->setPlanKeys({}); // they are of the database that was left
    m_model->clear();
    showIdle();
    updateActs();
}

bool WarmPage::cancel()
{
    const bool wasBusy = isBusy();
    for (core::Job* job : {static_cast<core::Job*>(m_expiring), static_cast<core::Job*>(m_gathering), static_cast<core::Job*>(m_preview), static_cast<core::Job*>(m_job)}) {
        if (job)
            job->cancel();
    }
    return wasBusy;
}

// All that is asked for, waiting; a result takes the place of its own row.
void WarmPage::showRows()
{
    QList<Row> rows;
    rows.reserve(m_all.items.size());
    for (const core::replay::WarmTarget& target : m_all.items) {
        Row row;
        row.result.target = target.target;
        row.result.key = target.key;
        rows << row;
    }
    m_model->setRows(std::move(rows));
    m_faces->showFilled();
    m_counts = {};
}

QString WarmPage::pendingWord(const Row& row)
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

// Reads the sources, then looks at what they give, or requests it.
void WarmPage::begin(bool request)
{
    if (!m_run->isEnabled())
        return;
    core::replay::TargetSources sources = m_sources->sources();
    if (!m_targets.targets.isEmpty())
        sources.lists << core::replay::TargetSource {tr("list"), m_targets.targets};
    const QString names = m_sources->names();
    m_goesOn = false;
    const QString subject = names.isEmpty() ? tr("list") : names;
    if (const auto belowMs = m_sources->ttlBelowMs())
        findExpiring(request, *belowMs, sources, subject);
    else
        gather(request, sources, subject);
}

void WarmPage::findExpiring(bool request, qint64 belowMs, const core::replay::TargetSources& sources, const QString& subject)
{
    m_expiring = new core::keys::ExpiringKeys(workspace()->session(), workspace()->routes(), {belowMs, workspace()->isProduction()}, this);
    connect(m_expiring, &core::Job::finished, this, [this, request, sources, subject] {
        core::keys::ExpiringKeys* job = std::exchange(m_expiring, nullptr);
        job->deleteLater();
        if (!job->outcome())
            return stopped(*job, job->outcome());
        core::replay::TargetSources all = sources;
        all.keys << core::replay::KeySource {tr("about to expire"), job->keys().mid(0, maxRows + 1)};
        gather(request, all, subject);
    });
    workspace()->jobs()->track(m_expiring, {tr("Looking for"), tr("entries about to expire"), tr("keys"), QStringLiteral("search")});
    updateActs();
    m_expiring->start();
}

void WarmPage::stopped(const core::Job& job, const core::Result<void>& outcome)
{
    if (!job.wasCancelled())
        strips()->show(runStrip, stripForError(outcome.error()));
    updateActs();
}

// Goes on with what an interrupted run has left, whatever the fields say.
void WarmPage::resume()
{
    if (isBusy() || !workspace()->client() || m_resume->remaining().isEmpty())
        return;
    core::replay::TargetSources sources;
    sources.lists << core::replay::TargetSource {tr("interrupted warming"), m_resume->remaining()};
    m_goesOn = true;
    gather(true, sources, sources.lists.first().name);
}

void WarmPage::showRecord()
{
    strips()->remove(resumeStrip);
    if (m_resume->failure())
        strips()->show(resumeStrip, stripForError(*m_resume->failure(), {{tr("Forget it"), [this] { m_resume->forget(); }}}));
    if (isBusy())
        return;
    const QString stale = m_resume->keepFailure().isEmpty() ? QString() : tr("What was done since could not be written down: %1").arg(core::displayText(m_resume->keepFailure()));
    const StripAction forget {tr("Forget it"), [this] { m_resume->forget(); }};
    if (!m_resume->record()) {
        if (!stale.isEmpty() && !m_resume->failure())
            strips()->show(resumeStrip, {Tone::Warn, tr("The record of this warming is not up to date."), stale, {forget}});
        return;
    }
    const qint64 left = m_resume->remaining().size();
    const QString offer = tr("%1 of %2 left. A new warming takes its place.").arg(core::formatCount(left), counted(m_resume->record()->targets.size(), tr("target is"), tr("targets are")));
    strips()->show(resumeStrip, {stale.isEmpty() ? Tone::Info : Tone::Warn, tr("An earlier warming of this connection has not ended."),
                                    stale.isEmpty() ? offer : offer + u' ' + stale, {{tr("Resume"), [this] { resume(); }}, forget}});
}

void WarmPage::gather(bool request, const core::replay::TargetSources& sources, const QString& subject)
{
    strips()->remove(runStrip);
    strips()->remove(sourcesStrip);
    m_wantsRequests = request;
    m_gathering = new core::replay::TargetGathering(workspace()->client(), workspace()->routes(), sources, this);
    connect(m_gathering, &core::Job::finished, this, &WarmPage::onGathered);
    workspace()->jobs()->track(m_gathering, {tr("Reading"), subject, tr("steps"), QStringLiteral("warm")});
    updateActs();
    m_gathering->start();
}

void WarmPage::onGathered()
{
    core::replay::TargetGathering* job = m_gathering;
    m_gathering = nullptr;
    job->deleteLater();
    m_requestMs = job->requestMs();
    const auto tooMany = core::fail(core::Code::Input, core::Reason::TooManyTargets, core::formatCount(maxRows), tr("\"cachelight warm\" takes them"));
    const core::Result<void> outcome = job->outcome() && job->targets().items.size() > maxRows ? core::Result<void>(tooMany) : job->outcome();
    if (!outcome)
        return stopped(*job, outcome);
    showNotes(job->notes());
    m_all = job->targets();
    showRows();
    if (m_all.items.isEmpty())
        strips()->show(runStrip, {Tone::Warn, tr("No target was found."), {}});
    else
        m_wantsRequests ? run() : look();
    updateActs();
}

void WarmPage::showNotes(const QStringList& notes)
{
    if (notes.isEmpty())
        return;
    QStringList shown = notes.first(std::min(maxNotes, notes.size()));
    if (notes.size() > maxNotes)
        shown << tr("… and %1 more").arg(core::formatCount(notes.size() - maxNotes));
    strips()->show(sourcesStrip, {Tone::Info, tr("What was read:"), shown.join(u' ')});
}

void WarmPage::look()
{
    m_preview = new core::replay::WarmPreview(workspace()->session(), m_all, this);
    connect(m_preview, &core::Job::finished, this, &WarmPage::onLooked);
    workspace()->jobs()->track(m_preview, {tr("Looking at"), counted(m_all.items.size(), tr("target"), tr("targets")), tr("targets"), QStringLiteral("search")});
    m_preview->start();
}

core::replay::WarmPace WarmPage::pace() const
{
    core::replay::WarmPace out;
    out.requestsPerS = m_rate->value();
    out.concurrency = m_concurrency->value();
    out.requestMs = m_requestMs;
    return out;
}

void WarmPage::onLooked()
{
    core::replay::WarmPreview* job = m_preview;
    m_preview = nullptr;
    job->deleteLater();
    QList<Row> rows = m_model->rows();
    for (qsizetype i = 0; i < rows.size(); ++i) {
        rows[i].before = job->previews()[i];
        rows[i].result.ttlMs = job->previews()[i].ttlMs;
    }
    m_model->updateRows(std::move(rows));
    const core::replay::WarmPlan plan = core::replay::warmPlan(job->previews(), pace());
    QString fact = tr("%1, %2 warm already").arg(counted(plan.targets, tr("target"), tr("targets")), core::formatCount(plan.alreadyWarm));
    if (m_all.repeated() > 0)
        fact += tr(", %1 repeated left out").arg(core::formatCount(m_all.repeated()));
    if (plan.durationMs)
        fact += tr("; warming takes about %1").arg(core::formatDuration(*plan.durationMs));
    setFact(fact);
    if (!job->outcome() && !job->wasCancelled())
        strips()->show(runStrip, stripForError(job->outcome().error()));
    updateActs();
}

void WarmPage::run()
{
    if (m_job || !workspace()->client() || m_all.items.isEmpty())
        return;
    Warm::Options options;
    options.targets = m_all.targets();
    options.concurrency = m_concurrency->value();
    options.requestsPerS = m_rate->value();
    options.seen = workspace()->seenKeys();
    m_job = new Warm(workspace()->session(), workspace()->client(), workspace()->routes(), options, this);
    connect(m_job, &Warm::resultReady, this, &WarmPage::onResult);
    connect(m_job, &Warm::heldBack, this, &WarmPage::onHeldBack);
    connect(m_job, &core::Job::finished, this, &WarmPage::onFinished);
    workspace()->jobs()->track(m_job, {tr("Warming"), counted(options.targets.size(), tr("target"), tr("targets")), tr("requests"), QStringLiteral("warm")});
    setPaused(false);
    updateActs();
    startKept();
}

// What is to be done is on disk before the first request, so that an interrupted run can go on.
void WarmPage::startKept()
{
    m_resume->prepare(m_all.targets(), m_goesOn, [this, job = m_job](const core::Result<void>& kept) {
        if (!job || job != m_job) // cancelled meanwhile
            return;
        if (kept)
            m_resume->keep(job);
        else
            strips()->show(resumeStrip, {Tone::Warn, tr("This warming cannot go on later if it is interrupted."), core::displayText(core::describe(kept.error()).what)});
        job->start();
    });
}

// What is on its way ends; nothing more is sent until it goes on.
void WarmPage::setPaused(bool paused)
{
    m_job->setPaused(paused);
    m_pause->setText(paused ? tr("Continue") : tr("Pause"));
    m_pause->setIcon(icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
    showWait();
}

void WarmPage::onHeldBack(qint64 waitMs)
{
    m_heldUntil.setRemainingTime(waitMs);
    m_waitTick.start();
    showWait();
}

// Why nothing is sent just now, on the page and in the row of the job: paused, or told to wait, with the time left.
void WarmPage::showWait()
{
    const qint64 leftMs = m_job && m_waitTick.isActive() ? m_heldUntil.remainingTime() : 0;
    if (leftMs <= 0)
        m_waitTick.stop();
    QString state;
    if (m_job && m_job->isPaused())
        state = tr("paused");
    else if (leftMs > 0)
        state = tr("the server asked to wait: %1 left").arg(core::formatDuration(leftMs));
    if (m_job)
        workspace()->jobs()->setWaiting(m_job, state);
    if (leftMs > 0)
        strips()->show(waitStrip, {Tone::Info, tr("The server asked to wait."), tr("Nothing is sent for %1.").arg(core::formatDuration(leftMs))});
    else
        strips()->remove(waitStrip);
}

void WarmPage::onResult(int index)
{
    if (m_waitTick.isActive()) { // it answers again
        m_waitTick.stop();
        showWait();
    }
    const WarmResult& result = m_job->results().at(index);
    ++m_counts.at(static_cast<std::size_t>(result.state));
    m_model->replace(static_cast<int>(result.index), {result, false});
    showCounts();
}

bool WarmPage::isAllWarm() const
{
    const auto count = [this](WarmState state) { return m_counts.at(static_cast<std::size_t>(state)); };
    return count(WarmState::Warmed) + count(WarmState::AlreadyWarm) == m_model->rowCount();
}

QString WarmPage::countsText() const
{
    QStringList parts;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        if (m_counts.at(i) > 0)
            parts << core::formatCount(m_counts.at(i)) + u' ' + lookOf(static_cast<WarmState>(i)).word.toLower();
    }
    return parts.join(QStringLiteral(", "));
}

void WarmPage::showCounts()
{
    setFact(countsText());
}

void WarmPage::onFinished()
{
    Warm* job = m_job;
    m_job = nullptr;
    job->deleteLater();
    showWait();
    showCounts();
    updateActs();
    const QString done = tr("%1 of %2 targets in %3").arg(core::formatCount(job->done()), core::formatCount(m_model->rowCount()), core::formatDuration(job->elapsedMs()));
    StripText text {Tone::Ok, tr("Warming is done."), done + u'.'};
    if (job->wasCancelled())
        text = {Tone::Warn, tr("Warming was stopped."), done + u'.'};
    else if (job->outcome() && !isAllWarm())
        text = {Tone::Warn, tr("Not all targets are warm."), done + QStringLiteral(": ") + countsText() + u'.'};
    else if (!job->outcome())
        text = stripForError(job->outcome().error(), {{tr("Try again"), [this] { begin(true); }}});
    strips()->show(runStrip, text);
    if (!isShown())
        workspace()->jobs()->report(text);
}

}
