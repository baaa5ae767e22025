// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/format.h"

#include <QDateTime>
#include <QLocale>

#include <array>
#include <cmath>

namespace core {

namespace {
    // 3 significant digits, but never fewer than the whole part.
    QString significant(double value)
    {
        const double size = std::abs(value);
        const int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
        return QString::number(value, 'f', decimals);
    }
}

QString formatCount(qint64 count)
{
    static const QLocale locale(QLocale::English, QLocale::UnitedStates); // to make one takes longer than the text
    return locale.toString(count);
}

QString formatBytes(qint64 bytes)
{
    static constexpr std::array units {"B", "KB", "MB", "GB", "TB", "PB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (std::abs(value) >= 999.5 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    const QString number = unit == 0 ? QString::number(bytes) : significant(value);
    return number + u' ' + QString::fromLatin1(units[unit]);
}

QString formatDuration(qint64 ms)
{
    if (ms < 0)
        return QStringLiteral("-") + formatDuration(-ms);
    if (ms < 1000)
        return QString::number(ms) + QStringLiteral(" ms");
    if (ms < 10'000)
        return QString::number(static_cast<double>(ms / 100) / 10, 'f', 1) + QStringLiteral(" s");
    const qint64 seconds = ms / 1000;
    if (seconds < 120)
        return QString::number(seconds) + QStringLiteral(" s");
    const auto pair = [](qint64 big, QLatin1StringView bigUnit, qint64 small, QLatin1StringView smallUnit) -> QString {
        return QString::number(big) + bigUnit + QString::number(small).rightJustified(2, u'0') + smallUnit;
    };
    if (seconds < 7200)
        return pair(seconds / 60, QLatin1StringView(" m "), seconds % 60, QLatin1StringView(" s"));
    if (seconds < 172'800)
        return pair(seconds / 3600, QLatin1StringView(" h "), seconds / 60 % 60, QLatin1StringView(" m"));
    return pair(seconds / 86'400, QLatin1StringView(" d "), seconds / 3600 % 24, QLatin1StringView(" h"));
}

QString formatRate(double perSecond)
{
    if (std::abs(perSecond) < 999.5) {
        const bool whole = perSecond == std::floor(perSecond) || std::abs(perSecond) >= 99.95;
        return (whole ? QString::number(perSecond, 'f', 0) : QString::number(perSecond, 'f', 1)) + QStringLiteral(" /s");
    }
    if (std::abs(perSecond) < 999'500)
        return significant(perSecond / 1000) + QStringLiteral(" k/s");
    return significant(perSecond / 1e6) + QStringLiteral(" M/s");
}

QString formatMs(double ms)
{
    return QString::number(ms, 'f', ms < 10 ? 2 : 1) + QStringLiteral(" ms");
}

QString formatPercent(double fraction)
{
    return QString::number(fraction * 100, 'f', fraction >= 1 ? 0 : 1) + QStringLiteral(" %");
}

QString formatInstant(qint64 msSinceEpoch)
{
    return QDateTime::fromMSecsSinceEpoch(msSinceEpoch, Qt::UTC).toString(Qt::ISODateWithMs);
}

}
