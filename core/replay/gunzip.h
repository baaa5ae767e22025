// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArrayView>

#include <functional>
#include <memory>

namespace core::replay {

// Gzip taken apart as it comes, in pieces of at most 64 KiB, several members one after another. Whoever takes the pieces bounds what
// comes out. Any thread, one at a time.
class Gunzip final {
    Q_DISABLE_COPY_MOVE(Gunzip)
public:
    using Take = std::function<bool(QByteArrayView)>; // false: no more is wanted

    Gunzip();
    ~Gunzip();
    static bool isGzip(QByteArrayView beginning) { return beginning.startsWith("\x1f\x8b"); }

    // False when the data is broken or no more is wanted.
    bool feed(QByteArrayView packed, const Take& take);
    bool isBroken() const;
    bool isAtEnd() const; // of a member: what was fed is whole

private:
    class Private;
    std::unique_ptr<Private> d;
};

// All of it, in memory. Reason::FileDamaged when it is broken or cut off, Reason::ApiTooLarge when more than `longest` come out.
Result<QByteArray> gunzipped(QByteArrayView packed, qint64 longest);

}
