// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/activity/activitypage.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/field.h"
#include "ui/widgets/segmentedcontrol.h"
#include "ui/widgets/tableview.h"

#include <QJsonObject>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <QtConcurrentRun>

using core::invalidate::AuditEntry;
using core::invalidate::AuditLog;
using core::redis::SentCommand;

namespace ui {

namespace {
    // Enough to look back over minutes of work; older lines leave at the top.
    constexpr int keptCommands = 20'000;
    constexpr int droppedAtOnce = 5'000;

    constexpr auto left = Qt::AlignLeft | Qt::AlignVCenter;
    constexpr auto right = Qt::AlignRight | Qt::AlignVCenter;

    QString clockText(const QDateTime& at)
    {
        return at.toLocalTime().toString(QStringLiteral("HH:mm:ss.zzz"));
    }

    QList<RowModel<SentCommand>::Column> commandColumns()
    {
        return {
            {ActivityPage::tr("Time"), left, [](const SentCommand& c) { return clockText(c.at); },
                [](const SentCommand& c, int role) {
                    return role == ExactRole ? QVariant(core::formatInstant(c.at.toMSecsSinceEpoch())) : role == SortRole ? QVariant(c.at) : QVariant();
                }},
            {ActivityPage::tr("Command"), left, [](const SentCommand& c) { return c.text; },
                [](const SentCommand& c, int role) { return role == BytesRole ? QVariant(c.text.toUtf8()) : QVariant(); }},
            {ActivityPage::tr("Line"), left, [](const SentCommand& c) { return c.line; }},
            {ActivityPage::tr("Lookups"), right, [](const SentCommand& c) { return c.lookups ? core::formatCount(c.lookups) : QString(); },
                [](const SentCommand& c, int role) { return role == SortRole ? QVariant(c.lookups) : QVariant(); }},
            {ActivityPage::tr("Took"), right, [](const SentCommand& c) -> QString { return core::formatMs(static_cast<double>(c.durationUs) / 1000); },
                [](const SentCommand& c, int role) { return role == SortRole ? QVariant(c.durationUs) : QVariant(); }},
            {ActivityPage::tr("Error"), left, [](const SentCommand& c) { return core::displayText(c.error); },
                [](const SentCommand& c, int role) { return role == ToneRole && !c.error.isEmpty() ? QVariant(static_cast<int>(Tone::Bad)) : QVariant(); }},
        };
    }

    QString countsText(const AuditEntry& entry)
    {
        if (entry.isOpen())
            return ActivityPage::tr("not known: under way, or cut short");
        QStringList parts;
        for (auto it = entry.counts.begin(); it != entry.counts.end(); ++it) {
            if (it.value().isDouble() && it.value().toInteger() != 0 && it.key() != QLatin1StringView("duration_ms"))
                parts << core::formatCount(it.value().toInteger()) + u' ' + it.key().replace(u'_', u' ');
        }
        return parts.join(QStringLiteral(", "));
    }

    QVariant outcomeCell(const AuditEntry& entry, int role)
    {
        const bool done = entry.outcome == QLatin1StringView("done");
        switch (role) {
        case BadgeRole:
            return true;
        case ToneRole:
            return static_cast<int>(done ? Tone::Ok : entry.outcome == QLatin1StringView("cancelled") ? Tone::Warn : Tone::Bad);
        case IconRole:
            return done ? QStringLiteral("ring-check") : QStringLiteral("triangle");
        case Qt::ToolTipRole:
            return core::displayText(entry.outcome); // escaped by the view
        default:
            return {};
        }
    }

    QList<RowModel<AuditEntry>::Column> auditColumns()
    {
        return {
            {ActivityPage::tr("When"), left, [](const AuditEntry& e) { return e.at.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")); },
                [](const AuditEntry& e, int role) { return role == SortRole ? QVariant(e.at) : QVariant(); }},
            {ActivityPage::tr("Outcome"), left, [](const AuditEntry& e) { return core::displayText(e.outcome.section(u':', 0, 0)); }, outcomeCell},
            {ActivityPage::tr("Act"), left, [](const AuditEntry& e) { return core::displayText(e.act); }},
            {ActivityPage::tr("What"), left, [](const AuditEntry& e) { return core::displayText(e.selectors.join(QStringLiteral(", "))); },
                [](const AuditEntry& e, int role) { return role == BytesRole ? QVariant(e.selectors.join(QStringLiteral(", ")).toUtf8()) : QVariant(); }},
            {ActivityPage::tr("Counts"), left, countsText},
            {ActivityPage::tr("Server"), left, [](const AuditEntry& e) { return core::displayText(e.profile.isEmpty() ? e.server : QString(e.profile + QStringLiteral(" · ") + e.server)); }},
        };
    }

    QSortFilterProxyModel* makeFilter(QAbstractItemModel* source, QObject* parent)
    {
        auto* filter = new QSortFilterProxyModel(parent);
        filter->setSourceModel(source);
        filter->setSortRole(SortRole);
        filter->setFilterKeyColumn(-1);
        filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
        return filter;
    }
}

ActivityPage::ActivityPage(Workspace* workspace, QWidget* parent)
    : Page(PageId::Activity, tr("Activity"), QStringLiteral("activity"), workspace, parent)
    , m_commands(new RowModel<SentCommand>(commandColumns(), this))
    , m_audit(new RowModel<AuditEntry>(auditColumns(), this))
    , m_commandFilter(makeFilter(m_commands, this))
    , m_auditFilter(makeFilter(m_audit, this))
    , m_choice(new SegmentedControl(tr("What is listed"), {tr("Commands sent"), tr("Audit log")}))
    , m_filter(makeSearchField(tr("Filter activity"), tr("Filter (Ctrl+F)")))
    , m_pause(makeButton(tr("Pause"), QStringLiteral("pause")))
    , m_stack(new QStackedWidget)
    , m_commandFaces(makeCommands())
    , m_auditFaces(makeAudit())
{
    addAction(m_pause);
    connect(m_pause, &QPushButton::clicked, this, [this] { setPaused(!m_paused); });
    addFilter(m_choice);
    addFilter(m_filter, 1);
    setFilterField(m_filter);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_commandFilter->setFilterFixedString(text);
        m_auditFilter->setFilterFixedString(text);
    });
    m_stack->addWidget(m_commandFaces);
    m_stack->addWidget(m_auditFaces);
    content()->addWidget(m_stack, 1);
    connect(m_choice, &SegmentedControl::currentChanged, this, [this](int index) {
        m_stack->setCurrentIndex(index);
        m_pause->setVisible(index == 0);
        refresh();
    });
    showCommands();
}

FaceStack* ActivityPage::makeCommands()
{
    auto* card = new Card;
    m_commandTable = new TableView(tr("Commands sent"));
    m_commandTable->setModel(m_commandFilter);
    m_commandTable->setColumnWidths({110, 400, 100, 80, 90, 200});
    m_commandTable->setStretchColumn(1);
    card->body()->addWidget(m_commandTable, 1);
    return new FaceStack(card);
}

FaceStack* ActivityPage::makeAudit()
{
    auto* card = new Card;
    auto* table = new TableView(tr("Audit log"));
    table->setModel(m_auditFilter);
    table->setSortingEnabled(true);
    table->setColumnWidths({150, 110, 110, 300, 200, 220});
    table->setStretchColumn(3);
    table->sortByColumn(0, Qt::DescendingOrder);
    card->body()->addWidget(table, 1);
    return new FaceStack(card);
}

void ActivityPage::refresh()
{
    if (m_choice->current() == 1)
        readAudit();
    else
        showCommands();
}

bool ActivityPage::cancel()
{
    if (m_filter->text().isEmpty())
        return false;
    m_filter->clear();
    return true;
}

void ActivityPage::pageShown()
{
    refresh();
}

void ActivityPage::pageConnected()
{
    m_errors = 0;
    m_commands->clear();
    connect(workspace()->session(), &core::redis::Session::commandsLogged, this, &ActivityPage::onCommands);
    refresh();
}

void ActivityPage::pageDisconnected()
{
    showCounts();
}

// Lines stay where the reader looks: the table follows the end only while it is at the end.
void ActivityPage::onCommands(const QList<SentCommand>& commands)
{
    for (const SentCommand& command : commands)
        m_errors += command.error.isEmpty() ? 0 : 1;
    if (m_paused)
        return;
    QScrollBar* bar = m_commandTable->verticalScrollBar();
    const bool atEnd = bar->value() == bar->maximum();
    if (m_commands->rowCount() + commands.size() > keptCommands)
        m_commands->setRows(m_commands->rows().mid(droppedAtOnce));
    m_commands->append(commands);
    if (atEnd)
        m_commandTable->scrollToBottom();
    if (isShown())
        showCommands();
}

void ActivityPage::showCommands()
{
    showCounts();
    if (m_commands->rowCount() > 0) {
        m_commandFaces->showFilled();
        return;
    }
    m_commandFaces->showEmpty({QStringLiteral("activity"), tr("Nothing was sent yet"),
        tr("Every command that Cachelight sends to Redis is listed here, with the lookups it cost; passwords and values are masked."), Tone::Accent,
        workspace()->isOpen() ? QList<StripAction>() : QList<StripAction> {{tr("Choose a connection"), [this] { workspace()->openPage(PageId::Connections); }}}});
}

void ActivityPage::showCounts()
{
    const core::redis::Session* session = workspace()->session();
    if (m_choice->current() == 1) {
        setFact(m_damagedLines ? tr("%1 could not be read").arg(counted(m_damagedLines, tr("line"), tr("lines"))) : workspace()->audit().file());
        return;
    }
    if (!session) {
        setFact({});
        return;
    }
    QString fact = tr("%1 commands, %2 lookups of our own, %3 errors")
                       .arg(core::formatCount(session->commandsSent()), core::formatCount(session->ownLookups()), core::formatCount(m_errors));
    if (session->ownLookupsUnknown() > 0)
        fact += tr(", %1 lookups with their reply lost").arg(core::formatCount(session->ownLookupsUnknown()));
    setFact(fact);
}

void ActivityPage::setPaused(bool paused)
{
    m_paused = paused;
    m_pause->setText(paused ? tr("Resume") : tr("Pause"));
}

void ActivityPage::readAudit()
{
    m_auditFaces->showLoading(tr("Reading the audit log"));
    const AuditLog log = workspace()->audit();
    const QFuture<core::Result<AuditLog::Contents>> reading = QtConcurrent::run([log] { return log.read(); });
    core::onFinished(reading, this, [this](const core::Result<AuditLog::Contents>& contents) {
        if (!contents) {
            m_auditFaces->showError(contents.error(), [this] { readAudit(); });
            return;
        }
        m_damagedLines = contents->damagedLines;
        m_audit->setRows(contents->entries);
        showCounts();
        if (contents->entries.isEmpty())
            m_auditFaces->showEmpty({QStringLiteral("list-check"), tr("No destructive act yet"),
                tr("Invalidations and released locks are written down here: who, when, on which server, what was selected and how many keys went. Values never are.")});
        else
            m_auditFaces->showFilled();
    });
}

}
