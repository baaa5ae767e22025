// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/input.h"
#include "core/base/bytes.h"
#include "core/values/keychanges.h"

#include <QCryptographicHash>

namespace cli {

namespace {
    using core::values::GuardedWriter;
    using core::values::StringEdit;
    using core::values::Verdict;

    constexpr qsizetype sha256Bytes = 32;

    QString sha256Text(const QByteArray& bytes)
    {
        return QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
    }

    core::Result<void> takeLifetime(const CommandLine& line, StringEdit& edit)
    {
        const bool keeps = line.has("--keep-ttl");
        const auto seconds = line.seconds("--ttl");
        if (!seconds)
            return core::fail(seconds.error());
        if (keeps == seconds->has_value())
            return core::fail(badOption(QStringLiteral("--ttl"), QStringLiteral("give either it or --keep-ttl")));
        if (*seconds) {
            edit.lifetime = StringEdit::Lifetime::Set;
            edit.ttlMs = std::max<qint64>(1, qRound64(**seconds * 1000));
        }
        return {};
    }

    core::Result<void> takeExpected(const CommandLine& line, StringEdit& edit)
    {
        if (!line.has("--if-sha256"))
            return {};
        const QByteArray text = line.value("--if-sha256").toLatin1().toLower();
        const QByteArray hash = QByteArray::fromHex(text);
        if (hash.size() != sha256Bytes || hash.toHex() != text)
            return core::fail(badOption(QStringLiteral("--if-sha256"), QStringLiteral("it takes the 64 hex digits of a SHA-256")));
        edit.expectedSha256 = hash;
        return {};
    }

    core::Result<StringEdit> editOf(const CommandLine& line)
    {
        StringEdit edit;
        const auto key = core::bytesFromArgument(line.positional.first());
        if (!key)
            return core::fail(key.error());
        edit.key = *key;
        if (const auto taken = takeLifetime(line, edit); !taken)
            return core::fail(taken.error());
        if (const auto taken = takeExpected(line, edit); !taken)
            return core::fail(taken.error());
        if (!line.has("--file"))
            return core::fail(badOption(QStringLiteral("--file"), QStringLiteral("it names the file to store, - for stdin")));
        const auto value = readFile(line.value("--file"), {512LL * 1024 * 1024, QStringLiteral("Redis stores no longer string.")});
        if (!value)
            return core::fail(value.error());
        edit.value = *value;
        return edit;
    }

    void failByType(Context& context, const QByteArray& key)
    {
        context.await(context.session()->send({{"TYPE", key}}), [&context, key](const core::redis::Replies& replies) {
            const core::redis::Reply& type = replies.first();
            const QString holds = type.isError() ? QStringLiteral("no string") : QStringLiteral("a value of type ") + core::displayText(type.bytes);
            context.fail({core::Code::Reply, core::Reason::WrongType, QStringLiteral("put"),
                QStringLiteral("%1 holds %2, and put stores strings, over strings alone").arg(core::displayText(key), holds)});
        });
    }

    void printAnswer(Context& context, const StringEdit& edit, const Verdict& verdict)
    {
        const bool written = verdict.answer == Verdict::Answer::Written;
        const bool gone = verdict.answer == Verdict::Answer::Gone;
        const QString result = written ? QStringLiteral("written") : gone ? QStringLiteral("gone") : QStringLiteral("changed");
        Output& out = context.out();
        out.record([&](JsonWriter& json) {
            json.bytes("key", edit.key);
            json.field("result", result);
            json.field("before_sha256", verdict.current ? std::optional(sha256Text(*verdict.current)) : std::nullopt);
            json.field("sha256", written ? std::optional(sha256Text(edit.value)) : std::nullopt);
        });
        out.summary([&](JsonWriter& json) { context.writeOwnLookups(json); });
        out.line(written ? QStringLiteral("Written: %1.").arg(shown(edit.key))
                : gone   ? QStringLiteral("There is no key %1; nothing was written.").arg(shown(edit.key))
                         : QStringLiteral("%1 holds another value; nothing was written.").arg(shown(edit.key)));
        if (written && !verdict.current && edit.lifetime == StringEdit::Lifetime::Keep)
            context.console().warn(QStringLiteral("%1 did not exist: stored without an expiry").arg(shown(edit.key)));
        context.finish(written ? 0 : 1);
    }
}

void runPut(Context& context)
{
    const auto edit = editOf(context.line());
    if (!edit)
        return context.fail(edit.error());
    context.openForWriting([&context, edit = *edit](core::redis::Session* session) {
        auto* writer = new GuardedWriter(session, core::values::storeString(edit), {}, &context);
        context.run(writer, QStringLiteral("steps"), [&context, edit, writer] {
            if (const auto failure = context.failureOf(*writer))
                return context.fail(*failure);
            const Verdict& verdict = writer->verdict();
            if (verdict.answer == Verdict::Answer::Changed && !verdict.current)
                return failByType(context, edit.key);
            printAnswer(context, edit, verdict);
        });
    });
}

}
