// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

namespace ui {

// What can be written in the search field: a popup that a click elsewhere or Esc closes.
class SearchHelp final : public QFrame {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SearchHelp)
public:
    explicit SearchHelp(QWidget* parent = nullptr);
};

}
