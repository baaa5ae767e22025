// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/valuereader.h"

#include <QObject>

namespace ui {

// Two keys, read to be compared. One of the signals comes, once.
class DiffReader final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DiffReader)
public:
    static constexpr qint64 mostBytes = 16 * 1024 * 1024; // of a string
    static constexpr int mostRows = 50'000; // of a collection

    // One side of a comparison.
    struct Side {
        QString name; // "key, hash of 12, no expiry", and whether that is only its beginning
        QByteArray bytes; // a string as it is stored; the elements of a collection a line each, sorted where the server has no order
    };

    // `session` must live until start(); what it closes meanwhile fails.
    DiffReader(core::redis::Session* session, const QByteArray& first, const QByteArray& second, QObject* parent);
    void start();

signals:
    void read(const ui::DiffReader::Side& first, const ui::DiffReader::Side& second);
    void missing(const QByteArray& key);
    void failed(const core::Error& error);

private:
    void onRead();
    void prepare();

    core::values::ValueReader* m_first;
    core::values::ValueReader* m_second;
    bool m_over = false;
};

}
