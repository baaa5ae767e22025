// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keyvalue.h"

#include <QElapsedTimer>
#include <QPointer>
#include <QTimer>
#include <QWidget>

class QHBoxLayout;
class QPushButton;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace ui {

class Badge;
class ElidedLabel;
class FaceStack;
class JsonView;
class Label;
class Workspace;

// One key with its value: JSON laid out with every token as stored, the text as it is, hex. From here to Replay, Warm and a plan.
class ValuePane final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ValuePane)
public:
    explicit ValuePane(Workspace* workspace, QWidget* parent = nullptr);

    // Empty: nothing is selected.
    void showKey(const QByteArray& key);
    const QByteArray& key() const { return m_key; }
    void refresh();
    void clear();
    // The text on screen, for Ctrl+Shift+C.
    QString valueText() const;

private:
    QWidget* makeHead();
    QWidget* makeValue();
    void onRead();
    void showValue(const core::keys::KeyValue& value);
    void showString(const core::keys::KeyValue& value);
    void showMembers(const core::keys::KeyValue& value);
    void showBadges(const core::keys::KeyValue& value);
    void showTimes();
    void showActs();
    void replay();
    void warm();
    void plan();

    Workspace* m_workspace;
    QByteArray m_key;
    core::keys::KeyValue m_value;
    QPointer<core::keys::KeyValueReader> m_reader;
    QElapsedTimer m_read;
    QTimer m_tick;
    ElidedLabel* m_name;
    QToolButton* m_copy;
    QHBoxLayout* m_badges;
    Label* m_expires;
    Label* m_size;
    Label* m_encoding;
    QPushButton* m_replay;
    QPushButton* m_warm;
    QPushButton* m_delete;
    QTabBar* m_tabs;
    QStackedWidget* m_stack;
    JsonView* m_formatted;
    JsonView* m_raw;
    JsonView* m_hex;
    FaceStack* m_faces;
};

}
