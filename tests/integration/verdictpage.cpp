// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/verdictpage.h"

#include "tests/integration/verdictscenarios.h"

#include <QRegularExpression>

using core::replay::Contradiction;
using core::replay::Evidence;

namespace {
const QString intro = QStringLiteral(
    "# What Replay says, and why\n\n"
    "Made by `tst_verdicts`, which plays each scenario on living LightAPI releases with a Redis of their own and fails when this page and what came out\n"
    "differ. Do not edit it: `CACHELIGHT_RENEW_DOCS=1 build/dev/tests/tst_verdicts` writes it anew. Times and counts are written as \"…\".\n\n"
    "A verdict is exact where the evidence leaves no other reading, likely where another is possible, and UNKNOWN with the reason where the evidence does not\n"
    "decide. \"sync\" and \"async\" say which database engine the app has; an async app of 0.1.29 neither stores, reads nor purges.\n\n");

QString timeless(QString text)
{
    static const QRegularExpression figure(QStringLiteral(R"(\b\d[\d,.]*( (ms|s|m|h|d)\b| (?=lookups|other keys)))"));
    static const QRegularExpression twice(QStringLiteral("… …"));
    static const QRegularExpression port(QStringLiteral(R"(127\.0\.0\.1:\d+)"));
    static const QRegularExpression reason(QStringLiteral("(?<=Redis could not be asked: ).*")); // which depends on where a reconnection stands
    text.replace(reason, QStringLiteral("…"));
    return text.replace(port, QStringLiteral("127.0.0.1:…")).replace(figure, QStringLiteral("…")).replace(twice, QStringLiteral("…"));
}

QString shown(const QString& verdict)
{
    const QStringList words = verdict.split(u' ');
    return words[1] == QStringLiteral("none") ? words[0] : QString(words[0] + QStringLiteral(" (") + words[1] + u')');
}

QString line(const Evidence& row)
{
    if (row.source == QStringLiteral("idle time")) // in whole seconds: what it says depends on how fast the test is
        return QStringLiteral("- idle time: tells where the entry was idle for 2 s\n");
    const bool speaks = row.says != Evidence::Says::Neutral;
    const QString side = row.says == Evidence::Says::For ? QStringLiteral(" (for a HIT)") : QStringLiteral(" (against a HIT)");
    return QStringLiteral("- ") + row.source + QStringLiteral(": ") + timeless(row.fact) + (speaks ? side : QString()) + u'\n';
}

// Ends in one line break.
QString account(const VerdictCell& cell)
{
    QString text = QStringLiteral("**") + shown(cell.verdict) + QStringLiteral("**: ") + timeless(cell.sentence) + QStringLiteral("\n\n");
    for (const Evidence& row : cell.evidence)
        text += line(row);
    for (const Contradiction& contradiction : cell.contradictions)
        text += QStringLiteral("- **contradiction**: ") + timeless(contradiction.detail) + u'\n';
    return text;
}
}

VerdictCell VerdictCell::of(const core::replay::ReplayResult& result)
{
    const auto& verdict = result.verdict;
    return {core::http::verdictName(verdict.verdict) + u' ' + core::replay::surenessName(verdict.sureness), verdict.sentence, verdict.evidence, verdict.contradictions};
}

QString VerdictCell::contradictionNames() const
{
    QStringList names;
    for (const Contradiction& contradiction : contradictions)
        names << contradiction.what;
    return names.join(u' ');
}

QString VerdictCell::told() const
{
    QString text = verdict + u' ' + sentence;
    for (const Evidence& row : evidence)
        text += QStringLiteral(" | ") + row.source + u' ' + row.before + u' ' + row.after + u' ' + row.fact;
    return text + u' ' + contradictionNames();
}

QByteArray verdictPage(const QList<VerdictColumn>& columns, const QList<VerdictScenario>& scenarios)
{
    QString page = intro + QStringLiteral("| |");
    for (const VerdictColumn& column : columns)
        page += u' ' + column.app + QStringLiteral(" |");
    page += QStringLiteral("\n| --- |") + QStringLiteral(" --- |").repeated(columns.size()) + u'\n';
    for (const VerdictScenario& scenario : scenarios) {
        page += QStringLiteral("| ") + scenario.words + QStringLiteral(" |");
        for (const VerdictColumn& column : columns)
            page += u' ' + shown(column.cells[scenario.name].verdict) + QStringLiteral(" |");
        page += u'\n';
    }
    for (const VerdictScenario& scenario : scenarios) {
        page += QStringLiteral("\n## ") + scenario.words + QStringLiteral("\n\n");
        QList<std::pair<QString, QStringList>> accounts; // and the apps that have them
        for (const VerdictColumn& column : columns) {
            const QString text = account(column.cells[scenario.name]);
            const auto same = std::find_if(accounts.begin(), accounts.end(), [&text](const auto& had) { return had.first == text; });
            if (same == accounts.end())
                accounts << std::pair {text, QStringList {column.app}};
            else
                same->second << column.app;
        }
        for (const auto& [text, apps] : std::as_const(accounts))
            page += (apps == accounts.first().second ? QString() : QStringLiteral("\n")) + (accounts.size() > 1 ? QString(apps.join(QStringLiteral(", ")) + QStringLiteral(": ")) : QString()) + text;
    }
    return page.trimmed().toUtf8() + '\n';
}
