// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/diff.h"

#include <QWidget>

class QPlainTextEdit;

namespace ui {

class Label;
class SegmentedControl;

// What differs between two values, below each other: by path where both are JSON, by line always. Each line begins with its sign.
class DiffView final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DiffView)
public:
    explicit DiffView(QWidget* parent = nullptr);
    // Compares in the thread pool; a comparison that runs is given up. The names say what the sides are, as display text.
    void compare(const QString& beforeName, const QByteArray& before, const QString& afterName, const QByteArray& after);
    QString text() const;

signals:
    void closed();

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Line {
        QString text;
        core::values::DiffLine::Kind kind;
    };
    void showBusy();
    void showFound();
    void fill(const QList<Line>& lines);
    QList<Line> pathLines() const;
    QList<Line> fileLines() const;
    void paintLines();

    QFuture<core::Result<core::values::Difference>> m_comparing;
    core::values::Difference m_found;
    QList<Line> m_lines;
    Label* m_title;
    Label* m_counts;
    Label* m_note;
    SegmentedControl* m_forms;
    QPlainTextEdit* m_text;
};

}
