// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/page.h"

#include "core/base/format.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/label.h"
#include "ui/widgets/tableview.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QShowEvent>
#include <QVBoxLayout>

namespace ui {

Page::Page(PageId id, const QString& title, const QString& icon, Workspace* workspace, QWidget* parent)
    : QWidget(parent)
    , m_id(id)
    , m_title(title)
    , m_icon(icon)
    , m_workspace(workspace)
{
    setAccessibleName(title);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(12);
    setupHeader(column);
    m_strips = new StripStack(this);
    column->addWidget(m_strips);
    m_filterRow = new QWidget(this);
    m_filters = new QHBoxLayout(m_filterRow);
    m_filters->setContentsMargins(0, 0, 0, 0);
    m_filters->setSpacing(8);
    m_filterRow->hide();
    column->addWidget(m_filterRow);
    m_content = new QVBoxLayout;
    m_content->setSpacing(12);
    column->addLayout(m_content, 1);
    connect(workspace, &Workspace::connected, this, [this] { pageConnected(); });
    connect(workspace, &Workspace::disconnected, this, [this] { pageDisconnected(); });
    // Not from here: the page that is being made is not yet itself.
    QMetaObject::invokeMethod(this, [this] {
        followTables();
        if (m_workspace->isOpen())
            pageConnected();
    }, Qt::QueuedConnection);
}

void Page::followTables()
{
    for (TableView* table : findChildren<TableView*>()) {
        connect(table, &TableView::copyRefused, this, [this](qint64 rows) {
            m_strips->show(QStringLiteral("copy"),
                {Tone::Warn, tr("Nothing was copied: %1 rows are selected.").arg(core::formatCount(rows)),
                    tr("At most %1 can be copied at once. Select fewer.").arg(core::formatCount(TableView::maxCopiedRows))});
        });
    }
}

void Page::setupHeader(QVBoxLayout* column)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    m_titleLabel = new Label(m_title, Type::PageTitle, Token::Text, this);
    m_titleLabel->setMinimumHeight(scaled(36));
    m_factLabel = new ElidedLabel(Type::Small, Token::Text2, Qt::ElideRight, this);
    m_factLabel->setContentsMargins(4, 0, 0, 0);
    m_actions = new QHBoxLayout;
    m_actions->setSpacing(8);
    row->addWidget(m_titleLabel);
    row->addSpacing(4);
    row->addWidget(m_factLabel, 1);
    row->addLayout(m_actions);
    column->addLayout(row);
}

QString Page::fact() const
{
    return m_factLabel->text();
}

void Page::focusFilter()
{
    if (!m_filterField)
        return;
    m_filterField->setFocus(Qt::ShortcutFocusReason);
    if (auto* field = qobject_cast<QLineEdit*>(m_filterField))
        field->selectAll();
}

void Page::setFact(const QString& fact)
{
    m_factLabel->setText(fact);
}

void Page::setBadge(int count, Tone tone)
{
    if (count == m_badge && tone == m_badgeTone)
        return;
    m_badge = count;
    m_badgeTone = tone;
    emit badgeChanged();
}

void Page::addAction(QWidget* widget)
{
    m_actions->addWidget(widget);
}

void Page::addFilter(QWidget* widget, int stretch)
{
    m_filters->addWidget(widget, stretch);
    m_filterRow->show();
}

void Page::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (event->spontaneous() || m_shown)
        return;
    m_shown = true;
    pageShown();
}

void Page::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    if (event->spontaneous() || !m_shown)
        return;
    m_shown = false;
    pageHidden();
}

}
