// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStringList>
#include <QTemporaryDir>

// The real executable, run as a script would run it: nothing of this machine's settings or environment gets in.
struct CliRun {
    int exit = -1; // -signal when one ended it
    QByteArray out, err;

    QByteArray all() const { return out + err; } // for messages
    QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    QJsonObject summary() const { return json().value(QStringLiteral("summary")).toObject(); }
    QJsonArray items() const { return json().value(QStringLiteral("items")).toArray(); }
    QJsonObject error() const { return json().value(QStringLiteral("error")).toObject(); }
    QList<QJsonObject> lines() const
    {
        QList<QJsonObject> all;
        for (const QByteArray& line : out.split('\n')) {
            if (!line.isEmpty())
                all << QJsonDocument::fromJson(line).object();
        }
        return all;
    }
};

class Cli {
public:
    Cli()
    {
        m_environment.insert(QStringLiteral("HOME"), m_home.path());
        m_environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C")); // the hardest locale
        const QProcessEnvironment ours = QProcessEnvironment::systemEnvironment();
        for (const QString& name : {QStringLiteral("PATH"), QStringLiteral("ASAN_OPTIONS"), QStringLiteral("LSAN_OPTIONS"),
                 QStringLiteral("UBSAN_OPTIONS"), QStringLiteral("XDG_RUNTIME_DIR")}) {
            if (ours.contains(name))
                m_environment.insert(name, ours.value(name));
        }
    }

    QString home() const { return m_home.path(); }
    QString file(const QString& name) const { return m_home.filePath(name); }
    void setEnvironment(const QString& name, const QString& value) { m_environment.insert(name, value); }
    void unsetEnvironment(const QString& name) { m_environment.remove(name); }
    static QString program() { return QStringLiteral(CACHELIGHT_CLI); }

    void prepare(QProcess& process, const QStringList& words) const
    {
        process.setProgram(program());
        process.setArguments(words);
        process.setProcessEnvironment(m_environment);
        process.setWorkingDirectory(m_home.path());
    }

    CliRun run(const QStringList& words, const QByteArray& input = {}) const
    {
        QProcess process;
        prepare(process, words);
        process.start();
        process.write(input);
        process.closeWriteChannel();
        return ended(process);
    }

    // Its stdout goes to a device or file of that name.
    CliRun runInto(const QString& device, const QStringList& words) const
    {
        QProcess process;
        prepare(process, words);
        process.setStandardOutputFile(device, QIODevice::Append);
        process.start();
        process.closeWriteChannel();
        return ended(process);
    }

    static CliRun ended(QProcess& process, int timeoutMs = 60'000)
    {
        CliRun result;
        if (!process.waitForFinished(timeoutMs)) {
            process.kill();
            process.waitForFinished();
            result.err = "did not end: " + process.readAllStandardError();
            return result;
        }
        result.exit = process.exitStatus() == QProcess::CrashExit ? -process.exitCode() : process.exitCode();
        result.out = process.readAllStandardOutput();
        result.err = process.readAllStandardError();
        return result;
    }

    static QStringList words(const QString& line) { return line.isEmpty() ? QStringList() : line.split(u' '); }

private:
    QTemporaryDir m_home;
    QProcessEnvironment m_environment;
};
