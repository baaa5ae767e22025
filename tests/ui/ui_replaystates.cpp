// SPDX-License-Identifier: GPL-3.0-or-later
// What Replay's tabs and Warm show when things happen, into PNG files: ui_replaystates FOLDER [WIDTH HEIGHT]
#include "app/gui/composition.h"
#include "core/replay/collectionfile.h"
#include "tests/support/cachingapi.h"
#include "ui/pages/keyrules/keyrulesdialog.h"
#include "ui/pages/replay/collectionfiles.h"
#include "ui/pages/replay/collectionmode.h"
#include "ui/shell/identities.h"
#include "ui/widgets/stripstack.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabBar>
#include <QTcpServer>
#include <QTest>

#include <functional>

using namespace ui;

namespace {

QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

void waitFor(const std::function<bool()>& condition, int timeoutMs = 10'000)
{
    if (!QTest::qWaitFor(condition, timeoutMs))
        qFatal("waited in vain");
}

class Camera final {
public:
    Camera(gui::Composition& composition, Stage& stage, QDir folder)
        : m_composition(composition)
        , m_stage(stage)
        , m_folder(std::move(folder))
    {
        m_silent.listen(QHostAddress::LocalHost);
    }

    void takeAll()
    {
        empty();
        connectTo("local", m_stage.api->url());
        addIdentities();
        filled();
        connectTo("silent", QStringLiteral("http://127.0.0.1:%1").arg(m_silent.serverPort()));
        addIdentities();
        busy();
        connectTo("refusing", text("http://127.0.0.1:1"));
        addIdentities();
        failed();
        rulesQuestion();
        stale();
    }

private:
    Workspace* workspace() const { return m_composition.workspace(); }
    Page* page() const { return m_composition.window()->currentPage(); }
    void take(const QString& name, QWidget* of = nullptr) const
    {
        QTest::qWait(50); // layouts and fades of what the last act asked for
        for (const bool dark : {false, true}) {
            Theme::instance().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
            QCoreApplication::sendPostedEvents();
            (of ? of : m_composition.window())->grab().save(m_folder.filePath(name + (dark ? text("-dark.png") : text("-light.png"))));
        }
        Theme::instance().setChoice(Theme::Choice::Light);
    }
    template <typename Widget>
    Widget* named(const char* name) const
    {
        for (Widget* widget : page()->findChildren<Widget*>()) {
            if (widget->accessibleName() == text(name))
                return widget;
        }
        qFatal("no \"%s\"", name);
    }
    QPushButton* button(const char* name) const
    {
        for (QPushButton* each : page()->findChildren<QPushButton*>()) {
            if (each->text() == text(name) && each->isVisible())
                return each;
        }
        qFatal("no button \"%s\"", name);
    }
    void tab(const char* title) const
    {
        m_composition.window()->showPage(PageId::Replay);
        auto* tabs = named<QTabBar>("What to do with the request");
        for (int i = 0; i < tabs->count(); ++i) {
            if (tabs->tabText(i) == text(title))
                tabs->setCurrentIndex(i);
        }
    }
    void run(const char* target, const char* verb, bool untilItEnds = true) const
    {
        if (target)
            named<QLineEdit>("Request target")->setText(text(target));
        auto* start = button(verb);
        start->click();
        if (untilItEnds)
            waitFor([start] { return start->isEnabled(); }, 60'000);
    }
    void ask(const core::redis::Command& command) const
    {
        if (!m_stage.ask(command))
            qFatal("the server refused a command");
    }
    void cancel() const
    {
        page()->cancel();
        waitFor([this] { return !page()->cancel(); }, 5000);
    }
    void connectTo(const char* name, const QString& apiUrl)
    {
        core::settings::Profile profile;
        profile.name = text(name);
        profile.endpoint = m_stage.redis.endpoint();
        profile.apiUrl = apiUrl;
        const core::cache::RouteTable routes = CachingApi::routes();
        for (const core::cache::Route& route : routes.routes())
            profile.endpoints << core::cache::argumentFromRoute(route);
        workspace()->connectTo(profile);
        if (!QTest::qWaitFor([this] { return workspace()->state() == Workspace::State::Connected; }))
            qFatal("no connection");
        workspace()->setReadOnly(false);
    }
    void addIdentities()
    {
        Identities* identities = workspace()->identities();
        const Identities::Place place = identities->placeOf(workspace()->profile());
        for (const char* name : {"Alice", "Bob"}) {
            if (!identities->put(place, {}, {text(name), text("login"), text(name).toLower(), {}}))
                qFatal("no identity");
            identities->keepSecret(place, text(name), "right-" + QByteArray(name).toLower(), false);
        }
    }

    void empty() const
    {
        tab("Request");
        take(text("disconnected-replay"));
        m_composition.window()->showPage(PageId::Warm);
        take(text("disconnected-warm"));
    }
    void filled() const
    {
        for (const char* title : {"Request", "Series", "Fresh or stale", "Identities", "Collection"}) {
            tab(title);
            take(text("empty-") + text(title).section(u' ', 0, 0).toLower());
        }
        tab("Request");
        run("/books?page=1", "Send");
        run("/books?page=1", "Send");
        take(text("filled-request"));
        run("/lies", "Send");
        take(text("filled-request-contradiction"));
        button("Headers")->click();
        button("Connection")->click();
        take(text("filled-request-panels"));
        button("Headers")->click();
        button("Connection")->click();
        tab("Series");
        run("/books?page=2", "Start");
        take(text("filled-series"));
        stalePages();
        tab("Identities");
        run("/mine", "Compare");
        take(text("filled-identities"));
        collection();
        warm();
    }
    void stalePages() const
    {
        for (const char* page : {"1", "2"})
            ask({"SETEX", QByteArray("lightapi:Book:/books:page=") + page, "55", R"({"title":"old","price":1})"});
        PageHint hint;
        hint.targets = {"/books?page=1", "/books?page=2", "/plain", "/books?page=3"};
        hint.compare = true;
        workspace()->openPage(PageId::Replay, hint);
        run(nullptr, "Compare");
        take(text("filled-fresh"));
    }
    void openCollection() const
    {
        core::replay::Collection suite;
        suite.name = text("Books");
        suite.requests = {{.name = text("first page"), .target = "/books?page=1", .expect = {.status = 200, .maxTtlS = 60}}, {.name = text("never there"), .target = "/fails", .expect = {.status = 200}},
            {.name = text("as somebody"), .target = "/mine", .headers = {{"Authorization", "Bearer {{token}}"}}, .expect = {.maxLatencyMs = 500}}};
        const QString file = m_folder.filePath(text("books.json"));
        if (!core::replay::storeCollection(suite, file, {}))
            qFatal("no file");
        tab("Collection");
        auto* mode = page()->findChild<CollectionMode*>();
        bool isOpen = false;
        QObject::connect(mode->files(), &CollectionFiles::opened, mode, [&isOpen] { isOpen = true; }, Qt::SingleShotConnection);
        mode->files()->open(file);
        waitFor([&isOpen] { return isOpen; });
        named<QLineEdit>("Value of token")->setText(text("a-token"));
    }
    void collection() const
    {
        openCollection();
        take(text("opened-collection"));
        run(nullptr, "Run");
        take(text("filled-collection"));
        auto* parts = named<QTabBar>("Parts of the request");
        for (int i = 1; i < parts->count(); ++i) {
            parts->setCurrentIndex(i);
            take(text("filled-collection-part%1").arg(i));
        }
        parts->setCurrentIndex(0);
    }
    void warm() const
    {
        m_composition.window()->showPage(PageId::Warm);
        take(text("empty-warm"));
        named<QPlainTextEdit>("Request targets, one a line")->setPlainText(text("/books/21\n/books/22\n/books?page=1\n/plain\n/fails\n/other"));
        run(nullptr, "Preview");
        take(text("previewed-warm"));
        run(nullptr, "Warm");
        run(nullptr, "Warm");
        take(text("filled-warm"));
    }
    void busy() const
    {
        tab("Request");
        run("/books", "Send", false);
        QTest::qWait(300); // the face comes late by itself
        take(text("busy-request"));
        PageHint hint;
        hint.targets = {"/books/1", "/books/2"};
        workspace()->openPage(PageId::Replay, hint);
        take(text("busy-request-held"));
        cancel();
        for (const auto& [title, verb] : {std::pair("Series", "Start"), std::pair("Fresh or stale", "Compare"), std::pair("Identities", "Compare")}) {
            tab(title);
            run("/books", verb, false);
            QTest::qWait(300);
            take(text("busy-") + text(title).section(u' ', 0, 0).toLower());
            cancel();
        }
        openCollection();
        run(nullptr, "Run", false);
        take(text("busy-collection"));
        cancel();
        m_composition.window()->showPage(PageId::Warm);
        named<QPlainTextEdit>("Request targets, one a line")->setPlainText(text("/books/21\n/books/22"));
        run(nullptr, "Warm", false);
        waitFor([this] { return page()->findChild<QPushButton*>(text("pause"))->isVisible(); });
        take(text("busy-warm"));
        cancel();
    }
    void failed() const
    {
        for (const auto& [title, verb] : {std::pair("Request", "Send"), std::pair("Series", "Start"), std::pair("Fresh or stale", "Compare"), std::pair("Identities", "Compare")}) {
            tab(title);
            run("/books", verb);
            take(text("failed-") + text(title).section(u' ', 0, 0).toLower());
        }
        openCollection();
        run(nullptr, "Run");
        take(text("failed-collection"));
        m_composition.window()->showPage(PageId::Warm);
        named<QPlainTextEdit>("Request targets, one a line")->setPlainText(text("/books/21\n/books/22"));
        run(nullptr, "Warm");
        take(text("failed-warm"));
    }
    void rulesQuestion() const
    {
        auto* dialog = new KeyRulesDialog(workspace(), m_composition.window());
        dialog->open();
        QTest::qWait(300);
        for (const char* release : {"0.2.1", "0.x"}) { // the second cannot be saved
            dialog->findChild<QComboBox*>()->setCurrentText(text(release));
            dialog->reject();
            take(text("rules-question-") + text(release), dialog);
        }
        delete dialog;
    }
    // Redis goes; production, a long name and the longest state are what the bar has least room for.
    void stale()
    {
        core::settings::Profile profile;
        profile.name = text("shop-frontend-production-eu-west");
        profile.endpoint = m_stage.redis.endpoint();
        profile.apiUrl = m_stage.api->url();
        profile.environment = core::settings::Environment::Production;
        workspace()->connectTo(profile);
        waitFor([this] { return workspace()->state() == Workspace::State::Connected; });
        tab("Request");
        run("/books", "Send");
        take(text("production-replay"));
        m_stage.redis.kill();
        waitFor([this] { return workspace()->state() == Workspace::State::Reconnecting && workspace()->dataAgeMs() > 6000; }, 15'000);
        take(text("stale-request"));
        m_composition.window()->showPage(PageId::Warm);
        take(text("stale-warm"));
    }

    gui::Composition& m_composition;
    Stage& m_stage;
    QDir m_folder;
    QTcpServer m_silent; // takes requests and says nothing
};

}

int main(int argc, char** argv)
{
    QApplication app(argc, argv);
    const QDir folder(app.arguments().value(1, QStringLiteral(".")));
    Stage stage;
    if (!stage.build())
        return 1;
    gui::Composition composition(folder.filePath(QStringLiteral("settings.json")));
    composition.window()->resize(app.arguments().value(2, QStringLiteral("1280")).toInt(), app.arguments().value(3, QStringLiteral("800")).toInt());
    composition.window()->show();
    Camera(composition, stage, folder).takeAll();
    return 0;
}
