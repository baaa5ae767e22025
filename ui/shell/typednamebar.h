// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;
class QPushButton;

namespace ui {

class SentenceLabel;

// A strip that wants the profile's name typed before something is done on production: no dialog. Hidden until it asks.
class TypedNameBar : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TypedNameBar)
public:
    // The texts of its two buttons.
    TypedNameBar(const QString& consent, const QString& refusal, QWidget* parent = nullptr);
    // `name` is what must be typed, and not empty; both sentences are shown as they are.
    void ask(const QString& name, const QString& what, const QString& why);

signals:
    // The name was typed; it is hidden again.
    void confirmed();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_name;
    SentenceLabel* m_text;
    QLineEdit* m_field;
    QPushButton* m_consent;
};

}
