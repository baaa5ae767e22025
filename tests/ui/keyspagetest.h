// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/redisprocess.h"
#include "core/redis/session.h"
#include "tests/support/redistest.h"
#include "ui/pages/keys/keyspage.h"
#include "ui/pages/keys/keytablemodel.h"
#include "ui/pages/keys/keytablepanel.h"
#include "ui/pages/keys/keytreemodel.h"
#include "ui/pages/keys/valuepane.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"

#include <QLabel>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>

// The Keys page on a private server, used by the names of its controls.
class KeysPageTest : public QObject {
    Q_OBJECT
protected:
    using EmptyState = ui::EmptyState;
    using KeysPage = ui::KeysPage;
    using KeyTableModel = ui::KeyTableModel;
    using KeyTreeModel = ui::KeyTreeModel;
    using TableView = ui::TableView;
    using TreeView = ui::TreeView;
    using ValuePane = ui::ValuePane;
    using Workspace = ui::Workspace;

private slots:
    void initTestCase()
    {
        ui::Theme::instance().install();
        VERIFY_OK(m_redis.startAndWait({}));
    }
    void init()
    {
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<Workspace>(m_store.get());
        m_page = std::make_unique<KeysPage>(m_workspace.get());
        m_page->resize(1100, 700);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }
    void cleanup()
    {
        m_page->close(); // as the window does: to hide it is not left to its destructor
        m_page.reset();
        m_workspace.reset();
    }

protected:
    void send(const core::redis::Pipeline& pipeline)
    {
        core::redis::Session admin(m_redis.endpoint());
        VERIFY_OK(redistest::wait(admin.open()));
        VERIFY_OK(redistest::wait(admin.send(pipeline)));
    }
    void fill(const QByteArray& prefix, int keys)
    {
        core::redis::Pipeline pipeline {{"FLUSHALL"}};
        for (int i = 0; i < keys; ++i)
            pipeline << core::redis::Command {"SET", prefix + QByteArray::number(i), "v"};
        send(pipeline);
    }
    void connectTo(core::settings::Environment environment)
    {
        core::settings::Profile profile;
        profile.name = QStringLiteral("keys");
        profile.endpoint = m_redis.endpoint();
        profile.environment = environment;
        m_workspace->connectTo(profile);
        QTRY_COMPARE(m_workspace->state(), Workspace::State::Connected);
    }
    KeyTableModel* model() const { return m_page->findChild<KeyTableModel*>(); }
    // The value beside the list has views of its own.
    template <typename View, typename Model>
    View* viewOf() const
    {
        const QList<View*> views = m_page->findChildren<View*>();
        const auto at = std::ranges::find_if(views, [](const View* view) { return qobject_cast<const Model*>(view->model()) != nullptr; });
        return at == views.end() ? nullptr : *at;
    }
    TableView* table() const { return viewOf<TableView, KeyTableModel>(); }
    TreeView* keyTree() const { return viewOf<TreeView, KeyTreeModel>(); }
    // Runs a filter at once, without the pause of typing.
    void filterNow() { m_page->findChild<QToolButton*>()->toggle(); }
    ValuePane* pane() const { return m_page->findChild<ValuePane*>(); }
    QPushButton* button(const QString& text) const
    {
        for (QPushButton* candidate : m_page->findChildren<QPushButton*>()) {
            if (candidate->text() == text)
                return candidate;
        }
        return nullptr;
    }
    bool says(const QString& text) const
    {
        const QList<QLabel*> labels = pane()->findChildren<QLabel*>();
        return std::ranges::any_of(labels, [&](const QLabel* label) { return label->isVisible() && label->text().contains(text); });
    }
    // The value of the row's key, read.
    void showRow(int row)
    {
        table()->selectRow(row);
        QTRY_COMPARE(pane()->valueText(), QStringLiteral("v"));
        QTRY_VERIFY(button(QStringLiteral("Delete…"))->isVisible());
    }
    QString face() const
    {
        for (const EmptyState* empty : m_page->findChildren<EmptyState*>()) {
            if (empty->isVisible())
                return empty->text().title;
        }
        return {};
    }

    demo::RedisProcess m_redis;
    QTemporaryDir m_folder;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<KeysPage> m_page;
};
