// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/warm.h"

#include <QTest>

using namespace core;
using namespace core::replay;

class TestTargets final : public QObject {
    Q_OBJECT
private slots:
    void lists_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("nul");
        QTest::addColumn<QByteArrayList>("targets");
        QTest::addColumn<QStringList>("errors"); // first part of the details
        const auto row = [](const char* name, QByteArray text, bool nul, QByteArrayList targets, QStringList errors = {}) {
            QTest::newRow(name) << std::move(text) << nul << std::move(targets) << std::move(errors);
        };
        const auto line = [](int n) { return QStringLiteral("Line %1").arg(n); };
        row("nothing", "", false, {});
        row("lines", "/a\n/b?x=1\n", false, {"/a", "/b?x=1"});
        row("no last line break", "/a\n/b", false, {"/a", "/b"});
        row("CR LF, blanks around, blank lines", "/a\r\n\r\n  /b \t\n \n", false, {"/a", "/b"});
        row("comments", "# all books\n/a\n  # x\n/b#c\n", false, {"/a", "/b#c"});
        row("byte order mark", "\xEF\xBB\xBF/a\n", false, {"/a"});
        row("repeats stay", "/a\n/a\n", false, {"/a", "/a"});
        row("bad lines are said, the good ones kept", "/a\nbooks\n/b c\n\n/d\n", false, {"/a", "/d"}, {line(2), line(3)});
        row("a URL is no target", "http://x/a\n", false, {}, {line(1)});
        row("control byte and DEL", "/a\x01\n/b\x7f\n/c\n", false, {"/c"}, {line(1), line(2)});
        row("bytes that are not UTF-8", "/a?q=\xff\n", false, {"/a?q=\xff"});
        row("NUL-separated", QByteArray("/a\0/b\0", 6), true, {"/a", "/b"});
        row("NUL-separated: a line break is no separator", QByteArray("/a\n/b\0/c", 8), true, {"/c"}, {line(1)});
        row("NUL-separated: no comments", QByteArray("#x\0/c", 5), true, {"/c"}, {line(1)});
        row("NUL in a list of lines", QByteArray("/a\0b\n/c\n", 8), false, {"/c"}, {line(1)});
        row("objects", "{\"type\":\"item\",\"target\":\"/a?q=\\u00e9\"}\n{\"target\":\"/b\",\"x\":1}\n", false, {"/a?q=\xc3\xa9", "/b"});
        row("objects end with a summary", "{\"target\":\"/a\"}\n{\"type\":\"summary\",\"schema\":1,\"summary\":{}}\n", false, {"/a"});
        row("object without target", "{\"key\":\"x\"}\n{\"target\":5}\n{\n", false, {},
            {line(1), line(2), line(3)});
        row("object with a bad target", "{\"target\":\"a b\"}\n", false, {}, {line(1)});
    }
    void lists()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, nul);
        const TargetList list = targetsFromText(text, nul);
        QTEST(list.targets, "targets");
        QStringList details;
        for (const Error& error : list.errors) {
            QCOMPARE(error.reason, Reason::BadTarget);
            QCOMPARE(error.code, Code::Input);
            details << error.detail.section(u':', 0, 0);
        }
        QTEST(details, "errors");
    }
};

QTEST_GUILESS_MAIN(TestTargets)
#include "tst_targets.moc"
