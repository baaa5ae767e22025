// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>

namespace core::redis {

// One answer of Redis in RESP2. An error reply is a value, not a failure of the call: other commands of the pipeline have
// their own answers. toError() turns it into ours.
struct Reply {
    enum class Type { Nil, Integer, String, Status, Error, Array };

    Type type = Type::Nil;
    qint64 integer = 0;
    QByteArray bytes; // String, Status, Error
    QList<Reply> items; // Array

    bool isNil() const { return type == Type::Nil; }
    bool isError() const { return type == Type::Error; }
    bool isString() const { return type == Type::String || type == Type::Status; }
    bool isArray() const { return type == Type::Array; }
};

using Replies = QList<Reply>;

// The one place that turns Redis' error words (LOADING, READONLY, OOM, NOAUTH, WRONGPASS, NOPERM, MOVED, CLUSTERDOWN, BUSY,
// MISCONF, max number of clients …) into codes and reasons. `subject`: the command for reply errors ("GET").
// For NOPERM the subject becomes the permission, such as "+info" or "~key"; for the state of the server (LOADING, OOM …) it is
// left empty, which Session fills with the server's name.
Error toError(const Reply& errorReply, const QString& subject);
// `reply` itself, or its error.
Result<Reply> checked(Reply reply, const QString& subject);

}
