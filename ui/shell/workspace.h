// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/cache/routes.h"
#include "core/invalidate/audit.h"
#include "core/settings/profile.h"
#include "ui/shell/pagehint.h"
#include "ui/shell/pageid.h"

#include <QFuture>
#include <QObject>

#include <functional>
#include <memory>

namespace core::http {
class Client;
}
namespace core::keys {
class KeyIndex;
class KeyTracking;
}
namespace core::metrics {
class Sampler;
}
namespace core::redis {
class Session;
}
namespace core::replay {
class SeenKeys;
}

namespace ui {

class DemoHost;
class Identities;
class JobList;

// Everything a page may use of the profile that is connected, and the way pages ask for one another. One a window, GUI thread.
//
// The objects live from connected() until disconnected(): take them by the getters each time or in pageConnected(), keep them
// only as QPointer, and make every answer's context the page (core::onFinished), never the session.
class Workspace final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Workspace)
public:
    // Connecting is the first attempt; Reconnecting comes after a loss: the objects stay, what is on screen grows old.
    enum class State { Disconnected, Connecting, Connected, Reconnecting };
    Q_ENUM(State)

    // `store` and `demo` must outlive the workspace; `demo` may be null (no demo offered).
    explicit Workspace(core::settings::Store* store, DemoHost* demo = nullptr, QObject* parent = nullptr);
    ~Workspace() override;

    State state() const { return m_state; }
    // True between connected() and disconnected(), also while reconnecting.
    bool isOpen() const;
    // Null unless isOpen(). Owned here.
    core::redis::Session* session() const;
    core::keys::KeyIndex* keyIndex() const;
    // Switched on with each connection but to production, where every write would cost the server a message.
    core::keys::KeyTracking* tracking() const;
    core::metrics::Sampler* sampler() const;
    // Null without an API URL in the profile.
    core::http::Client* client() const;
    // Ends of the entries that replays and warming have seen in this database; null unless isOpen().
    std::shared_ptr<core::replay::SeenKeys> seenKeys() const;
    // Of lightapi.yaml and --endpoint, and for classes not named there those learned from the keys of the last whole scan. Also while
    // disconnected.
    const core::cache::RouteTable& routes() const { return m_routes; }
    // What was wrong with lightapi.yaml or an endpoint text: shown by Connections and Health.
    const QList<core::Error>& routeWarnings() const { return m_routeWarnings; }
    // The connected (or last tried) one; its endpoint holds the password in memory: never save or show it.
    const core::settings::Profile& profile() const { return m_profile; }
    bool isProduction() const { return m_profile.environment == core::settings::Environment::Production; }
    bool isDemo() const { return m_demoProfile; }
    core::settings::Store* store() const { return m_store; }
    // Who requests may be sent as; also while disconnected.
    Identities* identities() const { return m_identities; }
    core::invalidate::AuditLog& audit() { return m_audit; }
    JobList* jobs() const { return m_jobs; }

    // Why the last connectTo() failed or the line is down; code Cancelled while all is well.
    const core::Error& lastError() const { return m_lastError; }
    // Age of the figures on screen in ms: since the last good reading of INFO; -1 before the first.
    qint64 dataAgeMs() const;
    // True where writes are refused by us (read-only switch); greys acts out. True while not open.
    bool isReadOnly() const;

    // Closes what is open and connects; `password` for this session only. The answer comes by connected() or connectFailed().
    void connectTo(const core::settings::Profile& profile, const QByteArray& password = {});
    void disconnectFromServer();
    // Tries again now in place of at the end of the back-off.
    void retryNow();
    bool hasDemo() const { return m_demo != nullptr; }
    // Starts the embedded demo and connects to it; connectFailed() if it cannot start.
    void startDemo();
    // SELECT on all lines; keyIndex() starts anew. databaseChanged() follows.
    void selectDatabase(int database);
    void setReadOnly(bool readOnly);
    // The release and the key templates (--key-template texts) of the connection, from now on and in its saved profile, if it has one.
    core::Result<void> setKeyRules(const QVersionNumber& release, const QStringList& keyTemplates);

    // A command line that does the same, for "Copy as cachelight command"; its words are made by app/cli's table, which ui does not
    // know, so app/gui hands the maker in. Empty where none was given.
    using CommandText = std::function<QString(const QString& command, const QList<QByteArray>& arguments)>;
    void setCommandText(CommandText maker) { m_commandText = std::move(maker); }
    QString commandText(const QString& command, const QList<QByteArray>& arguments) const
    {
        return m_commandText ? m_commandText(command, arguments) : QString();
    }

    // Cross-page acts: the window shows the page and calls Page::openHint() with `hint`.
    void openPage(PageId page, const PageHint& hint = {});

signals:
    void connected();
    void disconnected();
    void connectFailed(const core::Error& error);
    // Any change of state(), also attempts and next tries while reconnecting.
    void connectionStateChanged();
    void databaseChanged(int database);
    void databaseRefused(const core::Error& error);
    void readOnlyChanged(bool readOnly);
    void routesChanged();
    // Once a second while open: the age changed; also when fresh data came.
    void dataAged(qint64 ageMs);
    void pageRequested(ui::PageId page, const ui::PageHint& hint);

private:
    struct Parts;

    void setState(State state);
    void closeParts();
    void openParts(const core::settings::Profile& profile);
    void onOpened();
    void onOpenFailed(const core::Error& error);
    void followSession();
    void loadRoutes();
    bool isSaved(const core::settings::Profile& profile) const;
    void tryAgain(bool wasSaved);
    void takeLearned(const QList<core::cache::Route>& routes);
    void joinRoutes();

    core::settings::Store* m_store;
    DemoHost* m_demo;
    JobList* m_jobs;
    Identities* m_identities;
    core::invalidate::AuditLog m_audit;
    core::settings::Profile m_profile;
    core::cache::RouteTable m_givenRoutes; // configured
    QList<core::cache::Route> m_learnedRoutes;
    core::cache::RouteTable m_routes; // both
    QList<core::Error> m_routeWarnings;
    core::Error m_lastError {core::Code::Cancelled, core::Reason::None, {}, {}};
    std::unique_ptr<Parts> m_parts;
    CommandText m_commandText;
    std::function<void()> m_tryAgain; // what was asked for last
    quint64 m_attempt = 0; // counts what was asked for, so that an answer that comes late is known
    State m_state = State::Disconnected;
    bool m_demoProfile = false;
};

}
