// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keyindex.h"
#include "core/keys/keyrules.h"

#include <QObject>
#include <QTimer>

namespace ui {

// Tries templates against the keys that were scanned, on a pool thread, as they are typed: of several wishes only the last is answered.
class TemplateFits final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TemplateFits)
public:
    explicit TemplateFits(QObject* parent = nullptr);
    ~TemplateFits() override;

    void want(const core::keys::KeyIndex::Snapshot& snapshot, const QList<core::cache::KeyTemplate>& templates);
    void drop(); // what was wanted

signals:
    void found(const QList<core::keys::TemplateFit>& fits); // of the templates last wanted

private:
    void begin();

    QTimer m_delay;
    core::keys::KeyIndex::Snapshot m_snapshot;
    QList<core::cache::KeyTemplate> m_templates;
    std::shared_ptr<std::atomic_bool> m_cancelled;
};

}
