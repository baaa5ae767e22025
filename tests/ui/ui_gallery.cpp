// SPDX-License-Identifier: GPL-3.0-or-later
// Renders every shared control in both themes into PNG files: ui_gallery FOLDER
#include "core/base/format.h"
#include "ui/models/rowmodel.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/chartcard.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/field.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/jsonview.h"
#include "ui/widgets/kpitile.h"
#include "ui/widgets/label.h"
#include "ui/widgets/messagestrip.h"
#include "ui/widgets/progressbar.h"
#include "ui/widgets/segmentedcontrol.h"
#include "ui/widgets/tableview.h"
#include "ui/widgets/timingbar.h"
#include "ui/widgets/verdictband.h"

#include <QApplication>
#include <QCheckBox>
#include <QDateTime>
#include <QDir>
#include <QGridLayout>
#include <QHeaderView>
#include <QMenu>
#include <QPixmap>
#include <QRadioButton>
#include <QScrollBar>
#include <QSlider>
#include <QSpinBox>
#include <QTabBar>
#include <QVBoxLayout>

#include <cmath>

using namespace ui;

namespace {

QHBoxLayout* row(QVBoxLayout* column, const QString& label)
{
    auto* line = new QHBoxLayout;
    line->setSpacing(10);
    auto* name = new Label(label, Type::SmallMedium, Token::Text2);
    name->setFixedWidth(150);
    line->addWidget(name);
    column->addLayout(line);
    return line;
}

void addButtons(QVBoxLayout* column)
{
    auto* line = row(column, QStringLiteral("Primary, normal, danger"));
    const auto add = [&](const QString& text, const QString& icon, ButtonKind kind, bool enabled = true) {
        auto* button = makeButton(text, icon, kind);
        button->setEnabled(enabled);
        line->addWidget(button);
    };
    add(QStringLiteral("Send"), QStringLiteral("arrow-right"), ButtonKind::Primary);
    add(QStringLiteral("Export"), QStringLiteral("download"), ButtonKind::Normal);
    add(QStringLiteral("Delete 41,204 keys"), QStringLiteral("invalidate"), ButtonKind::Danger);
    add(QStringLiteral("Invalidate"), QStringLiteral("invalidate"), ButtonKind::DangerText);
    add(QStringLiteral("Pause"), QStringLiteral("pause"), ButtonKind::Quiet);
    add(QStringLiteral("Send"), QStringLiteral("arrow-right"), ButtonKind::Primary, false);
    add(QStringLiteral("Export"), QStringLiteral("download"), ButtonKind::Normal, false);
    add(QStringLiteral("Invalidate"), QStringLiteral("invalidate"), ButtonKind::DangerText, false);
    line->addWidget(makeIconButton(QStringLiteral("Copy"), QStringLiteral("copy")));
    line->addWidget(makeIconButton(QStringLiteral("More"), QStringLiteral("more"), ButtonKind::Normal));
    line->addWidget(new SegmentedControl(QStringLiteral("View"), {QStringLiteral("Tree"), QStringLiteral("Table")}));
    line->addStretch(1);
}

void addFields(QVBoxLayout* column)
{
    auto* line = row(column, QStringLiteral("Fields"));
    QLineEdit* filled = makeSearchField(QStringLiteral("Filter"), QString());
    filled->setText(QStringLiteral("/products"));
    line->addWidget(filled);
    line->addWidget(makeField(QStringLiteral("Key"), QStringLiteral("Key name"), true));
    QLineEdit* disabled = makeField(QStringLiteral("Port"), QStringLiteral("6379"));
    disabled->setEnabled(false);
    line->addWidget(disabled);
    line->addWidget(makeCombo(QStringLiteral("Expiry"), {QStringLiteral("Any expiry"), QStringLiteral("None")}));
    QLineEdit* bad = makeField(QStringLiteral("Host"));
    bad->setText(QStringLiteral("cache-1.intern"));
    auto* field = new FormField(QStringLiteral("Host"), bad);
    field->setError(QStringLiteral("Host not found: check the name"));
    line->addWidget(field);
    line = row(column, QStringLiteral("Choice"));
    for (const auto& [text, on, enabled] : {std::tuple {QStringLiteral("Undo journal"), true, true}, {QStringLiteral("Warm afterwards"), false, true}, {QStringLiteral("Not permitted"), false, false}}) {
        auto* box = new QCheckBox(text);
        box->setChecked(on);
        box->setEnabled(enabled);
        line->addWidget(box);
    }
    auto* all = new QRadioButton(QStringLiteral("All keys"));
    all->setChecked(true);
    line->addWidget(all);
    line->addWidget(new QRadioButton(QStringLiteral("Selected")));
    auto* spin = new QSpinBox;
    spin->setValue(20);
    line->addWidget(spin);
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setValue(40);
    line->addWidget(slider);
    line->addStretch(1);
}

void addBadges(QVBoxLayout* column)
{
    auto* line = row(column, QStringLiteral("Verdicts and badges"));
    for (const char* word : {"HIT", "MISS", "EXPIRED", "BYPASS", "UNKNOWN", "CONTRADICTION"}) {
        const Look look = verdictLook(QLatin1StringView(word));
        line->addWidget(new Badge(QLatin1StringView(word), look.tone, look.icon));
    }
    line->addWidget(new Badge(QStringLiteral("PRODUCTION"), Tone::Bad, QStringLiteral("shield")));
    line->addWidget(new Badge(QStringLiteral("Read-only"), Tone::Neutral, QStringLiteral("locks")));
    line->addWidget(new Badge(QStringLiteral("STRING"), Tone::Info));
    line->addStretch(1);
    line = row(column, QStringLiteral("Icons"));
    line->setSpacing(6);
    for (const QString& name : iconNames()) {
        auto* picture = new QLabel;
        picture->setPixmap(icon(name).pixmap(QSize(16, 16), picture->devicePixelRatio()));
        line->addWidget(picture);
    }
    line->addStretch(1);
}

void addStrips(QVBoxLayout* column)
{
    const auto none = [] { };
    column->addWidget(new MessageStrip({Tone::Info, QStringLiteral("Fresh body differs in 1 place."), QStringLiteral("data.stock is 12 in the cache and 11 when asked without it."), {{QStringLiteral("Show diff"), none}}}));
    column->addWidget(new MessageStrip({Tone::Warn, QStringLiteral("1 key has no expiry."), QStringLiteral("LightAPI always sets one, so something else wrote it."), {{QStringLiteral("Show it"), none}}}));
    column->addWidget(new MessageStrip({Tone::Bad, QStringLiteral("Redis refused the write: READONLY."), QStringLiteral("This server is a replica. Connect to its primary."), {{QStringLiteral("Details"), none}, {QStringLiteral("Retry"), none}}}));
    column->addWidget(new MessageStrip({Tone::Ok, QStringLiteral("41,204 keys invalidated in 3.4 s."), QStringLiteral("Verified: none left."), {}}));
    auto* bar = new ProgressBar;
    bar->setProgress(25'547, 41'204);
    column->addWidget(bar);
    auto* tabs = new QTabBar;
    for (const char* text : {"Value", "Raw", "Diff", "Tags 3"})
        tabs->addTab(QLatin1StringView(text));
    tabs->setExpanding(false);
    column->addWidget(tabs);
}

struct Entry {
    QByteArray key;
    TtlCell ttl;
    qint64 size;
};

QWidget* makeTable()
{
    auto* model = new RowModel<Entry>({
        {QStringLiteral("Key"), Qt::AlignLeft | Qt::AlignVCenter, [](const Entry& e) { return QString::fromUtf8(e.key); },
            [](const Entry& e, int role) -> QVariant { return role == BytesRole ? QVariant(e.key) : QVariant(); }},
        {QStringLiteral("Expires in"), Qt::AlignRight | Qt::AlignVCenter, [](const Entry& e) { return TtlDelegate::text(e.ttl); },
            [](const Entry& e, int role) -> QVariant { return role == TtlRole ? QVariant::fromValue(e.ttl) : QVariant(); }},
        {QStringLiteral("Size"), Qt::AlignRight | Qt::AlignVCenter, [](const Entry& e) { return core::formatBytes(e.size); }},
    });
    QList<Entry> rows;
    for (int i = 0; i < 40; ++i) {
        TtlCell cell {i == 5 ? TtlCell::State::NoExpiry : i == 6 ? TtlCell::State::Loading : TtlCell::State::Known, (i * 7919 + 4000) % 300'000, 300'000};
        rows += Entry {QStringLiteral("/products/%1:category=garden%20furniture&page=%2&sort=-price&size=50&currency=EUR").arg(i * 977).arg(i).toUtf8(), cell, i * 1'237 + 812};
    }
    model->setRows(rows);
    auto* card = new Card;
    auto* table = new TableView(QStringLiteral("Keys"));
    model->setParent(table);
    table->setModel(model);
    table->setItemDelegateForColumn(1, new TtlDelegate(table));
    table->setSortingEnabled(true);
    table->horizontalHeader()->setSortIndicator(0, Qt::AscendingOrder);
    table->setColumnWidths({0, 150, 90});
    table->setStretchColumn(0);
    table->selectRow(1);
    card->body()->addWidget(table);
    card->setMinimumHeight(260);
    return card;
}

QWidget* makeChart(bool percent)
{
    auto* card = new ChartCard(percent ? QStringLiteral("Hit rate") : QStringLiteral("Memory"));
    const qint64 to = 1'795'362'000'000;
    const qint64 from = to - 30 * 60'000;
    ChartSeries line {percent ? QStringLiteral("hit rate") : QStringLiteral("used"), percent ? Token::Series2 : Token::Series1, !percent, false, {}};
    ChartSeries reference {percent ? QStringLiteral("lifetime") : QStringLiteral("maxmemory"), Token::Series5, false, true, {}};
    for (int i = 0; i < 1800; ++i) {
        const double x = static_cast<double>(from + i * 1000);
        const bool gap = i > 720 && i < 790;
        const double wave = std::sin(i / 60.0) + 0.3 * std::sin(i / 7.0);
        line.points += QPointF(x, gap ? NAN : percent ? 94 + wave - (i > 1100 ? 25 * std::exp(-(i - 1100) / 120.0) : 0) : 1.4e9 + wave * 2e7);
        reference.points += QPointF(x, percent ? 88.2 : 2e9);
    }
    card->setFormat([percent](double v) { return percent ? QString::number(v, 'f', 0) + QStringLiteral(" %") : core::formatBytes(static_cast<qint64>(v)); });
    if (percent)
        card->setRange(60, 100);
    card->setWindow(from, to);
    card->setSeries({line, reference});
    card->setGaps({{from + 720'000, from + 790'000}});
    card->setMarks({{from + 1'100'000, QStringLiteral("tag product:*"), QStringLiteral("invalidate")}});
    card->setCurrent(percent ? QStringLiteral("94.7 %") : QStringLiteral("1.42 of 2.00 GB"));
    card->setCrosshair(from + 1'250'000, percent);
    card->setMinimumHeight(240);
    return card;
}

QWidget* makeKpis()
{
    auto* box = new QWidget;
    auto* line = new QHBoxLayout(box);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    QList<double> values;
    for (int i = 0; i < 60; ++i)
        values += i == 30 ? NAN : 90 + 4 * std::sin(i / 4.0);
    const auto tile = [&](const QString& label, const QString& figure, const QString& unit, const QString& more, Token series) {
        auto* t = new KpiTile(label);
        t->setFigure(figure, unit);
        t->setComparison(more);
        t->setSparkline(values, series);
        line->addWidget(t);
        return t;
    };
    tile(QStringLiteral("Hit rate, 1 min"), QStringLiteral("94.7"), QStringLiteral("%"), QStringLiteral("10 s 95.1   15 min 93.8"), Token::Series2);
    tile(QStringLiteral("Memory used"), QStringLiteral("1.42"), QStringLiteral("GB"), QStringLiteral("71 % of 2.00 GB, allkeys-lru"), Token::Series1);
    tile(QStringLiteral("Keys"), QStringLiteral("412,806"), QString(), QStringLiteral("1,204 in the last minute"), Token::Series1)->setStale(true);
    tile(QStringLiteral("Evicted, 1 min"), QStringLiteral("318"), QStringLiteral("keys"), QString(), Token::Series3)->setComparison(QStringLiteral("was 0 an hour ago"), Tone::Warn, QStringLiteral("arrow-up"));
    return box;
}

QWidget* makeVerdict()
{
    auto* card = new Card;
    auto* band = new VerdictBand;
    band->set(QStringLiteral("HIT"), QStringLiteral("Request 5 of 5 was answered from the cache; the entry was 58 s old."));
    card->body()->addWidget(band);
    auto* inner = new QVBoxLayout;
    inner->setContentsMargins(20, 10, 20, 10);
    auto* cold = new TimingBar(QStringLiteral("Cold"), Token::Series3);
    cold->setValue(1, QStringLiteral("212 ms"));
    auto* warm = new TimingBar(QStringLiteral("Cached"), Token::Series2);
    warm->setValue(4.9 / 212, QStringLiteral("4.9 ms"));
    inner->addWidget(cold);
    inner->addWidget(warm);
    card->body()->addLayout(inner);
    return card;
}

QWidget* makeJson()
{
    auto* card = new Card(QStringLiteral("Value"));
    auto* view = new JsonView(QStringLiteral("Value"));
    view->setJson(QStringLiteral("{\n  \"data\": {\n    \"id\": 48213,\n    \"name\": \"Oak bench, 180 cm\",\n    \"price\": { \"amount\": 249.0, \"currency\": \"EUR\" },\n    \"html\": \"<img src=x>\",\n    \"discontinued\": false,\n    \"warehouse\": null\n  },\n  \"status_code\": 200\n}"));
    view->setMarkedLines({5}, Tone::Warn);
    card->body()->addWidget(view);
    card->setMinimumHeight(230);
    return card;
}

QWidget* page(int which)
{
    auto* window = new QWidget;
    auto* column = new QVBoxLayout(window);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(12);
    if (which == 0) {
        column->addWidget(new Label(QStringLiteral("Controls"), Type::PageTitle));
        addButtons(column);
        addFields(column);
        addBadges(column);
        addStrips(column);
        column->addStretch(1);
        return window;
    }
    if (which == 1) {
        column->addWidget(makeKpis());
        auto* charts = new QHBoxLayout;
        charts->setSpacing(12);
        charts->addWidget(makeChart(true));
        charts->addWidget(makeChart(false));
        column->addLayout(charts);
        auto* line = new QHBoxLayout;
        line->setSpacing(12);
        line->addWidget(makeTable(), 3);
        line->addWidget(makeJson(), 2);
        column->addLayout(line, 1);
        return window;
    }
    column->addWidget(makeVerdict());
    auto* empty = new EmptyState;
    empty->setText({QStringLiteral("tags"), QStringLiteral("No tag sets found"), QStringLiteral("Cachelight looked for sets named tag:* and found none. LightAPI does not write tags by itself: an application adds them, or you can group keys by pattern here."), Tone::Accent, {{QStringLiteral("Read how tags work"), [] { }}, {QStringLiteral("Add a tag by pattern"), [] { }}}});
    auto* card = new Card;
    card->body()->addWidget(empty);
    column->addWidget(card, 1);
    return window;
}

void menuPicture(const QString& file)
{
    QMenu menu;
    menu.addAction(icon(QStringLiteral("copy")), QStringLiteral("Copy key name"))->setShortcut(QKeySequence::Copy);
    menu.setActiveAction(menu.addAction(icon(QStringLiteral("replay")), QStringLiteral("Replay request")));
    menu.addSeparator();
    QAction* check = menu.addAction(QStringLiteral("Show only this class"));
    check->setCheckable(true);
    check->setChecked(true);
    menu.addMenu(QStringLiteral("Set expiry"));
    menu.addAction(icon(QStringLiteral("invalidate")), QStringLiteral("Invalidate…"))->setEnabled(false);
    menu.ensurePolished();
    menu.resize(menu.sizeHint());
    menu.grab().save(file);
}

}

int main(int argc, char** argv)
{
    QApplication app(argc, argv);
    Theme::instance().install();
    const QDir folder(app.arguments().value(1, QStringLiteral(".")));
    for (const bool dark : {false, true}) {
        Theme::instance().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
        const QString suffix = dark ? QStringLiteral("dark") : QStringLiteral("light");
        for (int which = 0; which < 3; ++which) {
            const std::unique_ptr<QWidget> window(page(which));
            window->resize(1296, which == 2 ? 520 : 800);
            window->show();
            QApplication::sendPostedEvents();
            window->grab().save(folder.filePath(QStringLiteral("gallery-%1-%2.png").arg(which).arg(suffix)));
        }
        menuPicture(folder.filePath(QStringLiteral("menu-%1.png").arg(suffix)));
    }
    return 0;
}
