// SPDX-License-Identifier: GPL-3.0-or-later
// The window's longest pause in each act over all keys, against its limit: 50 ms, or twice what an idle loop of another thread
// suffers on the same machine at the same time. And the memory of the whole process, which holds no server.
#include "app/demo/redisprocess.h"
#include "app/gui/composition.h"
#include "app/gui/stallmeter.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "tests/bench/bareclient.h"
#include "tests/bench/benchreport.h"
#include "tests/bench/keysreader.h"
#include "tests/bench/processmemory.h"
#include "ui/shell/joblist.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QTemporaryDir>

#include <cstdio>
#include <functional>
#include <optional>

namespace {

constexpr int rounds = 3;

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
    for (QLineEdit* field : page->findChildren<QLineEdit*>()) {
        if (field->accessibleName() == QStringLiteral("Name to confirm"))
            field->setText(QStringLiteral("bench"));
    }
    go->click();
    waitUntil("the deletion", [&] { return composition.workspace()->jobs()->deleting().isEmpty(); });
}

double gb(double kb)
{
    return kb / 1024 / 1024;
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
    std::fprintf(stderr, "%s: longest pause %.1f ms, limit %.1f ms, in %.1f s, %.2f GB\n", what, meter.window().longestMs(), meter.limitMs(),
        double(clock.elapsed()) / 1000, gb(residentKb()));
    return meter.window().longestMs() / meter.limitMs();
}

struct Figure {
    QByteArray name;
    double value;
};

QList<Figure> measure(const core::Endpoint& endpoint, int keys)
{
    QList<Figure> figures;
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
    forgetPeak();
    KeysReader reader(composition, keys);
    const auto act = [&](const char* name, auto step) { figures.append({QByteArray("pause, ") + name, longestPause(name, step)}); };
    const auto memory = [&](const char* when, double kb) { figures.append({QByteArray("memory, ") + when, gb(kb)}); };
    act("scanned", [&] { reader.scan(); });
    act("scrolled", [&] { reader.scroll(); });
    act("tree opened", [&] { reader.openTree(); });
    act("filtered", [&] { reader.type(); });
    act("selected", [&] { reader.select(); });
    memory("at rest", residentKb());
    memory("at the peak", peakKb());
    act("sorted", [&] { reader.sort(); });
    memory("with all figures", residentKb());
    act("deleted", [&] { invalidateAll(composition, keys); });
    return figures;
}

// A round is a process of its own: what the one before has freed would count for its memory.
int oneRound(int argc, char** argv)
{
    const QApplication application(argc, argv);
    core::Endpoint server;
    server.transport = core::Endpoint::Transport::Unix;
    server.path = QString::fromLocal8Bit(argv[2]);
    for (const Figure& figure : measure(server, QByteArray(argv[3]).toInt()))
        std::printf("%s:%.4f\n", figure.name.constData(), figure.value);
    return 0;
}

QList<Figure> figuresOfRound(const QString& socket, int keys)
{
    QProcess round;
    round.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    round.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--round"), socket, QString::number(keys)});
    if (!round.waitForFinished(-1) || round.exitStatus() != QProcess::NormalExit || round.exitCode() != 0)
        stopBench(QStringLiteral("a round failed"));
    QList<Figure> figures;
    for (const QByteArray& line : round.readAllStandardOutput().trimmed().split('\n')) {
        const qsizetype colon = line.indexOf(':');
        figures.append({line.first(colon), line.sliced(colon + 1).toDouble()});
    }
    return figures;
}

// The memory is judged where its limits are from: of fewer keys most of it is the program's own.
std::optional<double> limitOf(const QByteArray& figure, int keys)
{
    if (figure.startsWith("pause"))
        return 1.0;
    if (keys < 10'000'000)
        return {};
    return figure == "memory, at rest" ? 0.75 : figure == "memory, at the peak" ? 0.95 : 0.91; // all figures are 16 bytes a key more
}

}

int main(int argc, char** argv)
{
    if (argc == 4 && QByteArray(argv[1]) == "--round")
        return oneRound(argc, argv);
    const QCoreApplication application(argc, argv);
    const BenchSize size = benchSize();
    demo::RedisProcess server;
    if (const auto started = server.startAndWait({}); !started)
        stopBench(core::oneLine(started.error()));
    BareClient filler(server.socketPath());
    QList<QByteArray> names;
    QHash<QByteArray, QList<double>> values; // one of each round
    for (int i = 0; i < rounds; ++i) {
        filler.fill(size.keys);
        for (const Figure& figure : figuresOfRound(server.socketPath(), size.keys)) {
            if (!values.contains(figure.name))
                names << figure.name;
            values[figure.name] << figure.value;
        }
    }
    BenchReport report;
    for (const QByteArray& name : names) {
        if (const auto limit = limitOf(name, size.keys))
            report.add(name, name.startsWith("pause") ? "x" : "GB", values[name], *limit);
    }
    return report.print(size.smoke ? BenchReport::Judge::Best : BenchReport::Judge::Median);
}
