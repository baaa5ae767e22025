// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redis/handshake.h"

#include "core/base/bytes.h"
#include "core/redis/info.h"

#include <QVersionNumber>

namespace core::redis {

namespace {
    // A server that refuses one of these is still of use: they only tell about it or name us.
    bool isOptional(const Command& command)
    {
        return command.name() != "AUTH" && command.name() != "SELECT";
    }

    // Something that greets in lines like ours is still not Redis.
    bool isPlausible(const QByteArray& command, const Reply& reply)
    {
        if (command == "INFO" || command == "ACL")
            return reply.type == Reply::Type::String;
        if (command == "CONFIG")
            return reply.isArray();
        return reply.type == Reply::Type::Status && reply.bytes == "OK";
    }

    // Refusals of an optional command that say nothing about the commands to come.
    bool isHarmless(Reason reason)
    {
        switch (reason) {
        case Reason::NoPermission:
        case Reason::UnknownCommand:
        case Reason::OtherReply:
        case Reason::Loading:
        case Reason::MasterDown:
        case Reason::Misconf:
        case Reason::OutOfMemory: return true;
        default: return false;
        }
    }
}

Handshake::Handshake(const Endpoint& endpoint, bool withFacts, bool noTouch)
    : m_endpoint(endpoint)
{
    if (!endpoint.user.isEmpty())
        m_commands << Command {"AUTH", endpoint.user, endpoint.password};
    else if (!endpoint.password.isEmpty())
        m_commands << Command {"AUTH", endpoint.password};
    if (withFacts)
        m_commands << Command {"INFO"};
    if (endpoint.database != 0)
        m_commands << Command {"SELECT", QByteArray::number(endpoint.database)};
    m_commands << Command {"CLIENT", "SETNAME", "cachelight"};
    if (noTouch && !withFacts)
        m_commands << Handshake::noTouch();
    if (withFacts)
        m_commands << Command {"CONFIG", "GET", "databases"} << Command {"ACL", "WHOAMI"};
}

Result<ServerFacts> Handshake::evaluate(const Replies& replies) const
{
    ServerFacts facts;
    for (qsizetype i = 0; i < m_commands.size(); ++i) {
        if (const auto step = evaluateOne(m_commands.at(i), replies.at(i), facts); !step)
            return fail(step.error());
    }
    return facts;
}

Result<void> Handshake::evaluateOne(const Command& command, const Reply& reply, ServerFacts& facts) const
{
    const QByteArray name = command.name();
    if (reply.isError()) {
        Error error = toError(reply, QString::fromLatin1(name));
        if (isOptional(command) && isHarmless(error.reason))
            return {};
        // An old server without users answers AUTH with two arguments by a complaint about their number.
        if (name == "AUTH" && error.reason == Reason::OtherReply)
            error = {Code::Auth, Reason::WrongPassword, {}, error.detail};
        if (error.reason == Reason::NoSuchDatabase)
            error.subject = QString::number(m_endpoint.database);
        else if (error.reason != Reason::NoPermission)
            error.subject = endpointLabel(m_endpoint);
        return fail(error);
    }
    if (!isPlausible(name, reply))
        return fail(Code::Protocol, Reason::NotRedis, endpointLabel(m_endpoint));
    if (name == "INFO") {
        facts = factsFromInfo(parseInfo(reply.bytes), facts);
        // Checked here, before SELECT, whose refusal by a cluster would hide the reason.
        if (isClusterNode(facts))
            return fail(Code::Unsupported, Reason::ClusterMode, endpointLabel(m_endpoint));
    } else if (name == "CONFIG" && reply.items.size() == 2) {
        facts.databases = reply.items.at(1).bytes.toInt();
    } else if (name == "ACL") {
        facts.aclUser = displayText(reply.bytes);
    }
    return {};
}

bool Handshake::knowsNoTouch(const ServerFacts& facts)
{
    static const QVersionNumber first(7, 2);
    const QVersionNumber version = QVersionNumber::fromString(facts.version);
    return !version.isNull() && version >= first;
}

Command Handshake::noTouch()
{
    return {"CLIENT", "NO-TOUCH", "ON"};
}

}
