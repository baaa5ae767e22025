// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/tour/acts.h"

#include "app/gui/tour/checks.h"
#include "app/gui/tour/tour.h"
#include "core/keys/keyindex.h"
#include "ui/models/roles.h"
#include "ui/widgets/chartcard.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <unistd.h>

namespace tour {

namespace {
    const QString hostile = QString::fromLatin1(hostileText);

    const QList<std::pair<ui::PageId, QString>> pages {
        {ui::PageId::Connections, QStringLiteral("connections")}, {ui::PageId::Dashboard, QStringLiteral("dashboard")},
        {ui::PageId::Keys, QStringLiteral("keys")}, {ui::PageId::Tags, QStringLiteral("tags")}, {ui::PageId::Locks, QStringLiteral("locks")},
        {ui::PageId::Invalidate, QStringLiteral("invalidate")}, {ui::PageId::Warm, QStringLiteral("warm")}, {ui::PageId::Replay, QStringLiteral("replay")},
        {ui::PageId::Health, QStringLiteral("health")}, {ui::PageId::Activity, QStringLiteral("activity")}};

    qint64 figureIn(const QString& text)
    {
        static const QRegularExpression digits(QStringLiteral("\\d[\\d,. \u202f\u00a0]*"));
        QString found = digits.match(text).captured();
        return found.remove(QRegularExpression(QStringLiteral("\\D"))).toLongLong();
    }

    // Names and values that a server could hold to be taken for HTML, and a lock to release.
    void plant(const RedisCli& redis)
    {
        redis.run({QStringLiteral("SET"), hostile, QStringLiteral("{\"text\": \"%1\"}").arg(hostile), QStringLiteral("EX"), QStringLiteral("600")});
        const QString member = QString::fromUtf8(QJsonDocument(QJsonArray {hostile}).toJson(QJsonDocument::Compact));
        redis.run({QStringLiteral("SET"), QStringLiteral("tag:") + hostile, member, QStringLiteral("EX"), QStringLiteral("600")});
        redis.run({QStringLiteral("SET"), QStringLiteral("lock:") + hostile, hostile, QStringLiteral("EX"), QStringLiteral("600")});
    }

    // What /proc says, not what we remember: a number that is no child of ours is never killed.
    bool isOurChild(qint64 pid)
    {
        QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
        if (pid <= 1 || !file.open(QIODevice::ReadOnly))
            return false;
        const QByteArray stat = file.readAll();
        return stat.mid(stat.lastIndexOf(')') + 2).split(' ').value(1).toLongLong() == getpid();
    }
}

void emptyPages(Tour* tour)
{
    for (const auto& [id, name] : pages) {
        tour->step(QStringLiteral("open ") + name, [&, page = id]() -> QString {
            tour->open(page);
            return QString();
        });
        tour->showOnce(name + QStringLiteral("-empty"));
    }
}

void connections(Tour* tour)
{
    tour->step(QStringLiteral("connections"), [&]() -> QString {
        tour->open(ui::PageId::Connections);
        tour->page().click(QStringLiteral("Try the demo"));
        waitFor([&] { return tour->whole().look(QStringLiteral("Connection: Demo")) && tour->workspace()->state() == ui::Workspace::State::Connected; },
            QStringLiteral("the demo to be connected"), 20'000);
        tour->meetServer(tour->workspace()->profile().endpoint.path);
        const QByteArray clients = tour->redis().run({QStringLiteral("CLIENT"), QStringLiteral("LIST")});
        need(clients.contains("name=cachelight"), QStringLiteral("CLIENT LIST shows no client named cachelight"));
        plant(tour->redis());
        return QStringLiteral("%1 lines named cachelight in CLIENT LIST").arg(clients.count("name=cachelight"));
    });
    tour->show(QStringLiteral("connections"));
}

void keys(Tour* tour)
{
    tour->step(QStringLiteral("keys: complete scan"), [&]() -> QString {
        tour->open(ui::PageId::Keys);
        const Place page = tour->page();
        const auto* index = tour->workspace()->keyIndex();
        waitFor([&] { return index->state() == core::keys::KeyIndex::State::Complete && page.look(QStringLiteral("Keys")); }, QStringLiteral("the scan to be complete"));
        QTest::keyClick(tour->window(), Qt::Key_F5);
        waitFor([&] { return !index->isScanning() && index->state() == core::keys::KeyIndex::State::Complete; }, QStringLiteral("the second scan"));
        qint64 shown = 0;
        qint64 stored = 0;
        // Traffic goes on between the two countings.
        waitFor([&] {
            shown = rowCount(page.table(QStringLiteral("Keys")));
            stored = tour->redis().number({QStringLiteral("DBSIZE")});
            return qAbs(shown - stored) <= 5 + stored / 10;
        }, QStringLiteral("rows to agree with DBSIZE"));
        return QStringLiteral("%1 rows, DBSIZE %2").arg(shown).arg(stored);
    });
    tour->step(QStringLiteral("keys: filter"), [&]() -> QString {
        const Place page = tour->page();
        auto* table = page.table(QStringLiteral("Keys"));
        const int all = rowCount(table);
        page.type(QStringLiteral("Filter keys"), QStringLiteral("<img"));
        waitFor([&] { return rowCount(table) < all && rowWith(table, 0, hostile) >= 0; }, QStringLiteral("the keys that contain <img"));
        for (int row = 0; row < rowCount(table); ++row)
            need(cell(table, row, 0).contains(QLatin1StringView("<img")), QStringLiteral("%1 does not contain <img").arg(cell(table, row, 0)));
        return QStringLiteral("%1 rows, as typed").arg(rowCount(table));
    });
    tour->step(QStringLiteral("keys: value"), [&]() -> QString {
        const Place page = tour->page();
        auto* table = page.table(QStringLiteral("Keys"));
        clickRow(table, rowWith(table, 0, hostile));
        QString shown;
        waitFor([&] {
            const auto edits = page.root()->findChildren<QPlainTextEdit*>();
            const auto visible = std::ranges::find_if(edits, [](const QPlainTextEdit* edit) { return edit->isVisible() && !edit->toPlainText().isEmpty(); });
            if (visible != edits.end())
                shown = (*visible)->toPlainText();
            return !shown.isEmpty();
        }, QStringLiteral("the value"));
        const QByteArray stored = tour->redis().run({QStringLiteral("GET"), hostile});
        need(shown.contains(hostile) && stored.contains(hostileText), QStringLiteral("shown %1, stored %2").arg(shown, QString::fromUtf8(stored)));
        return QStringLiteral("as redis-cli reads it");
    });
    tour->show(QStringLiteral("keys-filter"));
    tour->step(QStringLiteral("keys: all again"), [&]() -> QString {
        const Place page = tour->page();
        auto* table = page.table(QStringLiteral("Keys"));
        page.press(QStringLiteral("Filter keys"), Qt::Key_Escape);
        waitFor([&] { return rowCount(table) > 10; }, QStringLiteral("all keys after Esc"));
        int row = 0;
        while (row + 1 < rowCount(table) && !cell(table, row, 0).contains(QLatin1StringView("ProductsEndpoint")))
            ++row;
        clickRow(table, row);
        waitFor([&] { return !cell(table, row, 3).isEmpty() && page.look(cell(table, row, 0)); }, QStringLiteral("the type of the key, and its value"));
        return cell(table, row, 0);
    });
    tour->show(QStringLiteral("keys"));
}

void tags(Tour* tour)
{
    tour->step(QStringLiteral("tags"), [&]() -> QString {
        tour->open(ui::PageId::Tags);
        const Place page = tour->page();
        auto* table = page.table(QStringLiteral("Tags"));
        waitFor([&] { return rowWith(table, 0, hostile) >= 0 && rowCount(table) > 1; }, QStringLiteral("the tags"));
        int best = 0;
        for (int row = 1; row < rowCount(table); ++row)
            best = figureIn(cell(table, row, 2)) > figureIn(cell(table, best, 2)) ? row : best;
        const QByteArray tag = table->model()->index(best, 0).data(ui::BytesRole).toByteArray();
        clickRow(table, best);
        auto* members = page.table(QStringLiteral("Members of the tag"));
        waitFor([&] { return rowCount(members) > 0; }, QStringLiteral("the members"));
        const QString key = QStringLiteral("tag:") + QString::fromUtf8(tag);
        const bool isSet = tour->redis().run({QStringLiteral("TYPE"), key}) == "set";
        const qint64 stored = isSet ? tour->redis().number({QStringLiteral("SCARD"), key})
                                    : QJsonDocument::fromJson(tour->redis().run({QStringLiteral("GET"), key})).array().size();
        need(qAbs(stored - rowCount(members)) <= 2, QStringLiteral("%1 members shown, %2 stored").arg(rowCount(members)).arg(stored));
        return QStringLiteral("%1: %2 members shown, %3 stored").arg(key).arg(rowCount(members)).arg(stored);
    });
    tour->show(QStringLiteral("tags"));
}

void locks(Tour* tour)
{
    tour->step(QStringLiteral("locks: release"), [&]() -> QString {
        const QString key = QStringLiteral("lock:Tour:/tour");
        tour->redis().run({QStringLiteral("SET"), key, QStringLiteral("tour-worker"), QStringLiteral("NX"), QStringLiteral("EX"), QStringLiteral("60")});
        tour->open(ui::PageId::Locks);
        QTest::keyClick(tour->window(), Qt::Key_F5);
        const Place page = tour->page();
        auto* table = page.table(QStringLiteral("Locks"));
        waitFor([&] { return rowWith(table, 0, QStringLiteral("Tour:/tour")) >= 0; }, QStringLiteral("the new lock"));
        clickRow(table, rowWith(table, 0, QStringLiteral("Tour:/tour")));
        page.click(QStringLiteral("Release lock…"));
        page.find(QStringLiteral("Release this lock"));
        need(tour->redis().number({QStringLiteral("EXISTS"), key}) == 1, QStringLiteral("the lock went before it was confirmed"));
        return QStringLiteral("asked first");
    });
    tour->show(QStringLiteral("locks"));
    tour->step(QStringLiteral("locks: released"), [&]() -> QString {
        tour->page().click(QStringLiteral("Release this lock"));
        tour->page().find(QStringLiteral("The lock on Tour:/tour was released.…"));
        need(tour->redis().number({QStringLiteral("EXISTS"), QStringLiteral("lock:Tour:/tour")}) == 0, QStringLiteral("the lock is still there"));
        return QStringLiteral("EXISTS 0");
    });
}

void invalidate(Tour* tour)
{
    // Nobody else asks for these, so that they stay away.
    const QString own = QStringLiteral("*tour-probe*");
    tour->step(QStringLiteral("invalidate: plan"), [&]() -> QString {
        httpGet(tour->api(), "/search?q=tour-probe");
        httpGet(tour->api(), "/search?q=tour-probe&page=2");
        need(tour->redis().keys(own).size() == 2, QStringLiteral("the API stored %1 entries for the tour, not 2").arg(tour->redis().keys(own).size()));
        tour->open(ui::PageId::Invalidate);
        const Place page = tour->page();
        page.click(QStringLiteral("Class"));
        page.type(QStringLiteral("What to invalidate"), QStringLiteral("SearchEndpoint"));
        page.click(QStringLiteral("Make plan"));
        auto* table = page.table(QStringLiteral("Keys of the plan"));
        const int planned = rowCount(table);
        need(planned >= 2, QStringLiteral("the plan holds %1 keys").arg(planned));
        need(tour->redis().keys(own).size() == 2, QStringLiteral("making the plan deleted"));
        return QStringLiteral("%1 keys frozen").arg(planned);
    });
    tour->show(QStringLiteral("invalidate"));
    tour->step(QStringLiteral("invalidate: run"), [&]() -> QString {
        tour->page().click(QStringLiteral("Invalidate …"));
        const QWidget* strip = tour->page().find(QStringLiteral("Audit log"))->parentWidget();
        const QString summary = strip->accessibleName();
        need(summary.contains(QLatin1StringView("keys invalidated")) && summary.contains(QLatin1StringView("Verified: ")), QStringLiteral("the summary says: ") + summary);
        const qsizetype left = tour->redis().keys(own).size();
        need(left == 0, QStringLiteral("%1 of the tour's own keys are left").arg(left));
        return summary;
    });
    tour->showOnce(QStringLiteral("invalidate-done"));
}

void warm(Tour* tour)
{
    tour->step(QStringLiteral("warm"), [&]() -> QString {
        tour->open(ui::PageId::Warm);
        const Place page = tour->page();
        page.type(QStringLiteral("Request targets, one a line"), QStringLiteral("/search?q=tour-warm\n/search?q=tour-warm&page=2\n/products?page=1\n/products/7\n/orders"));
        need(tour->redis().keys(QStringLiteral("*tour-warm*")).isEmpty(), QStringLiteral("stored before it was warmed"));
        page.click(QStringLiteral("Warm"));
        page.find(QStringLiteral("Not all targets are warm.…"));
        auto* table = page.table(QStringLiteral("Warmed targets"));
        const qsizetype stored = tour->redis().keys(QStringLiteral("*tour-warm*")).size();
        need(stored == 2, QStringLiteral("%1 of 2 targets are stored").arg(stored));
        need(cell(table, 0, 1) == QLatin1StringView("WARMED") && cell(table, 1, 1) == QLatin1StringView("WARMED"), QStringLiteral("the table says %1, %2").arg(cell(table, 0, 1), cell(table, 1, 1)));
        need(cell(table, 4, 1) == QLatin1StringView("NOT CACHED"), QStringLiteral("/orders: ") + cell(table, 4, 1));
        return QStringLiteral("2 of 2 stored, what is not cached is called so");
    });
    tour->show(QStringLiteral("warm"));
}

void health(Tour* tour)
{
    tour->step(QStringLiteral("health"), [&]() -> QString {
        tour->open(ui::PageId::Health);
        const Place page = tour->page();
        const QStringList verdicts {QStringLiteral("HEALTHY…"), QStringLiteral("CAUTION…"), QStringLiteral("UNHEALTHY…")};
        QWidget* band = nullptr;
        waitFor([&] { return std::ranges::any_of(verdicts, [&](const QString& word) { return (band = page.look(word)); }); }, QStringLiteral("a verdict"), 15'000);
        need(!band->accessibleName().startsWith(QLatin1StringView("UNHEALTHY")), band->accessibleName());
        need(tour->redis().run({QStringLiteral("PING")}) == "PONG", QStringLiteral("redis-cli gets no PONG"));
        need(tour->redis().keys(QStringLiteral("*cachelight*")).isEmpty(), QStringLiteral("the probe key was left behind"));
        return band->accessibleName();
    });
    tour->show(QStringLiteral("health"));
}

void activity(Tour* tour)
{
    tour->step(QStringLiteral("activity: commands"), [&]() -> QString {
        tour->open(ui::PageId::Activity);
        auto* table = tour->page().table(QStringLiteral("Commands sent"));
        waitFor([&] { return rowCount(table) > 10; }, QStringLiteral("commands"));
        need(tour->redis().run({QStringLiteral("INFO"), QStringLiteral("commandstats")}).contains("cmdstat_scan"), QStringLiteral("the server saw no SCAN"));
        return QStringLiteral("%1 listed").arg(rowCount(table));
    });
    tour->show(QStringLiteral("activity"));
    tour->step(QStringLiteral("activity: audit log"), [&]() -> QString {
        tour->page().click(QStringLiteral("Audit log"));
        auto* table = tour->page().table(QStringLiteral("Audit log"));
        waitFor([&] { return rowCount(table) >= 2; }, QStringLiteral("two acts"));
        QFile file(tour->workspace()->audit().file());
        need(file.open(QIODevice::ReadOnly), QStringLiteral("%1 cannot be read").arg(file.fileName()));
        const QByteArray lines = file.readAll();
        need(lines.contains("lock:Tour:/tour") && lines.contains("SearchEndpoint"), QStringLiteral("the file lacks an act of the tour"));
        return QStringLiteral("%1 acts shown, %2 lines in the file").arg(rowCount(table)).arg(lines.count('\n'));
    });
    tour->show(QStringLiteral("audit"));
}

void dashboard(Tour* tour)
{
    tour->step(QStringLiteral("dashboard"), [&]() -> QString {
        tour->open(ui::PageId::Dashboard);
        const Place page = tour->page();
        const auto charts = page.root()->findChildren<ui::ChartCard*>();
        need(charts.size() == 4, QStringLiteral("%1 charts").arg(charts.size()));
        waitFor([&] { return std::ranges::all_of(charts, [](const ui::ChartCard* chart) { return chart->pointsDrawn() >= 2; }); }, QStringLiteral("points in every chart"), 15'000);
        qint64 shown = 0;
        qint64 stored = 0;
        waitFor([&] {
            shown = figureIn(page.find(QStringLiteral("Keys: …"))->accessibleName());
            stored = tour->redis().number({QStringLiteral("DBSIZE")});
            return qAbs(shown - stored) <= 3 + stored / 20;
        }, QStringLiteral("the tile to agree with DBSIZE"));
        const QString rate = page.find(QStringLiteral("Hit rate, …"))->accessibleName();
        need(rate.contains(u'%'), rate);
        return QStringLiteral("%1; keys %2, DBSIZE %3").arg(rate).arg(shown).arg(stored);
    });
    tour->show(QStringLiteral("dashboard"));
    tour->showFine(QStringLiteral("dashboard"));
}

void errorPages(Tour* tour)
{
    tour->step(QStringLiteral("server killed"), [&]() -> QString {
        const QByteArray info = tour->redis().run({QStringLiteral("INFO"), QStringLiteral("server")});
        const qint64 pid = figureIn(QString::fromLatin1(info.mid(info.indexOf("process_id:"), 30)));
        need(isOurChild(pid), QStringLiteral("process %1 is not the demo's Redis").arg(pid));
        need(::kill(static_cast<pid_t>(pid), SIGKILL) == 0, QStringLiteral("it could not be killed"));
        QElapsedTimer timer;
        timer.start();
        tour->whole().find(QStringLiteral("Try now"));
        return QStringLiteral("said after %1 ms").arg(timer.elapsed());
    });
    for (const auto& [id, name] : pages) {
        tour->step(QStringLiteral("error on ") + name, [&, page = id]() -> QString {
            tour->open(page);
            tour->whole().find(QStringLiteral("Try now"));
            return QString();
        });
        tour->showOnce(name + QStringLiteral("-error"));
    }
}

}
