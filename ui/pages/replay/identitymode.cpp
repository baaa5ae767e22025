// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/identitymode.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/pages/replay/identitychooser.h"
#include "ui/pages/replay/identitygathering.h"
#include "ui/pages/replay/identityrows.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/card.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/stripstack.h"
#include "ui/widgets/tableview.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QtConcurrentRun>

using core::replay::IdentityCheck;
using core::replay::IdentityFinding;
using core::replay::IdentityRow;

namespace ui {

namespace {
    constexpr int chooserWidth = 230; // px at the usual font
    constexpr qsizetype shownReasons = 2; // the rows say all
    const QString modeStrip = QStringLiteral("identities");
    const QString waitStrip = QStringLiteral("wait");
    const QString resultStrip = QStringLiteral("result");
    const QString leftOutStrip = QStringLiteral("left-out");
}

IdentityMode::IdentityMode(Place place, QWidget* parent)
    : ReplayMode(tr("Identities"), std::move(place), parent)
    , m_chooser(new IdentityChooser(workspace()))
    , m_findings(new StripStack)
    , m_rows(new RowModel<IdentityRow>(identityColumns(), this))
{
    m_chooser->setFixedWidth(scaled(chooserWidth));
    m_faces = new FaceStack(makeResults());
    auto* right = new QVBoxLayout;
    right->setSpacing(12);
    right->addWidget(m_findings);
    right->addWidget(m_faces, 1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    row->addWidget(m_chooser);
    row->addLayout(right, 1);
    showIdle();
}

QWidget* IdentityMode::makeResults()
{
    m_table = new TableView(tr("Answers by identity"));
    m_table->setModel(m_rows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setColumnWidths({120, 90, 70, 110, 180, 240});
    m_table->setStretchColumn(5, 200);
    m_table->setHideOrder({1, 4});
    auto* card = new Card(tr("Answers"));
    card->body()->addWidget(m_table, 1);
    return card;
}

bool IdentityMode::isBusy() const
{
    return m_gathering || m_job || m_isJudging;
}

void IdentityMode::send(const core::http::Request& request)
{
    clear();
    const QList<Identities::Saved> wanted = m_chooser->chosen();
    if (wanted.size() + (m_chooser->withNobody() ? 1 : 0) < 2)
        return strips()->show(modeStrip, {Tone::Warn, tr("Choose two identities or more to compare."), tr("Nobody counts as one of them, but says nothing of two users."), {}});
    m_request = request;
    Identities* identities = workspace()->identities();
    m_gathering = new IdentityGathering(identities, identities->placeOf(workspace()->profile()), wanted, this);
    connect(m_gathering, &IdentityGathering::asking, this, [this](const QString& name) {
        showWaiting(tr("Signing in as %1 …").arg(core::displayText(name)), tr("Waiting for the key store."));
    });
    connect(m_gathering, &IdentityGathering::finished, this, &IdentityMode::check);
    m_faces->showLoading(tr("Asking as each"));
    m_gathering->start();
    emit busyChanged();
}

void IdentityMode::tellLeftOut(const QList<core::replay::Identity>& identities)
{
    const QList<QByteArray> sent = core::replay::fieldNames(core::replay::typedBeside(m_request.headers, identities));
    QStringList names;
    for (const auto& [name, value] : m_request.headers) {
        if (!sent.contains(name))
            names << core::shortDisplayText(name, 60);
    }
    if (!names.isEmpty())
        strips()->show(modeStrip, {Tone::Info, tr("%1 of Headers is left out here.").arg(names.join(QStringLiteral(", "))), tr("Each identity sends what is its own."), {}});
}

void IdentityMode::check()
{
    IdentityGathering* gathered = std::exchange(m_gathering, nullptr);
    gathered->deleteLater();
    m_rows->append(gathered->failed());
    QList<core::replay::Identity> identities = gathered->found();
    if (m_chooser->withNobody())
        identities.prepend({tr("nobody"), core::replay::IdentityKind::None, {}, {}});
    if (identities.size() < 2 || !workspace()->client())
        return judge();
    if (!m_login)
        m_login = std::make_unique<core::replay::Login>(workspace()->client());
    tellLeftOut(identities);
    IdentityCheck::Options options {.target = m_request.target, .headers = m_request.headers, .identities = identities, .seen = workspace()->seenKeys()};
    m_job = new IdentityCheck(workspace()->session(), workspace()->client(), m_login.get(), workspace()->routes(), options, this);
    connect(m_job, &IdentityCheck::signingIn, this, [this](const QString& name) {
        showWaiting(tr("Signing in as %1 …").arg(core::displayText(name)), tr("Waiting for its token."));
    });
    connect(m_job, &IdentityCheck::rowReady, this, &IdentityMode::onRow);
    connect(m_job, &core::Job::finished, this, &IdentityMode::onFinished);
    workspace()->jobs()->track(m_job, {tr("Comparing identities"), core::displayText(m_request.target), tr("answers"), QStringLiteral("user")});
    m_job->start();
}

void IdentityMode::onRow(const IdentityRow& row)
{
    m_rows->append({row});
    m_faces->showFilled();
    showWaiting(tr("Answered as %1.").arg(core::displayText(row.identity)), tr("Asking as the next one."));
}

void IdentityMode::onFinished()
{
    IdentityCheck* job = m_job;
    m_job = nullptr;
    job->deleteLater();
    if (job->outcome())
        return judge();
    if (job->wasCancelled())
        strips()->show(modeStrip, {Tone::Info, tr("The comparison was cancelled."), tr("%1 of %2 were asked, so nothing is said of them.").arg(job->done()).arg(job->total()), {}});
    else
        strips()->showError(modeStrip, job->outcome().error());
    end();
}

// Bodies may have megabytes, and are read whole.
void IdentityMode::judge()
{
    m_isJudging = true;
    const QString baseUrl = workspace()->client() ? workspace()->client()->options().baseUrl : QString();
    const auto work = [rows = m_rows->rows(), baseUrl]() -> core::Result<Judgement> {
        return Judgement {core::replay::identityFindings(rows, baseUrl), core::replay::personsStored(rows)};
    };
    core::onFinished(QtConcurrent::run(work), this, [this, turn = m_turn](const core::Result<Judgement>& judgement) {
        if (turn != m_turn)
            return;
        m_isJudging = false;
        end();
        if (judgement)
            show(*judgement);
    });
}

void IdentityMode::show(const Judgement& judgement)
{
    for (const IdentityFinding& finding : judgement.findings) {
        const Tone tone = finding.kind == IdentityFinding::Kind::ForeignUrl ? Tone::Warn : Tone::Bad;
        m_findings->show(resultStrip + QString::number(&finding - judgement.findings.constData()), {tone, finding.what, finding.detail, {}});
    }
    showNotCompared();
    if (!judgement.findings.isEmpty())
        return;
    m_findings->show(resultStrip, conclusionOf(judgement.persons));
}

// One that was refused says nothing, and an all-clear is not for it.
void IdentityMode::showNotCompared()
{
    QStringList names;
    QStringList reasons;
    for (const IdentityRow& row : m_rows->rows()) {
        if (isCompared(row))
            continue;
        names << core::displayText(row.identity);
        if (reasons.size() < shownReasons)
            reasons << tr("%1: %2").arg(names.last(), outcomeOf(row));
    }
    if (!names.isEmpty())
        m_findings->show(leftOutStrip, {Tone::Warn, tr("Not compared: %1.").arg(names.join(QStringLiteral(", "))), reasons.join(u' '), {}});
}

void IdentityMode::showWaiting(const QString& what, const QString& why)
{
    m_findings->show(waitStrip, {Tone::Info, what, why, {{tr("Cancel"), [this] { cancel(); }}}, false});
}

void IdentityMode::end()
{
    m_findings->remove(waitStrip);
    dropBodies();
    m_rows->rowCount() > 0 ? m_faces->showFilled() : showIdle();
    emit busyChanged();
}

// They have been judged, or never will be.
void IdentityMode::dropBodies()
{
    QList<IdentityRow> rows = m_rows->rows();
    for (IdentityRow& row : rows)
        row.dropBodies();
    m_rows->updateRows(std::move(rows));
}

void IdentityMode::showIdle()
{
    m_faces->showEmpty({QStringLiteral("user"), tr("Compare what users are given"),
        tr("The same request is sent as each that is ticked. LightAPI's keys hold no user: where the answer depends on who asks, one may be given what belongs to another.")});
}

bool IdentityMode::cancel()
{
    if (!isBusy())
        return false;
    if (m_job) {
        m_job->cancel();
        return true;
    }
    const bool wasSent = m_isJudging;
    clear();
    strips()->show(modeStrip, {Tone::Info, tr("The comparison was cancelled."), wasSent ? tr("The answers were not held against one another.") : tr("Nothing was sent."), {}});
    end();
    return true;
}

void IdentityMode::clear()
{
    ++m_turn;
    m_isJudging = false;
    if (m_gathering) {
        m_gathering->cancel();
        m_gathering->deleteLater();
        m_gathering = nullptr;
    }
    strips()->remove(modeStrip);
    m_findings->clear();
    m_rows->clear();
}

// Another connection: tokens and answers were of the one before.
void IdentityMode::restart()
{
    delete m_job; // before its Login
    m_login.reset();
    m_request = {};
    clear();
    showIdle();
}

}
