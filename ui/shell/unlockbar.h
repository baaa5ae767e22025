// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;
class QPushButton;

namespace ui {

class SentenceLabel;

// Asks for the profile's name before writes are allowed on production: a strip, no dialog.
class UnlockBar final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(UnlockBar)
public:
    explicit UnlockBar(QWidget* parent = nullptr);
    void ask(const QString& profileName);

signals:
    void unlocked();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_name;
    SentenceLabel* m_text;
    QLineEdit* m_field;
    QPushButton* m_allow;
};

}
