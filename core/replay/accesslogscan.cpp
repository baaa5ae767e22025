// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/accesslogscan.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/savefile.h"
#include "core/replay/accesslog.h"
#include "core/replay/gunzip.h"

#include <QFile>
#include <QTimer>
#include <QtConcurrent>

#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace core::replay {

namespace {
    constexpr qsizetype longestLine = 64 * 1024;
    constexpr qsizetype pieceBytes = 256 * 1024;
    constexpr int pollMs = 100; // of a pipe, and of the progress

    struct Shared {
        std::atomic_bool stopped = false;
        std::atomic<qint64> done = 0, total = -1; // bytes
    };

    class LineCounter final {
    public:
        explicit LineCounter(const AccessLogScan::Options& options)
            : m_anyStatus(options.anyStatus)
            , m_top(options.limits)
        {
        }

        void take(QByteArrayView piece)
        {
            for (qsizetype end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n')) {
                takePart(piece.first(end));
                endLine();
                piece = piece.sliced(end + 1);
            }
            takePart(piece);
        }

        void endLine()
        {
            if (m_isTooLong) {
                ++m_found.lines;
                ++m_found.broken;
            } else if (!QByteArrayView(m_line).trimmed().isEmpty()) {
                count(m_line);
            }
            m_isTooLong = false;
            m_line.resize(0); // keeps its memory
        }

        AccessLogFound found(qsizetype most) &&
        {
            m_found.top = m_top.top(most);
            m_found.different = m_top.size() + m_top.displaced();
            m_found.isExact = m_top.isExact();
            return std::move(m_found);
        }
        AccessLogFound& figures() { return m_found; }

    private:
        void takePart(QByteArrayView part)
        {
            m_isTooLong = m_isTooLong || m_line.size() + part.size() > longestLine;
            if (!m_isTooLong)
                m_line.append(part);
        }

        void count(QByteArrayView text)
        {
            ++m_found.lines;
            const auto line = parseLogLine(text);
            if (!line) {
                ++m_found.broken;
            } else if (line->method != "GET") {
                ++m_found.otherMethod;
            } else if (!m_anyStatus && line->status / 100 != 2 && line->status != 304) {
                ++m_found.otherStatus;
            } else {
                ++m_found.taken;
                m_top.add(line->target);
            }
        }

        bool m_anyStatus;
        TopTargets m_top;
        QByteArray m_line;
        bool m_isTooLong = false;
        AccessLogFound m_found;
    };

    class LogFile final {
        Q_DISABLE_COPY_MOVE(LogFile)
    public:
        LogFile(QString name, Shared& shared)
            : m_name(std::move(name))
            , m_shared(shared)
        {
        }
        ~LogFile()
        {
            if (m_owns && m_descriptor >= 0)
                ::close(m_descriptor);
        }

        Result<void> open()
        {
            m_owns = m_name != QStringLiteral("-");
            // Not blocking: a pipe that nobody writes to must not hold the thread.
            m_descriptor = m_owns ? ::open(QFile::encodeName(m_name).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK) : STDIN_FILENO;
            struct stat facts { };
            if (m_descriptor < 0 || ::fstat(m_descriptor, &facts) != 0)
                return fileError(m_name, errno);
            if (S_ISDIR(facts.st_mode))
                return fileError(m_name, EISDIR);
            m_isRegular = S_ISREG(facts.st_mode);
            m_shared.total = m_isRegular ? static_cast<qint64>(facts.st_size) : -1;
            return {};
        }

        // An empty piece at the end, and when the scan was stopped.
        Result<QByteArrayView> read()
        {
            while (!m_shared.stopped) {
                if (!m_isRegular && !isReady())
                    continue;
                const ssize_t got = ::read(m_descriptor, m_piece.data(), static_cast<std::size_t>(m_piece.size()));
                if (got >= 0) {
                    m_shared.done += got;
                    return QByteArrayView(m_piece.constData(), static_cast<qsizetype>(got));
                }
                if (errno != EINTR && errno != EAGAIN)
                    return fileError(m_name, errno);
            }
            return QByteArrayView();
        }

    private:
        bool isReady() const
        {
            pollfd wanted {m_descriptor, POLLIN, 0};
            return ::poll(&wanted, 1, pollMs) > 0;
        }

        QString m_name;
        Shared& m_shared;
        int m_descriptor = -1;
        bool m_owns = false;
        bool m_isRegular = false;
        QByteArray m_piece {pieceBytes, Qt::Uninitialized};
    };

    struct Scanned {
        AccessLogFound found;
        Result<void> outcome;
    };

    Result<void> readInto(LineCounter& counter, LogFile& file, Shared& shared, const QString& name)
    {
        std::unique_ptr<Gunzip> gunzip;
        QByteArray beginning; // two bytes say whether it is packed
        bool isDecided = false;
        const auto take = [&](QByteArrayView piece) {
            counter.take(piece);
            return !shared.stopped.load();
        };
        for (;;) {
            auto piece = file.read();
            if (!piece)
                return fail(piece.error());
            if (piece->isEmpty())
                break;
            counter.figures().bytes += piece->size();
            if (!isDecided) {
                beginning.append(*piece);
                if (beginning.size() < 2)
                    continue;
                isDecided = true;
                piece = QByteArrayView(beginning);
                gunzip = Gunzip::isGzip(beginning) ? std::make_unique<Gunzip>() : nullptr;
            }
            if (!gunzip)
                take(*piece);
            else if (!gunzip->feed(*piece, take))
                break;
        }
        if (!isDecided)
            take(beginning);
        counter.endLine();
        if (gunzip && !shared.stopped && (gunzip->isBroken() || !gunzip->isAtEnd()))
            return fail(Code::File, Reason::FileDamaged, displayText(name), QStringLiteral("its gzip data is broken or cut off"));
        return {};
    }

    Result<Scanned> scan(const AccessLogScan::Options& options, Shared& shared)
    {
        LineCounter counter(options);
        LogFile file(options.file, shared);
        Result<void> outcome = file.open();
        if (outcome)
            outcome = readInto(counter, file, shared, options.file);
        return Scanned {std::move(counter).found(options.top), outcome};
    }
}

class AccessLogScan::Private final {
public:
    Options options;
    std::shared_ptr<Shared> shared = std::make_shared<Shared>();
    QTimer progress;
    AccessLogFound found;
};

AccessLogScan::AccessLogScan(Options options, QObject* parent)
    : Job(QStringLiteral("access-log"), displayText(options.file), parent)
    , d(std::make_unique<Private>())
{
    d->options = std::move(options);
    d->progress.setInterval(pollMs);
    connect(&d->progress, &QTimer::timeout, this, [this] { setProgress(d->shared->done, d->shared->total); });
}

AccessLogScan::~AccessLogScan()
{
    d->shared->stopped = true;
}

const AccessLogFound& AccessLogScan::found() const
{
    return d->found;
}

void AccessLogScan::onStart()
{
    d->progress.start();
    const auto work = [options = d->options, shared = d->shared] { return scan(options, *shared); };
    onFinished(QtConcurrent::run(work), this, [this](const Result<Scanned>& scanned) {
        d->progress.stop();
        if (scanned)
            d->found = scanned->found;
        setProgress(d->shared->done, d->shared->total);
        if (state() == State::Cancelling)
            return finish(fail(Code::Cancelled));
        finish(scanned ? scanned->outcome : Result<void>(fail(scanned.error())));
    });
}

// The thread looks at it with every piece and at least every 100 ms; what it found until then is kept.
void AccessLogScan::onCancel()
{
    d->shared->stopped = true;
}

}
