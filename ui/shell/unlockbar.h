// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/typednamebar.h"

namespace ui {

// Asks for the profile's name before writes are allowed on production.
class UnlockBar final : public TypedNameBar {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(UnlockBar)
public:
    explicit UnlockBar(QWidget* parent = nullptr);
    void ask(const QString& profileName);
};

}
