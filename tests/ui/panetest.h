// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidate/audit.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"
#include "ui/pages/keys/editform.h"
#include "ui/pages/keys/editnotice.h"
#include "ui/pages/keys/valueeditor.h"
#include "ui/pages/keys/valuepane.h"
#include "ui/shell/workspace.h"

#include <QAbstractButton>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSemaphore>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>

#include <algorithm>

// While it lives nothing that is given to the thread pool begins; what was given before goes on.
class PoolGate final {
    Q_DISABLE_COPY_MOVE(PoolGate)
public:
    PoolGate()
    {
        for (int i = 0; i < m_threads; ++i)
            QThreadPool::globalInstance()->start([gate = m_gate] { gate->acquire(); });
    }
    ~PoolGate() { m_gate->release(m_threads); }

private:
    int m_threads = QThreadPool::globalInstance()->maxThreadCount();
    std::shared_ptr<QSemaphore> m_gate = std::make_shared<QSemaphore>();
};

// A value pane on a private server, used by the names of its controls.
class PaneTest : public QObject {
    Q_OBJECT
protected:
    using Command = core::redis::Command;
    using EditForm = ui::EditForm;
    using EditNotice = ui::EditNotice;
    using ValueEditor = ui::ValueEditor;
    using ValuePane = ui::ValuePane;
    using Workspace = ui::Workspace;

private slots:
    void initTestCase() { VERIFY_OK(m_redis.startAndWait({})); }
    void init()
    {
        qputenv("XDG_STATE_HOME", m_folder.filePath(QStringLiteral("state")).toUtf8());
        QFile::remove(core::invalidate::AuditLog::defaultFile());
        m_admin = std::make_unique<core::redis::Session>(m_redis.endpoint());
        VERIFY_OK(redistest::wait(m_admin->open()));
        send({{"FLUSHALL"}});
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
        connectTo(0);
        m_pane = std::make_unique<ValuePane>(m_workspace.get());
        m_pane->resize(340, 700);
        m_pane->show();
    }
    void cleanup()
    {
        m_pane.reset();
        m_workspace.reset();
        m_store.reset();
        m_admin.reset();
    }
protected:
    void send(const core::redis::Pipeline& pipeline) { VERIFY_OK(redistest::wait(m_admin->send(pipeline))); }
    core::redis::Reply ask(const Command& command) { return redistest::ask(*m_admin, command); }
    // As another server would be, with a session of its own.
    void connectTo(int database)
    {
        core::settings::Profile profile;
        profile.name = QStringLiteral("edits");
        profile.endpoint = m_redis.endpoint();
        profile.endpoint.database = database;
        m_workspace->connectTo(profile);
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
        if (m_pane)
            m_pane->clear();
    }
    void selectDatabase(int database)
    {
        m_workspace->selectDatabase(database);
        QTRY_COMPARE(m_workspace->profile().endpoint.database, database);
        m_pane->clear();
    }
    QByteArray stored(const QByteArray& key) { return ask({"GET", key}).bytes; }
    ValueEditor* editor() const { return m_pane->findChild<ValueEditor*>(); }
    QPlainTextEdit* field() const { return editor()->findChild<QPlainTextEdit*>(); }
    EditNotice* notice() const { return m_pane->findChild<EditNotice*>(); }
    EditForm* form() const
    {
        const QList<EditForm*> forms = m_pane->findChildren<EditForm*>();
        const auto at = std::ranges::find_if(forms, [](const EditForm* each) { return each->isVisible(); });
        return at == forms.end() ? nullptr : *at;
    }
    static QAbstractButton* button(const QWidget* in, const QString& name)
    {
        for (QAbstractButton* each : in->findChildren<QAbstractButton*>()) {
            if (each->isVisible() && (each->text() == name || each->accessibleName() == name))
                return each;
        }
        return nullptr;
    }
    void press(const QWidget* in, const char* name)
    {
        QAbstractButton* found = nullptr;
        QTRY_VERIFY2((found = button(in, QString::fromUtf8(name))) && found->isEnabled(), name);
        found->click();
    }
    void choose(const char* act)
    {
        press(m_pane.get(), "More acts");
        auto* menu = m_pane->findChild<QMenu*>();
        QVERIFY(menu);
        for (QAction* action : menu->actions()) {
            if (action->text() == QString::fromUtf8(act)) {
                QVERIFY2(action->isEnabled(), act);
                action->trigger();
            }
        }
        delete menu;
    }
    // What one would do who clicks it, also when it is no longer there.
    std::function<void()> actOf(const char* name) const
    {
        for (const ui::StripAction& action : notice()->text().actions) {
            if (action.text == QString::fromUtf8(name))
                return action.run;
        }
        return {};
    }
    QStringList outcomes() const
    {
        QStringList words;
        const auto log = m_workspace->audit().read();
        for (const auto& entry : log ? log->entries : QList<core::invalidate::AuditEntry>())
            words += entry.outcome;
        return words;
    }
    bool tells(const char* sentence) const
    {
        return notice()->isVisible() && QString(notice()->text().what + u' ' + notice()->text().why).contains(QString::fromUtf8(sentence));
    }
    // Shows the key and waits until it can be edited.
    void show(const QByteArray& key)
    {
        m_pane->showKey(key);
        QTRY_VERIFY(m_pane->key() == key && button(m_pane.get(), QStringLiteral("More acts")) && button(m_pane.get(), QStringLiteral("More acts"))->isEnabled());
    }
    void beginEdit(const QByteArray& key)
    {
        show(key);
        press(m_pane.get(), "Edit (F2)");
        QVERIFY(editor()->isVisible());
    }

    demo::RedisProcess m_redis;
    QTemporaryDir m_folder;
    std::unique_ptr<core::redis::Session> m_admin;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<ValuePane> m_pane;
};
