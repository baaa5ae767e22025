// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/collection.h"

#include <QMap>
#include <QWidget>

class QGridLayout;
class QLineEdit;

namespace ui {

class FormField;
class Label;

// What stands for {{name}} in a collection while it runs: typed here, hidden, or from the environment; in memory alone.
class VariableForm final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(VariableForm)
public:
    explicit VariableForm(QWidget* parent = nullptr);

    // What was typed for a name stays while the form lives, also when it goes and comes again. Hidden without names.
    void setNames(const QStringList& names);
    // Of the names: typed ones before those of the environment.
    core::replay::Variables values() const;
    QStringList missing() const;
    void add(const core::replay::Variables& values);
    void forget();
    void focusFirstMissing();

signals:
    void changed(); // what stands for a name

private:
    void addField(const QString& name);

    QStringList m_names;
    core::replay::Variables m_typed;
    QMap<QString, QLineEdit*> m_fields;
    QWidget* m_inner = nullptr;
    QGridLayout* m_grid = nullptr;
    Label* m_more;
};

}
