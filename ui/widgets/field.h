// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QLineEdit>
#include <QWidget>

class QLabel;

namespace ui {

// A field with a magnifier, clear button and the shortcut in its placeholder. textEdited is immediate: debounce where it costs.
QLineEdit* makeSearchField(const QString& name, const QString& placeholder, QWidget* parent = nullptr);
// Accessible name is `name`. `mono` for keys, targets, paths.
QLineEdit* makeField(const QString& name, const QString& placeholder = {}, bool mono = false, QWidget* parent = nullptr);
QComboBox* makeCombo(const QString& name, const QStringList& items, QWidget* parent = nullptr);
// Red outline; pass false to clear.
void setFieldBad(QWidget* field, bool bad);

// Label above a field, hint or error beneath: the form row of every page. The label is the field's buddy and accessible name.
class FormField final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FormField)
public:
    FormField(const QString& label, QWidget* field, QWidget* parent = nullptr);
    QWidget* field() const { return m_field; }
    void setHint(const QString& hint);
    // Empty clears it.
    void setError(const QString& error);

private:
    void showLine();

    QWidget* m_field;
    class Label* m_line;
    QString m_hint, m_error;
};

}
