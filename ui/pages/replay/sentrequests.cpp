// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/sentrequests.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/pages/replay/requestmode.h"
#include "ui/widgets/badge.h"

using core::replay::ReplayResult;

namespace ui {

namespace {
    QString resultFact(const SentRequest& sent)
    {
        if (!sent.result.response)
            return RequestMode::tr("no answer");
        QString fact = core::displayText(sent.result.verdict.sentence);
        if (!sent.result.verdict.contradictions.isEmpty())
            fact = RequestMode::tr("Contradiction. ") + fact;
        return sent.letGoBytes ? RequestMode::tr("(body let go) ") + fact : fact;
    }

    QVariant verdictCell(const SentRequest& sent, int role)
    {
        const Look look = verdictLook(core::http::verdictName(sent.result.verdict.verdict));
        switch (role) {
        case BadgeRole:
            return true;
        case ToneRole:
            return static_cast<int>(look.tone);
        case IconRole:
            return look.icon;
        default:
            return {};
        }
    }

    QList<RowModel<SentRequest>::Column> columns()
    {
        const auto left = Qt::AlignLeft | Qt::AlignVCenter;
        const auto right = Qt::AlignRight | Qt::AlignVCenter;
        return {
            {RequestMode::tr("Request"), left, [](const SentRequest& s) { return core::displayText(s.result.target); },
                [](const SentRequest& s, int role) { return role == BytesRole ? QVariant(s.result.target) : QVariant(); }},
            {RequestMode::tr("Verdict"), left, [](const SentRequest& s) { return core::http::verdictName(s.result.verdict.verdict); }, verdictCell},
            {RequestMode::tr("Took"), right,
                [](const SentRequest& s) -> QString {
                    return s.result.response ? core::formatMs(s.result.response->timing.total) : QString();
                }},
            {RequestMode::tr("What happened"), left, resultFact},
        };
    }

    // The header fields are held twice, as received and taken apart.
    qint64 receivedBytes(const ReplayResult& result)
    {
        return result.storedAfter.size() + (result.response ? result.response->body.size() + 2 * result.response->rawHead.size() : 0);
    }
}

SentRequests::SentRequests(qint64 budget, QObject* parent)
    : RowModel(columns(), parent)
    , m_budget(budget)
{
}

void SentRequests::add(const ReplayResult& result)
{
    if (rowCount() >= maxRows) {
        m_held -= receivedBytes(row(0).result);
        m_letGo -= row(0).letGoBytes ? 1 : 0;
        removeAt(0);
    }
    m_held += receivedBytes(result);
    append({{result}});
    makeRoom();
}

void SentRequests::clear()
{
    m_held = 0;
    m_letGo = 0;
    RowModel::clear();
}

void SentRequests::makeRoom()
{
    while (m_held > m_budget && m_letGo < rowCount() - 1)
        letGo(m_letGo++);
}

void SentRequests::letGo(int row)
{
    SentRequest sent = this->row(row);
    m_held -= receivedBytes(sent.result);
    sent.letGoBytes = sent.result.response ? sent.result.response->body.size() : 0;
    sent.result.storedAfter = {};
    if (sent.result.response) {
        sent.result.response->body = {};
        sent.result.response->rawHead = {};
        sent.result.response->headers = {};
    }
    replace(row, sent);
}

}
