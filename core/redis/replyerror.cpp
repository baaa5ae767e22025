// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bytes.h"
#include "core/redis/reply.h"

#include <array>

namespace core::redis {

namespace {
    struct Row {
        const char* start; // of the error text, case as Redis writes it
        Code code;
        Reason reason;
    };
    // First match wins; "ERR …" texts are those of Redis 5 to 7.4.
    constexpr std::array rows {
        Row {"LOADING", Code::Reply, Reason::Loading},
        Row {"READONLY", Code::Reply, Reason::ReplicaReadOnly},
        Row {"OOM", Code::Reply, Reason::OutOfMemory},
        Row {"NOAUTH", Code::Auth, Reason::NoAuth},
        Row {"WRONGPASS", Code::Auth, Reason::WrongPassword},
        Row {"ERR invalid password", Code::Auth, Reason::WrongPassword},
        Row {"ERR AUTH ", Code::Auth, Reason::WrongPassword},
        Row {"ERR Client sent AUTH", Code::Auth, Reason::WrongPassword},
        Row {"NOPERM", Code::Permission, Reason::NoPermission},
        Row {"MOVED", Code::Reply, Reason::Moved},
        Row {"ASK ", Code::Reply, Reason::Moved},
        Row {"CROSSSLOT", Code::Reply, Reason::Moved},
        Row {"CLUSTERDOWN", Code::Reply, Reason::ClusterDown},
        Row {"ERR SELECT is not allowed in cluster mode", Code::Unsupported, Reason::ClusterMode},
        Row {"BUSY ", Code::Reply, Reason::Busy},
        Row {"MISCONF", Code::Reply, Reason::Misconf},
        Row {"ERR max number of clients", Code::Connect, Reason::MaxClients},
        Row {"MASTERDOWN", Code::Reply, Reason::MasterDown},
        Row {"NOREPLICAS", Code::Reply, Reason::NoReplicas},
        Row {"WRONGTYPE", Code::Reply, Reason::WrongType},
        Row {"EXECABORT", Code::Reply, Reason::ExecAbort},
        Row {"ERR unknown command", Code::Reply, Reason::UnknownCommand},
        Row {"ERR unknown subcommand", Code::Reply, Reason::UnknownCommand},
        Row {"ERR Unknown subcommand", Code::Reply, Reason::UnknownCommand},
        Row {"ERR DB index is out of range", Code::Input, Reason::NoSuchDatabase},
        Row {"ERR invalid DB index", Code::Input, Reason::NoSuchDatabase},
    };

    // The sentences of these speak of the command (or the database number); those of all others of the server, whose name the
    // caller adds where it knows it.
    bool concernsCommand(Reason reason)
    {
        return reason == Reason::OtherReply || reason == Reason::WrongType || reason == Reason::UnknownCommand
            || reason == Reason::NoSuchDatabase;
    }

    QByteArrayView between(QByteArrayView text, QByteArrayView before, QByteArrayView after)
    {
        const qsizetype at = text.indexOf(before);
        if (at < 0)
            return {};
        const QByteArrayView rest = text.sliced(at + before.size());
        const qsizetype end = rest.lastIndexOf(after);
        return end < 0 ? QByteArrayView() : rest.first(end);
    }

    // 7.0 names the command but not the key; 7.2 names both. The key is user data: displayed, never trusted as text.
    QString missingPermission(QByteArrayView text, const QString& subject)
    {
        if (const QByteArrayView command = between(text, "run the '", "'"); !command.isEmpty())
            return u'+' + displayText(command);
        if (const QByteArrayView key = between(text, "access the '", "' key"); !key.isEmpty())
            return u'~' + displayText(key);
        if (text.contains("keys used as arguments"))
            return QStringLiteral("for a key it was asked for (~pattern)");
        if (text.contains("channel"))
            return QStringLiteral("for that channel (&pattern)");
        return u'+' + subject.toLower().replace(u' ', u'|');
    }
}

Error toError(const Reply& errorReply, const QString& subject)
{
    const QByteArrayView text = errorReply.bytes;
    Error error {Code::Reply, Reason::OtherReply, subject, displayText(text)};
    for (const Row& row : rows) {
        if (!text.startsWith(QByteArrayView(row.start)))
            continue;
        error.code = row.code;
        error.reason = row.reason;
        break;
    }
    if (!concernsCommand(error.reason))
        error.subject.clear();
    if (error.reason == Reason::NoPermission)
        error.subject = missingPermission(text, subject);
    return error;
}

Result<Reply> checked(Reply reply, const QString& subject)
{
    if (reply.isError())
        return fail(toError(reply, subject));
    return reply;
}

}
