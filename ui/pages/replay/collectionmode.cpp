// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/collectionmode.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/http/credentials.h"
#include "core/replay/collectiondraft.h"
#include "core/replay/variablemask.h"
#include "ui/models/roles.h"
#include "ui/pages/replay/collectiondetail.h"
#include "ui/pages/replay/collectionfiles.h"
#include "ui/pages/replay/savedrequestmodel.h"
#include "ui/pages/replay/variableform.h"
#include "ui/shell/guardinput.h"
#include "ui/shell/joblist.h"
#include "ui/shell/typednamebar.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"
#include "ui/widgets/wraprow.h"

#include <QCheckBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

using core::replay::Collection;
using core::replay::CollectionResult;
using core::replay::CollectionRun;
using core::replay::SavedRequest;

namespace ui {

namespace {
    constexpr qsizetype keptSeen = 100;
    const QString runStrip = QStringLiteral("collection-run");
    const QString addStrip = QStringLiteral("collection-add");
    const QString askStrip = QStringLiteral("collection-ask");

    // Apart from credentials, which an identity adds when the request line is sent.
    bool isSame(const core::http::Request& one, const core::http::Request& other)
    {
        const auto bare = [](core::http::Headers headers) {
            headers.removeIf([](const auto& header) { return core::http::isCredential(header.first); });
            return headers;
        };
        return one.method == other.method && one.target == other.target && bare(one.headers) == bare(other.headers) && one.body == other.body;
    }

    qsizetype otherMethods(const Collection& collection)
    {
        return std::ranges::count_if(collection.requests, [](const SavedRequest& request) { return request.method != "GET"; });
    }

    QString requestsText(qint64 count)
    {
        return counted(count, CollectionMode::tr("request"), CollectionMode::tr("requests"));
    }

    QString outcomesText(const CollectionRun::Counts& counts)
    {
        return CollectionMode::tr("%1 passed, %2 failed, %3 skipped").arg(core::formatCount(counts.passed), core::formatCount(counts.failed), core::formatCount(counts.skipped));
    }
}

CollectionMode::CollectionMode(Place place, QWidget* parent)
    : ReplayMode(tr("Collection"), std::move(place), parent)
    , m_model(new SavedRequestModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_files(new CollectionFiles([this] { return m_model->collection(); }, strips(), this))
    , m_variables(new VariableForm)
    , m_detail(new CollectionDetail)
    , m_file(new ElidedLabel(Type::Body, Token::Text2, Qt::ElideMiddle))
    , m_name(makeField(tr("Name of the collection"), tr("Name of the collection")))
    , m_typedName(new TypedNameBar(tr("Send them"), tr("Don't")))
    , m_counts(new Label({}, Type::Small, Token::Text2))
    , m_table(new TableView(tr("Requests of the collection")))
    , m_failedFirst(new QCheckBox(tr("Failed first")))
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(SortRole);
    m_faces = new FaceStack(makeBody());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(makeHead());
    column->addWidget(m_typedName);
    column->addWidget(m_faces, 1);
    connect(m_typedName, &TypedNameBar::confirmed, this, [this] { run(std::exchange(m_asked, {})); });
    connectModel();
    onOpened({});
}

QWidget* CollectionMode::makeHead()
{
    auto* card = new Card;
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(16, 10, 16, 10);
    column->setSpacing(8);
    column->addWidget(makeFileRow());
    column->addWidget(makeRequestRow());
    column->addWidget(m_variables);
    card->body()->addWidget(inner);
    return card;
}

QWidget* CollectionMode::makeFileRow()
{
    m_new = makeButton(tr("New"), QStringLiteral("plus"));
    m_open = makeButton(tr("Open…"), QStringLiteral("folder"));
    m_save = makeButton(tr("Save"), QStringLiteral("download"));
    m_saveAs = makeButton(tr("Save as…"));
    auto* all = new QWidget;
    auto* row = new QHBoxLayout(all);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_name, 1);
    row->addWidget(m_file, 1);
    for (QAbstractButton* button : {m_new, m_open, m_save, m_saveAs})
        row->addWidget(button);
    connect(m_new, &QAbstractButton::clicked, m_files, &CollectionFiles::startAnew);
    connect(m_open, &QAbstractButton::clicked, m_files, &CollectionFiles::chooseAndOpen);
    connect(m_save, &QAbstractButton::clicked, m_files, &CollectionFiles::save);
    connect(m_saveAs, &QAbstractButton::clicked, m_files, &CollectionFiles::chooseAndSave);
    connect(m_name, &QLineEdit::textChanged, m_model, &SavedRequestModel::setName);
    return all;
}

QWidget* CollectionMode::makeRequestRow()
{
    m_add = makeButton(tr("Add the request above"), QStringLiteral("plus"));
    m_show = makeButton(tr("Put into the request line"), QStringLiteral("arrow-up"));
    m_up = makeIconButton(tr("Move up"), QStringLiteral("chevron-up"), ButtonKind::Normal);
    m_down = makeIconButton(tr("Move down"), QStringLiteral("chevron-down"), ButtonKind::Normal);
    m_remove = makeIconButton(tr("Remove the request"), QStringLiteral("trash"), ButtonKind::Normal);
    m_stop = makeButton(tr("Stop"), QStringLiteral("stop"));
    setPlainToolTip(m_add, tr("With what was seen when it was sent last in Request as proposed expectations."));
    auto* all = new WrapRow(8);
    QHBoxLayout* edits = all->addGroup();
    for (QAbstractButton* button : {m_add, m_show, m_up, m_down, m_remove})
        edits->addWidget(button);
    edits->addStretch(1);
    QHBoxLayout* outcome = all->addGroup(1);
    outcome->addWidget(m_failedFirst);
    outcome->addWidget(m_counts, 1);
    outcome->addWidget(m_stop);
    m_counts->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    connect(m_add, &QAbstractButton::clicked, this, &CollectionMode::addRequest);
    connect(m_show, &QAbstractButton::clicked, this, &CollectionMode::openInLine);
    connect(m_up, &QAbstractButton::clicked, this, [this] { moveRequest(-1); });
    connect(m_down, &QAbstractButton::clicked, this, [this] { moveRequest(1); });
    connect(m_remove, &QAbstractButton::clicked, this, &CollectionMode::removeRequest);
    connect(m_stop, &QAbstractButton::clicked, this, &CollectionMode::cancel);
    connect(m_failedFirst, &QCheckBox::toggled, this, [this](bool first) {
        m_sorted->sort(first ? SavedRequestModel::OutcomeColumn : -1);
        updateActs();
    });
    return all;
}

QWidget* CollectionMode::makeBody()
{
    m_table->setModel(m_sorted);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::EditKeyPressed);
    m_table->setColumnWidths({160, 200, 170, 100, 80});
    m_table->setStretchColumn(SavedRequestModel::RequestColumn, 140);
    m_table->setHideOrder({SavedRequestModel::TookColumn, SavedRequestModel::ExpectedColumn});
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &CollectionMode::showDetail);
    auto* list = new Card;
    list->body()->addWidget(m_table, 1);
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(12);
    splitter->addWidget(list);
    splitter->addWidget(m_detail);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({600, 460});
    return splitter;
}

void CollectionMode::connectModel()
{
    connect(m_model, &SavedRequestModel::edited, this, &CollectionMode::onEdited);
    connect(m_variables, &VariableForm::changed, this, &CollectionMode::forgetQuestions);
    connect(m_files, &CollectionFiles::opened, this, &CollectionMode::onOpened);
    connect(m_files, &CollectionFiles::stateChanged, this, &CollectionMode::updateActs);
    connect(m_detail, &CollectionDetail::edited, this, [this](const SavedRequest& request) {
        const int row = currentRow();
        if (row < 0 || isBusy())
            return;
        m_model->replace(row, request);
        m_detail->showResult(m_model->result(row));
    });
}

void CollectionMode::send(const core::http::Request& request)
{
    Q_UNUSED(request)
    run({});
}

void CollectionMode::run(Answers answers)
{
    if (!mayStart())
        return;
    for (const QString& strip : {runStrip, addStrip})
        strips()->remove(strip);
    forgetQuestions();
    if (m_model->rowCount() == 0)
        return strips()->show(runStrip, {Tone::Info, tr("There is nothing to run."), tr("Open a collection, or add the request above."), {}});
    if (askValues(answers) || askMethods(answers))
        return;
    begin(answers);
}

bool CollectionMode::askValues(Answers answers)
{
    const QStringList missing = m_variables->missing();
    if (missing.isEmpty() || answers.withoutValues)
        return false;
    answers.withoutValues = true;
    m_variables->focusFirstMissing();
    strips()->show(askStrip, {Tone::Warn, tr("{{%1}} has no value.").arg(missing.first()), tr("Type it, and run again. Without, the requests that need it are skipped."),
                                 {{tr("Run without"), [this, answers] { run(answers); }}}});
    return true;
}

// They may change data and purge, so each run asks; a connection that is read-only sends none.
bool CollectionMode::askMethods(Answers& answers)
{
    const qsizetype others = otherMethods(m_model->collection());
    if (others == 0)
        return false;
    if (workspace()->isReadOnly()) { // also where it became so after the answer
        answers.otherMethods = false;
        strips()->show(runStrip, {Tone::Info, tr("%1 other than GET skipped.").arg(requestsText(others)), tr("They may change data, and the connection is read-only."), {}});
        return false;
    }
    if (answers.otherMethods)
        return false;
    const auto answer = [this, answers, others](bool send) {
        Answers given = answers;
        given.otherMethods = send;
        if (send && guardInput(workspace()).production)
            askName(others, given);
        else
            run(given);
    };
    strips()->show(askStrip, {Tone::Warn, tr("%1 other than GET may change data, and LightAPI empties the whole class for each.").arg(requestsText(others)), tr("Even if the request fails."),
                                 {{tr("Send all"), [answer] { answer(true); }}, {tr("Send GET alone"), [answer] { answer(false); }}}});
    return true;
}

// A click alone changes nothing on production.
void CollectionMode::askName(qsizetype others, const Answers& answers)
{
    m_asked = answers;
    const QString name = guardInput(workspace()).confirmName;
    m_typedName->ask(name, tr("%1 other than GET may change data, and LightAPI empties the whole class for each.").arg(requestsText(others)),
        tr("This is production: type %1 to send them.").arg(core::displayText(name)));
}

// They were about the collection, its values and the connection of then.
void CollectionMode::forgetQuestions()
{
    strips()->remove(askStrip);
    m_typedName->hide();
    m_asked = {};
}

void CollectionMode::begin(const Answers& answers)
{
    m_model->clearResults();
    m_failedFirst->setChecked(false);
    CollectionRun::Options options;
    m_sent = m_variables->values();
    options.variables = m_sent;
    options.methodsConfirmed = answers.otherMethods.value_or(false);
    options.seen = workspace()->seenKeys();
    m_job = new CollectionRun(workspace()->session(), workspace()->client(), workspace()->routes(), m_model->collection(), std::move(options), this);
    connect(m_job, &CollectionRun::resultReady, this, &CollectionMode::onResult);
    connect(m_job, &core::Job::progressed, this, &CollectionMode::showCounts);
    connect(m_job, &core::Job::finished, this, &CollectionMode::onFinished);
    const QString name = m_model->collection().name;
    workspace()->jobs()->track(m_job, {tr("Running"), name.isEmpty() ? tr("a collection") : core::displayText(name), tr("requests"), QStringLiteral("replay")});
    updateActs();
    emit busyChanged();
    m_job->start();
}

void CollectionMode::onResult(const CollectionResult& result)
{
    if (m_isForeign)
        return;
    // What was typed may be a secret, and stands in keys and sentences.
    m_model->setResult(core::replay::VariableMask(m_sent).masked(result, m_job->collection().requests[result.index]));
    if (result.index == currentRow())
        m_detail->showResult(m_model->result(currentRow()));
}

// Failed ones first: they are what the run is for.
void CollectionMode::onFinished()
{
    CollectionRun* job = m_job;
    m_job = nullptr;
    job->deleteLater();
    if (std::exchange(m_isForeign, false)) {
        updateActs();
        emit busyChanged();
        return;
    }
    m_lastCounts = job->counts();
    m_lastMs = job->elapsedMs();
    if (m_lastCounts.failed + m_lastCounts.skipped > 0) {
        m_failedFirst->setChecked(true);
        m_table->selectRow(0);
        m_table->scrollToTop();
    }
    if (!job->outcome() && !job->wasCancelled())
        strips()->showError(runStrip, job->outcome().error());
    showDetail();
    updateActs();
    emit busyChanged();
}

bool CollectionMode::cancel()
{
    if (!m_job)
        return false;
    m_job->cancel();
    return true;
}

// Its results are of requests or of a connection that go.
void CollectionMode::dropRun()
{
    m_isForeign = m_job;
    cancel();
}

void CollectionMode::restart()
{
    dropRun();
    m_variables->forget();
    m_sent.clear();
    m_seen.clear();
    for (const QString& strip : {runStrip, addStrip})
        strips()->remove(strip);
    forgetQuestions();
    m_model->clearResults();
    m_failedFirst->setChecked(false);
    m_lastMs = -1;
    showDetail();
    updateActs();
}

void CollectionMode::noteExchange(const core::http::Request& request, const core::replay::ReplayResult& result)
{
    if (!result.response)
        return;
    m_seen.removeIf([&request](const Seen& each) { return isSame(each.request, request); });
    m_seen << Seen {request, proposedExpectations(result)};
    if (m_seen.size() > keptSeen)
        m_seen.removeFirst();
}

// Null: it was not sent.
const CollectionMode::Seen* CollectionMode::seenOf(const core::http::Request& request) const
{
    const auto at = std::ranges::find_if(m_seen, [&request](const Seen& each) { return isSame(each.request, request); });
    return at == m_seen.end() ? nullptr : &*at;
}

void CollectionMode::addRequest()
{
    strips()->remove(addStrip);
    const auto request = draft();
    if (!request)
        return strips()->showError(addStrip, request.error());
    const Seen* const seen = seenOf(*request);
    core::replay::CollectionDraft made = core::replay::draftOf(seen ? seen->request : *request, m_variables->values());
    if (seen)
        made.request.expect = seen->proposed;
    if (const auto ok = core::replay::collectionToJson({.name = {}, .requests = {made.request}, .others = {}}); !ok)
        return strips()->showError(addStrip, ok.error());
    m_variables->add(made.values);
    m_model->append(made.request);
    selectRow(m_model->rowCount() - 1);
    if (!made.leftOut.isEmpty())
        strips()->show(addStrip, {Tone::Info, tr("%1: left out of the collection.").arg(made.leftOut.join(QStringLiteral(", "))),
                                     tr("A placeholder stands for it; its value stays in memory until the connection ends."), {}});
    else if (made.request.expect.isEmpty())
        strips()->show(addStrip, {Tone::Info, tr("Nothing is expected of it yet."), tr("Sent in Request first, what is seen there is proposed. Or say it in Edit."), {}});
}

void CollectionMode::removeRequest()
{
    if (const int row = currentRow(); row >= 0 && !isBusy())
        m_model->removeAt(row);
    showDetail();
}

void CollectionMode::moveRequest(int by)
{
    const int row = currentRow();
    if (row >= 0 && !isBusy() && m_model->move(row, row + by))
        selectRow(row + by);
}

// Its placeholders stay what they are, unless all have a value.
void CollectionMode::openInLine()
{
    const int row = currentRow();
    if (row < 0)
        return;
    const SavedRequest& saved = m_model->collection().requests[row];
    const auto filled = filledIn(saved, m_variables->values());
    emit requestChosen(filled ? *filled : core::http::Request {.method = saved.method, .target = saved.target, .headers = saved.headers, .body = saved.body});
}

int CollectionMode::currentRow() const
{
    return m_sorted->mapToSource(m_table->currentIndex()).row();
}

void CollectionMode::selectRow(int row)
{
    m_table->setCurrentIndex(m_sorted->mapFromSource(m_model->index(row, 0)));
}

void CollectionMode::onOpened(const Collection& collection)
{
    dropRun(); // a file may be read, or a question answered, while it is on
    strips()->remove(runStrip);
    strips()->remove(addStrip);
    forgetQuestions();
    m_failedFirst->setChecked(false);
    m_lastMs = -1;
    m_model->setCollection(collection);
    m_name->setText(collection.name);
    m_variables->setNames(variablesOf(collection));
    if (m_model->rowCount() > 0)
        selectRow(0);
    showDetail();
    updateActs();
}

void CollectionMode::onEdited()
{
    forgetQuestions();
    m_variables->setNames(variablesOf(m_model->collection()));
    m_files->noteEdit();
}

void CollectionMode::showDetail()
{
    const int row = currentRow();
    m_detail->setEnabled(row >= 0);
    if (row >= 0)
        m_detail->show(m_model->collection().requests[row], m_model->result(row));
    updateActs();
}

void CollectionMode::showCounts()
{
    if (m_job) {
        const double seconds = static_cast<double>(m_job->elapsedMs()) / 1000;
        m_counts->setText(tr("%1 of %2: %3, %4").arg(core::formatCount(m_job->done()), requestsText(m_job->total()), outcomesText(m_job->counts()),
            core::formatRate(seconds > 0 ? static_cast<double>(m_job->done()) / seconds : 0)));
    } else if (m_lastMs >= 0) {
        m_counts->setText(tr("%1, in %2").arg(outcomesText(m_lastCounts), core::formatDuration(m_lastMs)));
    } else {
        m_counts->setText(requestsText(m_model->rowCount()));
    }
}

void CollectionMode::showFile()
{
    const QString name = m_files->file().isEmpty() ? tr("no file yet") : core::displayText(QFileInfo(m_files->file()).fileName());
    m_file->setText(name, m_files->isChanged() ? tr(" (changed)") : QString());
}

void CollectionMode::updateActs()
{
    const bool free = !isBusy() && !m_files->isBusy();
    const bool any = m_model->rowCount() > 0;
    const int row = currentRow();
    const bool inOrder = !m_failedFirst->isChecked();
    m_new->setEnabled(free);
    m_open->setEnabled(free);
    m_save->setEnabled(free && m_files->isChanged());
    m_saveAs->setEnabled(free && any);
    m_add->setEnabled(free);
    m_name->setEnabled(free);
    m_show->setEnabled(!isBusy() && row >= 0);
    m_remove->setEnabled(free && row >= 0);
    m_up->setEnabled(free && inOrder && row > 0);
    m_down->setEnabled(free && inOrder && row >= 0 && row + 1 < m_model->rowCount());
    m_failedFirst->setEnabled(free && any);
    m_stop->setEnabled(isBusy());
    m_detail->setEditable(free);
    m_table->setEditTriggers(free ? QAbstractItemView::EditKeyPressed : QAbstractItemView::NoEditTriggers);
    if (any)
        m_faces->showFilled();
    else
        m_faces->showEmpty({QStringLiteral("list-check"), tr("No requests yet"), tr("A collection keeps requests with what is expected of their answers, and says which no longer hold. Credentials never get into its file.")});
    showFile();
    showCounts();
}

QString CollectionMode::unsaved() const
{
    if (!m_files->isChanged())
        return {};
    return m_files->file().isEmpty() ? tr("The collection in Replay is not saved.") : tr("The changes of the collection %1 are not saved.").arg(core::displayText(QFileInfo(m_files->file()).fileName()));
}

}
