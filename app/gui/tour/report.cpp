// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/tour/report.h"

#include "app/gui/tour/hand.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

#include <algorithm>
#include <cstdio>

namespace tour {

Report::Report(QString folder)
    : m_folder(std::move(folder))
{
}

bool Report::step(const QString& name, const std::function<QString()>& act)
{
    QElapsedTimer timer;
    timer.start();
    Step step {name, true, {}, 0};
    try {
        step.detail = act();
    } catch (const StepFailed& failure) {
        step.ok = false;
        step.detail = failure.why;
    }
    step.ms = timer.elapsed();
    std::printf("%s %-28s %6lld ms  %s\n", step.ok ? "ok  " : "FAIL", qUtf8Printable(name), static_cast<long long>(step.ms), qUtf8Printable(step.detail));
    std::fflush(stdout);
    m_steps += step;
    return step.ok;
}

int Report::failed() const
{
    return static_cast<int>(std::ranges::count(m_steps, false, &Step::ok));
}

bool Report::finish() const
{
    QJsonArray steps;
    for (const Step& step : m_steps)
        steps += QJsonObject {{QStringLiteral("name"), step.name}, {QStringLiteral("ok"), step.ok}, {QStringLiteral("detail"), step.detail}, {QStringLiteral("ms"), step.ms}};
    const int bad = failed();
    const QJsonObject summary {{QStringLiteral("schema"), 1}, {QStringLiteral("ok"), bad == 0}, {QStringLiteral("steps"), steps},
        {QStringLiteral("pictures"), QJsonArray::fromStringList(m_pictures)}};
    QSaveFile file(m_folder + QStringLiteral("/summary.json"));
    const bool written = file.open(QIODevice::WriteOnly) && file.write(QJsonDocument(summary).toJson()) > 0 && file.commit();
    if (!written)
        std::fprintf(stderr, "cachelight-tour: %s: %s\n", qUtf8Printable(file.fileName()), qUtf8Printable(file.errorString()));
    std::printf("%d passed, %d failed\n", static_cast<int>(m_steps.size()) - bad, bad);
    return written;
}

}
