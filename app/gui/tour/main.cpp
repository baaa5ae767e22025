// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/tour/acts.h"
#include "app/gui/tour/tour.h"

#include <QApplication>
#include <QDir>
#include <QTest>
#include <QTimer>

#include <cstdio>
#include <unistd.h>

namespace {

constexpr int lastSecond = 90;

// Nothing of the user's is read or written, and nothing of the environment is offered as a server.
void secludeFrom(const QString& folder)
{
    const QString home = folder + QStringLiteral("/home");
    QDir(home).removeRecursively();
    QDir().mkpath(home);
    for (const char* name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"})
        qputenv(name, QFile::encodeName(home));
    for (const char* name : {"CACHELIGHT_URL", "CACHELIGHT_API", "CACHELIGHT_PROFILE", "LIGHTAPI_REDIS_URL", "REDIS_URL", "REDIS_HOST", "QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS"})
        qunsetenv(name);
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QDir::setCurrent(home); // no .env and no lightapi.yaml here
}

void removeOldPictures(const QString& folder)
{
    QDir dir(folder);
    for (const QString& file : dir.entryList({QStringLiteral("*.png"), QStringLiteral("summary.json")}, QDir::Files))
        dir.remove(file);
}

void walkThrough(gui::Composition* composition, tour::Report* report)
{
    tour::Tour tour(composition, report);
    tour::emptyPages(&tour);
    tour::connections(&tour);
    if (composition->workspace()->state() != ui::Workspace::State::Connected)
        return; // without the demo there is nothing more to see
    for (const auto act : {tour::keys, tour::tags, tour::locks, tour::invalidate, tour::warm, tour::replay, tour::series, tour::fresh, tour::health, tour::activity, tour::dashboard, tour::errorPages})
        act(&tour);
}

}

// cachelight-tour [FOLDER]: pictures and summary.json go to FOLDER, build/tour when none is given.
int main(int argc, char** argv)
{
    const QString folder = QDir(argc > 1 ? QString::fromLocal8Bit(argv[1]) : QStringLiteral("build/tour")).absolutePath();
    QDir().mkpath(folder);
    removeOldPictures(folder);
    secludeFrom(folder);
    alarm(lastSecond); // ends the process also when its event loop stands still; the demo's Redis ends with it

    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("cachelight"));
    QApplication::setApplicationVersion(QStringLiteral(CACHELIGHT_VERSION));
    tour::Report report(folder);
    QTimer::singleShot((lastSecond - 3) * 1000, &app, [&report] {
        report.step(QStringLiteral("in time"), []() -> QString { throw tour::StepFailed {QStringLiteral("the tour took more than %1 s").arg(lastSecond - 3)}; });
        report.finish();
        std::fflush(stdout);
        _exit(1);
    });
    gui::Composition composition;
    ui::Theme::instance().setChoice(ui::Theme::Choice::Light);
    composition.window()->resize(1280, 800);
    composition.window()->show();
    if (!QTest::qWaitForWindowActive(composition.window())) {
        std::fprintf(stderr, "cachelight-tour: the window did not open\n");
        return 1;
    }
    walkThrough(&composition, &report);
    const bool written = report.finish();
    return written && report.failed() == 0 ? 0 : 1;
}
