// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/errortext.h"
#include "core/base/inputfile.h"
#include "core/base/savefile.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace core;

class TestInputFile final : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;

    QString made(const QByteArray& content, const char* name = "f") const
    {
        QFile file(m_dir.filePath(QString::fromLatin1(name)));
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size() ? file.fileName() : QString();
    }
    QString pipe(const char* name) const
    {
        const QString path = m_dir.filePath(QString::fromLatin1(name));
        return ::mkfifo(QFile::encodeName(path).constData(), 0600) == 0 ? path : QString();
    }
    static Result<QByteArray> all(const QString& name, qint64 most)
    {
        auto file = InputFile::open(name);
        return file ? file->all({most, QStringLiteral("Take less.")}) : Result<QByteArray>(fail(file.error()));
    }
    static Result<QByteArrayList> lines(const QString& name, qint64 most, char separator = '\n')
    {
        auto file = InputFile::open(name);
        if (!file)
            return fail(file.error());
        QByteArrayList out;
        const auto read = file->lines(separator, most, [&out](const QByteArray& line) -> Result<void> {
            out << line;
            return {};
        });
        return read ? Result<QByteArrayList>(out) : Result<QByteArrayList>(fail(read.error()));
    }
    static QString sentence(const Error& error) { return oneLine(error); }

private slots:
    void wholeUpToTheLimit()
    {
        const QByteArray content("a\0b\n", 4);
        QCOMPARE(all(made(content), 4), Result<QByteArray>(content));
        const auto refused = all(made(content), 3);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Code::Input);
        QVERIFY2(sentence(refused.error()).contains(QStringLiteral("more than 3 B")), qPrintable(sentence(refused.error())));
        QVERIFY(sentence(refused.error()).endsWith(QStringLiteral("Take less.")));
        QCOMPARE(all(made({}), 3), Result<QByteArray>(QByteArray()));
        QCOMPARE(all(QStringLiteral("/proc/self/status"), 100'000).value_or(QByteArray()).startsWith("Name:"), true); // its size is told as 0
    }

    // Nothing of it is read: it has no more than a size.
    void hugeFileIsRefusedAtOnce()
    {
        QFile file(made({}, "huge"));
        QVERIFY(file.open(QIODevice::ReadWrite) && file.resize(qint64(64) << 30));
        QVERIFY(sentence(all(file.fileName(), 1'000'000'000).error()).contains(QStringLiteral("1.00 GB")));
    }

    void withoutAnEnd()
    {
        QVERIFY(!all(QStringLiteral("/dev/zero"), 200'000));
        const auto refused = lines(QStringLiteral("/dev/zero"), 200'000);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Code::Input);
        QVERIFY2(sentence(refused.error()).contains(QStringLiteral("Line 1 is longer than 200 KB")), qPrintable(sentence(refused.error())));
    }

    void nothingButSeparators()
    {
        QVERIFY(lines(made(QByteArray(100, '\n')), 100));
        QVERIFY(!lines(made(QByteArray(101, '\n')), 100));
        const auto refused = lines(QStringLiteral("/dev/zero"), 200'000, '\0');
        QVERIFY(!refused);
        QVERIFY2(sentence(refused.error()).contains(QStringLiteral("NULs")), qPrintable(sentence(refused.error())));
    }

    void folder()
    {
        for (const auto& refused : {all(m_dir.path(), 10), readRegular(m_dir.path(), {10, {}})}) {
            QVERIFY(!refused);
            QVERIFY2(sentence(refused.error()).contains(QStringLiteral("folder")), qPrintable(sentence(refused.error())));
        }
        QCOMPARE(all(m_dir.filePath(QStringLiteral("none")), 10).error().reason, Reason::FileMissing);
        // As what writes files says it.
        QCOMPARE(all(m_dir.path(), 10).error(), fileError(m_dir.path(), EISDIR).value());
        const QString below = made("a") + QStringLiteral("/b");
        QCOMPARE(all(below, 10).error(), fileError(below, ENOTDIR).value());
    }

    void linesAreCut()
    {
        QCOMPARE(lines(made("a\n\nbcd\ne"), 3), Result<QByteArrayList>({"a", "", "bcd", "e"}));
        QCOMPARE(lines(made(QByteArray("a\nb\0c\0", 6)), 3, '\0'), Result<QByteArrayList>({"a\nb", "c"}));
        QVERIFY(sentence(lines(made("a\nbcde\n"), 3).error()).contains(QStringLiteral("Line 2")));
        const QByteArray longOne(300'000, 'x'); // over several pieces
        QCOMPARE(lines(made(longOne + "\ny\n"), 300'000), Result<QByteArrayList>({longOne, "y"}));
    }

    void lineByLineAsTheyCome()
    {
        const QString path = pipe("live");
        int writer = -1;
        std::thread writing([&writer, &path] {
            writer = ::open(QFile::encodeName(path).constData(), O_WRONLY);
            [[maybe_unused]] const auto wrote = ::write(writer, "one\n", 4);
        });
        auto file = InputFile::open(path);
        writing.join();
        QVERIFY(file);
        QByteArrayList seen;
        // The next line is written when the one before it was taken: nobody waits for more than is there.
        QVERIFY(file->lines('\n', 10, [&](const QByteArray& line) -> Result<void> {
            seen << line;
            if (seen.size() == 1) {
                [[maybe_unused]] const auto wrote = ::write(writer, "two", 3);
                ::close(writer);
            }
            return {};
        }));
        QCOMPARE(seen, QByteArrayList({"one", "two"}));
    }

    void consumerEndsIt()
    {
        auto file = InputFile::open(made("a\nb\n"));
        QVERIFY(file);
        int taken = 0;
        const auto read = file->lines('\n', 10, [&taken](const QByteArray&) -> Result<void> {
            ++taken;
            return fail(Code::Input, Reason::BadTarget);
        });
        QCOMPARE(read.error().reason, Reason::BadTarget);
        QCOMPARE(taken, 1);
    }

    void regularOnly()
    {
        QCOMPARE(readRegular(made("abc"), {3, {}}), Result<QByteArray>(QByteArray("abc")));
        QVERIFY(!readRegular(made("abcd"), {3, {}}));
        for (const QString& odd : {pipe("nobody"), QStringLiteral("/dev/zero")}) { // a pipe that nobody writes to
            const auto refused = readRegular(odd, {3, {}});
            QVERIFY(!refused);
            QVERIFY2(sentence(refused.error()).contains(QStringLiteral("pipe or a device")), qPrintable(sentence(refused.error())));
        }
    }

    void partIsLeft()
    {
        auto file = InputFile::open(made("abcdef"));
        QVERIFY(file);
        QCOMPARE(file->next(4), Result<QByteArray>(QByteArray("abcd")));
        QCOMPARE(file->next(4), Result<QByteArray>(QByteArray("ef")));
        QCOMPARE(file->next(4), Result<QByteArray>(QByteArray()));
    }
};

QTEST_GUILESS_MAIN(TestInputFile)
#include "tst_inputfile.moc"
