// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/secretstore.h"

#include <QSet>
#include <QTest>

using namespace core::settings;

class TestSecretName final : public QObject {
    Q_OBJECT
private slots:
    void holdsAllThree()
    {
        QCOMPARE(identitySecretName(QStringLiteral("local"), "http://127.0.0.1:8000", QStringLiteral("Alice")), QStringLiteral("identity/local/http%3A%2F%2F127.0.0.1%3A8000/Alice"));
    }

    // Parts that hold what parts them, or look encoded already, or are empty.
    void noTwoAreAlike()
    {
        const QStringList parts {QString(), QStringLiteral("a"), QStringLiteral("a/b"), QStringLiteral("/"), QStringLiteral("%2F"), QStringLiteral("%"), QStringLiteral(" a"), QString::fromUtf8("ä"), QStringLiteral("A")};
        QSet<QString> names;
        for (const QString& connection : parts) {
            for (const QString& origin : parts) {
                for (const QString& identity : parts)
                    names.insert(identitySecretName(connection, origin.toUtf8(), identity));
            }
        }
        QCOMPARE(names.size(), parts.size() * parts.size() * parts.size());
    }
};

QTEST_GUILESS_MAIN(TestSecretName)
#include "tst_secretname.moc"
