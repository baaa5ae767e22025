// SPDX-License-Identifier: GPL-3.0-or-later
// The window's longest pause while all keys are scanned and shown, against its limit: 50 ms, or twice what an idle loop of another
// thread suffers on the same machine at the same time.
#include "app/demo/redisprocess.h"
#include "app/gui/composition.h"
#include "app/gui/stallmeter.h"
#include "core/base/errortext.h"
#include "core/keys/keyindex.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/benchreport.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
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

double longestPauseToLimit(const core::Endpoint& endpoint, int keys)
{
    const QTemporaryDir folder;
    gui::Composition composition(folder.filePath(QStringLiteral("settings.json")));
    composition.window()->resize(1280, 800);
    composition.window()->show();
    core::settings::Profile profile;
    profile.name = QStringLiteral("bench");
    profile.endpoint = endpoint;
    composition.workspace()->connectTo(profile);
    waitUntil("the connection", [&] { return composition.workspace()->state() == ui::Workspace::State::Connected; });

    gui::StallMeter meter;
    QElapsedTimer clock;
    clock.start();
    meter.start();
    Reader(composition, keys).read();
    meter.stop();
    std::fprintf(stderr, "longest pause %.1f ms, limit %.1f ms, in %.1f s\n", meter.window().longestMs(), meter.limitMs(), double(clock.elapsed()) / 1000);
    return meter.window().longestMs() / meter.limitMs();
}

}

int main(int argc, char** argv)
{
    const QApplication application(argc, argv);
    const BenchSize size = benchSize();
    demo::RedisProcess server;
    if (const auto started = server.startAndWait({}); !started)
        stopBench(core::oneLine(started.error()));
    BareClient(server.socketPath()).fill(size.keys);
    QList<double> ratios;
    for (int round = 0; round < 5; ++round)
        ratios << longestPauseToLimit(server.endpoint(), size.keys);
    BenchReport report;
    report.add("longest pause", "x", ratios, 1.0);
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
