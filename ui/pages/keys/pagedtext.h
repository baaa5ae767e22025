// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QWidget>

class QToolButton;

namespace ui {

class JsonView;
class Label;

// Bytes of any size as text or hex, a part at a time: a text widget holds no more without being felt. The parts join exactly.
class PagedText final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PagedText)
public:
    enum class Form { Plain, Json, Escaped, Hex };

    explicit PagedText(const QString& name, QWidget* parent = nullptr);
    // Stays in the part on screen if `sameValue` and there still is one.
    void setBytes(const QByteArray& bytes, Form form, bool sameValue = false);
    // Below the last part.
    void setRest(const QString& rest);
    QString text() const; // of the part on screen
    qsizetype pages() const;
    void showPage(qsizetype page);

protected:
    bool eventFilter(QObject* object, QEvent* event) override; // the view's width decides how many bytes of hex are in a row

private:
    qsizetype startOf(qsizetype page) const;
    void showPart();
    int hexRow() const;

    QByteArray m_bytes;
    QString m_rest;
    Form m_form = Form::Plain;
    qsizetype m_page = 0;
    int m_hexRow = 0;
    JsonView* m_view;
    QWidget* m_pager;
    Label* m_where;
    QToolButton* m_before;
    QToolButton* m_after;
};

}
