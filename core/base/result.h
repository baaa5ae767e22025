// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <tl/expected.hpp>

namespace core {

// A value or an Error. The alias is the one line to change when std::expected (C++23) is in every compiler we support.
template <typename T>
using Result = tl::expected<T, Error>;

// For `return fail(Code::Input, Reason::BadUrl, …)` in a function that returns any Result.
inline tl::unexpected<Error> fail(Code code, Reason reason = Reason::None, QString subject = {}, QString detail = {})
{
    return tl::unexpected<Error>(Error {code, reason, std::move(subject), std::move(detail)});
}
inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

}
