// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keyrules/templatepanel.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/cache/keyscheme.h"
#include "core/cache/querycodec.h"
#include "ui/pages/keyrules/templatefits.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"
#include "ui/widgets/tableview.h"

#include <QGridLayout>
#include <QItemSelectionModel>
#include <QPushButton>

#include <algorithm>

namespace ui {

using core::cache::KeyTemplate;

namespace {
    QString orDash(const std::optional<QByteArray>& text)
    {
        return text ? core::shortDisplayText(*text) : QStringLiteral("–");
    }

    // A request for a route that the table lacks is tried as if there were one for its path.
    core::cache::RouteTable tableFor(const KeyTemplate& keyTemplate, const QByteArray& target, const core::cache::RouteTable& known)
    {
        const QByteArray path = core::cache::splitTarget(target).path;
        core::cache::Route route;
        if (const core::cache::Route* match = known.match(path))
            route = *match;
        else
            route.route = path;
        route.scheme = keyTemplate.name();
        core::cache::RouteTable table;
        table.setRelease(known.release());
        table.add(route);
        table.add(keyTemplate);
        return table;
    }
}

TemplatePanel::TemplatePanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_entries(new RowModel<Entry>(entryColumns(), this))
    , m_samples(new RowModel<Sample>(sampleColumns(), this))
    , m_list(new TableView(tr("Key templates")))
    , m_sampleTable(new TableView(tr("Keys that fit")))
    , m_name(makeField(tr("Name"), tr("shop")))
    , m_text(makeField(tr("Template"), tr("product:{id}:{sorted_query}"), true))
    , m_ttl(makeField(tr("Lives, seconds"), tr("not known")))
    , m_target(makeField(tr("Request to try"), tr("/products/7?size=2"), true))
    , m_nameField(new FormField(tr("Name"), m_name))
    , m_textField(new FormField(tr("Template"), m_text))
    , m_ttlField(new FormField(tr("Lives, seconds"), m_ttl))
    , m_remove(makeButton(tr("Remove"), QStringLiteral("trash"), ButtonKind::DangerText))
    , m_scan(makeButton(tr("Scan the keys"), QStringLiteral("search")))
    , m_sentence(new Label({}, Type::Small, Token::Text2))
    , m_requestResult(new Label({}, Type::Small, Token::Text2))
    , m_fits(new TemplateFits(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(makeList(), 2);
    column->addWidget(makeForm());
    column->addWidget(makeTest(), 3);
    connect(m_fits, &TemplateFits::found, this, &TemplatePanel::showFits);
    connect(m_scan, &QPushButton::clicked, this, &TemplatePanel::scan);
    followIndex();
    load();
}

QList<RowModel<TemplatePanel::Entry>::Column> TemplatePanel::entryColumns()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    const auto right = Qt::AlignRight | Qt::AlignVCenter;
    const auto tone = [](const Entry& e, int role) { return role == ToneRole && !e.made ? QVariant(static_cast<int>(Tone::Bad)) : QVariant(); };
    return {{tr("Name"), left, [](const Entry& e) { return core::shortened(e.name); }, {}},
        {tr("Template"), left, [](const Entry& e) { return core::shortened(e.text); },
            [tone](const Entry& e, int role) { return role == BytesRole ? QVariant(e.text.toUtf8()) : tone(e, role); }},
        {tr("Lives"), right, [](const Entry& e) { return e.ttl.isEmpty() ? QStringLiteral("–") : tr("%1 s").arg(e.ttl); }, {}},
        {tr("Keys here"), right, [](const Entry& e) { return e.fit ? core::formatCount(e.fit->keys) : QStringLiteral("–"); }, {}}};
}

QList<RowModel<TemplatePanel::Sample>::Column> TemplatePanel::sampleColumns()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    return {{tr("Key"), left, [](const Sample& s) { return core::shortDisplayText(s.key); },
                [](const Sample& s, int role) { return role == BytesRole ? QVariant(s.key) : QVariant(); }},
        {tr("Class"), left, [](const Sample& s) { return orDash(s.values.className); }, {}},
        {tr("Path"), left, [](const Sample& s) { return orDash(s.values.path); }, {}},
        {tr("Query"), left, [](const Sample& s) { return s.values.query.isEmpty() ? QStringLiteral("–") : core::shortDisplayText(core::cache::encodeQuery(s.values.query)); }, {}},
        {tr("User"), left, [](const Sample& s) { return orDash(s.values.user); }, {}},
        {tr("Id"), left, [](const Sample& s) { return orDash(s.values.id); }, {}},
        {tr("Reading"), left, [](const Sample& s) { return s.certain ? tr("certain") : tr("ambiguous"); },
            [](const Sample& s, int role) -> QVariant {
                if (role == ToneRole)
                    return static_cast<int>(s.certain ? Tone::Ok : Tone::Warn);
                return role == BadgeRole ? QVariant(true) : QVariant();
            }}};
}

QWidget* TemplatePanel::makeList()
{
    auto* card = new Card(tr("Templates of the app's own keys"));
    QPushButton* addButton = makeButton(tr("Add"), QStringLiteral("plus"));
    addButton->setAutoDefault(false);
    m_remove->setAutoDefault(false);
    card->addTitleWidget(m_remove);
    card->addTitleWidget(addButton);
    m_list->setModel(m_entries);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setColumnWidths({140, 260, 90, 100});
    m_list->setStretchColumn(1, 200);
    m_list->setMinimumHeight(scaled(116)); // three of them
    card->body()->addWidget(m_list, 1);
    connect(addButton, &QPushButton::clicked, this, &TemplatePanel::add);
    connect(m_remove, &QPushButton::clicked, this, &TemplatePanel::removeCurrent);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &TemplatePanel::showCurrent);
    return card;
}

QWidget* TemplatePanel::makeForm()
{
    auto* form = new QWidget;
    auto* grid = new QGridLayout(form);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->addWidget(m_nameField, 0, 0, Qt::AlignTop);
    grid->addWidget(m_textField, 0, 1, Qt::AlignTop);
    grid->addWidget(m_ttlField, 0, 2, Qt::AlignTop);
    grid->setColumnStretch(0, 2);
    grid->setColumnStretch(1, 6);
    grid->setColumnStretch(2, 2);
    m_textField->setHint(tr("{class} {path} {query} {sorted_query} {query:NAME} {user} {id} {md5:…}; %7B is a brace. Several of one name are tried in order."));
    for (QLineEdit* field : {m_name, m_text, m_ttl})
        connect(field, &QLineEdit::textEdited, this, &TemplatePanel::takeEdit);
    return form;
}

QWidget* TemplatePanel::makeTest()
{
    auto* card = new Card(tr("Tried against the keys here"));
    auto* head = new QWidget;
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(20, 0, 20, 10);
    column->setSpacing(8);
    m_sentence->setWordWrap(true);
    m_requestResult->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_requestResult->setWordWrap(true);
    column->addWidget(m_sentence);
    m_scan->setAutoDefault(false);
    m_scan->hide();
    column->addWidget(m_scan, 0, Qt::AlignLeft);
    column->addWidget(m_target);
    column->addWidget(m_requestResult);
    card->body()->addWidget(head);
    m_sampleTable->setModel(m_samples);
    m_sampleTable->setColumnWidths({220, 80, 120, 110, 70, 60, 110});
    m_sampleTable->setStretchColumn(0, 160);
    card->body()->addWidget(m_sampleTable, 1);
    connect(m_target, &QLineEdit::textChanged, this, &TemplatePanel::tryRequest);
    return card;
}

TemplatePanel::Entry TemplatePanel::entryOf(const QString& name, const QString& text, const QString& ttl)
{
    Entry entry {name, text, ttl};
    bool isNumber = false;
    const qint64 seconds = ttl.toLongLong(&isNumber);
    if (!ttl.isEmpty() && (!isNumber || seconds < 1))
        entry.made = core::fail(core::Code::Input, core::Reason::BadOption, ttl, tr("A time to live is a whole number of seconds"));
    else
        entry.made = KeyTemplate::fromText(name, text, ttl.isEmpty() ? std::nullopt : std::optional(seconds));
    return entry;
}

// One with a mistake (settings.json was edited by hand) is kept, to be mended.
void TemplatePanel::load()
{
    QList<Entry> entries;
    for (const QString& argument : m_workspace->profile().keyTemplates) {
        const auto made = core::cache::keyTemplateFromArgument(argument);
        const qsizetype equals = argument.indexOf(u'=');
        entries << (made ? entryOf(made->name(), made->text(), made->ttlS() ? QString::number(*made->ttlS()) : QString())
                         : entryOf(argument.left(std::max<qsizetype>(0, equals)), argument.mid(equals + 1), {}));
    }
    m_entries->setRows(entries);
    if (!entries.isEmpty())
        m_list->selectRow(0);
    showCurrent();
    tryKeys();
}

void TemplatePanel::add()
{
    m_entries->append({entryOf({}, {}, {})});
    m_list->selectRow(m_entries->rowCount() - 1);
    m_name->setFocus(Qt::OtherFocusReason);
    tryKeys();
    emit edited();
}

void TemplatePanel::removeCurrent()
{
    if (current() < 0)
        return;
    m_entries->removeAt(current());
    showCurrent();
    tryKeys();
    emit edited();
}

int TemplatePanel::current() const
{
    return m_list->currentIndex().row();
}

void TemplatePanel::showCurrent()
{
    const int row = current();
    const Entry entry = row < 0 ? Entry() : m_entries->row(row);
    m_showing = true;
    m_name->setText(entry.name);
    m_text->setText(entry.text);
    m_ttl->setText(entry.ttl);
    m_showing = false;
    for (QWidget* widget : QList<QWidget*> {m_nameField, m_textField, m_ttlField, m_remove, m_target})
        widget->setEnabled(row >= 0);
    showMistake();
    showFit();
    tryRequest();
}

void TemplatePanel::takeEdit()
{
    const int row = current();
    if (m_showing || row < 0)
        return;
    m_entries->replace(row, entryOf(m_name->text().trimmed(), m_text->text(), m_ttl->text().trimmed()));
    showMistake();
    showFit();
    tryRequest();
    tryKeys();
    emit edited();
}

void TemplatePanel::showMistake()
{
    for (FormField* field : {m_nameField, m_textField, m_ttlField})
        field->setError({});
    const int row = current();
    if (row < 0 || m_entries->row(row).made)
        return;
    const Entry& entry = m_entries->row(row);
    const core::Error& error = entry.made.error();
    if (entry.name.isEmpty() && entry.text.isEmpty())
        return; // just added
    FormField* field = error.reason == core::Reason::BadOption ? m_ttlField : m_textField;
    field->setError(core::displayText(error.detail.isEmpty() ? core::describe(error).what : error.detail));
}

// After each scan it is tried against other keys. Not after each deletion: of millions of keys that takes its time.
void TemplatePanel::followIndex()
{
    const core::keys::KeyIndex* index = m_workspace->keyIndex();
    if (!index)
        return;
    connect(index, &core::keys::KeyIndex::finished, this, [this] {
        tryKeys();
        showFit();
        tryRequest();
    });
    connect(index, &core::keys::KeyIndex::stateChanged, this, &TemplatePanel::showFit);
}

void TemplatePanel::scan()
{
    if (core::keys::KeyIndex* index = m_workspace->keyIndex())
        index->start();
}

bool TemplatePanel::hasScan() const
{
    const core::keys::KeyIndex* index = m_workspace->keyIndex();
    return index && index->snapshot().scannedAt.isValid();
}

void TemplatePanel::tryKeys()
{
    QList<KeyTemplate> templates;
    for (const Entry& entry : m_entries->rows()) {
        if (entry.made)
            templates << *entry.made;
    }
    const core::keys::KeyIndex* index = m_workspace->keyIndex();
    if (!index || templates.isEmpty())
        return m_fits->drop();
    m_fits->want(index->snapshot(), templates);
}

void TemplatePanel::showFits(const QList<core::keys::TemplateFit>& fits)
{
    QList<Entry> entries = m_entries->rows();
    qsizetype next = 0;
    for (Entry& entry : entries) {
        if (entry.made && next < fits.size())
            entry.fit = fits[next++];
    }
    m_entries->updateRows(entries);
    showFit();
}

void TemplatePanel::showFit()
{
    const int row = current();
    m_samples->clear();
    const core::keys::KeyIndex* index = m_workspace->keyIndex();
    const bool isScanning = index && index->isScanning();
    // On production the cost of a scan is named first, which Keys does.
    m_scan->setVisible(row >= 0 && index && !hasScan() && !isScanning && !m_workspace->isProduction());
    if (row < 0)
        return m_sentence->setText(tr("An app that caches in its own code names its keys as it likes. Add a template and see which keys it reads."));
    const Entry& entry = m_entries->row(row);
    if (!entry.made)
        return m_sentence->setText(tr("Not tried: the template is not whole yet."));
    if (isScanning && !hasScan())
        return m_sentence->setText(tr("The keys are being scanned…"));
    if (!hasScan())
        return m_sentence->setText(m_workspace->isProduction() ? tr("No key was scanned yet. On production Keys does it, where its cost is named: close this first.")
                : index                                        ? tr("No key was scanned yet.")
                                                               : tr("Not tried: there is no connection."));
    if (entry.made->isHashed())
        return m_sentence->setText(tr("A hash can be made and not read: requests get keys by this template, keys get no request."));
    if (!entry.fit)
        return m_sentence->setText(tr("Trying it…"));
    const qint64 all = static_cast<qint64>(index->snapshot().order->size());
    QString text = tr("Fits %1 of %2.").arg(core::formatCount(entry.fit->keys), keysText(all));
    if (!index->snapshot().complete)
        text += tr(" The scan was not whole.");
    if (entry.fit->uncertain > 0)
        text += tr(" %1 can be cut in more than one way, or are not made again by their own parts: they are read as ambiguous.").arg(core::formatCount(entry.fit->uncertain));
    m_sentence->setText(text);
    m_samples->setRows(entry.fit->samples);
}

void TemplatePanel::tryRequest()
{
    const int row = current();
    const QByteArray target = m_target->text().toUtf8();
    if (row < 0 || target.isEmpty() || !m_entries->row(row).made)
        return m_requestResult->hide();
    m_requestResult->show();
    const auto valid = core::cache::checkTarget(target);
    setFieldBad(m_target, !valid);
    if (!valid)
        return m_requestResult->setText(core::displayText(core::describe(valid.error()).what));
    const KeyTemplate& keyTemplate = *m_entries->row(row).made;
    const core::cache::RouteTable table = tableFor(keyTemplate, target, m_workspace->routes());
    const auto predictions = core::cache::forecast({QByteArrayLiteral("GET"), target, {}}, table).predictions;
    if (predictions.isEmpty())
        return m_requestResult->setText(tr("This request has not every part that the template asks for."));
    const QByteArray& key = predictions.first().key;
    const core::keys::KeyIndex* index = m_workspace->keyIndex();
    const bool isHere = index && core::keys::findKey(*index->snapshot().store, *index->snapshot().order, key) >= 0;
    m_requestResult->setText((isHere ? tr("makes %1, which is there") : tr("makes %1, which is not there")).arg(core::displayText(key)));
}

bool TemplatePanel::isGood() const
{
    return std::ranges::all_of(m_entries->rows(), [](const Entry& entry) { return entry.made.has_value(); });
}

QStringList TemplatePanel::typed() const
{
    QStringList out;
    for (const Entry& entry : m_entries->rows())
        out << entry.name + u'=' + entry.text + u',' + entry.ttl;
    return out;
}

QStringList TemplatePanel::arguments() const
{
    QStringList out;
    for (const Entry& entry : m_entries->rows()) {
        if (entry.made)
            out << core::cache::argumentFromKeyTemplate(*entry.made);
    }
    return out;
}

}
