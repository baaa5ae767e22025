// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/replaypage.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/cache/querycodec.h"
#include "ui/pages/replay/responsepane.h"
#include "ui/pages/replay/verdictpane.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/field.h"
#include "ui/widgets/tableview.h"

#include <QComboBox>
#include <QItemSelectionModel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>

#include <array>

using core::replay::Replay;
using core::replay::ReplayResult;

namespace ui {

namespace {
    // HEAD is not offered: every LightAPI from 0.1.13 on empties the class for it.
    const QStringList methods {QStringLiteral("GET"), QStringLiteral("POST"), QStringLiteral("PUT"), QStringLiteral("PATCH"), QStringLiteral("DELETE")};
    constexpr std::array times {1, 2, 5, 10};
    constexpr int keptResults = 500;
    const QString requestStrip = QStringLiteral("request");

    QString resultFact(const ReplayResult& result)
    {
        if (!result.response)
            return ReplayPage::tr("no answer");
        QString fact = core::displayText(result.verdict.sentence);
        if (!result.verdict.contradictions.isEmpty())
            fact = ReplayPage::tr("Contradiction. ") + fact;
        return fact;
    }

    QVariant verdictCell(const ReplayResult& result, int role)
    {
        const Look look = verdictLook(core::http::verdictName(result.verdict.verdict));
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

    QList<RowModel<ReplayResult>::Column> columns()
    {
        const auto left = Qt::AlignLeft | Qt::AlignVCenter;
        const auto right = Qt::AlignRight | Qt::AlignVCenter;
        return {
            {ReplayPage::tr("Request"), left, [](const ReplayResult& r) { return core::displayText(r.target); },
                [](const ReplayResult& r, int role) { return role == BytesRole ? QVariant(r.target) : QVariant(); }},
            {ReplayPage::tr("Verdict"), left, [](const ReplayResult& r) { return core::http::verdictName(r.verdict.verdict); }, verdictCell},
            {ReplayPage::tr("Took"), right, [](const ReplayResult& r) -> QString {
                 return r.response ? core::formatMs(r.response->timing.total) : QString();
             }},
            {ReplayPage::tr("What happened"), left, resultFact},
        };
    }
}

ReplayPage::ReplayPage(Workspace* workspace, QWidget* parent)
    : Page(PageId::Replay, tr("Replay"), QStringLiteral("replay"), workspace, parent)
    , m_method(makeCombo(tr("Method"), methods))
    , m_target(makeField(tr("Request target"), tr("/products?page=1"), true))
    , m_times(makeCombo(tr("How often"), {tr("Once"), tr("2 times"), tr("5 times"), tr("10 times")}))
    , m_send(makeButton(tr("Send"), QStringLiteral("arrow-right"), ButtonKind::Primary))
    , m_headersButton(makeButton(tr("Headers"), QStringLiteral("edit")))
    , m_headers(new QPlainTextEdit)
    , m_verdict(new VerdictPane)
    , m_response(new ResponsePane)
    , m_results(new RowModel<ReplayResult>(columns(), this))
{
    setupRequest();
    m_faces = new FaceStack(makeResults());
    content()->addWidget(m_faces, 1);
    connect(workspace, &Workspace::connectionStateChanged, this, &ReplayPage::updateActs);
    connect(workspace, &Workspace::routesChanged, this, &ReplayPage::showForecast);
    auto* sendKey = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this);
    sendKey->setContext(Qt::WidgetWithChildrenShortcut);
    connect(sendKey, &QShortcut::activated, m_send, &QPushButton::click);
    showIdle();
    updateActs();
}

void ReplayPage::setupRequest()
{
    addFilter(m_method);
    addFilter(m_target, 1);
    addFilter(m_times);
    addFilter(m_headersButton);
    addFilter(m_send);
    setFilterField(m_target);
    m_headersButton->setCheckable(true);
    m_send->setToolTip(tr("Send (Ctrl+Enter)"));
    m_headers->setAccessibleName(tr("Request headers, one a line"));
    m_headers->setPlaceholderText(tr("Authorization: Bearer …\nAccept: application/json"));
    m_headers->setFont(ui::font(Type::Mono));
    m_headers->setLayoutDirection(Qt::LeftToRight);
    m_headers->setTabChangesFocus(true);
    m_headers->setFixedHeight(scaled(76));
    m_headers->hide();
    content()->addWidget(m_headers);
    connect(m_headersButton, &QPushButton::toggled, m_headers, &QWidget::setVisible);
    connect(m_headers, &QPlainTextEdit::textChanged, this, &ReplayPage::showHeaderCount);
    connect(m_send, &QPushButton::clicked, this, &ReplayPage::send);
    connect(m_target, &QLineEdit::returnPressed, m_send, &QPushButton::click);
    connect(m_target, &QLineEdit::textChanged, this, [this] {
        m_methodConfirmed = false;
        strips()->remove(requestStrip);
        showForecast();
    });
    connect(m_method, &QComboBox::currentIndexChanged, this, [this] {
        m_methodConfirmed = false;
        strips()->remove(requestStrip);
        showForecast();
    });
}

QWidget* ReplayPage::makeResults()
{
    m_table = new TableView(tr("Requests sent"));
    m_table->setModel(m_results);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setColumnWidths({200, 120, 90, 240});
    m_table->setStretchColumn(3, 160);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) { showResult(index.row()); });
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

void ReplayPage::openHint(const PageHint& hint)
{
    if (hint.targets.isEmpty() || m_job)
        return;
    m_method->setCurrentIndex(0);
    m_target->setText(QString::fromUtf8(hint.targets.first()));
    m_target->setFocus(Qt::OtherFocusReason);
}

// Before anything is sent: the key that is expected, or what else the request would do.
void ReplayPage::showForecast()
{
    const QByteArray target = m_target->text().toUtf8();
    if (target.isEmpty() || !core::cache::checkTarget(target)) {
        setFact(workspace()->client() ? workspace()->client()->options().baseUrl : QString());
        return;
    }
    const core::cache::RequestForecast forecast = core::cache::forecast({m_method->currentText().toLatin1(), target, {}}, workspace()->routes());
    if (!forecast.effects.isEmpty())
        setFact(tr("would purge %1").arg(core::displayText(forecast.effects.first().pattern)));
    else if (!forecast.predictions.isEmpty())
        setFact(tr("expected key %1").arg(core::displayText(forecast.predictions.first().key)));
    else if (forecast.cached == core::cache::Cached::No)
        setFact(tr("this class is not cached"));
    else
        setFact(tr("no route is known for this target, so no key can be predicted"));
}

core::Result<core::http::Headers> ReplayPage::headers() const
{
    core::http::Headers list;
    const QStringList lines = m_headers->toPlainText().split(u'\n', Qt::SkipEmptyParts);
    for (const QString& line : lines) {
        const auto header = core::http::headerFromArgument(line);
        if (!header)
            return core::fail(header.error());
        list << *header;
    }
    return list;
}

// They are sent also while the field is hidden, so the button tells of them.
void ReplayPage::showHeaderCount()
{
    const QStringList lines = m_headers->toPlainText().split(u'\n', Qt::SkipEmptyParts);
    m_headersButton->setText(lines.isEmpty() ? tr("Headers") : tr("Headers %1").arg(lines.size()));
}

// A request other than GET may change data and purges the class: it is said first and wants a second click.
bool ReplayPage::confirmMethod()
{
    const QString method = m_method->currentText();
    if (method == QLatin1StringView("GET") || m_methodConfirmed)
        return true;
    strips()->show(requestStrip, {Tone::Warn, tr("%1 may change data, and LightAPI empties the whole class for it.").arg(method), tr("Even if the request fails."),
                                     {{tr("Send %1").arg(method), [this] {
                                           m_methodConfirmed = true;
                                           send();
                                       }}}});
    return false;
}

void ReplayPage::send()
{
    if (m_job || !workspace()->client())
        return;
    strips()->remove(requestStrip);
    const QByteArray target = m_target->text().toUtf8();
    const auto valid = core::cache::checkTarget(target);
    setFieldBad(m_target, !valid);
    if (!valid) {
        strips()->showError(requestStrip, valid.error());
        return;
    }
    const auto fields = headers();
    if (!fields) {
        m_headersButton->setChecked(true);
        strips()->showError(requestStrip, fields.error());
        return;
    }
    if (!confirmMethod())
        return;
    Replay::Options options;
    options.targets = {target};
    options.methodConfirmed = m_methodConfirmed;
    options.seen = workspace()->seenKeys();
    m_methodConfirmed = false;
    options.method = m_method->currentText().toLatin1();
    options.headers = *fields;
    options.repeat = options.method == "GET" ? times.at(static_cast<std::size_t>(m_times->currentIndex())) : 1;
    startJob(options);
}

void ReplayPage::startJob(const Replay::Options& options)
{
    m_job = new Replay(workspace()->session(), workspace()->client(), workspace()->routes(), options, this);
    connect(m_job, &Replay::resultReady, this, &ReplayPage::onResult);
    connect(m_job, &core::Job::finished, this, &ReplayPage::onFinished);
    workspace()->jobs()->track(m_job, {tr("Replaying"), core::displayText(options.targets.first()), tr("requests"), QStringLiteral("replay")});
    if (m_results->rowCount() == 0)
        m_faces->showLoading(tr("Waiting for the answer"));
    updateActs();
    m_job->start();
}

void ReplayPage::onResult(const core::replay::ReplayResult& result)
{
    if (m_results->rowCount() >= keptResults)
        m_results->removeAt(0);
    m_results->append({result});
    m_faces->showFilled();
    m_table->selectRow(m_results->rowCount() - 1);
    m_table->scrollToBottom();
}

void ReplayPage::onFinished()
{
    Replay* job = m_job;
    m_job = nullptr;
    job->deleteLater();
    updateActs();
    if (!job->outcome() && !job->wasCancelled())
        strips()->showError(requestStrip, job->outcome().error(), [this] { send(); });
    if (m_results->rowCount() == 0)
        showIdle();
}

void ReplayPage::showResult(int row)
{
    if (row < 0)
        return;
    m_verdict->show(m_results->row(row));
    m_response->show(m_results->row(row));
}

void ReplayPage::showIdle()
{
    if (!workspace()->isOpen())
        m_faces->showEmpty({QStringLiteral("connections"), tr("Not connected"), tr("Connect to the Redis server that the LightAPI app caches in."), Tone::Accent,
            {{tr("Choose a connection"), [this] { workspace()->openPage(PageId::Connections); }}}});
    else if (!workspace()->client())
        m_faces->showEmpty({QStringLiteral("server"), tr("No LightAPI address"), tr("Replay sends requests to the LightAPI server. Give its base URL in the connection."), Tone::Warn,
            {{tr("Edit the connection"), [this] {
                  PageHint hint;
                  hint.profile = workspace()->profile().name;
                  workspace()->openPage(PageId::Connections, hint);
              }}}});
    else
        m_faces->showEmpty({QStringLiteral("replay"), tr("Send a request"),
            tr("Redis is looked at before and after. The verdict rests on what is seen there: no LightAPI release sends cache headers of its own.")});
}

void ReplayPage::updateActs()
{
    const bool ready = workspace()->isOpen() && workspace()->client();
    m_send->setEnabled(ready && !m_job);
    if (m_results->rowCount() == 0 && !m_job)
        showIdle();
    showForecast();
}

void ReplayPage::pageConnected()
{
    m_results->clear();
    strips()->clear();
    showIdle();
    updateActs();
}

void ReplayPage::pageDisconnected()
{
    cancel();
    m_results->clear();
    m_headers->clear(); // a token for this server must not reach the next one
    m_methodConfirmed = false;
    showIdle();
    updateActs();
}

bool ReplayPage::cancel()
{
    if (!m_job)
        return false;
    m_job->cancel();
    return true;
}

}
