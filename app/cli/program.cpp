// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/program.h"

#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/options/helptext.h"
#include "app/cli/outofmemory.h"
#include "app/cli/signalwatch.h"
#include "core/base/bytes.h"

#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <langinfo.h>
#include <sys/resource.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QStringDecoder>

namespace cli {

namespace {
    // Qt warns on stderr and switches by itself otherwise; arguments are UTF-8 here whatever the locale says.
    void useUtf8Locale()
    {
        std::setlocale(LC_ALL, "");
        if (std::strcmp(::nl_langinfo(CODESET), "UTF-8") != 0)
            ::setenv("LC_ALL", "C.UTF-8", 1);
    }

    // A closed one is taken by the next file or socket that is opened: what is printed would then go to the server. These refuse
    // to be written to or read from, as the closed one would.
    void fillStandardDescriptors()
    {
        for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
            if (::fcntl(descriptor, F_GETFD) < 0)
                ::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY); // the lowest that is free: this one
        }
    }

    // QString::fromUtf8() drops a byte order mark, and a key that begins with one would be another.
    QString wordOf(QByteArrayView utf8)
    {
        QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::ConvertInitialBom);
        return decoder(utf8);
    }

    core::Result<QStringList> wordsOf(int argc, char* argv[])
    {
        QStringList words;
        for (int at = 1; at < argc; ++at) {
            if (!core::isUtf8(argv[at]))
                return core::fail(core::Code::Usage, core::Reason::BadOption, core::displayText(QByteArrayView(argv[at])),
                    QStringLiteral("it is not UTF-8; give exact bytes as b64:…"));
            words << wordOf(argv[at]);
        }
        return words;
    }

    // Words that cannot be read ask for JSON as much as words that can.
    GlobalOptions formAlone(const QStringList& words)
    {
        GlobalOptions globals;
        globals.json = words.contains(QStringLiteral("--json"));
        globals.ndjson = !globals.json && words.contains(QStringLiteral("--ndjson"));
        return globals;
    }

    int failBefore(const core::Error& error, const GlobalOptions& form)
    {
        Context context({}, form);
        int exit = core::exitStatus(error.code);
        QObject::connect(&context, &Context::ended, [&exit](int status) { exit = status; });
        context.fail(error, exit);
        return exit;
    }

    int printText(const QString& text)
    {
        Output out(Output::Form::Text);
        out.raw(text.toUtf8());
        out.end();
        return out.failure() ? failBefore(*out.failure(), {}) : 0;
    }

    // The window program ends by SIGABRT where it finds no display, so it is asked first. A plain no is that of a platform which
    // shows nothing, and whoever chose one (QT_QPA_PLATFORM=offscreen) gets it.
    bool hasDisplay(const QString& program)
    {
        constexpr int longestMs = 20'000;
        QProcess check;
        check.setStandardOutputFile(QProcess::nullDevice());
        check.setStandardErrorFile(QProcess::nullDevice());
        check.setChildProcessModifier([] {
            const rlimit none {0, 0};
            ::setrlimit(RLIMIT_CORE, &none);
        });
        check.start(program, {QStringLiteral("--check-display")});
        if (!check.waitForFinished(longestMs)) {
            check.kill();
            check.waitForFinished();
        }
        return check.exitStatus() == QProcess::NormalExit;
    }

    int openWindow(char* argv[])
    {
        const QString name = QStringLiteral("cachelight-gui");
        QString program = QStandardPaths::findExecutable(name, {QCoreApplication::applicationDirPath()});
        if (program.isEmpty())
            program = QStandardPaths::findExecutable(name);
        if (program.isEmpty())
            return printText(overviewText());
        if (!hasDisplay(program))
            return failBefore({core::Code::Usage, core::Reason::NoDisplay, {}, {}}, {});
        std::signal(SIGPIPE, SIG_DFL); // an ignored signal would stay ignored in the window
        const QByteArray path = QFile::encodeName(program);
        ::execv(path.constData(), argv);
        return failBefore({core::Code::File, core::Reason::FilePermission, program, {}}, {});
    }

    int runCommand(const CommandLine& line, const GlobalOptions& globals)
    {
        int signalNumber = 0;
        int exit = 0;
        bool broken = false;
        {
            SignalWatch signalWatch;
            Context context(line, globals);
            QObject::connect(&signalWatch, &SignalWatch::interrupted, &context, [&context](int number) {
                context.interrupt({core::Code::Cancelled, core::Reason::None, {}, {}}, number);
            });
            QObject::connect(
                &context, &Context::ended, qApp, [](int status) { QCoreApplication::exit(status); }, Qt::QueuedConnection);
            const Command command = commandFunction(QLatin1String(line.command->name));
            Q_ASSERT(command);
            context.later([&context, command] { command(context); });
            exit = QCoreApplication::exec();
            signalNumber = context.signalNumber();
            broken = context.out().isBroken();
        }
        if (broken)
            Output::raisePipe();
        if (signalNumber != 0)
            SignalWatch::endBySignal(signalNumber);
        return exit;
    }
}

int runProgram(int argc, char* argv[])
{
    tellWhenMemoryRunsOut();
    fillStandardDescriptors();
    useUtf8Locale();
    std::signal(SIGPIPE, SIG_IGN); // Output decides what a closed stdout means
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("cachelight"));
    QCoreApplication::setApplicationVersion(QString::fromLatin1(CACHELIGHT_VERSION));
    const auto words = wordsOf(argc, argv);
    if (!words)
        return failBefore(words.error(), {});
    const auto line = parseCommandLine(*words);
    if (!line)
        return failBefore(line.error(), formAlone(*words));
    const auto globals = globalOptions(*line);
    if (!globals)
        return failBefore(globals.error(), formAlone(*words));
    if (line->has("--help"))
        return printText(line->command ? commandText(*line->command) : overviewText());
    if (line->has("--version"))
        return printText(QString::fromLatin1("cachelight " CACHELIGHT_VERSION "\n"));
    return line->command ? runCommand(*line, *globals) : openWindow(argv);
}

}
