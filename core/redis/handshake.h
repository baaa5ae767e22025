// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"
#include "core/redis/session.h"

namespace core::redis {

// What is said first on every connection, and what the answers mean. Pure: no sockets.
class Handshake final {
public:
    // `withFacts`: also asks for INFO, the number of databases and the ACL user. Only the interactive line does: each answer
    // of "no permission" leaves a trace in the server's ACL LOG. `noTouch`: the version is known and new enough.
    Handshake(const Endpoint& endpoint, bool withFacts, bool noTouch);

    const Pipeline& commands() const { return m_commands; }
    // The facts (empty without them), or why this server cannot be used.
    Result<ServerFacts> evaluate(const Replies& replies) const;
    // Our reads shall not touch idle times: 7.2 and later can do that.
    static bool knowsNoTouch(const ServerFacts& facts);
    static Command noTouch();

private:
    Result<void> evaluateOne(const Command& command, const Reply& reply, ServerFacts& facts) const;

    Endpoint m_endpoint;
    Pipeline m_commands;
};

}
