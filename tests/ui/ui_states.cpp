// SPDX-License-Identifier: GPL-3.0-or-later
// What the shell shows when things happen, into PNG files: ui_states FOLDER
#include "app/demo/redisprocess.h"
#include "app/gui/composition.h"
#include "ui/shell/joblist.h"
#include "ui/shell/unlockbar.h"

#include <QApplication>
#include <QDir>
#include <QTimer>

using namespace ui;

namespace {

class StandingJob final : public core::Job {
public:
    StandingJob()
        : Job(QStringLiteral("invalidate"), QStringLiteral("tag product:*"))
    {
    }
    using Job::setProgress;

protected:
    void onStart() override { setProgress(25'547, 41'204); }
};

}

int main(int argc, char** argv)
{
    QApplication app(argc, argv);
    const QDir folder(app.arguments().value(1, QStringLiteral(".")));
    demo::RedisProcess redis;
    if (!redis.startAndWait({}))
        return 1;
    gui::Composition composition(folder.filePath(QStringLiteral("settings.json")));
    Theme::instance().setChoice(Theme::Choice::Light);
    MainWindow* window = composition.window();
    window->resize(1280, 800);
    window->show();
    window->showPage(PageId::Dashboard);
    StandingJob job;
    const auto picture = [&](const char* name) { window->grab().save(folder.filePath(QLatin1StringView(name) + QStringLiteral(".png"))); };
    core::settings::Profile profile;
    profile.name = QStringLiteral("shop-prod");
    profile.endpoint = redis.endpoint();
    profile.environment = core::settings::Environment::Production;
    QObject::connect(composition.workspace(), &Workspace::connected, window, [&] {
        window->findChild<UnlockBar*>()->ask(profile.name);
        composition.workspace()->jobs()->track(&job, {QStringLiteral("Invalidating"), job.subject(), QStringLiteral("keys"), QStringLiteral("invalidate")});
        job.start();
        QTimer::singleShot(6000, window, [&] {
            picture("production-unlock-job");
            job.cancel();
            composition.workspace()->jobs()->report({Tone::Ok, QStringLiteral("41,204 keys invalidated in 3.4 s."), QStringLiteral("Verified: none left."), {{QStringLiteral("Warm them"), [] { }}}});
            redis.kill();
        });
        QTimer::singleShot(9000, window, [&] {
            picture("stale-result");
            QApplication::quit();
        });
    });
    composition.workspace()->connectTo(profile);
    return QApplication::exec();
}
