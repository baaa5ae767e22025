// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include <array>

namespace core {

namespace {
    struct Row {
        Code code;
        const char* name;
        int exit;
    };
    constexpr std::array rows {
        Row {Code::Usage, "usage", 2}, Row {Code::Input, "input", 2}, Row {Code::Unsupported, "unsupported", 2},
        Row {Code::Data, "data", 6}, Row {Code::Connect, "connect", 3}, Row {Code::Lost, "lost", 3},
        Row {Code::Timeout, "timeout", 3}, Row {Code::Tls, "tls", 3}, Row {Code::Api, "api", 3}, Row {Code::Auth, "auth", 4},
        Row {Code::Permission, "permission", 4}, Row {Code::ReadOnly, "readonly", 4}, Row {Code::Guard, "guard", 4},
        Row {Code::Unconfirmed, "unconfirmed", 4}, Row {Code::Reply, "reply", 6}, Row {Code::Protocol, "protocol", 6},
        Row {Code::File, "file", 6}, Row {Code::Internal, "internal", 6}, Row {Code::Cancelled, "cancelled", 130},
    };

    const Row& rowOf(Code code)
    {
        for (const Row& row : rows) {
            if (row.code == code)
                return row;
        }
        Q_UNREACHABLE();
    }
}

bool isRefused(const Error& error)
{
    return error.reason == Reason::NoPermission || error.reason == Reason::UnknownCommand;
}

QString codeName(Code code)
{
    return QString::fromLatin1(rowOf(code).name);
}

int exitStatus(Code code)
{
    return rowOf(code).exit;
}

}
