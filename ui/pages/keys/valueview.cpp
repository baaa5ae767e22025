// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/valueview.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "ui/pages/keys/collectionmodel.h"
#include "ui/pages/keys/imageview.h"
#include "ui/pages/keys/pagedtext.h"
#include "ui/pages/keys/structuremodel.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/button.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"
#include "ui/widgets/tableview.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QPushButton>
#include <QShortcut>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {

using core::values::Decoded;
using core::values::Decoder;
using core::values::Value;

namespace {
    constexpr int margin = 12;

    bool isJson(const Decoded& decoded) { return decoded.has(Decoder::Json) || decoded.has(Decoder::Envelope); }
}

ValueView::ValueView(QWidget* parent)
    : QWidget(parent)
    , m_choice(makeCombo(tr("Shown as"), {tr("Automatic")}))
    , m_chain(new QHBoxLayout)
    , m_note(new Label({}, Type::Small, Token::Warn))
    , m_tabs(new QTabBar)
    , m_stack(new QStackedWidget)
    , m_value(new PagedText(tr("Value")))
    , m_text(new PagedText(tr("Value as text")))
    , m_hex(new PagedText(tr("Value as bytes")))
    , m_tree(new TreeView(tr("Value as a tree")))
    , m_structure(new StructureModel(this))
    , m_table(new TableView(tr("Elements")))
    , m_members(new CollectionModel(this))
    , m_image(new ImageView)
    , m_read(new Label({}, Type::Small, Token::Text2))
    , m_more(makeButton(tr("Read more")))
    , m_add(makeIconButton(tr("Add"), QStringLiteral("plus")))
    , m_edit(makeIconButton(tr("Change"), QStringLiteral("edit")))
    , m_remove(makeIconButton(tr("Remove"), QStringLiteral("trash")))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_choiceRow = makeChoice();
    column->addWidget(m_choiceRow);
    m_note->setWordWrap(true);
    m_note->setContentsMargins(margin, 0, margin, 8);
    m_note->hide();
    column->addWidget(m_note);
    for (const QString& title : {tr("Value"), tr("Text"), tr("Hex"), tr("Tree")})
        m_tabs->addTab(title);
    m_tabs->setAccessibleName(tr("Forms of the value"));
    m_tabs->setUsesScrollButtons(false);
    m_tree->setModel(m_structure);
    m_tree->header()->setStretchLastSection(true);
    m_tree->header()->resizeSection(StructureModel::NameColumn, 130);
    m_table->setModel(m_members);
    m_table->setStretchColumn(1, 120);
    for (QWidget* view : QList<QWidget*> {m_value, m_text, m_hex, m_tree, m_table, m_image})
        m_stack->addWidget(view);
    connect(m_tabs, &QTabBar::currentChanged, this, &ValueView::showTab);
    column->addWidget(m_tabs);
    column->addWidget(m_stack, 1);
    m_foot = makeFoot();
    column->addWidget(m_foot);
    setTreeShown(false);
}

QWidget* ValueView::makeChoice()
{
    auto* rows = new QWidget;
    auto* column = new QVBoxLayout(rows);
    column->setContentsMargins(margin, 0, margin, 8);
    column->setSpacing(6);
    auto* layout = new QHBoxLayout;
    layout->setSpacing(6);
    for (const Decoder decoder : core::values::allDecoders())
        m_choice->addItem(core::values::decoderName(decoder));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_choice->setMinimumContentsLength(9);
    auto* label = new Label(tr("Shown as"), Type::Small, Token::Text2);
    label->setBuddy(m_choice);
    layout->addWidget(label);
    layout->addWidget(m_choice, 1);
    m_chain->setSpacing(4);
    column->addLayout(layout);
    column->addLayout(m_chain); // below: up to five names do not fit beside it
    connect(m_choice, &QComboBox::activated, this, &ValueView::chosenChanged);
    return rows;
}

QWidget* ValueView::makeFoot()
{
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(margin, 6, margin, 6);
    m_read->setWordWrap(true);
    layout->addWidget(m_read, 1);
    layout->addWidget(makeMemberActs());
    layout->addWidget(m_more);
    connect(m_more, &QPushButton::clicked, this, &ValueView::moreWanted);
    return row;
}

QWidget* ValueView::makeMemberActs()
{
    m_memberActs = new QWidget;
    auto* layout = new QHBoxLayout(m_memberActs);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    for (QToolButton* button : {m_add, m_edit, m_remove})
        layout->addWidget(button);
    connect(m_add, &QToolButton::clicked, this, &ValueView::addWanted);
    connect(m_edit, &QToolButton::clicked, this, &ValueView::editWanted);
    connect(m_remove, &QToolButton::clicked, this, &ValueView::removeWanted);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ValueView::showMemberActs);
    connect(m_members, &QAbstractItemModel::modelReset, this, &ValueView::showMemberActs);
    auto* remove = new QShortcut(QKeySequence(Qt::Key_Delete), m_table, nullptr, nullptr, Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, m_remove, &QToolButton::click);
    return m_memberActs;
}

void ValueView::setWritable(bool writable, const QString& why)
{
    m_writable = writable;
    m_whyNot = why;
    showMemberActs();
}

int ValueView::chosenMember() const
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    return m_isCollection && !rows.isEmpty() ? rows.first().row() : -1;
}

// Members of a set have nothing to change: one is removed and another added. Entries of a stream are never changed.
void ValueView::showMemberActs()
{
    const bool isChosen = chosenMember() >= 0;
    m_memberActs->setVisible(m_isCollection && m_type != "stream" && !m_type.isEmpty());
    m_edit->setVisible(m_type != "set");
    m_add->setEnabled(m_writable);
    m_add->setToolTip(m_writable ? tr("Add") : m_whyNot);
    for (QToolButton* button : {m_edit, m_remove}) {
        button->setEnabled(m_writable && isChosen);
        button->setToolTip(!m_writable ? m_whyNot : isChosen ? button->accessibleName() : tr("Select a row first"));
    }
}

std::optional<Decoder> ValueView::chosen() const
{
    const int index = m_choice->currentIndex();
    return index <= 0 ? std::nullopt : std::optional(core::values::allDecoders().at(index - 1));
}

void ValueView::resetChoice()
{
    m_choice->setCurrentIndex(0);
}

void ValueView::setTreeShown(bool shown)
{
    m_tabs->setTabVisible(TreeTab, shown);
}

void ValueView::showTab()
{
    QWidget* const views[] {m_isImage ? static_cast<QWidget*>(m_image) : m_value, m_text, m_hex, m_tree};
    m_stack->setCurrentWidget(m_isCollection ? static_cast<QWidget*>(m_table) : views[std::max(0, m_tabs->currentIndex())]);
}

void ValueView::showString(const Value& value, const Decoded& decoded, bool goesOn)
{
    m_isCollection = false;
    showMemberActs();
    m_isImage = decoded.has(Decoder::Image);
    m_tabs->show();
    m_choiceRow->show();
    const bool hasTree = decoded.structure.size() > 1;
    m_structure->setStructure(decoded.structure, isJson(decoded));
    setTreeShown(hasTree);
    showBody(value, decoded, goesOn);
    m_text->setBytes(value.bytes, PagedText::Form::Escaped, goesOn);
    m_hex->setBytes(value.bytes, PagedText::Form::Hex, goesOn);
    showChain(decoded);
    showProblem(decoded);
    showFoot(value);
    showTab();
}

void ValueView::showBody(const Value& value, const Decoded& decoded, bool goesOn)
{
    m_isImage ? m_image->setBytes(decoded.bytes, decoded.imageFormat) : m_image->clear();
    if (decoded.has(Decoder::Hex))
        m_value->setBytes(value.bytes, PagedText::Form::Hex, goesOn);
    else if (decoded.text.isEmpty() && !decoded.bytes.isEmpty())
        m_value->setBytes(decoded.bytes, PagedText::Form::Escaped, goesOn);
    else
        m_value->setBytes(decoded.text, isJson(decoded) ? PagedText::Form::Json : PagedText::Form::Plain, goesOn);
}

void ValueView::showChain(const Decoded& decoded)
{
    while (QLayoutItem* item = m_chain->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const Decoder step : decoded.steps) {
        const QString name = step == Decoder::Image ? QString::fromLatin1(decoded.imageFormat) : step == Decoder::Envelope ? tr("envelope") : core::values::decoderName(step);
        m_chain->addWidget(new Badge(name, Tone::Neutral));
    }
    m_chain->addStretch(1);
}

void ValueView::showProblem(const Decoded& decoded)
{
    QStringList sentences;
    if (decoded.problem)
        sentences += core::oneLine(*decoded.problem);
    if (decoded.isStopped)
        sentences += tr("It unpacks to more: stopped at %1.").arg(core::formatBytes(decoded.bytes.size()));
    if (decoded.isTextCut)
        sentences += tr("Laid out it is longer: stopped at %1.").arg(core::formatBytes(decoded.text.size()));
    m_problem = sentences.join(u' ');
    setTrouble(m_trouble);
}

void ValueView::setTrouble(const QString& sentence)
{
    m_trouble = sentence;
    m_note->setText(m_trouble.isEmpty() ? m_problem : m_trouble);
    m_note->setVisible(!m_note->text().isEmpty());
}

void ValueView::showCollection(const Value& value, bool goesOn)
{
    m_isCollection = true;
    m_isImage = false;
    m_problem.clear();
    m_tabs->hide();
    m_choiceRow->hide();
    m_type = value.isReadable() ? value.type : QByteArray();
    m_members->setValue(value, goesOn);
    showMemberActs();
    if (!goesOn) {
        m_table->setColumnWidths({value.type == "hash" || value.type == "stream" ? 128 : 72, 0});
        m_table->scrollToTop();
    }
    setTrouble(m_trouble);
    showFoot(value);
    showTab();
}

void ValueView::showFoot(const Value& value)
{
    m_truncated = value.truncated;
    const bool readable = value.isReadable();
    if (!readable)
        m_read->setText(tr("This type cannot be read in this version."));
    else if (m_isCollection)
        m_read->setText(tr("%1 of %2").arg(core::formatCount(value.rows()), core::formatCount(value.length)));
    else
        m_read->setText(tr("The first %1 of %2").arg(core::formatBytes(value.bytes.size()), core::formatBytes(value.length)));
    m_foot->setVisible(m_isCollection || value.truncated);
    m_more->setVisible(readable && value.truncated);
}

void ValueView::setReading(bool reading)
{
    m_more->setEnabled(!reading);
    m_more->setText(reading ? tr("Reading…") : tr("Read more"));
}

QString ValueView::text() const
{
    if (m_isCollection) {
        if (const QString selected = m_table->copyText(); !selected.isEmpty())
            return selected;
        QStringList lines;
        static constexpr int most = 10'000;
        for (int row = 0; row < std::min(most, m_members->rowCount()); ++row)
            lines += copyRow(m_members->index(row, 0), {0, 1});
        return lines.join(u'\n');
    }
    const QWidget* shown = m_stack->currentWidget();
    if (shown == m_tree)
        return m_tree->copyText();
    if (shown == m_image)
        return m_image->text();
    return static_cast<const PagedText*>(shown)->text();
}

}
