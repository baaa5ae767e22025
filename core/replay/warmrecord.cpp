// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/warmrecord.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/inputfile.h"
#include "core/base/savefile.h"

#include <QBuffer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtConcurrentRun>

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace core::replay {

namespace {
    constexpr qint64 maxBytes = 1LL << 30;
    constexpr int writeEveryMs = 500;

    tl::unexpected<Error> damaged(const QString& file, const QString& what)
    {
        return fail(Code::Input, Reason::FileDamaged, displayText(file), what);
    }

    struct Head {
        QString api;
        qsizetype count = 0; // of the targets
        QList<QByteArray> headerNames;
    };
    // None where it is no head of a run.
    std::optional<Head> headOf(const QByteArray& line)
    {
        const QJsonObject head = QJsonDocument::fromJson(line).object();
        const qint64 count = head.value(QStringLiteral("targets")).toInteger(-1);
        if (head.value(QStringLiteral("type")).toString() != u"warm-run" || head.value(QStringLiteral("schema")).toInt() != 1 || count < 0 || count > maxBytes)
            return std::nullopt;
        Head out {head.value(QStringLiteral("api")).toString(), qsizetype(count), {}};
        for (const QJsonValue& name : head.value(QStringLiteral("header_names")).toArray())
            out.headerNames << name.toString().toUtf8();
        return out;
    }
}

QList<qsizetype> WarmRecord::remaining() const
{
    QList<qsizetype> out;
    for (qsizetype i = 0; i < targets.size(); ++i) {
        if (!done[i])
            out << i;
    }
    return out;
}

QList<QByteArray> WarmRecord::missing(const http::Headers& given) const
{
    const QList<QByteArray> present = headerNamesOf(given);
    QList<QByteArray> out;
    std::ranges::copy_if(headerNames, std::back_inserter(out), [&present](const QByteArray& name) { return !present.contains(name); });
    return out;
}

QList<QByteArray> headerNamesOf(const http::Headers& headers)
{
    QList<QByteArray> names;
    for (const auto& [name, value] : headers) {
        if (const QByteArray lower = name.toLower(); !names.contains(lower))
            names << lower;
    }
    return names;
}

Result<WarmRecord> readWarmRecord(const QString& file)
{
    auto bytes = readRegular(file, {maxBytes, QStringLiteral("Look whether it is the record of a run.")});
    if (!bytes)
        return fail(bytes.error());
    QBuffer in(&*bytes);
    in.open(QIODevice::ReadOnly);
    const auto head = headOf(in.readLine());
    if (!head)
        return damaged(file, QStringLiteral("It is no record of a run of warming"));
    WarmRecord record {.api = head->api, .targets = {}, .done = {}, .headerNames = head->headerNames};
    while (record.targets.size() < head->count) {
        QByteArray line = in.readLine();
        if (!line.endsWith('\n'))
            return damaged(file, QStringLiteral("It ends before its %1 targets").arg(head->count));
        line.chop(1);
        record.targets << line;
    }
    record.done = QList<bool>(record.targets.size(), false);
    while (!in.atEnd()) {
        const QByteArray line = in.readLine();
        if (!line.endsWith('\n'))
            break;
        bool isNumber = false;
        const qint64 number = line.chopped(1).toLongLong(&isNumber);
        if (!isNumber || number < 0 || number >= record.done.size())
            return damaged(file, QStringLiteral("A line behind the targets is no number of a target"));
        record.done[number] = true;
    }
    return record;
}

Result<void> writeWarmRecord(const QString& file, const WarmRecord& record)
{
    QJsonArray names;
    for (const QByteArray& name : record.headerNames)
        names << QString::fromUtf8(name);
    const QJsonObject head {{QStringLiteral("schema"), 1}, {QStringLiteral("type"), QStringLiteral("warm-run")}, {QStringLiteral("api"), record.api},
        {QStringLiteral("targets"), record.targets.size()}, {QStringLiteral("header_names"), names}};
    QByteArray bytes = QJsonDocument(head).toJson(QJsonDocument::Compact) + '\n';
    for (const QByteArray& target : record.targets) {
        if (target.contains('\n'))
            return fail(Code::Input, Reason::BadTarget, displayText(target));
        bytes += target + '\n';
    }
    for (qsizetype i = 0; i < record.done.size(); ++i) {
        if (record.done[i])
            bytes += QByteArray::number(i) + '\n';
    }
    return saveFile(file, bytes);
}

Result<void> appendToWarmRecord(const QString& file, const QList<qsizetype>& done)
{
    QByteArray bytes;
    for (const qsizetype number : done)
        bytes += QByteArray::number(number) + '\n';
    QFile out(file);
    errno = 0;
    // ExistingOnly: a file that somebody took away would come back without its targets.
    if (!out.open(QIODevice::Append | QIODevice::ExistingOnly | QIODevice::Unbuffered) || out.write(bytes) != bytes.size())
        return writeError(file, errno, out.errorString());
    return {};
}

WarmKeeper::WarmKeeper(QString file, Warm* job, QList<qsizetype> numbers, QObject* parent)
    : QObject(parent)
    , m_file(std::move(file))
    , m_job(job)
    , m_numbers(std::move(numbers))
    , m_remaining(m_numbers.size())
{
    m_pool.setMaxThreadCount(1);
    m_timer.setSingleShot(true);
    m_timer.setInterval(writeEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &WarmKeeper::write);
    connect(job, &Warm::resultReady, this, &WarmKeeper::onResult);
    connect(job, &Job::finished, this, [this] {
        m_ended = true;
        m_timer.stop();
        if (!m_writing)
            write();
    });
}

WarmKeeper::~WarmKeeper() = default;

void WarmKeeper::onResult(int index)
{
    const WarmResult& result = m_job->results().at(index);
    if (result.state == WarmState::Failed || !result.redisAsked)
        return;
    m_pending << m_numbers.at(result.index);
    --m_remaining;
    if (!m_writing && !m_timer.isActive())
        m_timer.start();
}

void WarmKeeper::write()
{
    m_writing = true;
    m_isLast = m_ended;
    const bool isOver = m_ended && m_remaining == 0 && m_error.isEmpty();
    core::onFinished(QtConcurrent::run(&m_pool,
                         [file = m_file, done = std::exchange(m_pending, {}), isOver]() -> Result<void> {
                             if (!isOver)
                                 return appendToWarmRecord(file, done);
                             QFile record(file);
                             return record.remove() ? Result<void>() : Result<void>(writeError(file, EACCES, record.errorString()));
                         }),
        this, [this](const Result<void>& outcome) { onWritten(outcome); });
}

void WarmKeeper::onWritten(const Result<void>& outcome)
{
    m_writing = false;
    if (!outcome && m_error.isEmpty())
        m_error = oneLine(outcome.error());
    if (m_isLast)
        emit kept(m_remaining, m_error);
    else if (m_ended)
        write();
    else if (!m_pending.isEmpty())
        m_timer.start();
}

}
