// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/guard.h"
#include "tests/support/redistest.h"

using namespace core;
using namespace core::invalidate;
using namespace redistest;

namespace {
    enum class Says { Yes, Unconfirmed, Guard, ReadOnly };

    Says verdict(const Result<void>& result)
    {
        if (result)
            return Says::Yes;
        return result.error().code == Code::Unconfirmed ? Says::Unconfirmed
            : result.error().code == Code::Guard        ? Says::Guard
                                                        : Says::ReadOnly;
    }
}

class TestGuard final : public QObject {
    Q_OBJECT
private slots:
    void rules_data();
    void rules();
    void productionWithoutANameIsNeverConfirmed();
    void knowsItsServer();
};

void TestGuard::rules_data()
{
    QTest::addColumn<bool>("production");
    QTest::addColumn<bool>("readOnly");
    QTest::addColumn<bool>("dangerous");
    QTest::addColumn<bool>("yes");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<Says>("says");
    QTest::addColumn<bool>("wantsName");
    const QString name = QStringLiteral("shop");
    const QString none;
    const auto row = [](const char* text, bool production, bool readOnly, bool dangerous, bool yes, const QString& typed, Says says,
                         bool wantsName) { QTest::addRow("%s", text) << production << readOnly << dangerous << yes << typed << says << wantsName; };
    row("plain, nothing said", false, false, false, false, none, Says::Unconfirmed, false);
    row("plain, yes", false, false, false, true, none, Says::Yes, false);
    row("plain, name", false, false, false, false, name, Says::Yes, false);
    row("plain, wrong name", false, false, false, false, QStringLiteral("shop2"), Says::Unconfirmed, false);
    row("everything, yes is not enough", false, false, true, true, none, Says::Unconfirmed, true);
    row("everything, name", false, false, true, false, name, Says::Yes, true);
    row("everything, wrong name", false, false, true, true, QStringLiteral("Shop"), Says::Guard, true);
    row("production, yes is not enough", true, true, false, true, none, Says::Unconfirmed, true);
    row("production, name unlocks", true, true, false, false, name, Says::Yes, true);
    row("production, wrong name", true, true, false, true, QStringLiteral("shop "), Says::Guard, true);
    row("production unlocked, still the name", true, false, false, true, none, Says::Unconfirmed, true);
    row("read-only, yes", false, true, false, true, none, Says::ReadOnly, false);
    row("read-only, name does not unlock", false, true, true, true, name, Says::ReadOnly, true);
}

void TestGuard::rules()
{
    QFETCH(bool, production);
    QFETCH(bool, readOnly);
    QFETCH(bool, dangerous);
    QFETCH(bool, yes);
    QFETCH(QString, typed);
    QFETCH(Says, says);
    QFETCH(bool, wantsName);
    Plan plan;
    plan.selectors = {{dangerous ? Selector::Kind::Glob : Selector::Kind::Key, "*"}};
    const GuardInput input {production, readOnly, QStringLiteral("shop")};
    QCOMPARE(nameToType(plan, input), wantsName ? QStringLiteral("shop") : QString());
    const auto result = allow(plan, input, yes, typed);
    QCOMPARE(verdict(result), says);
    if (!result)
        QCOMPARE(exitStatus(result.error().code), 4);
}

void TestGuard::productionWithoutANameIsNeverConfirmed()
{
    const GuardInput input {true, true, {}};
    QCOMPARE(verdict(allow(Plan(), input, true, {})), Says::Unconfirmed);
    QCOMPARE(verdict(allow(Plan(), input, true, QStringLiteral("x"))), Says::Unconfirmed);
}

void TestGuard::knowsItsServer()
{
    demo::RedisProcess server;
    VERIFY_OK(server.startAndWait({}));
    redis::Session session(server.endpoint(2));
    VERIFY_OK(wait(session.open()));
    Plan plan;
    plan.server = endpointLabel(server.endpoint(2));
    plan.runId = session.facts().runId;
    plan.database = 2;
    VERIFY_OK(sameServer(plan, session));
    plan.database = 3;
    VERIFY_FAILED(sameServer(plan, session), Code::Guard, Reason::PlanOtherServer);
    plan.database = 2;
    plan.runId = QStringLiteral("another");
    VERIFY_FAILED(sameServer(plan, session), Code::Guard, Reason::PlanOtherServer);
    plan.runId.clear(); // a plan whose server was not known
    VERIFY_FAILED(sameServer(plan, session), Code::Guard, Reason::PlanOtherServer);
}

QTEST_GUILESS_MAIN(TestGuard)
#include "tst_guard.moc"
