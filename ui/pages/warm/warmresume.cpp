// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/warm/warmresume.h"

#include "core/base/async.h"
#include "core/http/client.h"
#include "ui/shell/workspace.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QtConcurrentRun>

#include <utility>

using core::replay::WarmRecord;

namespace ui {

namespace {
    // The name of the file tells nothing of the server.
    QString fileOf(Workspace* workspace)
    {
        if (workspace->isDemo())
            return {};
        const core::settings::Profile& profile = workspace->profile();
        QCryptographicHash hash(QCryptographicHash::Sha256);
        for (const QString& part : {profile.name, core::endpointUrl(profile.endpoint), profile.apiUrl})
            hash.addData(QByteArray(part.toUtf8() + '\n'));
        const QString folder = QFileInfo(workspace->audit().file()).absolutePath();
        return folder + QStringLiteral("/warm-") + QString::fromLatin1(hash.result().toHex().first(24)) + QStringLiteral(".ndjson");
    }
}

WarmResume::WarmResume(Workspace* workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
{
    m_pool.setMaxThreadCount(1);
}

QList<QByteArray> WarmResume::remaining() const
{
    QList<QByteArray> targets;
    if (m_record) {
        for (const qsizetype number : m_record->remaining())
            targets << m_record->targets[number];
    }
    return targets;
}

void WarmResume::setRecord(std::optional<WarmRecord> record, std::optional<core::Error> failure)
{
    m_record = std::move(record);
    m_failure = std::move(failure);
    emit changed();
}

void WarmResume::look()
{
    m_keepFailure.clear();
    read();
}

void WarmResume::read()
{
    ++m_looks;
    setRecord({}, {});
    if (!m_workspace->isOpen() || !m_workspace->client())
        return;
    m_file = fileOf(m_workspace);
    if (m_file.isEmpty())
        return;
    core::onFinished(QtConcurrent::run(&m_pool, [file = m_file] { return core::replay::readWarmRecord(file); }), this, [this, look = m_looks](const core::Result<WarmRecord>& record) {
        if (look != m_looks)
            return;
        if (!record && record.error().reason != core::Reason::FileMissing)
            setRecord({}, record.error());
        else if (record && !record->remaining().isEmpty())
            setRecord(*record, {});
        else
            setRecord({}, {}); // nothing is left
    });
}

void WarmResume::prepare(const QList<QByteArray>& targets, bool goesOn, std::function<void(const core::Result<void>&)> then)
{
    ++m_looks;
    const WarmRecord record = goesOn && m_record ? *m_record : WarmRecord {m_workspace->client()->options().baseUrl, targets, QList<bool>(targets.size(), false)};
    QHash<QByteArray, qsizetype> numbers;
    for (qsizetype i = 0; i < record.targets.size(); ++i)
        numbers.insert(record.targets[i], i);
    m_numbers.clear();
    for (const QByteArray& target : targets)
        m_numbers << numbers.value(target);
    m_keepFailure.clear();
    setRecord({}, {});
    m_file = fileOf(m_workspace);
    if (m_file.isEmpty())
        return then({});
    const auto write = [file = m_file, record]() -> core::Result<void> {
        QDir().mkpath(QFileInfo(file).absolutePath()); // where it cannot, the writing says why
        return core::replay::writeWarmRecord(file, record);
    };
    afterKeeping([this, write, then = std::move(then)] { core::onFinished(QtConcurrent::run(&m_pool, write), this, then); });
}

// Two that write one file would mix its lines.
void WarmResume::afterKeeping(std::function<void()> act)
{
    if (m_keeper)
        m_afterKeeping << std::move(act);
    else
        act();
}

void WarmResume::keep(core::replay::Warm* job)
{
    if (m_file.isEmpty())
        return;
    m_keeper = new core::replay::WarmKeeper(m_file, job, m_numbers, this);
    connect(m_keeper, &core::replay::WarmKeeper::kept, this, [this](qint64, const QString& error) { onKept(error); });
}

void WarmResume::onKept(const QString& error)
{
    std::exchange(m_keeper, nullptr)->deleteLater();
    const auto waiting = std::exchange(m_afterKeeping, {});
    for (const auto& act : waiting)
        act();
    if (!waiting.isEmpty()) // the record is another one by now, or none
        return;
    m_keepFailure = error;
    read();
}

void WarmResume::forget()
{
    ++m_looks;
    m_keepFailure.clear();
    setRecord({}, {});
    const auto remove = [file = m_file]() -> core::Result<bool> { return QFile::remove(file); };
    afterKeeping([this, remove] { core::onFinished(QtConcurrent::run(&m_pool, remove), this, [](const core::Result<bool>&) {}); }); // one that stays is offered again
}

}
