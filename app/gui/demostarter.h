// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/demohost.h"

#include <QObject>
#include <QPromise>

#include <memory>

namespace demo {
class Demo;
}

namespace gui {

// Runs the embedded demo in this process for the window.
class DemoStarter final : public QObject, public ui::DemoHost {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DemoStarter)
public:
    explicit DemoStarter(QObject* parent = nullptr);
    ~DemoStarter() override;
    QFuture<core::Result<core::settings::Profile>> start() override;

private:
    core::Result<core::settings::Profile> profile() const;
    void giveUp(const core::Error& error);
    void answer(const core::Result<core::settings::Profile>& result);

    std::unique_ptr<demo::Demo> m_demo;
    QList<std::shared_ptr<QPromise<core::Result<core::settings::Profile>>>> m_waiting;
};

}
