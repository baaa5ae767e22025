// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/console.h"
#include "app/cli/options/globaloptions.h"
#include "app/cli/output.h"
#include "core/base/async.h"
#include "core/base/job.h"
#include "core/cache/routes.h"
#include "core/http/client.h"
#include "core/redis/session.h"
#include "core/settings/profile.h"

#include <QObject>
#include <QVersionNumber>

#include <functional>
#include <memory>
#include <optional>

namespace cli {

// What a command works with: its words, the two outputs, the server, and one way to end. A command starts something and returns;
// the event loop carries it on until finish() or fail(), one of which is called exactly once.
class Context final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Context)
public:
    Context(CommandLine line, GlobalOptions globals, QObject* parent = nullptr);
    ~Context() override;

    const CommandLine& line() const { return m_line; }
    const GlobalOptions& globals() const { return m_globals; }
    Output& out() { return m_out; }
    Console& console() { return m_console; }
    // Said on stderr, and kept for "warnings" of the result.
    void warn(const QString& message);
    const QStringList& warnings() const { return m_warnings; }

    // Settings are read on first use; a damaged file is warned about and the defaults hold.
    core::settings::Store& store();
    // Routes of --lightapi-config and --endpoint, else of the profile; none is an empty table.
    core::Result<core::cache::RouteTable> routes();
    // A client of --api, CACHELIGHT_API or the profile's; owned by the context. Reason::ApiNotSet without one.
    core::Result<core::http::Client*> client();
    bool hasApi();
    QString apiUrl(); // as client() uses it; empty without one

    // Chooses the server and says which on stderr; the session is made but not opened. A command that writes needs a server that
    // was named and no --read-only (`writes`).
    core::Result<core::redis::Session*> chooseSession(bool writes);
    // The same, opened; a failure ends the command.
    void openSession(bool writes, std::function<void(core::redis::Session*)> then);
    // For one act that is not previewed: a production profile's read-only is lifted for this run by its name in --confirm.
    void openForWriting(std::function<void(core::redis::Session*)> then);
    core::redis::Session* session() const { return m_session.get(); }
    const std::optional<core::settings::Profile>& profile() const { return m_profile; }
    void useProfile(const QString& name) { m_globals.server.profile = name; } // as if --profile said so

    // Starts a job of ours, shows its progress and cancels it when the user or --max-time wants to stop. `then` runs at its end,
    // however that came: failureOf() says.
    void run(core::Job* job, const QString& act, std::function<void()> then);
    std::optional<core::Error> failureOf(const core::Job& job) const;
    // Why the command was asked to stop, if it was.
    const std::optional<core::Error>& stopped() const { return m_stop; }

    // The answer of a future, or the end of the command with its error.
    template <typename T, typename Then>
    void await(const QFuture<core::Result<T>>& future, Then then)
    {
        core::onFinished(future, this, [this, then = std::move(then)](const core::Result<T>& result) mutable {
            if (m_ended)
                return;
            if (!result)
                return fail(m_stop ? *m_stop : result.error());
            if constexpr (std::is_void_v<T>)
                then();
            else
                then(*result);
        });
    }

    // "own_lookups" and "own_lookups_unknown" of every summary of a command that talks to Redis.
    void writeOwnLookups(JsonWriter& json) const;
    // Lets the event loop breathe inside long output.
    void later(std::function<void()> then);

    void finish(int exit = 0);
    void fail(const core::Error& error); // exits as its code says
    void fail(const core::Error& error, int exit);
    // Leaves the end of a broken stdout to the command: it finishes its batch and calls finish() or fail().
    void interrupt(const core::Error& why, int signalNumber);
    int signalNumber() const { return m_signal; }
    bool isEnded() const { return m_ended; }

signals:
    void ended(int exit);
    void stopping(); // asked to stop and no job runs: what waits for a person ends

private:
    core::Result<void> findProfile();
    QVersionNumber knownRelease(const QVersionNumber& release);
    core::Result<void> addConfiguredRoutes(core::cache::RouteTable& table, const QString& file, const QStringList& endpoints);
    core::Result<void> addKeyTemplates(core::cache::RouteTable& table);
    int endWithoutStdout(int exit);
    core::Result<void> unlock();
    void logCommands(const QList<core::redis::SentCommand>& commands);

    CommandLine m_line;
    GlobalOptions m_globals;
    Output m_out;
    Console m_console;
    QStringList m_warnings;
    std::unique_ptr<core::settings::Store> m_store;
    std::optional<core::settings::Profile> m_profile;
    std::unique_ptr<core::redis::Session> m_session;
    std::unique_ptr<core::http::Client> m_client;
    core::Job* m_job = nullptr;
    std::optional<core::Error> m_stop;
    int m_signal = 0;
    bool m_ended = false;
};

}
