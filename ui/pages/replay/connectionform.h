// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/http/client.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLineEdit;

namespace ui {

// How the request of the line travels. As it stands at first: the HTTP version that server and client agree on, a connection that is kept,
// no redirect followed, nothing compressed asked for, no proxy.
class ConnectionForm final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConnectionForm)
public:
    explicit ConnectionForm(QWidget* parent = nullptr);

    core::http::Sending sending() const;
    // Empty: none. The field says what is wrong, too.
    core::Result<QString> proxy() const;
    int changes() const; // of what it stands at first
    void reset();

signals:
    void changed();

private:
    QComboBox* m_version;
    QCheckBox* m_ownConnection;
    QCheckBox* m_follow;
    QCheckBox* m_compressed;
    QLineEdit* m_proxy;
};

}
