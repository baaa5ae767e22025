// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keyfigures.h"

#include "core/base/async.h"
#include "core/keys/keytracking.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

using core::keys::KeyId;
using core::keys::KeyList;
using core::keys::MetaColumns;

namespace ui {

namespace {
    constexpr KeyId roomAtLeast = 10'000;

    core::Result<KeyList> goneOf(const std::shared_ptr<const core::keys::KeyStore>& store, const core::keys::Order& asked, const MetaColumns& columns)
    {
        auto gone = std::make_shared<core::keys::Order>();
        std::ranges::copy_if(asked, std::back_inserter(*gone), [&](KeyId id) { return columns.isGone(id) && !store->isDeleted(id); });
        return KeyList(store, std::move(gone));
    }
}

KeyFigures::KeyFigures(Workspace* workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
{
}

std::shared_ptr<const MetaColumns> KeyFigures::columns(const Store& store) const
{
    return m_store == store ? m_columns : nullptr;
}

// With room for keys that come after the scan, which costs nothing before they do. When they are more all are asked again.
void KeyFigures::makeColumns(const Store& store)
{
    const KeyId size = store->size();
    if (m_store == store && m_columns && m_columns->size() >= size)
        return;
    m_store = store;
    m_columns = std::make_shared<MetaColumns>(size + size / 4 + roomAtLeast);
}

void KeyFigures::ask(const Store& store, const Order& order)
{
    stop();
    makeColumns(store);
    m_asked = order;
    const core::redis::BulkPass::Options options {.gentle = m_workspace->isProduction()};
    m_pass = core::keys::makeMetaPass(m_workspace->session(), m_store, m_asked, m_columns, options, this);
    connect(m_pass, &core::Job::progressed, this, &KeyFigures::progressed);
    connect(m_pass, &core::Job::finished, this, &KeyFigures::onFinished);
    m_workspace->jobs()->track(m_pass, {tr("Asking"), tr("expiry, size and type"), tr("keys"), QStringLiteral("keys")});
    m_pass->start();
}

void KeyFigures::onFinished()
{
    core::redis::BulkPass* pass = std::exchange(m_pass, nullptr);
    pass->deleteLater(); // it is what called us
    findGone();
    if (pass->outcome())
        emit ready();
    else
        emit failed(pass->outcome().error(), pass->done(), total());
}

// The answer may be half a minute old: where tracking follows it knows better, as a key may have been stored again meanwhile.
void KeyFigures::findGone()
{
    core::onFinished(QtConcurrent::run([store = m_store, asked = m_asked, columns = Columns(m_columns)] { return goneOf(store, *asked, *columns); }), this,
        [this, store = m_store](const core::Result<KeyList>& keys) {
            const auto* index = m_workspace->keyIndex();
            const bool isFollowed = index && m_workspace->tracking()->covers(index->snapshot());
            if (keys && !keys->isEmpty() && store == m_store && !isFollowed)
                emit gone(*keys);
        });
}

void KeyFigures::cancel()
{
    if (m_pass)
        m_pass->cancel();
}

void KeyFigures::stop()
{
    if (!m_pass)
        return;
    disconnect(m_pass, nullptr, this, nullptr);
    m_pass->cancel();
    std::exchange(m_pass, nullptr)->deleteLater();
}

void KeyFigures::clear()
{
    stop();
    m_store.reset();
    m_columns.reset();
    m_asked.reset();
}

}
