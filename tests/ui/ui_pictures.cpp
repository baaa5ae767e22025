// SPDX-License-Identifier: GPL-3.0-or-later
// The real window on the embedded demo, every page in both themes, into PNG files: ui_pictures FOLDER [WIDTH HEIGHT]
#include "app/gui/composition.h"
#include "core/replay/collectionfile.h"
#include "ui/pages/keyrules/keyrulesdialog.h"
#include "ui/pages/replay/collectionfiles.h"
#include "ui/pages/replay/collectionmode.h"

#include <QApplication>
#include <QDir>
#include <QLineEdit>
#include <QTabBar>
#include <QTimer>

using namespace ui;

namespace {

// One picture a step, so that answers arrive in between by the event loop.
class Pictures final : public QObject {
public:
    Pictures(gui::Composition& composition, QDir folder)
        : m_composition(composition)
        , m_folder(std::move(folder))
    {
        connect(&m_timer, &QTimer::timeout, this, &Pictures::step);
        connect(composition.workspace(), &Workspace::connected, this, [this] {
            show();
            m_timer.start(1500);
        });
        connect(composition.workspace(), &Workspace::connectFailed, qApp, [](const core::Error& error) {
            qCritical("%s %s", qPrintable(error.subject), qPrintable(error.detail));
            QApplication::exit(1);
        });
    }

private:
    void show()
    {
        m_composition.window()->showPage(static_cast<PageId>(m_page));
    }
    void step()
    {
        for (const bool dark : {false, true}) {
            Theme::instance().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
            QCoreApplication::sendPostedEvents();
            const QString name = QStringLiteral("%1-%2-%3.png").arg(m_page).arg(m_composition.window()->currentPage()->title().toLower(), dark ? QStringLiteral("dark") : QStringLiteral("light"));
            m_composition.window()->grab().save(m_folder.filePath(name));
        }
        if (++m_page < pageCount)
            return show();
        m_timer.stop();
        showCollection();
    }
    void grabBoth(QWidget* widget, const QString& name)
    {
        for (const bool dark : {false, true}) {
            Theme::instance().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
            QCoreApplication::sendPostedEvents();
            widget->grab().save(m_folder.filePath(name.arg(dark ? QStringLiteral("dark") : QStringLiteral("light"))));
        }
    }
    // A suite after its run, one expectation unmet.
    void showCollection()
    {
        using core::http::Verdict;
        core::replay::Collection suite;
        suite.name = QStringLiteral("Products");
        suite.requests = {{.name = QStringLiteral("first page is stored"), .target = "/products?page=1&size=7", .expect = {.status = 200, .verdict = Verdict::Miss, .maxTtlS = 300}},
            {.name = QStringLiteral("and kept"), .target = "/products?page=1&size=7", .expect = {.status = 200, .verdict = Verdict::Hit, .minTtlS = 1, .maxTtlS = 300}},
            {.name = QStringLiteral("no such page"), .target = "/nowhere", .expect = {.status = 200}},
            {.name = QStringLiteral("as somebody"), .target = "/products/1", .headers = {{"Authorization", "Bearer {{token}}"}}, .expect = {.maxLatencyMs = 500}}};
        const QString file = m_folder.filePath(QStringLiteral("products.json"));
        if (!core::replay::storeCollection(suite, file, {}))
            return QApplication::exit(1);
        m_composition.window()->showPage(PageId::Replay);
        auto* page = m_composition.window()->currentPage();
        auto* mode = page->findChild<CollectionMode*>();
        for (QTabBar* tabs : page->findChildren<QTabBar*>()) {
            for (int i = 0; i < tabs->count(); ++i) {
                if (tabs->tabText(i) == mode->title())
                    tabs->setCurrentIndex(i);
            }
        }
        mode->files()->open(file);
        connect(mode->files(), &CollectionFiles::opened, this, [this, mode] {
            for (QLineEdit* field : mode->findChildren<QLineEdit*>()) {
                if (field->echoMode() == QLineEdit::Password)
                    field->setText(QStringLiteral("a-token"));
            }
            QTimer::singleShot(0, this, [this, mode] {
                mode->send({});
                QTimer::singleShot(1500, this, [this] {
                    grabBoth(m_composition.window(), QStringLiteral("collection-%1.png"));
                    showRules();
                });
            });
        });
    }
    void showRules()
    {
        m_composition.workspace()->setKeyRules(QVersionNumber(0, 4, 0), {QStringLiteral("catalog={class}:{path}?{query},ttl=300"), QStringLiteral("item=item:{id}")});
        auto* dialog = new KeyRulesDialog(m_composition.workspace(), m_composition.window());
        dialog->open();
        QTimer::singleShot(500, dialog, [this, dialog] {
            for (const bool dark : {false, true}) {
                Theme::instance().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
                QCoreApplication::sendPostedEvents();
                for (int tab : {1, 0}) {
                    dialog->findChild<QTabBar*>()->setCurrentIndex(tab);
                    dialog->grab().save(m_folder.filePath(QStringLiteral("rules-%1-%2.png").arg(tab).arg(dark ? QStringLiteral("dark") : QStringLiteral("light"))));
                }
            }
            QApplication::quit();
        });
    }

    gui::Composition& m_composition;
    QDir m_folder;
    QTimer m_timer;
    int m_page = 0;
};

}

int main(int argc, char** argv)
{
    QApplication app(argc, argv);
    const QDir folder(app.arguments().value(1, QStringLiteral(".")));
    gui::Composition composition(folder.filePath(QStringLiteral("settings.json")));
    composition.window()->resize(app.arguments().value(2, QStringLiteral("1280")).toInt(), app.arguments().value(3, QStringLiteral("800")).toInt());
    composition.window()->show();
    Pictures pictures(composition, folder);
    composition.workspace()->startDemo();
    return QApplication::exec();
}
