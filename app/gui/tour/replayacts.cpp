// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/tour/acts.h"

#include "app/gui/tour/checks.h"
#include "app/gui/tour/tour.h"

#include <QRegularExpression>

#include <algorithm>

namespace tour {

namespace {
    // Sends `target` and gives the verdict's word.
    QString send(const Tour* tour, const QString& target)
    {
        const Place page = tour->page();
        page.type(QStringLiteral("Request target"), target);
        const auto* before = qobject_cast<QAbstractItemView*>(page.look(QStringLiteral("Requests sent")));
        const int sent = before ? rowCount(before) : 0;
        page.click(QStringLiteral("Send"));
        auto* table = page.table(QStringLiteral("Requests sent"));
        waitFor([&] { return rowCount(table) > sent; }, QStringLiteral("the verdict"));
        need(cell(table, sent, 0) == target, QStringLiteral("the row is for ") + cell(table, sent, 0));
        page.find(QStringLiteral("Send"));
        return cell(table, sent, 1);
    }
}

void replay(Tour* tour)
{
    tour->step(QStringLiteral("replay: MISS, HIT"), [&]() -> QString {
        tour->open(ui::PageId::Replay);
        // Where somebody of the demo's traffic asks at the same moment, UNKNOWN is the honest answer, and another target is tried.
        QString first, second;
        for (int i = 1; i <= 8 && first != QLatin1StringView("MISS"); ++i) {
            const QString target = QStringLiteral("/search?q=tour-replay-%1").arg(i);
            const QString stored = QStringLiteral("*tour-replay-%1*").arg(i);
            need(tour->redis().keys(stored).isEmpty(), QStringLiteral("stored before it was sent"));
            first = send(tour, target);
            need(tour->redis().keys(stored).size() == 1, QStringLiteral("the API stored nothing"));
            second = send(tour, target);
        }
        need(first == QLatin1StringView("MISS") && second == QLatin1StringView("HIT"), QStringLiteral("the verdicts are %1, %2").arg(first, second));
        return first + QStringLiteral(", ") + second;
    });
    tour->show(QStringLiteral("replay"));
    tour->showFine(QStringLiteral("replay"));
    tour->step(QStringLiteral("replay: contradiction"), [&]() -> QString {
        const QByteArray answer = httpGet(tour->api(), "/stock");
        need(answer.toLower().contains("x-cache-status: hit"), QStringLiteral("the lying endpoint tells the truth"));
        need(tour->redis().keys(QStringLiteral("*/stock*")).isEmpty(), QStringLiteral("/stock is stored"));
        const QString verdict = send(tour, QStringLiteral("/stock"));
        need(verdict != QLatin1StringView("HIT"), QStringLiteral("the verdict believed the header"));
        tour->page().find(QStringLiteral("Contradiction.…"));
        return QStringLiteral("header HIT, verdict ") + verdict;
    });
    tour->show(QStringLiteral("replay-contradiction"));
}

void series(Tour* tour)
{
    tour->step(QStringLiteral("replay: series"), [&]() -> QString {
        const Place page = tour->page();
        page.chooseTab(QStringLiteral("Series"));
        page.type(QStringLiteral("Request target"), QStringLiteral("/search?q=tour-series"));
        need(tour->redis().keys(QStringLiteral("*tour-series*")).isEmpty(), QStringLiteral("stored before it was sent"));
        page.click(QStringLiteral("Start"));
        auto* table = page.table(QStringLiteral("Latency of HIT, MISS and all requests"));
        waitFor([&] { return rowCount(table) > 0 && cell(table, rowCount(table) - 1, 1) == QLatin1StringView("100"); }, QStringLiteral("100 requests"), 30'000);
        page.find(QStringLiteral("Export CSV")); // enabled when it has ended
        need(tour->redis().keys(QStringLiteral("*tour-series*")).size() == 1, QStringLiteral("the API stored nothing"));
        QStringList kinds;
        for (int row = 0; row < rowCount(table); ++row)
            kinds << cell(table, row, 0) + u' ' + cell(table, row, 1);
        const bool mostlyHits = std::ranges::any_of(kinds, [](const QString& kind) { return kind.startsWith(QLatin1StringView("HIT ")) && kind.mid(4).toInt() >= 90; });
        need(mostlyHits && !kinds.contains(QStringLiteral("MISS 2")), QStringLiteral("not one MISS and HITs: ") + kinds.join(QStringLiteral(", ")));
        return kinds.join(QStringLiteral(", "));
    });
    tour->show(QStringLiteral("replay-series"));
}

void fresh(Tour* tour)
{
    tour->step(QStringLiteral("replay: stale"), [&]() -> QString {
        const Place page = tour->page();
        const QString target = QStringLiteral("/products?page=1&tour=stale");
        httpGet(tour->api(), target.toLatin1());
        const QByteArrayList keys = tour->redis().keys(QStringLiteral("*tour=stale*"));
        need(keys.size() == 1, QStringLiteral("the API stored the products under %1 keys").arg(keys.size()));
        // As it is when the data changed and nobody purged.
        QString stored = QString::fromUtf8(tour->redis().run({QStringLiteral("GET"), QString::fromLatin1(keys.first())}));
        static const QRegularExpression price(QStringLiteral("\"price\": ?[0-9.]+"));
        const QRegularExpressionMatch found = price.match(stored);
        need(found.hasMatch(), QStringLiteral("no price in ") + stored.left(100));
        stored.replace(found.capturedStart(), found.capturedLength(), QStringLiteral("\"price\":1"));
        tour->redis().run({QStringLiteral("SET"), QString::fromLatin1(keys.first()), stored, QStringLiteral("KEEPTTL")});
        page.chooseTab(QStringLiteral("Fresh or stale"));
        page.type(QStringLiteral("Request target"), target);
        page.click(QStringLiteral("Compare"));
        auto* table = page.table(QStringLiteral("Entries compared"));
        waitFor([&] { return rowCount(table) == 1; }, QStringLiteral("the comparison"));
        need(cell(table, 0, 1) == QLatin1StringView("STALE"), QStringLiteral("the entry is called ") + cell(table, 0, 1));
        auto* changes = page.table(QStringLiteral("Differences by path"));
        waitFor([&] { return rowCount(changes) >= 1; }, QStringLiteral("the difference"));
        return cell(changes, 0, 0) + QStringLiteral(": ") + cell(changes, 0, 1) + QStringLiteral(", fresh ") + cell(changes, 0, 2);
    });
    tour->show(QStringLiteral("replay-stale"));
}

}
