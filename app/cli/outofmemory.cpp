// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/outofmemory.h"

#include "core/base/error.h"

#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include <unistd.h>

namespace cli {

namespace {
    constexpr std::string_view sentence = "cachelight: there is not enough memory for this, so it was ended. Give less at once, or allow more (ulimit -v).\n";

    // No memory is asked for here. What is buffered for stdout is lost: a document that was cut off is seen to be none.
    [[noreturn]] void onTerminate()
    {
        try {
            if (const std::exception_ptr thrown = std::current_exception())
                std::rethrow_exception(thrown);
        } catch (const std::bad_alloc&) {
            [[maybe_unused]] const ssize_t wrote = ::write(STDERR_FILENO, sentence.data(), sentence.size());
            ::_exit(core::exitStatus(core::Code::Internal));
        } catch (...) {
        }
        std::abort();
    }
}

void tellWhenMemoryRunsOut()
{
    std::set_terminate(onTerminate);
}

}
