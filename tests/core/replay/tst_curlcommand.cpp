// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/curlcommand.h"
#include "core/replay/shellwords.h"

#include <QElapsedTimer>
#include <QTest>

using namespace core;
using namespace core::replay;

class TestCurlCommand final : public QObject {
    Q_OBJECT
    static QByteArray headersText(const http::Headers& headers)
    {
        QByteArray out;
        for (const auto& [name, value] : headers)
            out += name + ": " + value + '\n';
        return out;
    }
    static CurlCommand read(const QByteArray& text)
    {
        const auto command = requestFromCurl(text);
        return command ? *command : CurlCommand {};
    }

private slots:
    void words_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArrayList>("words");
        QTest::addColumn<QByteArray>("note"); // part of one; empty: there is none
        const auto row = [](const char* name, QByteArray text, QByteArrayList words, QByteArray note = {}) {
            QTest::newRow(name) << std::move(text) << std::move(words) << std::move(note);
        };
        row("nothing", "", {});
        row("blanks", " a\tb  c ", {"a", "b", "c"});
        row("single quotes keep everything", "'a b' '$(x) `y` \\ \"' ''", {"a b", "$(x) `y` \\ \"", ""});
        row("double quotes", "\"a b\" \"\\\"\\\\\\$\\`\\n\" \"\"", {"a b", "\"\\$`\\n", ""});
        row("pieces are one word", "a'b'\"c\"\\ d", {"abc d"});
        row("escaped quote between", "'it'\\''s'", {"it's"});
        row("line goes on", "a \\\n b\\\nc", {"a", "bc"});
        row("line goes on with CR LF", "a \\\r\n  b", {"a", "b"});
        row("continuation in double quotes", "\"a\\\nb\"", {"ab"});
        row("cut off after a backslash", "a \\", {"a"});
        row("ANSI-C quotes", "$'a\\'b\\\\\\n\\t\\x41\\101\\u00e9\\U0001F600\\cA\\?'", {"a'b\\\n\tAA\xc3\xa9\xf0\x9f\x98\x80\x01?"});
        row("two UTF-16 units as Firefox writes them", "$'\\ud83d\\ude00'", {"\xf0\x9f\x98\x80"});
        row("half a pair", "$'\\ud83dx'", {"\xef\xbf\xbdx"});
        row("byte as Firefox writes Latin-1", "$'\\xe9'", {"\xe9"});
        row("unknown escape stays", "$'\\q\\xz'", {"\\q\\xz"});
        row("translated quotes", "$\"a b\"", {"a b"});
        row("command substitution is text", "a$(rm -rf / ')' \")\" (x))b c", {"a$(rm -rf / ')' \")\" (x))b", "c"}, "$(…) is text");
        row("the same in double quotes", "\"x $(touch /tmp/y) z\"", {"x $(touch /tmp/y) z"}, "$(…) is text");
        row("backticks are text", "a`rm -rf /`b", {"a`rm -rf /`b"}, "`…` is text");
        row("variables are text", "$HOME \"${TOKEN:-x y}\" $", {"$HOME", "${TOKEN:-x y}", "$"}, "$NAME is text");
        row("second command", "a; rm -rf /", {"a"}, "what follows ; is left out");
        row("pipe", "a | sh", {"a"}, "what follows | is left out");
        row("and", "a && b", {"a"}, "what follows & is left out");
        row("in the background", "a &", {"a"});
        row("ampersand inside a word", "http://h/a?x=1&y=2 -H b", {"http://h/a?x=1&y=2", "-H", "b"}, "& inside a word is text");
        row("redirections", "a > /etc/passwd 2>&1 < in b 2>/dev/null c", {"a", "b", "c"}, "> and < are left out");
        row("a number is no descriptor when quoted", "'2'>f a", {"2", "a"}, "> and < are left out");
        row("second line", "a\nrm -rf /", {"a"}, "line break is left out");
        row("line breaks around", "\n\na b\n\n", {"a", "b"});
        row("comment", "a #b c", {"a"}, "comment");
        row("hash inside a word", "a#b", {"a#b"});
        row("bytes that are no UTF-8", "'\xff\xfe'", {"\xff\xfe"});
    }
    void words()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArrayList, words);
        QFETCH(QByteArray, note);
        const auto read = shellWords(text);
        QVERIFY2(read, text.constData());
        QCOMPARE(read->words, words);
        const QString notes = read->notes.join(u'\n');
        QVERIFY2(note.isEmpty() ? notes.isEmpty() : notes.contains(QString::fromUtf8(note)), qPrintable(notes));
    }

    void noEnd_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"curl 'http://h/", "curl \"http://h/", "curl $'a", "curl \"a $(b\"", "curl `a", "curl ${a", "curl $'\\0'", "curl $'\\u0000'"})
            QTest::newRow(text) << QByteArray(text);
    }
    void noEnd()
    {
        QFETCH(QByteArray, text);
        const auto read = shellWords(text);
        QVERIFY(!read);
        QCOMPARE(read.error().code, Code::Input);
        QCOMPARE(read.error().reason, Reason::BadCurl);
        QVERIFY(!read.error().detail.isEmpty());
    }

    void requests_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("line"); // method, origin, target
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char* name, QByteArray text, QByteArray line, QByteArray headers = {}, QByteArray body = {}) {
            QTest::newRow(name) << std::move(text) << std::move(line) << std::move(headers) << std::move(body);
        };
        row("plain", "curl http://localhost:8000/books?page=1", "GET http://localhost:8000 /books?page=1");
        row("target stays as written", "curl 'https://h/%62ooks/?a=x%20y&b=%zz&&c' --path-as-is", "GET https://h /%62ooks/?a=x%20y&b=%zz&&c");
        row("no scheme, no path", "curl localhost:8000", "GET http://localhost:8000 /");
        row("query without path, fragment", "curl 'http://H:80?a=1#x'", "GET http://h /?a=1");
        row("IPv6", "curl -g 'http://[::1]:8000/x'", "GET http://[::1]:8000 /x");
        row("prompt and full path", "$ /usr/bin/curl -s http://h/a", "GET http://h /a");
        row("headers", "curl -H 'Accept: application/json' --header X-A:1 -HX-B:2 http://h/", "GET http://h /", "Accept: application/json\nX-A: 1\nX-B: 2\n");
        row("header emptied, header withheld", "curl -H 'X-Empty;' -H 'Accept:' http://h/", "GET http://h /", "X-Empty: \n");
        row("cookies", "curl -b a=1 --cookie 'b=2; c=3' http://h/", "GET http://h /", "Cookie: a=1; b=2; c=3\n");
        row("agent, referer, range", "curl -A me -e 'http://x/;auto' -r 0-9 http://h/", "GET http://h /", "User-Agent: me\nReferer: http://x/\nRange: bytes=0-9\n");
        row("bearer", "curl --oauth2-bearer abc http://h/", "GET http://h /", "Authorization: Bearer abc\n");
        row("letters in a row", "curl -sSLkXPOST http://h/a", "POST http://h /a");
        row("data", "curl http://h/a -d x=1 --data 'y=2 3'", "POST http://h /a", "Content-Type: application/x-www-form-urlencoded\n", "x=1&y=2 3");
        row("data with a type", "curl http://h/a -H 'content-type: text/plain' --data-raw '@not a file'", "POST http://h /a", "content-type: text/plain\n", "@not a file");
        row("encoded data", "curl http://h/a --data-urlencode 'q=a b&c' --data-urlencode '=x y' --data-urlencode caf\xc3\xa9", "POST http://h /a",
            "Content-Type: application/x-www-form-urlencoded\n", "q=a%20b%26c&x%20y&caf%C3%A9");
        row("json", "curl --json '{\"a\":' --json '1}' http://h/a", "POST http://h /a", "Content-Type: application/json\nAccept: application/json\n", "{\"a\":1}");
        row("data as query", "curl -G http://h/a?z=0 -d x=1 --data-urlencode 'y=2 3'", "GET http://h /a?z=0&x=1&y=2%203");
        row("data with a method of its own", "curl -X PATCH -d '{}' http://h/a", "PATCH http://h /a", "Content-Type: application/x-www-form-urlencoded\n", "{}");
        row("empty data", "curl -d '' http://h/a", "POST http://h /a", "Content-Type: application/x-www-form-urlencoded\n");
        row("--url, -- and options behind", "curl --url http://h/a -o out -w '%{http_code}' -m 3 --retry 2", "GET http://h /a");
        row("Chrome", "curl 'http://localhost:8000/products?page=2&size=20' \\\n  -H 'Accept: */*' \\\n  -H 'Accept-Language: de-DE,de;q=0.9' \\\n"
                      "  -b 'session=abc' \\\n  -H 'sec-ch-ua: \"Chromium\";v=\"124\"' \\\n  --compressed \\\n  --insecure ;\n",
            "GET http://localhost:8000 /products?page=2&size=20",
            "Accept: */*\nAccept-Language: de-DE,de;q=0.9\nsec-ch-ua: \"Chromium\";v=\"124\"\nCookie: session=abc\n");
        row("Chrome with a body", "curl 'http://h/a' -X 'POST' -H 'content-type: application/json' --data-raw $'{\"t\":\"it\\'s \\u0021\"}'", "POST http://h /a",
            "content-type: application/json\n", "{\"t\":\"it's !\"}");
        row("Firefox", "curl 'http://h/products' --compressed -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0)' -H 'Accept-Encoding: gzip, deflate'"
                       " -H 'Authorization: Bearer x.y.z' -H 'Connection: keep-alive' -H 'Priority: u=0'",
            "GET http://h /products",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0)\nAccept-Encoding: gzip, deflate\nAuthorization: Bearer x.y.z\nConnection: keep-alive\nPriority: u=0\n");
        row("a stray word is no URL", "curl -H Authorization: Bearer secret http://h/a", "GET http://h /a");
    }
    void requests()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, headers);
        QFETCH(QByteArray, body);
        const auto command = requestFromCurl(text);
        QVERIFY2(command, command ? "" : qPrintable(command.error().subject + command.error().detail));
        QCOMPARE(QByteArray(command->method + ' ' + command->origin.text() + ' ' + command->target), line);
        QCOMPARE(headersText(command->headers), headers);
        QCOMPARE(command->body, body);
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("reason");
        const auto row = [](QByteArray text, Reason reason) { QTest::newRow(text.constData()) << text << static_cast<int>(reason); };
        row("", Reason::BadCurl);
        row("wget http://h/", Reason::BadCurl);
        row("curl", Reason::BadCurl);
        row("curl -H", Reason::BadCurl);
        row("curl ^\"http://h/^\"", Reason::BadWebUrl);
        row("curl ftp://h/a", Reason::BadWebUrl);
        row("curl file:///etc/passwd", Reason::BadWebUrl);
        row("curl http://", Reason::BadWebUrl);
        row("curl http://h:99999/", Reason::BadWebUrl);
        row("curl 'http://h x/'", Reason::BadWebUrl);
        row("curl 'http://h/a b'", Reason::BadTarget);
        row("curl $'http://h/a\\r\\nX: y'", Reason::BadTarget);
        row("curl -I http://h/", Reason::HeadRefused);
        row("curl -sI http://h/", Reason::HeadRefused);
        row("curl --head http://h/", Reason::HeadRefused);
        row("curl -X HEAD http://h/", Reason::HeadRefused);
        row("curl -X head http://h/", Reason::HeadRefused);
        row("curl -X 'G T' http://h/", Reason::BadMethod);
        row("curl -d @/etc/passwd http://h/", Reason::BadCurl);
        row("curl --data-binary @- http://h/", Reason::BadCurl);
        row("curl --data-urlencode a@/etc/passwd http://h/", Reason::BadCurl);
        row("curl --json @f http://h/", Reason::BadCurl);
        row("curl -F a=b http://h/", Reason::BadCurl);
        row("curl -T f http://h/", Reason::BadCurl);
        row("curl -H $'X: a\\r\\nY: b' http://h/", Reason::BadHeader);
        row("curl -H 'X Y: a' http://h/", Reason::BadHeader);
        row("curl -G -d 'a b' http://h/", Reason::BadTarget);
    }
    void refused()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, reason);
        const auto command = requestFromCurl(text);
        QVERIFY(!command);
        QCOMPARE(static_cast<int>(command.error().reason), reason);
    }

    void warnings_data()
    {
        QTest::addColumn<QByteArray>("options");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* options, const char* part) { QTest::newRow(options) << QByteArray(options) << QString::fromUtf8(part); };
        row("-k", "-k: certificates are checked");
        row("--insecure", "--insecure: certificates");
        row("-L", "-L: a redirect is shown and not followed");
        row("-x http://proxy:3128", "-x: no proxy is used");
        row("-K conf", "-K: no file is read");
        row("-b cookies.txt", "-b with the name of a file");
        row("-H @file", "-H @…: no file");
        row("-H ':authority: h'", "begins with a colon");
        row("-H nonsense", "without a colon");
        row("-H 'Content-Length: 5'", "Content-Length is left out");
        row("-u me", "-u has no password");
        row("--frobnicate", "--frobnicate is not known");
        row("--token=secret", "--token is not known");
        row("-@", "-@ is not known");
        row("http://other/", "Only one URL");
        row("--next http://other/", "--next is left out");
        row("$(id)", "$(…) is text");
        row("-m soon", "-m is no time");
    }
    void warnings()
    {
        QFETCH(QByteArray, options);
        QFETCH(QString, part);
        const CurlCommand command = read("curl http://h/a " + options);
        QCOMPARE(command.target, QByteArray("/a"));
        QVERIFY2(command.warnings.join(u'\n').contains(part), qPrintable(command.warnings.join(u'\n')));
        QVERIFY(!command.warnings.join(u'\n').contains(QStringLiteral("secret")));
    }

    void noWarningWithoutCause()
    {
        QCOMPARE(read("curl -sS --compressed --http2 -o x -H 'A: b' 'http://h/a'").warnings, QStringList());
        QVERIFY(!read("curl 'http://h/a/../b'").warnings.isEmpty());
        QVERIFY(read("curl --path-as-is 'http://h/a/../b'").warnings.isEmpty());
        QVERIFY(!read("curl 'http://h/a?x[]=1'").warnings.isEmpty());
        QVERIFY(read("curl -g 'http://h/a?x[]=1'").warnings.isEmpty());
    }

    void users()
    {
        const CurlCommand user = read("curl -u 'me:se:cret' http://h/");
        QCOMPARE(user.user->name, QByteArray("me"));
        QCOMPARE(user.user->password, QByteArray("se:cret"));
        QCOMPARE(user.request().headers.last().second, QByteArray("Basic ") + QByteArray("me:se:cret").toBase64());
        const CurlCommand inUrl = read("curl http://me%40x:p%3Aw@h:8000/a");
        QCOMPARE(inUrl.user->name, QByteArray("me@x"));
        QCOMPARE(inUrl.user->password, QByteArray("p:w"));
        QCOMPARE(inUrl.origin.text(), QByteArray("http://h:8000"));
        const http::Request own = read("curl -u a:b -H 'authorization: Bearer x' http://h/").request();
        QCOMPARE(own.headers.size(), 1);
        QCOMPARE(read("curl -m 2.5 http://h/").request().timeoutMs, 2500);
    }

    void aPasswordIsInNoError()
    {
        for (const char* text : {"curl 'http://me:secret@h h/'", "curl 'http://me:secret@'", "curl 'gopher://me:secret@h/'", "curl -u me:secret", "curl -H 'Authorization; secret"}) {
            const auto command = requestFromCurl(text);
            QVERIFY2(!command, text);
            QVERIFY2(!QString(command.error().subject + command.error().detail).contains(QStringLiteral("secret")), text);
        }
    }

    void origins_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QString>("base");
        QTest::addColumn<bool>("same");
        const auto row = [](const char* url, const char* base, bool same) { QTest::addRow("%s of %s", url, base) << QByteArray(url) << QString::fromUtf8(base) << same; };
        row("http://api/a", "http://api", true);
        row("HTTP://API:80/a", "http://api/", true);
        row("https://api:443/a", "https://api", true);
        row("https://api/a", "http://api", false);
        row("http://api:8000/a", "http://api", false);
        row("http://api.evil/a", "http://api", false);
        row("http://api@evil/a", "http://api", false);
        row("http://[::1]:80/", "http://[::1]", true);
    }
    void origins()
    {
        QFETCH(QByteArray, url);
        QFETCH(QString, base);
        QFETCH(bool, same);
        const auto split = splitUrl(url);
        QVERIFY(split);
        QCOMPARE(isOriginOf(split->origin, base), same);
    }
    void badUrls_data()
    {
        QTest::addColumn<QByteArray>("url");
        for (const char* url : {"", "/a", "h/a", "http:/h", "http://", "http:///a", "http://a@b@c/", "http://h:0/", "http://h:port/", "http://[::1/", "http://[]/",
                 "http://h\\@evil/", "javascript://h/", "http://h\x01/", "http://h\n/"})
            QTest::newRow(url) << QByteArray(url);
    }
    void badUrls()
    {
        QFETCH(QByteArray, url);
        QVERIFY(!splitUrl(url));
        QCOMPARE(splitUrl(url).error().reason, Reason::BadWebUrl);
    }

    // Twice the text, about twice the time: a square would take minutes here.
    void longTextsTakeLittleTime()
    {
        QElapsedTimer clock;
        clock.start();
        for (const QByteArray& piece : {QByteArray("'a' "), QByteArray("\"$(x)\" "), QByteArray("`x`"), QByteArray("\\ "), QByteArray("-H 'A: b' "), QByteArray("$'\\u0041'"), QByteArray("a&b "), QByteArray("-k ")})
            requestFromCurl(QByteArray("curl http://h/ " + piece.repeated(900'000 / piece.size())));
        QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed())));
        QCOMPARE(requestFromCurl(QByteArray(2'000'000, 'a')).error().reason, Reason::BadCurl);
    }
};

QTEST_GUILESS_MAIN(TestCurlCommand)
#include "tst_curlcommand.moc"
