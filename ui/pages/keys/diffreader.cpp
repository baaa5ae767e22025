// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/diffreader.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/pages/keys/editnotice.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

namespace ui {

using core::values::Value;
using core::values::ValueReader;

namespace {
    ValueReader* readerOf(core::redis::Session* session, const QByteArray& key, QObject* parent)
    {
        ValueReader::Options options;
        options.maxBytes = DiffReader::mostBytes;
        options.maxMembers = DiffReader::mostRows;
        return new ValueReader(session, key, options, parent);
    }

    QByteArray shown(const QByteArray& bytes) { return core::displayText(bytes).toUtf8(); }

    QList<QByteArray> linesOf(const Value& value)
    {
        QList<QByteArray> lines;
        for (qsizetype i = 0; i + value.stride <= value.members.size(); i += value.stride)
            lines += value.stride == 1 ? shown(value.members.at(i)) : QByteArray(shown(value.members.at(i)) + ": " + shown(value.members.at(i + 1)));
        for (const core::values::StreamEntry& entry : value.entries) {
            QByteArray line = shown(entry.id) + ':';
            for (qsizetype i = 0; i + 1 < entry.fields.size(); i += 2)
                line += ' ' + shown(entry.fields.at(i)) + '=' + shown(entry.fields.at(i + 1));
            lines += line;
        }
        return lines;
    }

    QByteArray comparable(const Value& value)
    {
        if (value.isString())
            return value.bytes;
        QList<QByteArray> lines = linesOf(value);
        if (value.type != "list" && value.type != "stream")
            std::ranges::sort(lines);
        return lines.join('\n');
    }

    QString nameOf(const Value& value)
    {
        const QString size = value.isString() ? core::formatBytes(value.length) : core::formatCount(value.length);
        const QString expiry = value.ttlMs < 0 ? DiffReader::tr("no expiry") : DiffReader::tr("ends in %1").arg(core::formatDuration(value.ttlMs));
        const QString what = DiffReader::tr("%1 (%2 of %3, %4)").arg(inSentence(value.key), QString::fromUtf8(value.type), size, expiry);
        return value.truncated ? DiffReader::tr("%1: only its beginning").arg(what) : what;
    }

    DiffReader::Side sideOf(const Value& value) { return {nameOf(value), comparable(value)}; }
}

DiffReader::DiffReader(core::redis::Session* session, const QByteArray& first, const QByteArray& second, QObject* parent)
    : QObject(parent)
    , m_first(readerOf(session, first, this))
    , m_second(readerOf(session, second, this))
{
}

void DiffReader::start()
{
    for (ValueReader* reader : {m_first, m_second})
        connect(reader, &core::Job::finished, this, &DiffReader::onRead);
    m_first->start();
    m_second->start();
}

void DiffReader::onRead()
{
    if (m_over)
        return;
    for (const ValueReader* reader : {m_first, m_second}) {
        if (!reader->isFinished())
            continue;
        m_over = !reader->outcome() || reader->value().isGone();
        if (!reader->outcome())
            return emit failed(reader->outcome().error());
        if (reader->value().isGone())
            return emit missing(reader->value().key);
    }
    m_over = m_first->isFinished() && m_second->isFinished();
    if (m_over)
        prepare();
}

// In the thread pool: up to a hundred thousand elements are written out and sorted.
void DiffReader::prepare()
{
    using Sides = std::pair<Side, Side>;
    const auto work = [a = m_first->value(), b = m_second->value()]() -> core::Result<Sides> { return Sides {sideOf(a), sideOf(b)}; };
    core::onFinished(QtConcurrent::run(work), this, [this](const core::Result<Sides>& sides) {
        if (sides) // a pool that is let go is at its end
            emit read(sides->first, sides->second);
    });
}

}
