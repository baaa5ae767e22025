// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keycolumns.h"

#include "ui/pages/keys/keytablemodel.h"
#include "ui/widgets/tableview.h"

#include <QHeaderView>
#include <QMenu>

#include <algorithm>
#include <chrono>

namespace ui {

namespace {
    constexpr std::chrono::milliseconds saveAfter {400};
    constexpr int minWidth = 40, maxWidth = 2000; // what a damaged setting may ask for
    const char choiceName[] = "keys/columns";
    // By column, as they are written in the setting.
    const char* const names[KeyTableModel::ColumnCount] = {"key", "ttl", "memory", "type", "kind"};
    const QList<int> defaultWidths {180, 136, 88, 72, 72};
    // The first gives way first.
    const QList<int> leastWanted {KeyTableModel::Type, KeyTableModel::Kind, KeyTableModel::Memory, KeyTableModel::Ttl};

    int columnNamed(const QString& name)
    {
        for (int column = 0; column < KeyTableModel::ColumnCount; ++column) {
            if (name == QLatin1String(names[column]))
                return column;
        }
        return -1;
    }
}

KeyColumns::KeyColumns(TableView* table, core::settings::Store* store, QObject* parent)
    : QObject(parent)
    , m_table(table)
    , m_store(store)
    , m_widths(defaultWidths)
{
    m_save.setSingleShot(true);
    m_save.setInterval(saveAfter);
    connect(&m_save, &QTimer::timeout, this, &KeyColumns::save);
    table->setStretchColumn(KeyTableModel::Key, 240);
    restore();
    QHeaderView* header = table->horizontalHeader();
    header->setSectionsMovable(true);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QWidget::customContextMenuRequested, this, &KeyColumns::openMenu);
    connect(header, &QHeaderView::sectionMoved, this, &KeyColumns::remember);
    connect(header, &QHeaderView::sectionResized, this, [this](int column, int, int width) { onResized(column, width); });
}

// The window may be closed before the pause is over.
KeyColumns::~KeyColumns()
{
    if (m_save.isActive())
        save();
}

// "key ttl:136 -memory:80 …" in the order on screen; "-" before what is hidden. What cannot be read is as in the beginning.
void KeyColumns::restore()
{
    QList<int> order;
    const QStringList words = m_store->choice(QString::fromLatin1(choiceName)).split(u' ', Qt::SkipEmptyParts);
    for (const QString& word : words) {
        const bool hidden = word.startsWith(u'-');
        const int column = columnNamed(word.section(u':', 0, 0).mid(hidden ? 1 : 0));
        if (column < 0 || order.contains(column))
            continue;
        order << column;
        if (hidden && column != KeyTableModel::Key)
            m_hidden << column;
        if (const int width = word.section(u':', 1).toInt(); width > 0)
            m_widths[column] = std::clamp(width, minWidth, maxWidth);
    }
    place(order);
    layout();
}

void KeyColumns::place(const QList<int>& order)
{
    QHeaderView* header = m_table->horizontalHeader();
    for (int at = 0; at < order.size(); ++at)
        header->moveSection(header->visualIndex(order.at(at)), at);
}

void KeyColumns::layout()
{
    m_table->setHideOrder({}); // so that none comes back while they change
    QList<int> mayGiveWay;
    for (const int column : leastWanted) {
        m_table->setColumnHidden(column, isHidden(column));
        if (!isHidden(column))
            mayGiveWay << column;
    }
    m_table->setColumnWidths(m_widths);
    m_table->setHideOrder(mayGiveWay);
}

void KeyColumns::setHidden(int column, bool hidden)
{
    if (column == KeyTableModel::Key || hidden == isHidden(column))
        return;
    if (hidden)
        m_hidden << column;
    else
        m_hidden.remove(column);
    layout();
    remember();
}

void KeyColumns::reset()
{
    m_hidden.clear();
    m_widths = defaultWidths;
    QList<int> order;
    for (int column = 0; column < KeyTableModel::ColumnCount; ++column)
        order << column;
    place(order);
    layout();
    remember();
}

// One that is hidden has no width, and the key's is what is left.
void KeyColumns::onResized(int column, int width)
{
    if (column == KeyTableModel::Key || width == 0)
        return;
    const int plain = std::clamp(qRound(width * 100.0 / scaled(100)), minWidth, maxWidth);
    if (m_widths.at(column) == plain)
        return;
    m_widths[column] = plain;
    remember();
}

void KeyColumns::addTo(QMenu* menu)
{
    for (int column = 0; column < KeyTableModel::ColumnCount; ++column) {
        if (column == KeyTableModel::Key)
            continue;
        const QString name = m_table->model()->headerData(column, Qt::Horizontal).toString();
        const bool hasNoRoom = !isHidden(column) && m_table->isColumnHidden(column);
        QAction* action = menu->addAction(hasNoRoom ? tr("%1 (no room)").arg(name) : name);
        action->setCheckable(true);
        action->setChecked(!isHidden(column));
        connect(action, &QAction::triggered, this, [this, column](bool on) { setHidden(column, !on); });
    }
    menu->addSeparator();
    connect(menu->addAction(tr("Reset columns")), &QAction::triggered, this, &KeyColumns::reset);
}

void KeyColumns::openMenu(const QPoint& at)
{
    auto* menu = new QMenu(m_table);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addTo(menu);
    menu->popup(m_table->horizontalHeader()->viewport()->mapToGlobal(at));
}

QString KeyColumns::text() const
{
    QStringList words;
    for (int at = 0; at < KeyTableModel::ColumnCount; ++at) {
        const int column = m_table->horizontalHeader()->logicalIndex(at);
        QString word = QString::fromLatin1(names[column]);
        if (column != KeyTableModel::Key)
            word += u':' + QString::number(m_widths.at(column));
        words << (isHidden(column) ? u'-' + word : word);
    }
    return words.join(u' ');
}

// Written down at once: the header may be gone when it is saved.
void KeyColumns::remember()
{
    if (m_table->horizontalHeader()->count() != KeyTableModel::ColumnCount)
        return; // its model is going
    m_changed = text();
    m_save.start();
}

void KeyColumns::save()
{
    if (m_store->choice(QString::fromLatin1(choiceName)) == m_changed)
        return;
    if (const auto saved = m_store->setChoice(QString::fromLatin1(choiceName), m_changed); !saved)
        emit saveFailed(saved.error());
}

}
