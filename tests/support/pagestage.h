// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/cachingapi.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/theme.h"

#include <QPushButton>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

// A page of the window on a living API, used by the names of its controls. Base of a test, beside QObject.
template <typename Page>
class PageStage {
protected:
    // The server and the API, once a program.
    bool build()
    {
        ui::Theme::instance().install();
        return m_stage.build().has_value();
    }
    // With settings and a workspace of its own; not connected.
    void openPage()
    {
        closePage();
        m_store = std::make_unique<core::settings::Store>(m_folder.filePath(QStringLiteral("settings.json")));
        m_workspace = std::make_unique<ui::Workspace>(m_store.get());
        m_page = std::make_unique<Page>(m_workspace.get());
    }
    void closePage()
    {
        m_page.reset();
        m_workspace.reset();
        m_store.reset();
    }
    core::settings::Profile profile(const char* name = "local", const QStringList& endpoints = {QStringLiteral("Book=/books,ttl=60")}) const
    {
        core::settings::Profile made;
        made.name = text(name);
        made.endpoint = m_stage.redis.endpoint();
        made.apiUrl = m_stage.api->url();
        made.endpoints = endpoints;
        return made;
    }
    bool connectTo(const core::settings::Profile& to)
    {
        m_workspace->connectTo(to);
        return QTest::qWaitFor([this] { return m_workspace->state() == ui::Workspace::State::Connected; });
    }
    bool connectForWriting(const core::settings::Profile& to)
    {
        const bool connected = connectTo(to);
        m_workspace->setReadOnly(false);
        return connected;
    }

    static QString text(const char* utf8) { return QString::fromUtf8(utf8); }
    // Of `in`, or of the page.
    template <typename Widget>
    Widget* named(const char* name, const QWidget* in = nullptr) const
    {
        for (Widget* widget : (in ? in : m_page.get())->template findChildren<Widget*>()) {
            if (widget->accessibleName() == text(name))
                return widget;
        }
        return nullptr;
    }
    template <typename Button = QPushButton>
    Button* button(const char* label, const QWidget* in = nullptr) const
    {
        for (Button* each : (in ? in : m_page.get())->template findChildren<Button*>()) {
            if (each->text() == text(label))
                return each;
        }
        return nullptr;
    }
    bool press(const char* label, const QWidget* in = nullptr) const
    {
        auto* const found = button(label, in);
        if (!found || !found->isEnabled())
            return false;
        found->click();
        return true;
    }
    ui::StripStack* strips() const { return m_page->template findChild<ui::StripStack*>(); }
    const ui::StripText* strip(const char* id) const { return strips()->text(text(id)); }
    void showTab(const char* title) const
    {
        auto* tabs = named<QTabBar>("What to do with the request");
        for (int i = 0; i < tabs->count(); ++i) {
            if (tabs->tabText(i) == text(title))
                tabs->setCurrentIndex(i);
        }
    }

    QTemporaryDir m_folder;
    Stage m_stage;
    std::unique_ptr<core::settings::Store> m_store;
    std::unique_ptr<ui::Workspace> m_workspace;
    std::unique_ptr<Page> m_page;
};
