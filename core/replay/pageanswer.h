// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace core::replay {

// What the body of a list says of the other pages. LightAPI 0.4.0 (pagination.py) answers {"count","pages","next","previous","results"}
// by page numbers, "next" an absolute URL or null; {"next","previous","results"} by cursor, "next" the cursor itself or null; and
// {"results"} alone where nothing is split.
struct PageAnswer {
    bool isEmpty = false; // the list holds nothing
    std::optional<qint64> pages;
    std::optional<qint64> nextPage; // from the URL in "next": its page alone, as its host is whatever the first reader asked for
    std::optional<QByteArray> nextCursor;
};

// Nothing where the body is no JSON object with a list in it ("results" or "items"). Any thread.
std::optional<PageAnswer> readPageAnswer(QByteArrayView body);

}
