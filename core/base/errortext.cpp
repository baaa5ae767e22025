// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/errortext.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>

namespace core {

namespace {
    struct Row {
        Reason reason;
        const char* what; // %1 is the subject
        const char* advice;
    };

#define TEXT(text) QT_TRANSLATE_NOOP("core::ErrorText", text)
    const Row rows[] = {
        {Reason::BadUrl, TEXT("This is not a Redis URL: %1."), TEXT("Write redis://[user[:password]@]host[:port][/db], rediss:// for TLS, or unix:///path?db=N.")},
        {Reason::HostNotFound, TEXT("The host of %1 was not found."), TEXT("Check the name and that this machine can resolve it.")},
        {Reason::Refused, TEXT("%1 refused the connection."), TEXT("Check that Redis is running there and listens on that port.")},
        {Reason::Unreachable, TEXT("%1 cannot be reached over the network."), TEXT("Check the address, the route and the firewall in between.")},
        {Reason::NoSocket, TEXT("There is no Redis socket at %1."), TEXT("Check the path, and \"unixsocket\" in the server's configuration.")},
        {Reason::SocketPermission, TEXT("You may not open the socket %1."), TEXT("Ask for access to the file, or connect over TCP.")},
        {Reason::ConnectTimeout, TEXT("%1 did not accept the connection in time."), TEXT("Check the address and firewall, or allow more time.")},
        {Reason::ReplyTimeout, TEXT("%1 stopped answering."), TEXT("The server is stopped or busy.")},
        {Reason::LineDropped, TEXT("The connection to %1 was lost before the answer came; whether the command was executed is not known."), TEXT("It is not sent again. Look at the data before you repeat it.")},
        {Reason::SpeaksHttp, TEXT("%1 answers in HTTP, not in Redis' protocol."), TEXT("This is a web server's port. Redis usually listens on 6379.")},
        {Reason::SpeaksTls, TEXT("%1 expects TLS."), TEXT("Use rediss:// in the URL.")},
        {Reason::NotRedis, TEXT("%1 does not speak Redis' protocol."), TEXT("Check the port.")},
        {Reason::NotConnected, TEXT("There is no connection to %1."), TEXT("Connect first, or wait for the reconnection.")},
        {Reason::ClosedByServer, TEXT("%1 closed the connection."), TEXT("The server restarted, dropped this client, or has a limit of its own.")},
        {Reason::TlsUntrusted, TEXT("The certificate of %1 is not signed by an authority this machine trusts."), TEXT("Give the authority's file with --tls-ca, or in the profile.")},
        {Reason::TlsSelfSigned, TEXT("The certificate of %1 is signed by itself."), TEXT("If it is yours, give that certificate with --tls-ca, or in the profile.")},
        {Reason::TlsWrongName, TEXT("The certificate of %1 is for another host name."), TEXT("Connect by the name in the certificate, or give it with --tls-server-name.")},
        {Reason::TlsExpired, TEXT("The certificate of %1 is not valid at this time."), TEXT("Check this machine's clock, and renew the certificate.")},
        {Reason::TlsFailed, TEXT("TLS with %1 could not be set up."), TEXT("Check that the port speaks TLS and which versions it allows.")},
        {Reason::TlsCaFile, TEXT("The certificate file %1 cannot be used."), TEXT("Give a readable PEM file.")},
        {Reason::Loading, TEXT("%1 is still loading its data from disk."), TEXT("Wait: it answers when it is done. LightAPI serves requests uncached meanwhile.")},
        {Reason::ReplicaReadOnly, TEXT("%1 is a replica and takes no writes."), TEXT("Connect to its primary. LightAPI hides this: its requests succeed uncached.")},
        {Reason::OutOfMemory, TEXT("%1 has reached maxmemory and refuses to store more."), TEXT("Raise maxmemory, choose an eviction policy, or free keys. LightAPI hides this: its requests succeed uncached.")},
        {Reason::NoAuth, TEXT("%1 wants a password."), TEXT("Give it in the connection, by --password-file, or in REDISCLI_AUTH.")},
        {Reason::WrongPassword, TEXT("%1 refused this user name and password."), TEXT("Check both; a user switched off by ACL looks the same.")},
        {Reason::NoPermission, TEXT("This Redis user lacks the permission %1."), TEXT("Ask for that ACL rule, or connect as another user.")},
        {Reason::Moved, TEXT("%1 is one node of a Redis Cluster, and the key lives on another."), TEXT("Cachelight does not support Redis Cluster yet; it comes later.")},
        {Reason::ClusterDown, TEXT("The Redis Cluster of %1 is down."), TEXT("Repair the cluster; Cachelight does not support Redis Cluster yet.")},
        {Reason::ClusterMode, TEXT("%1 is one node of a Redis Cluster."), TEXT("Cachelight does not support Redis Cluster yet and would show a part of the keys as if it were all; it comes later.")},
        {Reason::Busy, TEXT("%1 is busy with a script and answers nobody else."), TEXT("Wait, or stop it on the server with SCRIPT KILL.")},
        {Reason::Misconf, TEXT("%1 refuses writes because it cannot save to disk."), TEXT("Look at the server's log and disk. LightAPI hides this: its requests succeed uncached.")},
        {Reason::MaxClients, TEXT("%1 has its maximum number of clients."), TEXT("Close connections or raise maxclients.")},
        {Reason::MasterDown, TEXT("%1 is a replica that has lost its primary."), TEXT("Restore the replication link, or connect to the primary.")},
        {Reason::NoReplicas, TEXT("%1 refuses writes: too few replicas are in step."), TEXT("Bring the replicas back, or lower min-replicas-to-write.")},
        {Reason::WrongType, TEXT("The key holds another type than %1 expects."), TEXT("Look at the key's type; something else wrote it.")},
        {Reason::UnknownCommand, TEXT("%1 is not known to this server."), TEXT("The server is too old, or the command was renamed or removed there.")},
        {Reason::NoSuchDatabase, TEXT("There is no database %1 on this server."), TEXT("Choose a smaller number; the server's configuration says how many there are.")},
        {Reason::ExecAbort, TEXT("The transaction was refused by %1."), TEXT("One of its commands was not accepted; nothing was changed.")},
        {Reason::OtherReply, TEXT("Redis answered with an error to %1."), TEXT("The server's own words say why.")},
        {Reason::ProfileReadOnly, TEXT("%1 was not sent: this connection is read-only."), TEXT("Switch read-only off first; a production profile wants its name typed.")},
        {Reason::WriteNeedsServer, TEXT("%1 changes data, so the server must be named."), TEXT("Give --url or --profile; the default server is for reading only.")},
        {Reason::NotConfirmed, TEXT("Nothing was changed: %1 was not confirmed."), TEXT("Look at the plan and confirm it with --yes.")},
        {Reason::WrongConfirmation, TEXT("Nothing was changed: the confirmation must be exactly %1."), TEXT("Type that name, or give it with --confirm.")},
        {Reason::PlanChanged, TEXT("The plan %1 is not what was saved."), TEXT("Make the plan again; a changed file is never executed.")},
        {Reason::PlanOtherServer, TEXT("The plan %1 was made on another server, database or run of the server."), TEXT("Make the plan again on this server.")},
        {Reason::DatabaseHeld, TEXT("%1 stays in its database for now."), TEXT("A plan is made or carried out there, or another database is being selected: wait for its end or cancel it.")},
        {Reason::DatabaseChanging, TEXT("Nothing was begun: another database of %1 is being selected."), TEXT("Do it again when the server has answered, in the database that it is meant for.")},
        {Reason::HeadRefused, TEXT("HEAD is refused: every LightAPI 0.1.13 and later answers it with 405 and empties the endpoint's cache."), TEXT("Use GET.")},
        {Reason::MethodRefused, TEXT("%1 may change data and makes LightAPI purge the endpoint's cache."), TEXT("Confirm it with --yes if you mean it.")},
        {Reason::BadTarget, TEXT("%1 is not a request target."), TEXT("It starts with a slash and holds no space, no control character and no line break: percent-encode those.")},
        {Reason::BadHeader, TEXT("%1 cannot be sent as a header field."), TEXT("Write \"Name: value\" without line breaks.")},
        {Reason::BadKeyArgument, TEXT("%1 is not a key argument."), TEXT("Write the key itself, or b64: and its bytes in base64.")},
        {Reason::BadPattern, TEXT("%1 is not a pattern that can be used."), TEXT("Escape * ? [ ] and \\ with a backslash, and close every bracket.")},
        {Reason::BadQuery, TEXT("The search cannot be read at %1."), TEXT("\"cachelight help keys\" says how to search; text in quotes is taken as it stands: \"class:\".")},
        {Reason::SearchTooCostly, TEXT("The regular expression %1 takes too many steps, so the search was stopped; whether it matches is not known."), TEXT("Make it simpler: repetitions inside repetitions such as (a+)+ grow without bound.")},
        {Reason::EmptySelection, TEXT("%1 would select nothing or everything."), TEXT("Say what to select: a tag, class, path, prefix, pattern or key.")},
        {Reason::BadYaml, TEXT("%1 is not valid YAML for LightAPI."), TEXT("Mend the place that is named and read it again.")},
        {Reason::UnknownYamlKey, TEXT("%1 is not a key that LightAPI knows."), TEXT("LightAPI 0.2.1 and later refuses to load it, earlier releases ignore it.")},
        {Reason::BadEndpoint, TEXT("%1 does not describe an endpoint."), TEXT("Write CLASS=ROUTE[,ttl=S][,cached=no][,vary_on=NAME].")},
        {Reason::BadKeyTemplate, TEXT("%1 does not describe how keys are made."), TEXT("Write NAME=TEMPLATE[,ttl=S], as in products={class}:{path}?{query},ttl=120.")},
        {Reason::CacheDropped, TEXT("The cache configured for %1 has no effect."), TEXT("LightAPI drops \"cache\" where \"reflect\" is set; declare the fields instead.")},
        {Reason::AsyncUncached, TEXT("%1 asks for an async app, and LightAPI before 0.2.1 caches nothing of one."), TEXT("Nothing to do from 0.2.1 on; before it, use mode: sync.")},
        {Reason::SharedClass, TEXT("More than one route has the class name %1."), TEXT("Their keys begin alike, so a write to one empties the cache of both. Let the routes end differently.")},
        {Reason::BadOption, TEXT("The option or argument %1 is not right."), TEXT("See \"cachelight help\".")},
        {Reason::UnknownCommandName, TEXT("There is no command %1."), TEXT("\"cachelight help\" lists the commands.")},
        {Reason::NoDisplay, TEXT("There is no display to open the window on."), TEXT("Start it in a desktop session, or give a command: \"cachelight help\" lists them.")},
        {Reason::NotInThisVersion, TEXT("%1: not in this version."), TEXT("It is planned; \"cachelight help\" lists what works.")},
        {Reason::NoSuchProfile, TEXT("There is no saved connection named %1."), TEXT("\"cachelight profiles list\" shows them.")},
        {Reason::CorruptTag, TEXT("The tag %1 cannot be read."), TEXT("Look at its value. Nothing of it is deleted while that is so.")},
        {Reason::ValueChanged, TEXT("The key %1 holds another value than when reading began."), TEXT("Read it again.")},
        {Reason::ValueGone, TEXT("The key %1 has gone while its value was read."), TEXT("It expired or was deleted.")},
        {Reason::NotDecodable, TEXT("The value is not %1."), TEXT("Show it in another way, or by its content.")},
        {Reason::ValueDamaged, TEXT("The %1 data of the value is damaged."), TEXT("What could be read is shown.")},
        {Reason::TagStillWritten, TEXT("The tag %1 is still being written, so it was kept."), TEXT("Try again when fewer requests add to it.")},
        {Reason::SettingsDamaged, TEXT("The settings file %1 could not be read; defaults are used."), TEXT("The damaged file was kept aside under the name given.")},
        {Reason::FileMissing, TEXT("There is no file or folder %1."), TEXT("Check the name.")},
        {Reason::FilePermission, TEXT("The file %1 may not be opened."), TEXT("Check its permissions.")},
        {Reason::FileDamaged, TEXT("The file %1 does not hold what it should."), TEXT("Make it again.")},
        {Reason::ArchiveNewer, TEXT("The archive %1 was written by a newer version of Cachelight."), TEXT("Read it with that version.")},
        {Reason::DiskFull, TEXT("There is no room to write %1."), TEXT("Free space on that disk and try again.")},
        {Reason::ApiUnreachable, TEXT("The LightAPI server at %1 cannot be reached."), TEXT("Check that it is running and that the base URL is right.")},
        {Reason::ApiTimeout, TEXT("The LightAPI server at %1 did not answer in time."), TEXT("Look at what it waits for, or give it more time.")},
        {Reason::ApiTooLarge, TEXT("The answer of %1 did not end within the size limit and was cut off."), TEXT("Ask for less; a verdict needs the whole body.")},
        {Reason::ApiProtocol, TEXT("%1 did not answer in HTTP."), TEXT("Check the base URL's port and scheme.")},
        {Reason::ApiTls, TEXT("The certificate of %1 was not accepted."), TEXT("Give the authority's file with --api-ca.")},
        {Reason::ApiNotSet, TEXT("No LightAPI server is set for %1."), TEXT("Give its base URL with --api, in CACHELIGHT_API, or in the profile.")},
        {Reason::ApiClosed, TEXT("%1 closed the connection without a whole answer."), TEXT("Look at the server's log; it may have been restarted or have crashed.")},
        {Reason::ApiTruncated, TEXT("The answer of %1 ended before the length it had announced."), TEXT("LightAPI 0.1.3 to 0.1.6 announces wrong lengths on a cache hit; else look at a proxy in between.")},
        {Reason::ApiHeadTooLarge, TEXT("The header fields of %1's answer are longer than is taken."), TEXT("No client takes as much; look at what the server puts into them.")},
        {Reason::ApiNotDecodable, TEXT("The answer of %1 could not be decompressed: it is damaged or was cut off."), TEXT("Ask without a content coding; if it is then whole, look at what compresses it.")},
        {Reason::BadApiUrl, TEXT("%1 is not the base URL of an HTTP server."), TEXT("Write http://host:port or https://host:port, without path, user name and password.")},
        {Reason::BadMethod, TEXT("%1 is not a request method."), TEXT("Write one word such as GET or POST.")},
        {Reason::TooManyFailures, TEXT("Too many requests to %1 failed, so the rest was not sent."), TEXT("Look at the failures that are listed, mend their cause and start again.")},
        {Reason::BadWebUrl, TEXT("%1 is not a URL that can be used."), TEXT("Write http://host/path or https://host/path.")},
        {Reason::OtherOrigin, TEXT("%1 is not on the LightAPI server that is set."), TEXT("Credentials go to that server only: set the other one as the LightAPI server, or give a URL on the one that is set.")},
        {Reason::BadCurl, TEXT("%1 is not a curl command that can be used."), TEXT("Paste one such as curl 'http://host/path' -H 'Name: value', or what a browser's \"Copy as cURL (bash)\" gives. Nothing of it is run.")},
        {Reason::BadLogLine, TEXT("%1 is not a line of an access log."), TEXT("Common, combined and JSON formats are read, with the method and the target of the request in them.")},
        {Reason::BadSitemap, TEXT("The sitemap %1 cannot be used."), TEXT("It is XML with urlset or sitemapindex, plain or gzip, of at most 50,000 locations and 50 MiB (sitemaps.org).")},
        {Reason::TooManyTargets, TEXT("More than %1 targets would be made."), TEXT("Give fewer values or routes.")},
        {Reason::NoSecretStore, TEXT("No key store of the system answers."), TEXT("Start one (GNOME Keyring, KWallet, KeePassXC; the library libsecret-1-0 speaks to most), or keep the secret for this session only.")},
        {Reason::SecretsTimeout, TEXT("The system's key store did not answer in time."), TEXT("It may be waiting to be unlocked. Unlock it and try again, or keep the secret for this session only.")},
        {Reason::SecretsRefused, TEXT("The system's key store refused access to \"%1\"."), TEXT("Allow it there, or keep the secret for this session only.")},
        {Reason::SecretsFailed, TEXT("The system's key store could not be used for \"%1\"."), TEXT("Try again, or keep the secret for this session only.")},
        {Reason::BadIdentity, TEXT("The identity \"%1\" cannot be used."), TEXT("It needs a name, and what its kind asks for: a token, or a user name and a password.")},
        {Reason::LoginRefused, TEXT("%1 did not accept the login."), TEXT("Check the user name, the password and the path of the login.")},
        {Reason::NoToken, TEXT("%1 answered the login without a token."), TEXT("An app that uses Basic authentication alone gives none: use an identity of that kind.")},
        {Reason::KeyWithoutRequest, TEXT("No request can be made again from the key %1."), TEXT("Type the request that you want to send.")},
        {Reason::MaxTime, TEXT("It did not end within %1, so it was stopped."), TEXT("Allow more with --max-time. What was done up to then stays done.")},
    };

    struct CodeRow {
        Code code;
        const char* what;
    };
    // For errors without a reason of their own.
    const CodeRow codeRows[] = {
        {Code::Cancelled, TEXT("Cancelled.")},
        {Code::Internal, TEXT("Cachelight met an error of its own.")},
        {Code::Protocol, TEXT("The server's answer could not be understood.")},
        {Code::Reply, TEXT("The server answered with an error.")},
        {Code::Usage, TEXT("The command is not used rightly.")},
        {Code::Input, TEXT("The input cannot be used.")},
        {Code::File, TEXT("A file could not be read or written.")},
        {Code::Data, TEXT("What is stored cannot be read.")},
        {Code::Api, TEXT("The LightAPI server gave no usable answer.")},
    };
#undef TEXT

    QString filled(const char* text, const QString& subject)
    {
        QString out = QString::fromUtf8(text);
        const QString shown = subject.isEmpty() ? QStringLiteral("the server") : subject;
        out.replace(QStringLiteral("%1"), shown);
        if (subject.isEmpty() && !out.isEmpty())
            out[0] = out[0].toUpper();
        return out;
    }
}

namespace {
    // Advice follows it wherever both are shown, and what a system or a server says ends as it likes.
    QString asSentence(const QString& detail)
    {
        const bool ends = detail.isEmpty() || QStringLiteral(".!?…").contains(detail.back());
        return ends ? detail : QString(detail + u'.');
    }
}

ErrorText describe(const Error& error)
{
    const auto row = std::ranges::find(rows, error.reason, &Row::reason);
    if (row != std::end(rows))
        return {filled(row->what, error.subject), asSentence(error.detail), filled(row->advice, error.subject)};
    const auto codeRow = std::ranges::find(codeRows, error.code, &CodeRow::code);
    const QString what = codeRow != std::end(codeRows) ? QString::fromUtf8(codeRow->what)
                                                       : QStringLiteral("It failed (%1).").arg(codeName(error.code));
    return {error.subject.isEmpty() ? what : QString(what + u' ' + u'(' + error.subject + u')'), asSentence(error.detail), {}};
}

QString oneLine(const Error& error)
{
    const ErrorText text = describe(error);
    QStringList parts {text.what};
    if (!text.why.isEmpty())
        parts << text.why;
    if (!text.advice.isEmpty())
        parts << text.advice;
    return parts.join(u' ');
}

}
