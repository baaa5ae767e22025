// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/pagehint.h"

#include <QCoreApplication>

#include <functional>
#include <optional>

namespace ui {

class StripStack;

// What another page sent to a page that cannot take it just now, as something runs there: kept, and offered in a strip of the page until
// it is opened or the strip is closed. GUI thread.
class HeldHint final {
    Q_DECLARE_TR_FUNCTIONS(HeldHint)
    Q_DISABLE_COPY_MOVE(HeldHint)
public:
    // `whyNot` is a sentence, empty while nothing stands in the way. Whatever `open` uses and `strips` must outlive it.
    HeldHint(StripStack* strips, std::function<QString()> whyNot, std::function<void(const PageHint&)> open);

    // True: it is held, in the place of one that was held before. False: nothing stands in the way, open it.
    bool hold(const PageHint& hint);
    // whyNot() may be another one.
    void update();
    void drop();
    static QString strip(); // its id

private:
    void show();

    StripStack* m_strips;
    std::function<QString()> m_whyNot;
    std::function<void(const PageHint&)> m_open;
    std::optional<PageHint> m_hint;
};

}
