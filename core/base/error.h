// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>

namespace core {

// The kinds of failure that the command line promises to scripts (CLI.md, "Exit codes"). Names and exits never change.
enum class Code {
    Usage, Input, Unsupported, Data, Connect, Lost, Timeout, Tls, Api, Auth, Permission, ReadOnly, Guard, Unconfirmed,
    Reply, Protocol, File, Internal, Cancelled
};

// What exactly happened, one per sentence that a person can read (errortext.h). None: the code alone says it.
enum class Reason {
    None,
    // reaching a server
    BadUrl, HostNotFound, Refused, Unreachable, NoSocket, SocketPermission, ConnectTimeout, ReplyTimeout, LineDropped,
    SpeaksHttp, SpeaksTls, NotRedis, NotConnected, ClosedByServer,
    TlsUntrusted, TlsSelfSigned, TlsWrongName, TlsExpired, TlsFailed, TlsCaFile,
    // what Redis answers
    Loading, ReplicaReadOnly, OutOfMemory, NoAuth, WrongPassword, NoPermission, Moved, ClusterDown, ClusterMode, Busy, Misconf,
    MaxClients, MasterDown, NoReplicas, WrongType, UnknownCommand, NoSuchDatabase, ExecAbort, OtherReply,
    // refused by us
    ProfileReadOnly, WriteNeedsServer, NotConfirmed, WrongConfirmation, PlanChanged, PlanOtherServer, DatabaseHeld, DatabaseChanging,
    HeadRefused, MethodRefused,
    // input
    BadTarget, BadHeader, BadKeyArgument, BadPattern, BadQuery, SearchTooCostly, EmptySelection, BadYaml, UnknownYamlKey, BadEndpoint, BadKeyTemplate, CacheDropped, AsyncUncached, SharedClass,
    BadOption,
    UnknownCommandName, NoDisplay, NotInThisVersion, NoSuchProfile,
    // stored data and files
    CorruptTag, ValueChanged, ValueGone, NotDecodable, ValueDamaged, TagStillWritten, SettingsDamaged, FileMissing, FilePermission, FileDamaged, ArchiveNewer, DiskFull,
    // the LightAPI server
    ApiUnreachable, ApiTimeout, ApiTooLarge, ApiProtocol, ApiTls, ApiNotSet, ApiClosed, ApiTruncated, ApiHeadTooLarge, ApiNotDecodable,
    BadApiUrl, BadMethod, TooManyFailures,
    // where requests come from
    BadWebUrl, OtherOrigin, BadCurl, BadLogLine, BadSitemap, TooManyTargets,
    // passwords, tokens and who asks
    NoSecretStore, SecretsTimeout, SecretsRefused, SecretsFailed, BadIdentity, LoginRefused, NoToken, KeyWithoutRequest,
    // limits the user set
    MaxTime,
};

// A failure as a value. `detail` holds the technical facts (server text, file name, position); never a password.
// `subject` names what it is about (host:port, command, key, ACL permission). Bytes from outside stand in both as displayText(), as
// in every sentence made in core; what shows them calls displayText(QString) or plain(QString), which escape nothing twice.
struct Error {
    Code code = Code::Internal;
    Reason reason = Reason::None;
    QString subject;
    QString detail;

    friend bool operator==(const Error&, const Error&) = default;
};

// The server refused the command itself (no permission, unknown to it): nothing was executed, another way may be tried.
bool isRefused(const Error& error);

// "usage", "connect" …: the text of "code" in JSON errors.
QString codeName(Code code);
// Exit status of the command line for this code.
int exitStatus(Code code);

}
