// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/processmemory.h"

#include "tests/bench/bareclient.h"

#include <QFile>

namespace {

double memoryKb(const QByteArray& name)
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        stopBench(QStringLiteral("no /proc/self/status"));
    for (const QByteArray& line : status.readAll().split('\n')) {
        if (line.startsWith(QByteArray(name + ':')))
            return line.mid(name.size() + 1).simplified().split(' ').first().toDouble();
    }
    stopBench(QStringLiteral("no memory figures"));
}

}

double residentKb()
{
    return memoryKb("VmRSS");
}

double peakKb()
{
    return memoryKb("VmHWM");
}

void forgetPeak()
{
    QFile peak(QStringLiteral("/proc/self/clear_refs"));
    if (!peak.open(QIODevice::WriteOnly | QIODevice::Unbuffered) || peak.write("5") != 1)
        stopBench(QStringLiteral("the peak cannot be measured here"));
}
