// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"

#include <QWidget>

class QPushButton;

namespace ui {

class Badge;
class Label;

// How sure it is what a key stands for.
struct KeyReading {
    QString mark; // of the badge; empty: there is one reading, and a request with its parts makes the key again
    QString text; // each reading by scheme, class, path, query, a line each, and why it is marked
};
// Keys too long to be read for it here are left unmarked.
KeyReading readKey(const QByteArray& key, const core::cache::RouteTable& routes);

// The mark of an ambiguous key as a badge, and its readings on request. Hidden where there is nothing to say.
class KeyReadingNote final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyReadingNote)
public:
    explicit KeyReadingNote(QWidget* parent = nullptr);
    void showKey(const QByteArray& key, const core::cache::RouteTable& routes);

private:
    Badge* m_badge;
    QPushButton* m_more;
    Label* m_text;
    QByteArray m_key;
};

}
