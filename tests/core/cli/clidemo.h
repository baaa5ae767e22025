// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/demo.h"
#include "clirun.h"

#include <QSignalSpy>
#include <QTest>

// The executable on a demo of its own, of which no products are cached when a test begins.
class CliDemo : public QObject {
    Q_OBJECT
protected slots:
    void initTestCase()
    {
        QSignalSpy ready(&m_demo, &demo::Demo::ready);
        m_demo.start(false);
        QVERIFY(ready.wait(20'000));
        m_server = {text("--url"), m_demo.redisUrl()};
        m_api = {text("--api"), m_demo.apiUrl(), text("--endpoint"), text("ProductsEndpoint=/products,ttl=120")};
    }
    void init() { m_cli.run(QStringList {text("invalidate"), text("--class"), text("ProductsEndpoint"), text("--yes")} + m_server); }

protected:
    static QString text(const char* utf8) { return QString::fromUtf8(utf8); }
    // With the demo's options and JSON.
    CliRun run(const QStringList& words, const QByteArray& input = {}) const { return m_cli.run(words + m_server + m_api + QStringList {text("--json")}, input); }

    demo::Demo m_demo;
    Cli m_cli;
    QStringList m_server, m_api; // options
};
