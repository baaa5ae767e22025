// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/jobstrip.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/button.h"
#include "ui/widgets/label.h"
#include "ui/widgets/progressbar.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QTimer>
#include <QVBoxLayout>

#include <chrono>

namespace ui {

namespace {
    // Quick jobs end before anyone could read their row.
    constexpr std::chrono::milliseconds showAfter {300};
    constexpr qint64 rateWindowMs = 2000;
}

JobRow::JobRow(const JobList::Entry& entry, QWidget* parent)
    : QWidget(parent)
    , m_job(entry.job)
    , m_unit(entry.label.unit)
    , m_waiting(entry.waiting)
    , m_bar(new ProgressBar(this))
    , m_count(new ElidedLabel(Type::Small, Token::Text2, Qt::ElideRight, this))
    , m_rate(new ElidedLabel(Type::Small, Token::Text2, Qt::ElideRight, this))
    , m_left(new ElidedLabel(Type::Small, Token::Text2, Qt::ElideRight, this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 0, 12, 0);
    row->setSpacing(12);
    auto* subject = new ElidedLabel(Type::Medium, Token::Text, Qt::ElideMiddle, this);
    subject->setText(entry.label.subject);
    auto* cancel = makeButton(tr("Cancel"), QStringLiteral("close"), ButtonKind::Quiet, this);
    cancel->setProperty("onStrip", true);
    cancel->setAccessibleName(tr("Cancel: %1 %2").arg(entry.label.verb, entry.label.subject));
    connect(cancel, &QPushButton::clicked, this, [this, cancel] {
        cancel->setEnabled(false);
        cancel->setText(tr("Cancelling"));
        if (m_job)
            m_job->cancel();
    });
    row->addWidget(new Badge(entry.label.verb, Tone::Accent, entry.label.icon, this));
    row->addWidget(subject);
    row->addWidget(m_bar, 1);
    for (ElidedLabel* label : {m_count, m_rate, m_left}) {
        label->setFigures(true);
        row->addWidget(label);
    }
    row->addWidget(cancel);
    setAccessibleName(entry.label.verb + u' ' + entry.label.subject);
    m_bar->setAccessibleName(accessibleName());
    m_sinceMark.start();
    connect(entry.job, &core::Job::progressed, this, &JobRow::showProgress);
    showProgress();
}

QSize JobRow::sizeHint() const
{
    return {QWidget::sizeHint().width(), scaled(40)};
}

void JobRow::showProgress()
{
    if (!m_job)
        return;
    const qint64 done = m_job->done();
    const qint64 total = m_job->total();
    m_bar->setProgress(done, total);
    m_count->setText(total >= 0 ? tr("%1 of %2 %3").arg(core::formatCount(done), core::formatCount(total), m_unit) : QString(core::formatCount(done) + u' ' + m_unit));
    if (m_sinceMark.elapsed() >= rateWindowMs || (m_perSecond < 0 && m_sinceMark.elapsed() >= 500)) {
        m_perSecond = static_cast<double>(done - m_markDone) * 1000 / static_cast<double>(m_sinceMark.elapsed());
        m_markDone = done;
        m_sinceMark.restart();
    }
    m_rate->setText(!m_waiting.isEmpty() ? m_waiting : m_perSecond > 0 ? core::formatRate(m_perSecond) : QString());
    m_left->setText(!m_waiting.isEmpty() ? QString() : m_perSecond > 0 && total > done ? tr("%1 left").arg(core::formatDuration(static_cast<qint64>(static_cast<double>(total - done) / m_perSecond * 1000))) : QString());
    m_rate->setVisible(!m_rate->text().isEmpty());
    m_left->setVisible(!m_left->text().isEmpty());
}

// The time left of before says nothing while it stands still, nor does the pace of that time afterwards.
void JobRow::setWaiting(const QString& why)
{
    if (why.isEmpty() && m_job) {
        m_perSecond = -1;
        m_markDone = m_job->done();
        m_sinceMark.restart();
    }
    m_waiting = why;
    setAccessibleDescription(why);
    showProgress();
}

JobStrip::JobStrip(JobList* jobs, QWidget* parent)
    : QWidget(parent)
    , m_jobs(jobs)
    , m_column(new QVBoxLayout(this))
    , m_resultHolder(new QWidget(this))
{
    setAccessibleName(tr("Running work"));
    m_column->setContentsMargins(0, 1, 0, 0);
    m_column->setSpacing(0);
    auto* holder = new QVBoxLayout(m_resultHolder);
    holder->setContentsMargins(12, 8, 12, 8);
    m_resultHolder->hide();
    m_column->addWidget(m_resultHolder);
    hide();
    connect(jobs, &JobList::runningChanged, this, &JobStrip::showJobs);
    connect(jobs, &JobList::waitingChanged, this, [this](core::Job* job, const QString& why) {
        if (JobRow* row = m_rows.value(job))
            row->setWaiting(why);
    });
    connect(jobs, &JobList::reported, this, &JobStrip::showResult);
}

void JobStrip::showJobs()
{
    QHash<core::Job*, JobRow*> kept;
    for (const JobList::Entry& entry : m_jobs->running()) {
        JobRow* row = m_rows.take(entry.job);
        if (!row) {
            row = new JobRow(entry, this);
            row->hide();
            m_column->addWidget(row);
            QTimer::singleShot(showAfter, row, [this, row] {
                row->show();
                showSelf();
            });
        }
        kept.insert(entry.job, row);
    }
    for (JobRow* gone : std::as_const(m_rows)) {
        gone->hide();
        gone->deleteLater(); // its Cancel may have brought us here
    }
    m_rows = kept;
    showSelf();
}

void JobStrip::showResult(const StripText& text)
{
    if (!m_result) {
        m_result = new MessageStrip(text, m_resultHolder);
        m_resultHolder->layout()->addWidget(m_result);
        connect(m_result, &MessageStrip::closed, this, &JobStrip::closeResult);
    }
    m_result->setText(text);
    m_resultHolder->show();
    showSelf();
}

bool JobStrip::closeResult()
{
    if (m_resultHolder->isHidden())
        return false;
    m_resultHolder->hide();
    showSelf();
    return true;
}

void JobStrip::showSelf()
{
    bool any = !m_resultHolder->isHidden();
    for (const JobRow* row : std::as_const(m_rows))
        any = any || !row->isHidden();
    setVisible(any);
}

void JobStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Surface));
    painter.fillRect(QRect(0, 0, width(), 1), color(Token::Border));
}

}
