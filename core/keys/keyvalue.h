// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/redis/session.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace core::keys {

// One key with its value, or the beginning of it.
struct KeyValue {
    QByteArray key;
    qint64 ttlMs = -2; // -1 no expiry, -2 gone
    QByteArray type = "none"; // "string" …; "none" when gone
    std::optional<qint64> memoryBytes; // none without the permission +memory|usage
    std::optional<QByteArray> encoding; // OBJECT ENCODING, none without the permission
    QByteArray bytes; // of a string
    QList<QByteArray> members; // of a collection: elements, fields and values or members and scores in turn
    int stride = 1; // members that belong together: 2 for hashes and sorted sets
    qint64 length = -1; // bytes or elements in all; -1: a type that cannot be read here
    bool truncated = false;

    bool isGone() const { return type == "none"; }
    bool isString() const { return type == "string"; }
};

// Reads a key in parts, so that a large value never stands in one reply: strings by GETRANGE, collections up to `maxMembers`.
// A key that has gone is an answer, not a failure. done() and total() count bytes of a string. Lookups: five, and one a part.
class KeyValueReader final : public Job {
    Q_OBJECT
public:
    struct Options {
        qint64 maxBytes = 16 * 1024 * 1024; // more is left out and said so; -1: all
        int maxMembers = 1000;
    };
    // `session` must outlive the job.
    KeyValueReader(redis::Session* session, QByteArray key, Options options, QObject* parent = nullptr);
    const KeyValue& value() const { return m_value; }

protected:
    void onStart() override;

private:
    void onFacts(const redis::Replies& replies);
    void readPart();
    void onPart(const redis::Reply& part, qint64 asked);
    void readMembers();
    void onMembers(const redis::Replies& replies);

    redis::Session* m_session;
    Options m_options;
    KeyValue m_value;
};

}
