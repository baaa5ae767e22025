// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/replay.h"
#include "ui/models/rowmodel.h"

#include <optional>

namespace ui {

struct SentRequest {
    core::replay::ReplayResult result;
    // Size of the body, where what was received is no longer held: body, header fields, cached value.
    std::optional<qint64> letGoBytes {};
};

// The requests sent before, oldest first, within a bound of rows and one of bytes: a body may have 64 MB. Over the bytes the oldest let go
// of what was received and keep their verdict; the newest is always whole.
class SentRequests final : public RowModel<SentRequest> {
public:
    static constexpr int maxRows = 500;
    static constexpr qint64 maxBytes = 128LL * 1024 * 1024;
    // `budget` in bytes; another one is for tests.
    explicit SentRequests(qint64 budget = maxBytes, QObject* parent = nullptr);

    void add(const core::replay::ReplayResult& result);
    void clear();
    qint64 heldBytes() const { return m_held; }
    int lettingGo() const { return m_letGo; } // rows without what was received
    qint64 budget() const { return m_budget; }

private:
    void makeRoom();
    void letGo(int row);

    qint64 m_budget;
    qint64 m_held = 0;
    int m_letGo = 0; // they are the first ones
};

}
