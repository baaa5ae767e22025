// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/composition.h"
#include "app/gui/guioptions.h"
#include "app/gui/quitsignals.h"
#include "app/gui/selfcheck.h"
#include "app/gui/stallmeter.h"
#include "core/base/errortext.h"
#include "core/base/savefile.h"
#include "core/keychain/keychainstore.h"

#include <QApplication>
#include <QIcon>
#include <QJsonDocument>

#include <cstdio>

namespace {

int complain(const core::Error& error)
{
    std::fprintf(stderr, "cachelight-gui: %s\n", qUtf8Printable(core::oneLine(error)));
    return core::exitStatus(error.code);
}

int print(const QString& text)
{
    std::fputs(qUtf8Printable(text), stdout);
    return 0;
}

int runWindow(gui::Options& options)
{
    core::keychain::KeychainStore keyStore; // asked for nothing until an identity wants its secret
    gui::Composition composition({}, &keyStore);
    const auto profile = gui::profileFrom(options, *composition.store());
    if (!profile)
        return complain(profile.error());
    ui::Workspace* workspace = composition.workspace();
    if (options.readOnly)
        QObject::connect(workspace, &ui::Workspace::connected, workspace, [workspace] { workspace->setReadOnly(true); });
    // Before anything is started that a sudden end would leave behind, as the demo's server.
    gui::QuitSignals quit;
    QObject::connect(&quit, &gui::QuitSignals::quitAsked, composition.window(), &ui::MainWindow::closeSettled);
    composition.restore();
    composition.window()->show();
    if (options.demo)
        workspace->startDemo();
    else if (*profile)
        workspace->connectTo(**profile);
    if (options.demo || *profile)
        composition.window()->showPage(ui::PageId::Dashboard);
    else
        composition.window()->showPage(ui::PageId::Connections);
    gui::StallMeter meter;
    if (!options.stallReport.isEmpty())
        meter.start();
    const int status = QApplication::exec();
    meter.stop();
    if (!options.stallReport.isEmpty()) {
        if (const auto written = core::saveFile(options.stallReport, QJsonDocument(meter.report()).toJson()); !written)
            return complain(written.error());
    }
    return status;
}

}

int main(int argc, char** argv)
{
    QStringList words;
    for (int i = 1; i < argc; ++i)
        words += QString::fromLocal8Bit(argv[i]);
    core::Result<gui::Options> options = gui::parseOptions(words);
    if (!options)
        return complain(options.error());
    if (options->help)
        return print(gui::helpText());
    if (options->version)
        return print(QStringLiteral("cachelight-gui " CACHELIGHT_VERSION "\n"));
    if (!options->selfCheck.isEmpty())
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("cachelight"));
    QApplication::setApplicationDisplayName(QStringLiteral("Cachelight"));
    QApplication::setApplicationVersion(QStringLiteral(CACHELIGHT_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.github.cachelight.Cachelight"));
    if (options->checkDisplay) {
        const QString platform = QApplication::platformName();
        return platform == QLatin1StringView("offscreen") || platform == QLatin1StringView("minimal") ? 1 : 0;
    }
    if (!options->selfCheck.isEmpty()) {
        const core::Result<void> checked = gui::selfCheck(options->selfCheck);
        return checked ? 0 : complain(checked.error());
    }
    return runWindow(*options);
}
