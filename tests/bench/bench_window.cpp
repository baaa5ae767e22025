// SPDX-License-Identifier: GPL-3.0-or-later
// The window's longest pause while all keys are scanned and shown, against its limit: 50 ms, or twice what an idle loop of another
// thread suffers on the same machine at the same time.
#include "app/demo/redisprocess.h"
#include "app/gui/composition.h"
#include "app/gui/stallmeter.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/keys/keyindex.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/benchreport.h"
#include "ui/shell/joblist.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTreeView>

#include <cstdio>
#include <functional>

using core::keys::KeyIndex;

namespace {

constexpr int patienceMs = 120'000;

void waitUntil(const char* what, const std::function<bool()>& done)
{
    QElapsedTimer clock;
    clock.start();
    while (!done()) {
        if (clock.elapsed() > patienceMs)
            stopBench(QStringLiteral("waited in vain: ") + QString::fromLatin1(what));
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 5);
    }
}

template <typename Widget>
Widget* named(QWidget* page, const QString& name)
{
    for (Widget* widget : page->findChildren<Widget*>()) {
        if (widget->accessibleName() == name)
            return widget;
    }
    stopBench(QStringLiteral("no widget called ") + name);
}

// A person at the Keys page: reads all keys, scrolls through them meanwhile and afterwards, opens the classes, filters.
class Reader {
public:
    Reader(gui::Composition& composition, int keys)
        : m_index(composition.workspace()->keyIndex())
        , m_page(composition.window()->page(ui::PageId::Keys))
        , m_keys(keys)
    {
        composition.window()->showPage(ui::PageId::Keys);
        m_table = named<QAbstractItemView>(m_page, QStringLiteral("Keys"));
        m_tree = named<QTreeView>(m_page, QStringLiteral("Endpoints"));
        m_filter = named<QLineEdit>(m_page, QStringLiteral("Filter keys"));
    }

    void read()
    {
        waitUntil("the scan", [this] {
            scrollOn();
            return m_index->state() == KeyIndex::State::Complete && rows() == m_keys;
        });
        for (int i = 0; i < 200; ++i) {
            scrollOn();
            QCoreApplication::processEvents();
        }
        waitUntil("the tree", [this] { return m_tree->model()->rowCount() > 1; });
        for (int row = 0; row < m_tree->model()->rowCount(); ++row) {
            m_tree->expand(m_tree->model()->index(row, 0));
            QCoreApplication::processEvents();
        }
        m_filter->setText(QStringLiteral("Product"));
        waitUntil("the filter", [this] { return rows() > 0 && rows() < m_keys; });
        m_filter->clear();
        waitUntil("all keys again", [this] { return rows() == m_keys; });
    }

private:
    int rows() const { return m_table->model()->rowCount(); }
    void scrollOn()
    {
        QScrollBar* bar = m_table->verticalScrollBar();
        const int next = bar->value() + std::max(1, bar->maximum() / 97);
        bar->setValue(next > bar->maximum() ? 0 : next);
    }

    KeyIndex* m_index;
    QWidget* m_page;
    int m_keys;
    QAbstractItemView* m_table = nullptr;
    QTreeView* m_tree = nullptr;
    QLineEdit* m_filter = nullptr;
};

constexpr int rounds = 5;

struct Round {
    double reading, deleting; // the longest pause to its limit
};

// Everything that a person does with all keys: plan, see the plan, delete.
void invalidateAll(gui::Composition& composition, int keys)
{
    ui::PageHint hint;
    hint.selection = {{core::invalidate::Selector::Kind::Glob, "*"}};
    composition.workspace()->openPage(ui::PageId::Invalidate, hint);
    QWidget* page = composition.window()->page(ui::PageId::Invalidate);
    QPushButton* go = nullptr;
    waitUntil("the plan", [&] {
        for (QPushButton* button : page->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Invalidate %1 keys").arg(core::formatCount(keys)))
                go = button;
        }
        return go != nullptr;
    });
    named<QLineEdit>(page, QStringLiteral("Name to confirm"))->setText(QStringLiteral("bench"));
    go->click();
    waitUntil("the deletion", [&] { return composition.workspace()->jobs()->deleting().isEmpty(); });
}

// Of `act`, to the limit.
double longestPause(const char* what, const std::function<void()>& act)
{
    gui::StallMeter meter;
    QElapsedTimer clock;
    clock.start();
    meter.start();
    act();
    meter.stop();
    std::fprintf(stderr, "%s: longest pause %.1f ms, limit %.1f ms, in %.1f s\n", what, meter.window().longestMs(), meter.limitMs(), double(clock.elapsed()) / 1000);
    return meter.window().longestMs() / meter.limitMs();
}

Round measure(const core::Endpoint& endpoint, int keys)
{
    const QTemporaryDir folder;
    qputenv("XDG_STATE_HOME", folder.path().toLocal8Bit()); // the audit log
    gui::Composition composition(folder.filePath(QStringLiteral("settings.json")));
    composition.window()->resize(1280, 800);
    composition.window()->show();
    core::settings::Profile profile;
    profile.name = QStringLiteral("bench");
    profile.endpoint = endpoint;
    composition.workspace()->connectTo(profile);
    waitUntil("the connection", [&] { return composition.workspace()->state() == ui::Workspace::State::Connected; });
    Round round {};
    round.reading = longestPause("read", [&] { Reader(composition, keys).read(); });
    round.deleting = longestPause("delete", [&] { invalidateAll(composition, keys); });
    return round;
}

}

int main(int argc, char** argv)
{
    const QApplication application(argc, argv);
    const BenchSize size = benchSize();
    demo::RedisProcess server;
    if (const auto started = server.startAndWait({}); !started)
        stopBench(core::oneLine(started.error()));
    BareClient filler(server.socketPath());
    QList<double> reading;
    QList<double> deleting;
    for (int i = 0; i < rounds; ++i) {
        filler.fill(size.keys);
        const Round round = measure(server.endpoint(), size.keys);
        reading << round.reading;
        deleting << round.deleting;
    }
    BenchReport report;
    report.add("pause, keys read", "x", reading, 1.0);
    report.add("pause, keys deleted", "x", deleting, 1.0);
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
