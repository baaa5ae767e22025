// SPDX-License-Identifier: GPL-3.0-or-later
// The program as the shell starts it.
#include <QFile>
#include <QImage>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

class TestGuiProgram : public QObject {
    Q_OBJECT

private slots:
    void selfCheckDrawsAChart();
    void selfCheckFailsWhereNothingCanBeWritten();
    void saysWhetherAWindowWouldBeSeen();
    void endsWithTheRightStatus_data();
    void endsWithTheRightStatus();
    void terminatedDemoLeavesNothingBehind();

private:
    int run(const QStringList& arguments);

    QTemporaryDir m_folder;
    QProcess m_process;
};

int TestGuiProgram::run(const QStringList& arguments)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    m_process.setProcessEnvironment(environment);
    m_process.start(QStringLiteral(GUI_PROGRAM), arguments);
    return m_process.waitForFinished(30'000) && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

void TestGuiProgram::selfCheckDrawsAChart()
{
    const QString file = m_folder.filePath(QStringLiteral("check.png"));
    QCOMPARE(run({QStringLiteral("--self-check"), file}), 0);
    QVERIFY(QImage(file).width() >= 800);
}

void TestGuiProgram::selfCheckFailsWhereNothingCanBeWritten()
{
    QVERIFY(run({QStringLiteral("--self-check"), m_folder.filePath(QStringLiteral("no/such/folder.png"))}) > 0);
    QVERIFY(m_process.readAllStandardError().contains("cachelight-gui: "));
}

void TestGuiProgram::saysWhetherAWindowWouldBeSeen()
{
    QCOMPARE(run({QStringLiteral("--check-display")}), 1); // offscreen: nobody would see it
}

void TestGuiProgram::endsWithTheRightStatus_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addRow("help") << QStringList {QStringLiteral("--help")} << 0;
    QTest::addRow("version") << QStringList {QStringLiteral("--version")} << 0;
    QTest::addRow("unknown option") << QStringList {QStringLiteral("--wrong")} << 2;
    QTest::addRow("a command") << QStringList {QStringLiteral("keys")} << 2;
    QTest::addRow("no file") << QStringList {QStringLiteral("--stall-report")} << 2;
    QTest::addRow("wrong url") << QStringList {QStringLiteral("--url"), QStringLiteral("gopher://x")} << 2;
}

void TestGuiProgram::endsWithTheRightStatus()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QCOMPARE(run(arguments), status);
}

void TestGuiProgram::terminatedDemoLeavesNothingBehind()
{
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), m_folder.path());
    program.setProcessEnvironment(environment);
    const QString report = m_folder.filePath(QStringLiteral("stalls.json"));
    program.start(QStringLiteral(GUI_PROGRAM), {QStringLiteral("--demo"), QStringLiteral("--stall-report"), report});
    QVERIFY(program.waitForStarted());
    const auto demoFolders = [this] { return QDir(m_folder.path()).entryList({QStringLiteral("cachelight-*")}, QDir::Dirs); };
    QTRY_VERIFY_WITH_TIMEOUT(!demoFolders().isEmpty(), 15'000);
    QCOMPARE(::kill(static_cast<pid_t>(program.processId()), SIGTERM), 0);
    QVERIFY(program.waitForFinished(15'000));
    QCOMPARE(program.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.exitCode(), 0);
    QVERIFY2(demoFolders().isEmpty(), qPrintable(demoFolders().join(u' ')));
    QFile file(report);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    QVERIFY(json[QStringLiteral("window")][QStringLiteral("ticks")].toInt() > 0);
    QVERIFY(json[QStringLiteral("idle")][QStringLiteral("ticks")].toInt() > 0);
}

QTEST_MAIN(TestGuiProgram)
#include "tst_guiprogram.moc"
