// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keyrules/templatefits.h"

#include "core/base/async.h"

#include <QtConcurrent>

namespace ui {

using core::keys::TemplateFit;

TemplateFits::TemplateFits(QObject* parent)
    : QObject(parent)
    , m_cancelled(std::make_shared<std::atomic_bool>(false))
{
    m_delay.setSingleShot(true);
    m_delay.setInterval(120);
    connect(&m_delay, &QTimer::timeout, this, &TemplateFits::begin);
}

TemplateFits::~TemplateFits()
{
    drop();
}

void TemplateFits::want(const core::keys::KeyIndex::Snapshot& snapshot, const QList<core::cache::KeyTemplate>& templates)
{
    drop();
    m_snapshot = snapshot;
    m_templates = templates;
    m_delay.start();
}

void TemplateFits::drop()
{
    *m_cancelled = true;
    m_delay.stop();
}

void TemplateFits::begin()
{
    m_cancelled = std::make_shared<std::atomic_bool>(false);
    const auto future = QtConcurrent::run([snapshot = m_snapshot, templates = m_templates, cancelled = m_cancelled]() -> core::Result<QList<TemplateFit>> {
        const auto fits = core::keys::fitsOf(*snapshot.store, *snapshot.order, templates, *cancelled);
        return fits ? core::Result<QList<TemplateFit>>(*fits) : core::fail(core::Code::Cancelled);
    });
    core::onFinished(future, this, [this, cancelled = m_cancelled](const core::Result<QList<TemplateFit>>& fits) {
        if (fits && !*cancelled)
            emit found(*fits);
    });
}

}
