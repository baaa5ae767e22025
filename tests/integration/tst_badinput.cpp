// SPDX-License-Identifier: GPL-3.0-or-later
// One table of everything that goes wrong: input -> error code -> sentence. No two sentences are alike, none shows a raw errno.
#include "app/demo/redisprocess.h"
#include "core/base/errortext.h"
#include "core/cache/querycodec.h"
#include "core/cache/routes.h"
#include "core/http/client.h"
#include "core/keys/keymeta.h"
#include "core/metrics/sampler.h"
#include "core/redis/keyscan.h"
#include "core/settings/serversource.h"
#include "tests/support/keycollector.h"
#include "tests/support/redistest.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <memory>
#include <optional>

using core::Code;
using core::Endpoint;
using core::Error;
using core::Reason;
using demo::RedisProcess;

namespace {
using Cause = std::function<std::optional<Error>()>;

template <typename T>
std::optional<Error> errorOf(const core::Result<T>& result)
{
    return result ? std::nullopt : std::optional(result.error());
}

std::optional<Error> openError(Endpoint endpoint)
{
    endpoint.connectTimeoutMs = 2000;
    core::redis::Session session(endpoint);
    return errorOf(redistest::wait(session.open()));
}

// A server with these arguments, and what connecting to it (over TCP) says.
std::optional<Error> openServer(const QStringList& arguments, const std::function<void(Endpoint&)>& change = {})
{
    RedisProcess redis;
    if (const auto started = redis.startAndWait({.tcp = true, .arguments = arguments}); !started)
        return started.error();
    Endpoint endpoint = redis.tcpEndpoint();
    if (change)
        change(endpoint);
    return openError(endpoint);
}

// What a user with all permissions but some meets.
std::optional<Error> asUser(const QByteArray& rules, const std::function<std::optional<Error>(core::redis::Session&)>& act)
{
    RedisProcess redis;
    if (const auto started = redis.startAndWait({}); !started)
        return started.error();
    core::redis::Session admin(redis.endpoint());
    if (const auto opened = redistest::wait(admin.open()); !opened)
        return opened.error();
    QList<QByteArray> words {"ACL", "SETUSER", "limited", "on", ">secret", "~*", "&*", "+@all"};
    words += rules.split(' ');
    if (const auto reply = redistest::wait(admin.call(core::redis::Command(words))); !reply)
        return reply.error();
    redistest::ask(admin, {"SET", "a", "1"});
    Endpoint endpoint = redis.endpoint();
    endpoint.user = "limited";
    endpoint.password = "secret";
    core::redis::Session session(endpoint);
    if (const auto opened = redistest::wait(session.open()); !opened)
        return opened.error();
    return act(session);
}

std::optional<Error> withoutInfo(core::redis::Session& session)
{
    core::metrics::Sampler sampler(&session);
    QSignalSpy failed(&sampler, &core::metrics::Sampler::failed);
    sampler.start(50);
    return failed.wait(redistest::patienceMs) ? sampler.lastError() : std::nullopt;
}

std::optional<Error> withoutScan(core::redis::Session& session)
{
    KeyCollector sink;
    core::redis::KeyScan scan(&session, &sink, {});
    QSignalSpy finished(&scan, &core::Job::finished);
    scan.start();
    if (!scan.isFinished() && !finished.wait(redistest::patienceMs))
        return std::nullopt;
    return errorOf(scan.outcome());
}

std::optional<Error> withoutMemory(core::redis::Session& session)
{
    const auto metas = redistest::wait(core::keys::readMeta(&session, {"a"}));
    return metas ? metas->first().refused : std::optional(metas.error());
}

std::optional<Error> stopped()
{
    RedisProcess redis;
    if (const auto started = redis.startAndWait({}); !started)
        return started.error();
    Endpoint endpoint = redis.endpoint();
    endpoint.replyTimeoutMs = 500;
    core::redis::Session session(endpoint);
    if (const auto opened = redistest::wait(session.open()); !opened)
        return opened.error();
    redis.pause();
    // The command itself may have been executed, so it ends as lost; the session says why the line was given up.
    const auto reply = redistest::wait(session.call({"GET", "a"}));
    const Error told = session.lastError();
    redis.resume();
    return reply || reply.error().code != Code::Lost ? std::nullopt : std::optional(told);
}

// A listener that answers every connection with these bytes again and again.
struct Talker {
    explicit Talker(QByteArray bytes, bool endless = false)
    {
        server.listen(QHostAddress::LocalHost);
        QObject::connect(&server, &QTcpServer::newConnection, &server, [this, bytes, endless] {
            QTcpSocket* client = server.nextPendingConnection();
            const auto talk = [client, bytes] { client->write(bytes); };
            QObject::connect(client, &QTcpSocket::readyRead, client, talk);
            if (endless)
                QObject::connect(client, &QTcpSocket::bytesWritten, client, talk);
        });
    }
    QTcpServer server;
};

std::optional<Error> speaksHttp()
{
    Talker talker("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    Endpoint endpoint;
    endpoint.host = QStringLiteral("127.0.0.1");
    endpoint.port = talker.server.serverPort();
    return openError(endpoint);
}

std::optional<Error> endlessBody()
{
    Talker talker("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + QByteArray(64 * 1024, 'x'), true);
    core::http::Client client({QStringLiteral("http://127.0.0.1:%1").arg(talker.server.serverPort())});
    return errorOf(redistest::wait(client.send({.target = "/endless", .timeoutMs = 10'000, .maxBodyBytes = 1'000'000})));
}

// A key and a certificate made by openssl; `name` in its subjectAltName.
struct Certificate {
    explicit Certificate(const QString& name)
    {
        QProcess openssl;
        openssl.start(QStringLiteral("openssl"),
            {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"), QStringLiteral("-nodes"),
                       QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-subj"), QStringLiteral("/CN=") + name, QStringLiteral("-addext"),
                       QStringLiteral("subjectAltName=DNS:") + name, QStringLiteral("-keyout"), key(), QStringLiteral("-out"), file()});
        made = openssl.waitForFinished() && openssl.exitCode() == 0;
    }
    QString file() const { return folder.filePath(QStringLiteral("cert.pem")); }
    QString key() const { return folder.filePath(QStringLiteral("key.pem")); }
    QTemporaryDir folder;
    bool made = false;
};

quint16 freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

std::optional<Error> tls(const QString& certificateName, bool trusted)
{
    const Certificate certificate(certificateName);
    if (!certificate.made)
        return std::nullopt;
    const quint16 port = freePort();
    const QStringList arguments {QStringLiteral("--tls-port"), QString::number(port), QStringLiteral("--tls-cert-file"), certificate.file(),
        QStringLiteral("--tls-key-file"), certificate.key(), QStringLiteral("--tls-auth-clients"), QStringLiteral("no")};
    return openServer(arguments, [&](Endpoint& endpoint) {
        endpoint.transport = Endpoint::Transport::Tls;
        endpoint.host = QStringLiteral("localhost");
        endpoint.port = port;
        if (trusted)
            endpoint.tlsCaFile = certificate.file();
    });
}

std::optional<Error> damagedSettings()
{
    QTemporaryDir folder;
    const QString name = folder.filePath(QStringLiteral("settings.json"));
    QFile file(name);
    if (!file.open(QIODevice::WriteOnly))
        return std::nullopt;
    file.write("{ \"profiles\": [ {");
    file.close();
    core::settings::Store store(name);
    const std::optional<Error> error = errorOf(store.load());
    // Usable at once, and what was there is kept beside.
    core::settings::Profile profile;
    profile.name = QStringLiteral("after");
    const bool kept = QDir(folder.path()).entryList({QStringLiteral("*damaged*")}, QDir::Files | QDir::Hidden).size() == 1;
    return store.put(profile) && kept ? error : std::nullopt;
}
}

class TestBadInput final : public QObject {
    Q_OBJECT
private slots:
    void everyInputHasItsSentence_data()
    {
        QTest::addColumn<Cause>("cause");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("reason");
        const auto row = [](const char* name, Code code, Reason reason, const Cause& cause) {
            QTest::newRow(name) << cause << static_cast<int>(code) << static_cast<int>(reason);
        };
        row("wrong URL", Code::Input, Reason::BadUrl, [] { return errorOf(core::settings::endpointFromUrl(QStringLiteral("localhost:6379"))); });
        row("wrong password", Code::Auth, Reason::WrongPassword, [] {
            return openServer({QStringLiteral("--requirepass"), QStringLiteral("right")}, [](Endpoint& e) { e.password = "wrong"; });
        });
        row("no password", Code::Auth, Reason::NoAuth, [] { return openServer({QStringLiteral("--requirepass"), QStringLiteral("right")}); });
        row("refused port", Code::Connect, Reason::Refused, [] {
            Endpoint endpoint;
            endpoint.host = QStringLiteral("127.0.0.1");
            endpoint.port = freePort();
            return openError(endpoint);
        });
        row("no socket", Code::Connect, Reason::NoSocket, [] {
            Endpoint endpoint;
            endpoint.transport = Endpoint::Transport::Unix;
            endpoint.path = QStringLiteral("/nonexistent/redis.sock");
            return openError(endpoint);
        });
        row("unknown host", Code::Connect, Reason::HostNotFound, [] {
            Endpoint endpoint;
            endpoint.host = QStringLiteral("no-such-host.invalid");
            return openError(endpoint);
        });
        row("TLS, wrong name", Code::Tls, Reason::TlsWrongName, [] { return tls(QStringLiteral("elsewhere.example"), true); });
        row("TLS, self-signed", Code::Tls, Reason::TlsSelfSigned, [] { return tls(QStringLiteral("localhost"), false); });
        row("a port that speaks HTTP", Code::Protocol, Reason::SpeaksHttp, speaksHttp);
        row("a server that stops answering", Code::Timeout, Reason::ReplyTimeout, stopped);
        row("no permission for INFO", Code::Permission, Reason::NoPermission, [] { return asUser("-info", withoutInfo); });
        row("no permission for SCAN", Code::Permission, Reason::NoPermission, [] { return asUser("-scan", withoutScan); });
        row("no permission for MEMORY", Code::Permission, Reason::NoPermission, [] { return asUser("-memory", withoutMemory); });
        row("a cluster node", Code::Unsupported, Reason::ClusterMode, [] {
            // Its bus would otherwise take the port plus 10000, which may be none.
            return openServer({QStringLiteral("--cluster-enabled"), QStringLiteral("yes"), QStringLiteral("--cluster-port"), QString::number(freePort())});
        });
        row("broken YAML", Code::Input, Reason::BadYaml, [] { return errorOf(core::cache::routesFromYaml("endpoints:\n  - route: [\n", QStringLiteral("lightapi.yaml"))); });
        row("damaged settings", Code::File, Reason::SettingsDamaged, damagedSettings);
        row("a target without a slash", Code::Input, Reason::BadTarget, [] { return errorOf(core::cache::checkTarget("books")); });
        row("a target with CR LF", Code::Input, Reason::BadTarget, [] { return errorOf(core::cache::checkTarget("/books\r\nX: y")); });
        row("an endless body", Code::Api, Reason::ApiTooLarge, endlessBody);
    }
    void everyInputHasItsSentence()
    {
        QFETCH(Cause, cause);
        QFETCH(int, code);
        QFETCH(int, reason);
        const std::optional<Error> error = cause();
        QVERIFY2(error.has_value(), "it was accepted, or never answered");
        QVERIFY2(static_cast<int>(error->code) == code && static_cast<int>(error->reason) == reason, qPrintable(redistest::told(*error)));
        const core::ErrorText text = core::describe(*error);
        QVERIFY2(!m_sentences.contains(text.what), qPrintable(text.what));
        m_sentences.insert(text.what);
        QVERIFY(!text.advice.isEmpty());
        static const QRegularExpression raw(QStringLiteral("errno|\\(\\d+\\)|Q[A-Z][a-z]+(Socket|Error)|Operation not permitted|curl"), QRegularExpression::CaseInsensitiveOption);
        QVERIFY2(!raw.match(text.what + text.advice).hasMatch(), qPrintable(text.what + text.advice));
        QVERIFY2(!core::oneLine(*error).contains(QStringLiteral("secret")), qPrintable(core::oneLine(*error)));
    }

private:
    QSet<QString> m_sentences;
};

QTEST_GUILESS_MAIN(TestBadInput)
#include "tst_badinput.moc"
