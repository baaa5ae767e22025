// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/requestmode.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/pages/replay/responsepane.h"
#include "ui/pages/replay/sentrequests.h"
#include "ui/pages/replay/verdictpane.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableheight.h"
#include "ui/widgets/tableview.h"

#include <QItemSelectionModel>
#include <QSplitter>
#include <QVBoxLayout>

using core::replay::Replay;
using core::replay::ReplayResult;

namespace ui {

namespace {
    const QString failureStrip = QStringLiteral("replay");
    const QString releaseStrip = QStringLiteral("release");
    const QString memoryStrip = QStringLiteral("replay-memory");
}

RequestMode::RequestMode(Place place, QWidget* parent)
    : ReplayMode(tr("Request"), std::move(place), parent)
    , m_verdict(new VerdictPane)
    , m_response(new ResponsePane)
    , m_results(new SentRequests(SentRequests::maxBytes, this))
{
    m_faces = new FaceStack(makeResults());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_faces);
    showIdle();
}

QWidget* RequestMode::makeResults()
{
    m_table = new TableView(tr("Requests sent"));
    m_table->setModel(m_results);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setColumnWidths({200, 120, 90, 240});
    m_table->setStretchColumn(3, 160);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) { showResult(index.row()); });
    m_table->setMinimumHeight(tableHeight(1));
    auto* list = new Card;
    list->body()->addWidget(m_table, 1);
    auto* left = new QSplitter(Qt::Vertical);
    left->setChildrenCollapsible(false);
    left->setHandleWidth(12);
    left->addWidget(m_verdict);
    left->addWidget(list);
    left->setStretchFactor(0, 3);
    left->setStretchFactor(1, 1);
    left->setSizes({480, 160});
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(12);
    splitter->addWidget(left);
    splitter->addWidget(m_response);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({640, 400});
    return splitter;
}

void RequestMode::send(const core::http::Request& request)
{
    m_request = request;
    m_isForeign = false;
    Replay::Options options;
    options.targets = {request.target};
    options.method = request.method;
    options.methodConfirmed = true; // by the page
    options.headers = request.headers;
    options.body = request.body;
    options.sending = request.sending;
    options.seen = workspace()->seenKeys();
    m_job = new Replay(workspace()->session(), client(), workspace()->routes(), options, this);
    connect(m_job, &Replay::resultReady, this, &RequestMode::onResult);
    connect(m_job, &core::Job::finished, this, &RequestMode::onFinished);
    workspace()->jobs()->track(m_job, {tr("Replaying"), core::displayText(request.target), tr("requests"), QStringLiteral("replay")});
    if (m_results->rowCount() == 0)
        m_faces->showLoading(tr("Waiting for the answer"));
    strips()->remove(failureStrip);
    emit busyChanged();
    m_job->start();
}

void RequestMode::onResult(const ReplayResult& result)
{
    if (m_isForeign)
        return;
    m_results->add(result);
    tellLettingGo();
    if (result.response && result.response->status == 401)
        emit refused();
    m_faces->showFilled();
    m_table->selectRow(m_results->rowCount() - 1);
    m_table->scrollToBottom();
    emit exchanged(m_request, result);
}

void RequestMode::onFinished()
{
    Replay* job = m_job;
    m_job = nullptr;
    job->deleteLater();
    const bool isForeign = std::exchange(m_isForeign, false);
    emit busyChanged();
    const auto again = [this] {
        if (mayStart())
            send(m_request);
    };
    // What may change data is asked about each time, by the page.
    if (!job->outcome() && !job->wasCancelled() && !isForeign)
        strips()->showError(failureStrip, job->outcome().error(), m_request.method == "GET" ? again : std::function<void()>());
    if (m_results->rowCount() == 0)
        showIdle();
}

void RequestMode::showResult(int row)
{
    if (row < 0)
        return;
    const SentRequest& sent = m_results->row(row);
    m_verdict->show(sent.result);
    m_response->show(sent.result, sent.letGoBytes);
    offerRelease(sent.result.otherReleases);
}

void RequestMode::tellLettingGo()
{
    if (m_results->lettingGo() == 0)
        return strips()->remove(memoryStrip);
    strips()->show(memoryStrip, {Tone::Info, tr("%1 let go of the body.").arg(counted(m_results->lettingGo(), tr("older request"), tr("older requests"))),
                                    tr("Answers are kept up to %1 in all; verdicts and evidence stay.").arg(core::formatBytes(m_results->budget()))});
}

// The answer was found where another release stores it.
void RequestMode::offerRelease(const QList<core::cache::ReleaseRange>& releases)
{
    strips()->remove(releaseStrip);
    if (releases.isEmpty() || releases.last().last == workspace()->routes().release())
        return;
    const core::cache::ReleaseRange& range = releases.last();
    strips()->show(releaseStrip, {Tone::Info, tr("LightAPI %1 to %2 stores this answer where it was found.").arg(range.first.toString(), range.last.toString()),
                                     tr("The connection says %1, which makes another key.").arg(workspace()->routes().release().toString()),
                                     {{tr("Set release %1").arg(range.last.toString()), [this, release = range.last] { setRelease(release); }}}});
}

void RequestMode::setRelease(const QVersionNumber& release)
{
    strips()->remove(releaseStrip);
    if (const auto saved = workspace()->setKeyRules(release, workspace()->profile().keyTemplates); !saved)
        strips()->showError(releaseStrip, saved.error());
}

void RequestMode::showIdle()
{
    m_faces->showEmpty({QStringLiteral("replay"), tr("Send a request"),
        tr("Redis is looked at before and after. The verdict rests on what is seen there: no LightAPI release sends cache headers of its own.")});
}

bool RequestMode::cancel()
{
    if (!m_job)
        return false;
    m_job->cancel();
    return true;
}

void RequestMode::restart()
{
    m_isForeign = m_job;
    cancel();
    m_request = {};
    for (const QString& strip : {failureStrip, releaseStrip, memoryStrip})
        strips()->remove(strip);
    m_results->clear();
    showIdle();
}

}
