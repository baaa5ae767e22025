// SPDX-License-Identifier: GPL-3.0-or-later
#define PCRE2_CODE_UNIT_WIDTH 8
#include "core/keys/bytesregex.h"

#include "core/base/bytes.h"

#include <pcre2.h>

#include <algorithm>
#include <array>
#include <mutex>

namespace core::keys {

namespace {

// An honest expression takes a few steps a byte. What grows faster is stopped at about this many, that is after milliseconds.
constexpr std::size_t leastSteps = 50'000;
constexpr std::size_t stepsPerByte = 16;
constexpr std::size_t mostSteps = 2'000'000;
constexpr std::uint32_t depthLimit = 250'000;
constexpr std::uint32_t heapLimitKiB = 32 * 1024;
constexpr std::size_t jitStackLeast = 32 * 1024;
constexpr std::size_t jitStackMost = 1024 * 1024;
constexpr qsizetype shownBytes = 80;

QString message(int code)
{
    std::array<PCRE2_UCHAR, 256> text {};
    pcre2_get_error_message(code, text.data(), text.size());
    return QString::fromLatin1(reinterpret_cast<const char*>(text.data()));
}

bool isAscii(QByteArrayView bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::uint32_t optionsFor(const QByteArray& pattern, bool ignoreCase)
{
    std::uint32_t options = PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
    if (ignoreCase)
        options |= PCRE2_CASELESS;
    // Anywhere else (*UTF) would switch on a mode that fails on a key with other bytes.
    return options | (isAscii(pattern) && !pattern.startsWith("(*UTF)") ? PCRE2_NEVER_UTF : PCRE2_UTF | PCRE2_MATCH_INVALID_UTF);
}

PCRE2_SPTR units(const char* bytes)
{
    // A null pointer is refused even with a length of none.
    return reinterpret_cast<PCRE2_SPTR>(bytes ? bytes : "");
}

QString beginningOf(QByteArrayView bytes)
{
    if (bytes.size() <= shownBytes)
        return displayText(bytes);
    return displayText(bytes.first(shownBytes)) + QStringLiteral("…");
}

}

struct BytesRegex::Code {
    pcre2_code* code = nullptr;
    std::once_flag translated;

    ~Code() { pcre2_code_free(code); }
};

tl::expected<BytesRegex, BytesRegex::Mistake> BytesRegex::compile(const QByteArray& pattern, bool ignoreCase)
{
    int error = 0;
    PCRE2_SIZE at = 0;
    BytesRegex regex;
    regex.m_pattern = pattern;
    regex.m_code = std::make_shared<Code>();
    regex.m_code->code = pcre2_compile(
        units(pattern.constData()), static_cast<PCRE2_SIZE>(pattern.size()), optionsFor(pattern, ignoreCase), &error, &at, nullptr);
    if (!regex.m_code->code)
        return tl::unexpected(Mistake {std::min(static_cast<qsizetype>(at), pattern.size()), message(error)});
    return regex;
}

struct BytesRegex::Matcher::Private {
    QByteArray pattern;
    std::shared_ptr<Code> code;
    std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data {nullptr, &pcre2_match_data_free};
    std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)> context {nullptr, &pcre2_match_context_free};
    std::unique_ptr<pcre2_jit_stack, decltype(&pcre2_jit_stack_free)> stack {nullptr, &pcre2_jit_stack_free};

    int match(QByteArrayView key, std::uint32_t options)
    {
        return pcre2_match(code->code, units(key.data()), static_cast<PCRE2_SIZE>(key.size()), 0, options, data.get(), context.get());
    }
};

BytesRegex::Matcher::Matcher(const BytesRegex& regex)
    : d(std::make_unique<Private>())
{
    d->pattern = regex.m_pattern;
    d->code = regex.m_code;
    // Where there is no JIT, or none for this pattern, matching interprets: slower, the same answers.
    std::call_once(d->code->translated, [this] { pcre2_jit_compile(d->code->code, PCRE2_JIT_COMPLETE); });
    d->data.reset(pcre2_match_data_create(1, nullptr));
    d->context.reset(pcre2_match_context_create(nullptr));
    d->stack.reset(pcre2_jit_stack_create(jitStackLeast, jitStackMost, nullptr));
    pcre2_set_depth_limit(d->context.get(), depthLimit);
    pcre2_set_heap_limit(d->context.get(), heapLimitKiB);
    pcre2_jit_stack_assign(d->context.get(), nullptr, d->stack.get());
}

BytesRegex::Matcher::~Matcher() = default;
BytesRegex::Matcher::Matcher(Matcher&&) noexcept = default;
BytesRegex::Matcher& BytesRegex::Matcher::operator=(Matcher&&) noexcept = default;

Result<bool> BytesRegex::Matcher::matches(QByteArrayView key)
{
    const std::size_t steps = std::min(mostSteps, leastSteps + stepsPerByte * static_cast<std::size_t>(key.size()));
    pcre2_set_match_limit(d->context.get(), static_cast<std::uint32_t>(steps));
    int found = d->match(key, 0);
    if (found == PCRE2_ERROR_JIT_STACKLIMIT) // the interpreter has more room, on the heap
        found = d->match(key, PCRE2_NO_JIT);
    if (found >= 0)
        return true;
    if (found == PCRE2_ERROR_NOMATCH)
        return false;
    return fail(core::Code::Input, Reason::SearchTooCostly, displayText(d->pattern),
        QStringLiteral("At the key %1: %2").arg(beginningOf(key), message(found)));
}

}
