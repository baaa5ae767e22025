// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidate/audit.h"

#include "core/base/format.h"
#include "core/base/savefile.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>

namespace core::invalidate {

namespace {
    class Descriptor {
    public:
        explicit Descriptor(const QString& file)
            : m_fd(::open(QFile::encodeName(file).constData(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR))
        {
        }
        ~Descriptor()
        {
            if (m_fd >= 0)
                ::close(m_fd);
        }
        Q_DISABLE_COPY_MOVE(Descriptor)
        int fd() const { return m_fd; }

    private:
        int m_fd;
    };

    // After a write that a full disk or a crash cut short, the next line must not be glued to its rest.
    bool endsInsideLine(int fd)
    {
        const off_t size = ::lseek(fd, 0, SEEK_END);
        char last = '\n';
        return size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n';
    }

    QByteArray lineOf(const AuditEntry& entry)
    {
        const QJsonObject line {{QStringLiteral("schema"), 1}, {QStringLiteral("id"), entry.id},
            {QStringLiteral("at"), formatInstant(entry.at.toMSecsSinceEpoch())}, {QStringLiteral("act"), entry.act},
            {QStringLiteral("server"), entry.server}, {QStringLiteral("run_id"), entry.runId},
            {QStringLiteral("db"), entry.database}, {QStringLiteral("profile"), entry.profile},
            {QStringLiteral("user"), entry.user}, {QStringLiteral("selectors"), QJsonArray::fromStringList(entry.selectors)},
            {QStringLiteral("counts"), entry.counts}, {QStringLiteral("outcome"), entry.outcome}};
        return QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n';
    }

    // False for a line that a crash or an editor damaged.
    bool entryFrom(const QByteArray& line, AuditEntry& entry)
    {
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        const auto text = [&object](const char* name) { return object.value(QLatin1String(name)).toString(); };
        entry.id = text("id");
        entry.at = QDateTime::fromString(text("at"), Qt::ISODateWithMs);
        entry.act = text("act");
        entry.outcome = text("outcome");
        if (entry.id.isEmpty() || !entry.at.isValid() || entry.act.isEmpty() || entry.outcome.isEmpty())
            return false;
        entry.server = text("server");
        entry.runId = text("run_id");
        entry.database = object.value(QStringLiteral("db")).toInt();
        entry.profile = text("profile");
        entry.user = text("user");
        for (const QJsonValue& selector : object.value(QStringLiteral("selectors")).toArray())
            entry.selectors << selector.toString();
        entry.counts = object.value(QStringLiteral("counts")).toObject();
        return true;
    }
}

AuditLog::AuditLog(QString file)
    : m_file(file.isEmpty() ? defaultFile() : std::move(file))
{
}

QString AuditLog::defaultFile()
{
    // QStandardPaths knows the state folder from Qt 6.7 on only.
    QString state = qEnvironmentVariable("XDG_STATE_HOME");
    if (!QDir::isAbsolutePath(state)) // the XDG rule: a relative path is ignored
        state = QDir::homePath() + QStringLiteral("/.local/state");
    return state + QStringLiteral("/cachelight/audit.ndjson");
}

Result<void> AuditLog::append(const AuditEntry& entry) const
{
    const QString folder = QFileInfo(m_file).absolutePath();
    if (!QDir().mkpath(folder))
        return fail(Code::File, Reason::FilePermission, folder);
    const Descriptor file(m_file);
    if (file.fd() < 0)
        return fileError(m_file, errno);
    // One write: lines of two programs at once do not mix (O_APPEND).
    const QByteArray line = endsInsideLine(file.fd()) ? QByteArray('\n' + lineOf(entry)) : lineOf(entry);
    const ssize_t written = ::write(file.fd(), line.constData(), static_cast<std::size_t>(line.size()));
    if (written < 0)
        return fileError(m_file, errno);
    if (written != line.size())
        return fail(Code::File, Reason::DiskFull, m_file);
    if (::fsync(file.fd()) != 0 && errno != EINVAL) // EINVAL: a device that cannot sync, such as a terminal
        return fileError(m_file, errno);
    return {};
}

Result<AuditLog::Contents> AuditLog::read(QDateTime since) const
{
    Contents contents;
    QFile file(m_file);
    if (!file.exists())
        return contents;
    if (!file.open(QIODevice::ReadOnly))
        return fail(Code::File, Reason::FilePermission, m_file, file.errorString());
    QHash<QString, qsizetype> byId; // the line of its end replaces that of its start
    while (!file.atEnd()) {
        const QByteArray line = file.readLine().trimmed();
        AuditEntry entry;
        if (line.isEmpty())
            continue;
        if (!entryFrom(line, entry)) {
            ++contents.damagedLines;
            continue;
        }
        if (since.isValid() && entry.at < since)
            continue;
        const auto known = byId.constFind(entry.id);
        if (known != byId.constEnd()) {
            contents.entries[*known] = entry;
            continue;
        }
        byId.insert(entry.id, contents.entries.size());
        contents.entries << entry;
    }
    std::ranges::reverse(contents.entries);
    return contents;
}

}
