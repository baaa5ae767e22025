// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options/commandbuilder.h"
#include "app/cli/options/commandline.h"
#include "app/cli/options/helptext.h"
#include "core/base/errortext.h"

#include <QTest>

#include <algorithm>

using core::Reason;

// The command table and what is made of it: parser, help, man page, copied commands.
class TestCommandLine final : public QObject {
    Q_OBJECT
private slots:
    void tableIsConsistent();
    void parses_data();
    void parses();
    void refuses_data();
    void refuses();
    void helpListsWhatWorksOnly();
    void manPageHasEachCommand();
    void checksNumbers();
    void saysTheDefaultsOfTimes();
    void buildsCommands();
};

static QStringList words(const QString& text)
{
    return text.isEmpty() ? QStringList() : text.split(u' ');
}

void TestCommandLine::tableIsConsistent()
{
    // The parser decides "does it take a value" before it knows the command, so one name must mean one form everywhere.
    QHash<QString, bool> takesValue;
    std::vector<const std::vector<cli::OptionSpec>*> lists {&cli::globalOptionTable()};
    for (const cli::CommandSpec& command : cli::commandTable())
        lists.push_back(&command.options);
    for (const auto* list : lists) {
        for (const cli::OptionSpec& option : *list) {
            for (const char* name : {option.name, option.shortName}) {
                if (!name)
                    continue;
                const bool value = option.value != nullptr;
                QCOMPARE(takesValue.value(QLatin1String(name), value), value);
                takesValue.insert(QLatin1String(name), value);
            }
            QVERIFY(!option.available || *option.text);
        }
    }
    for (const cli::CommandSpec& command : cli::commandTable())
        QVERIFY(!command.available || *command.text);
}

void TestCommandLine::parses_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("positional");
    QTest::addColumn<QString>("options");
    QTest::newRow("nothing") << ""
                             << ""
                             << ""
                             << "";
    QTest::newRow("options alone") << "--url redis://h"
                                   << ""
                                   << ""
                                   << "--url=redis://h";
    QTest::newRow("option before") << "--json get k"
                                   << "get"
                                   << "k"
                                   << "--json=";
    QTest::newRow("option after") << "get k --json"
                                  << "get"
                                  << "k"
                                  << "--json=";
    QTest::newRow("command option before") << "--prefix a keys"
                                           << "keys"
                                           << ""
                                           << "--prefix=a";
    QTest::newRow("value by equals") << "keys --prefix=a=b"
                                     << "keys"
                                     << ""
                                     << "--prefix=a=b";
    QTest::newRow("value like an option") << "keys --prefix --json"
                                          << "keys"
                                          << ""
                                          << "--prefix=--json";
    QTest::newRow("repeats keep order") << "keys --prefix a --prefix b"
                                        << "keys"
                                        << ""
                                        << "--prefix=a --prefix=b";
    QTest::newRow("short names") << "replay /a -H A:b -q"
                                 << "replay"
                                 << "/a"
                                 << "--header=A:b --quiet=";
    QTest::newRow("digit as a short name") << "keys -0"
                                           << "keys"
                                           << ""
                                           << "--null=";
    QTest::newRow("double dash") << "get -- --json"
                                 << "get"
                                 << "--json"
                                 << "";
    QTest::newRow("dash is a word") << "parse -"
                                    << "parse"
                                    << "-"
                                    << "";
    QTest::newRow("a command's name as an argument") << "get get"
                                                     << "get"
                                                     << "get"
                                                     << "";
    QTest::newRow("help of a command") << "get --help"
                                       << "get"
                                       << ""
                                       << "--help=";
}

void TestCommandLine::parses()
{
    QFETCH(QString, line);
    const auto parsed = cli::parseCommandLine(words(line));
    QVERIFY2(parsed.has_value(), qPrintable(parsed ? QString() : core::oneLine(parsed.error())));
    QTEST(parsed->command ? QString::fromLatin1(parsed->command->name) : QString(), "command");
    QTEST(parsed->positional.join(u' '), "positional");
    QStringList options;
    for (const auto& [name, value] : parsed->options)
        options << QString(name + u'=' + value);
    QTEST(options.join(u' '), "options");
}

void TestCommandLine::refuses_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("reason");
    QTest::addColumn<QString>("subject");
    const int bad = int(Reason::BadOption);
    const int later = int(Reason::NotInThisVersion);
    QTest::newRow("unknown command") << "frobnicate" << int(Reason::UnknownCommandName) << "frobnicate";
    QTest::newRow("unknown option") << "keys --frob" << bad << "--frob";
    QTest::newRow("unknown short option") << "keys -x" << bad << "-x";
    QTest::newRow("another command's option") << "get k --prefix a" << bad << "--prefix";
    QTest::newRow("command option without command") << "--prefix a" << bad << "--prefix";
    QTest::newRow("value missing") << "keys --prefix" << bad << "--prefix";
    QTest::newRow("value for a switch") << "keys --json=yes" << bad << "--json";
    QTest::newRow("given twice") << "keys --limit 1 --limit 2" << bad << "--limit";
    QTest::newRow("argument missing") << "get" << bad << "get";
    QTest::newRow("argument too many") << "get a b" << bad << "b";
    QTest::newRow("argument for none") << "stats now" << bad << "now";
    for (const char* line :
        {"untagged --class C", "undo list", "undo 1", "analyze", "analyze --sample 5", "completion bash"}) {
        const QString text = QString::fromLatin1(line);
        QTest::newRow(line) << text << later << text.section(u' ', 0, 0);
    }
    const std::pair<const char*, const char*> options[] {{"invalidate --tag t --soft 5", "--soft"},
        {"invalidate --tag t --no-undo", "--no-undo"}, {"invalidate --tag t --warm", "--warm"},
        {"warm --undo-id 1", "--undo-id"}, {"warm /a --keep", "--keep"}};
    for (const auto& [line, option] : options)
        QTest::newRow(line) << QString::fromLatin1(line) << later << QString::fromLatin1(option);
}

void TestCommandLine::refuses()
{
    QFETCH(QString, line);
    QFETCH(int, reason);
    const auto parsed = cli::parseCommandLine(words(line));
    QVERIFY(!parsed.has_value());
    QCOMPARE(parsed.error().code, core::Code::Usage);
    QCOMPARE(int(parsed.error().reason), reason);
    QTEST(parsed.error().subject, "subject");
}

void TestCommandLine::helpListsWhatWorksOnly()
{
    const QString help = cli::overviewText();
    for (const cli::CommandSpec& command : cli::commandTable()) {
        const QString row = QStringLiteral("\n  ") + QLatin1String(command.name) + u' ';
        QCOMPARE(help.contains(row), command.available);
        const QString own = cli::commandText(command);
        for (const cli::OptionSpec& option : command.options)
            QCOMPARE(own.contains(QStringLiteral("  ") + QLatin1String(option.name) + u' ')
                    || own.contains(QStringLiteral(", ") + QLatin1String(option.name)),
                option.available);
    }
    for (const QString& line : help.split(u'\n'))
        QVERIFY2(line.size() <= 120, qPrintable(line));
}

void TestCommandLine::manPageHasEachCommand()
{
    const QString page = cli::manPage(QStringLiteral("1.2.3"));
    QVERIFY(page.startsWith(QStringLiteral(".TH CACHELIGHT 1")));
    QVERIFY(page.contains(QStringLiteral(".SS \"release\\-lock [OPTIONS] KEY\"")));
    QVERIFY(!page.contains(QStringLiteral(".SS \"analyze")));
    for (const QString& line : page.split(u'\n'))
        QVERIFY2(!line.startsWith(u'\''), qPrintable(line));
}

void TestCommandLine::checksNumbers()
{
    const auto line = cli::parseCommandLine(words(QStringLiteral("keys --limit 5 --timeout 0.5 --scan-count x --max-time -1")));
    QVERIFY(line.has_value());
    QCOMPARE(line->integer("--limit", 0, 10).value().value(), 5);
    QVERIFY(!line->integer("--limit", 6, 10));
    QVERIFY(!line->integer("--scan-count", 1, 10));
    QVERIFY(!line->integer("--db", 1, 10)->has_value());
    QCOMPARE(line->seconds("--timeout").value().value(), 0.5);
    QVERIFY(!line->seconds("--max-time"));
}

void TestCommandLine::saysTheDefaultsOfTimes()
{
    const core::Endpoint endpoint;
    const auto says = [](const char* name, int ms) {
        const auto option = std::ranges::find(cli::globalOptionTable(), QByteArray(name), [](const auto& spec) { return QByteArray(spec.name); });
        return QString::fromLatin1(option->text).contains(QStringLiteral("(default %1)").arg(ms / 1000.0));
    };
    QVERIFY(says("--connect-timeout", endpoint.connectTimeoutMs));
    QVERIFY(says("--timeout", endpoint.replyTimeoutMs));
}

void TestCommandLine::buildsCommands()
{
    core::Endpoint endpoint;
    endpoint.password = "secret";
    endpoint.user = "ann";
    const QString text = cli::CommandBuilder("get").server(endpoint).argumentBytes("lightapi:Book:/books:a b").text();
    QCOMPARE(text, QStringLiteral("cachelight --url redis://ann@localhost:6379/0 get 'lightapi:Book:/books:a b'"));
    cli::CommandBuilder odd("invalidate");
    odd.server(endpoint, QStringLiteral("shop")).optionBytes("--key", QByteArray("a\0b", 3)).option("--dry-run");
    QCOMPARE(odd.text(), QStringLiteral("cachelight --profile shop invalidate --key b64:YQBi --dry-run"));
    cli::CommandBuilder dash("get");
    dash.argumentBytes("-k");
    const auto parsed = cli::parseCommandLine(dash.words());
    QVERIFY(parsed.has_value());
    QCOMPARE(parsed->positional, QStringList {QStringLiteral("-k")});
}

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_commandline.moc"
