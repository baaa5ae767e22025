// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/cachingapi.h"
#include "tests/support/fakesecrets.h"
#include "ui/pages/replay/identitiesdialog.h"
#include "ui/pages/replay/replaypage.h"
#include "ui/pages/replay/sendas.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QComboBox>
#include <QFile>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

// The Replay page on a living API that knows alice, bob and carol, with a key store that does as it is told.
class IdentityStage {
public:
    QTemporaryDir folder;
    Stage stage;
    FakeSecrets secrets;
    std::unique_ptr<core::settings::Store> store;
    std::unique_ptr<ui::Workspace> workspace;
    std::unique_ptr<ui::ReplayPage> page;

    static QString text(const char* utf8) { return QString::fromUtf8(utf8); }

    void build()
    {
        QVERIFY(stage.build());
        store = std::make_unique<core::settings::Store>(folder.filePath(text("settings.json")));
        workspace = std::make_unique<ui::Workspace>(store.get());
        workspace->identities()->setKeyStore(&secrets);
        page = std::make_unique<ui::ReplayPage>(workspace.get());
        page->resize(1100, 700);
        for (const char* name : {"local", "second"})
            QVERIFY(store->put(profile(name)));
        open("local");
    }
    void open(const char* name)
    {
        workspace->connectTo(*store->find(text(name)));
        QTRY_COMPARE(workspace->state(), ui::Workspace::State::Connected);
        workspace->setReadOnly(false);
    }
    core::settings::Profile profile(const char* name) const
    {
        core::settings::Profile made;
        made.name = text(name);
        made.endpoint = stage.redis.endpoint();
        made.apiUrl = stage.api->url();
        made.endpoints = {text("Mine=/mine,ttl=60"), text("Large=/large,ttl=60"), text("Plain=/plain,cached=no")};
        return made;
    }
    QString secretName(const char* identity, const char* connection = "local") const
    {
        return core::settings::identitySecretName(text(connection), stage.api->url().toUtf8(), text(identity));
    }
    // As if it had been saved in another session.
    void keep(const char* name, const QByteArray& password, const char* connection = "local")
    {
        core::settings::Profile changed = *store->find(text(connection));
        const QString user = text(name).toLower();
        changed.identities << core::settings::SavedIdentity {text(name), text("login"), user, {}};
        QVERIFY(store->put(changed));
        secrets.held.insert(secretName(name, connection), password);
        emit workspace->identities()->changed(text(connection));
    }
    void forgetAll()
    {
        secrets.manner = FakeSecrets::Manner::Answers;
        secrets.timeOut();
        ui::Identities* identities = workspace->identities();
        for (const core::settings::Profile& saved : store->profiles()) {
            for (const auto& identity : saved.identities)
                identities->forgetSecret(identities->placeOf(saved), identity.name); // also of this session
        }
        secrets.held.clear();
        secrets.asked.clear();
        for (const char* name : {"local", "second"})
            QVERIFY(store->put(profile(name)));
        for (const char* name : {"local", "second"})
            emit workspace->identities()->changed(text(name));
        QVERIFY(stage.ask({"FLUSHALL"}));
    }

    template <typename Widget> static Widget* named(const QWidget* in, const char* name)
    {
        for (Widget* widget : in->findChildren<Widget*>()) {
            if (widget->accessibleName() == text(name))
                return widget;
        }
        return nullptr;
    }
    static QPushButton* button(const QWidget* in, const char* label)
    {
        for (QPushButton* each : in->findChildren<QPushButton*>()) {
            if (each->text() == text(label) && !each->isHidden())
                return each;
        }
        return nullptr;
    }
    static void click(const QWidget* in, const char* label)
    {
        QTRY_VERIFY2(button(in, label) && button(in, label)->isEnabled(), label);
        button(in, label)->click();
    }
    // What the strips of a page or a dialog say, joined.
    static QString strips(const QWidget* in)
    {
        QStringList all;
        for (const ui::MessageStrip* strip : in->findChildren<ui::MessageStrip*>()) {
            if (!strip->isHidden())
                all << strip->text().what + u' ' + strip->text().why;
        }
        return all.join(u'\n');
    }

    QComboBox* choice() const { return named<QComboBox>(page.get(), "Send as"); }
    void choose(const char* name)
    {
        const int at = choice()->findText(text(name));
        QVERIFY2(at >= 0, name);
        choice()->setCurrentIndex(at);
        emit choice()->activated(at);
    }
    void send(const QByteArray& target = "/mine")
    {
        named<QLineEdit>(page.get(), "Request target")->setText(QString::fromLatin1(target));
        click(page.get(), "Send");
    }
    QAbstractItemModel* results() const { return named<ui::TableView>(page.get(), "Requests sent")->model(); }
    ui::IdentitiesDialog* manage()
    {
        page->findChild<ui::SendAs*>()->manage();
        return page->findChild<ui::IdentitiesDialog*>();
    }
    QByteArray settings() const
    {
        QFile file(folder.filePath(text("settings.json")));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};
