// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QDBusMessage;

namespace ui {

// The desktop's light or dark preference from the settings portal, asked without waiting and followed while it changes.
// (QStyleHints::colorScheme came with Qt 6.5.) Silent where there is no session bus or no portal.
class PortalPreference final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PortalPreference)
public:
    explicit PortalPreference(QObject* parent = nullptr);
    void start();
    // 1 dark, 2 light, anything else no preference; nested variants are unwrapped.
    static int schemeFrom(QVariant value);

signals:
    void darkPreferred(bool dark);

private slots:
    // Takes the message: a slot with QDBusVariant connects false, silently, in Qt 6.4.2.
    void onSettingChanged(const QDBusMessage& message);

private:
    void tell(int scheme);
};

}
