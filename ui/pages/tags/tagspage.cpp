// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tags/tagspage.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/keys/prefixkeys.h"
#include "ui/shell/joblist.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/facestack.h"
#include "ui/widgets/field.h"
#include "ui/widgets/tableview.h"

#include <QItemSelectionModel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>

using core::cache::TagInfo;
using core::cache::TagMember;

namespace ui {

namespace {
    // Tags are few beside entries; more than this are cut and said so.
    constexpr qsizetype maxTags = 20'000;
    constexpr int fewTags = 200;
    constexpr qsizetype maxMembers = 50'000; // shown; a plan takes all
    constexpr std::chrono::milliseconds scrollPause {100};
    constexpr auto left = Qt::AlignLeft | Qt::AlignVCenter;
    constexpr auto right = Qt::AlignRight | Qt::AlignVCenter;

    TtlCell ttlCell(qint64 restMs)
    {
        if (restMs == -1)
            return {TtlCell::State::NoExpiry};
        return restMs <= 0 ? TtlCell {TtlCell::State::Gone} : TtlCell {TtlCell::State::Known, restMs};
    }

    std::function<QVariant(const TagInfo&, int)> number(qint64 TagInfo::*member)
    {
        return [member](const TagInfo& tag, int role) { return role == SortRole ? QVariant(tag.*member) : QVariant(); };
    }
    // What is counted member by member comes later than the number of members; of what cannot be read neither comes.
    std::function<QString(const TagInfo&)> count(qint64 TagInfo::*member)
    {
        return [member](const TagInfo& tag) {
            if (tag.*member >= 0)
                return core::formatCount(tag.*member);
            return tag.members >= 0 ? QStringLiteral("…") : QString();
        };
    }

    QVariant warningCell(const TagInfo& tag, int role)
    {
        return role == ToneRole && !(tag.warnings.isEmpty() && tag.problem.isEmpty()) ? QVariant(static_cast<int>(Tone::Warn)) : QVariant();
    }

    QVariant stateCell(TagMember::State state, int role)
    {
        switch (role) {
        case BadgeRole:
            return true;
        case ToneRole:
            return static_cast<int>(state == TagMember::State::Live ? Tone::Ok : state == TagMember::State::Dead ? Tone::Neutral : Tone::Warn);
        case IconRole:
            return state == TagMember::State::Live ? QStringLiteral("ring-check") : state == TagMember::State::Dead ? QStringLiteral("ring-slash") : QStringLiteral("triangle");
        case SortRole:
            return static_cast<int>(state);
        default:
            return {};
        }
    }
}

TagsPage::TagsPage(Workspace* workspace, QWidget* parent)
    : IndexedPage(PageId::Tags, tr("Tags"), QStringLiteral("tags"), workspace, parent)
    , m_tags(new RowModel<TagInfo>(tagColumns(), this))
    , m_members(new RowModel<Member>(memberColumns(), this))
    , m_tagFilter(new QSortFilterProxyModel(this))
    , m_memberSort(new QSortFilterProxyModel(this))
    , m_filter(makeSearchField(tr("Filter tags"), tr("Tag contains… (Ctrl+F)")))
    , m_invalidate(makeButton(tr("Invalidate tag…"), QStringLiteral("invalidate"), ButtonKind::DangerText))
{
    m_clock.start();
    m_askStates.setSingleShot(true);
    m_askStates.setInterval(scrollPause);
    connect(&m_askStates, &QTimer::timeout, this, &TagsPage::askStates);
    addAction(m_invalidate);
    connect(m_invalidate, &QPushButton::clicked, this, &TagsPage::planInvalidation);
    addFilter(m_filter, 1);
    setFilterField(m_filter);
    connect(m_filter, &QLineEdit::textChanged, m_tagFilter, &QSortFilterProxyModel::setFilterFixedString);
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(12);
    splitter->addWidget(makeTagCard());
    splitter->addWidget(makeMemberCard());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    // The lists decide, not what their empty faces would like to have.
    splitter->widget(0)->setMinimumWidth(scaled(360));
    splitter->widget(1)->setMinimumWidth(scaled(240));
    splitter->setSizes({600, 440});
    setFaces(new FaceStack(splitter));
    showActs();
}

QList<RowModel<TagInfo>::Column> TagsPage::tagColumns()
{
    return {
        {tr("Tag"), left, [](const TagInfo& t) { return core::displayText(t.tag); },
            [](const TagInfo& t, int role) { return role == BytesRole || role == SortRole ? QVariant(t.tag) : QVariant(); }},
        {tr("Layout"), left, [](const TagInfo& t) { return core::cache::tagLayoutName(t.layout); }},
        {tr("Members"), right, count(&TagInfo::members), number(&TagInfo::members)},
        {tr("Live"), right, count(&TagInfo::live), number(&TagInfo::live)},
        {tr("Dead"), right, count(&TagInfo::dead), number(&TagInfo::dead)},
        {tr("Expires in"), right, {},
            [](const TagInfo& t, int role) {
                return role == TtlRole ? QVariant::fromValue(ttlCell(t.ttlMs)) : role == SortRole ? QVariant(t.ttlMs) : QVariant();
            }},
        {tr("Caution"), left, [](const TagInfo& t) { return core::displayText(t.problem.isEmpty() ? t.warnings.join(QStringLiteral("; ")) : t.problem); }, warningCell},
    };
}

QList<RowModel<TagsPage::Member>::Column> TagsPage::memberColumns()
{
    return {
        {tr("Key"), left, [](const Member& m) { return core::displayText(m.member.key); },
            [](const Member& m, int role) { return role == BytesRole || role == SortRole ? QVariant(m.member.key) : QVariant(); }},
        {tr("State"), left, [](const Member& m) { return core::cache::tagMemberStateName(m.member.state); },
            [](const Member& m, int role) { return stateCell(m.member.state, role); }},
        {tr("Expires in"), right, {},
            [this](const Member& m, int role) {
                if (role == SortRole)
                    return QVariant(m.member.ttlMs);
                if (role != TtlRole)
                    return QVariant();
                const qint64 rest = m.member.ttlMs < 0 ? m.member.ttlMs : m.member.ttlMs - (m_clock.elapsed() - m.readAtMs);
                return QVariant::fromValue(ttlCell(rest));
            }},
    };
}

QWidget* TagsPage::makeTagCard()
{
    m_tagFilter->setSourceModel(m_tags);
    m_tagFilter->setSortRole(SortRole);
    m_tagFilter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_tagTable = new TableView(tr("Tags"));
    m_tagTable->setModel(m_tagFilter);
    m_tagTable->setSortingEnabled(true);
    m_tagTable->setSelectionMode(QAbstractItemView::SingleSelection);
    m_tagTable->setItemDelegateForColumn(5, new TtlDelegate(m_tagTable));
    m_tagTable->setColumnWidths({200, 84, 84, 60, 60, 136, 150});
    m_tagTable->setStretchColumn(0, 150);
    m_tagTable->setHideOrder({1, 2});
    m_tagTable->sortByColumn(0, Qt::AscendingOrder);
    connect(m_tagTable->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TagsPage::onSelection);
    connect(m_tagTable, &TableView::rowActivated, this, &TagsPage::planInvalidation);
    const auto sightChanged = [this] { m_askStates.start(); };
    connect(m_tagTable->verticalScrollBar(), &QScrollBar::valueChanged, this, sightChanged);
    connect(m_tagFilter, &QAbstractItemModel::layoutChanged, this, sightChanged);
    connect(m_tagFilter, &QAbstractItemModel::rowsInserted, this, sightChanged);
    connect(workspace(), &Workspace::readOnlyChanged, this, &TagsPage::showActs);
    auto* card = new Card;
    card->body()->addWidget(m_tagTable, 1);
    return card;
}

QWidget* TagsPage::makeMemberCard()
{
    m_memberSort->setSourceModel(m_members);
    m_memberSort->setSortRole(SortRole);
    m_memberTable = new TableView(tr("Members of the tag"));
    m_memberTable->setModel(m_memberSort);
    m_memberTable->setSortingEnabled(true);
    m_memberTable->setItemDelegateForColumn(2, new TtlDelegate(m_memberTable));
    m_memberTable->setColumnWidths({140, 90, 110});
    m_memberTable->setStretchColumn(0, 120);
    m_memberTable->sortByColumn(0, Qt::AscendingOrder);
    connect(m_memberTable, &TableView::rowActivated, this, [this](const QModelIndex& row) {
        PageHint hint;
        hint.key = m_memberSort->index(row.row(), 0).data(BytesRole).toByteArray();
        workspace()->openPage(PageId::Keys, hint);
    });
    m_memberFaces = new FaceStack(m_memberTable);
    m_memberCard = new Card(tr("Members"));
    m_memberCard->body()->addWidget(m_memberFaces, 1);
    return m_memberCard;
}

bool TagsPage::cancel()
{
    if (m_reader || m_memberReader) {
        if (m_reader)
            m_reader->cancel();
        if (m_memberReader)
            m_memberReader->cancel();
        return true;
    }
    if (m_filter->text().isEmpty())
        return false;
    m_filter->clear();
    return true;
}

void TagsPage::openHint(const PageHint& hint)
{
    if (hint.tag.isEmpty())
        return;
    m_wantedTag = "tag:" + hint.tag;
    selectTag(m_wantedTag);
}

void TagsPage::pageShown()
{
    IndexedPage::pageShown();
    m_askStates.start();
}

void TagsPage::indexChanged()
{
    const QList<QByteArray> keys = core::keys::keysWithPrefix(index()->snapshot(), "tag:", maxTags + 1);
    if (keys.size() > maxTags)
        strips()->show(QStringLiteral("cut"), {Tone::Warn, tr("Only the first %1 tags are shown.").arg(core::formatCount(maxTags)), tr("Find others on the Keys page.")});
    QList<QByteArray> wanted = keys.mid(0, maxTags);
    // While the scan goes on only what it has found since; at its end everything once more, as the first may have grown old.
    if (isScanning()) {
        QSet<QByteArray> known;
        for (const TagInfo& tag : m_tags->rows())
            known.insert(tag.key);
        wanted.removeIf([&known](const QByteArray& key) { return known.contains(key); });
    }
    readTags(wanted);
}

void TagsPage::indexCleared()
{
    for (core::Job* job : {static_cast<core::Job*>(m_reader), static_cast<core::Job*>(m_stateReader), static_cast<core::Job*>(m_memberReader)}) {
        if (job)
            job->cancel();
    }
    m_tags->clear();
    m_members->clear();
    m_shownTag.clear();
    showActs();
}

void TagsPage::readTags(const QList<QByteArray>& keys)
{
    if (workspace()->state() != Workspace::State::Connected)
        return;
    if (m_reader) {
        m_again = true;
        return;
    }
    m_again = false;
    m_reader = new core::cache::TagsReader(workspace()->session(), keys, {}, this);
    connect(m_reader, &core::Job::finished, this, &TagsPage::onTagsRead);
    workspace()->jobs()->track(m_reader, {tr("Reading"), tr("tags"), tr("tags"), QStringLiteral("tags")});
    m_whole = !isScanning();
    m_reader->start();
}

void TagsPage::onTagsRead()
{
    core::cache::TagsReader* reader = m_reader;
    m_reader = nullptr;
    reader->deleteLater();
    if (!index())
        return;
    if (!reader->outcome() && !reader->wasCancelled() && m_tags->rowCount() == 0) {
        faces()->showError(reader->outcome().error(), [this] { indexChanged(); });
        return;
    }
    mergeTags(reader->infos());
    const qsizetype shown = m_tags->rowCount();
    setFact(isScanning() ? scanText() : counted(shown, tr("tag"), tr("tags")));
    if (shown > 0)
        faces()->showFilled();
    else if (isScanning())
        faces()->showLoading(scanText());
    else
        faces()->showEmpty({QStringLiteral("tags"), tr("No tag was found"),
            tr("Looked for keys that start with \"tag:\" in %1. An app makes them when it tags its entries.").arg(scanText()), Tone::Accent,
            {{tr("Scan again"), [this] { startScan(); }}}});
    showActs();
    m_askStates.start();
    if (m_again)
        indexChanged();
}

// A whole reading replaces the rows, one of the keys that a running scan has found since is added to them.
void TagsPage::mergeTags(const QList<TagInfo>& infos)
{
    QList<TagInfo> shown;
    std::ranges::copy_if(infos, std::back_inserter(shown), [](const TagInfo& tag) { return !tag.isGone(); });
    const QByteArray chosen = selected() ? selected()->key : m_wantedTag;
    if (m_whole)
        m_tags->setRows(std::move(shown));
    else
        m_tags->append(shown);
    selectTag(chosen);
}

// Live and dead cost a lookup for each member, so they are asked for what is in sight; of a few tags for all, so that they sort.
QList<QByteArray> TagsPage::keysWithoutStates() const
{
    QList<QByteArray> keys;
    const auto add = [&](const TagInfo& tag) {
        if (tag.isReadable() && tag.live < 0)
            keys << tag.key;
    };
    if (m_tags->rowCount() <= fewTags) {
        std::ranges::for_each(m_tags->rows(), add);
        return keys;
    }
    const int first = m_tagTable->rowAt(0);
    const int last = m_tagTable->rowAt(m_tagTable->viewport()->height() - 1);
    const int end = last < 0 ? m_tagFilter->rowCount() - 1 : last;
    for (int row = std::max(0, first); row <= end; ++row)
        add(m_tags->row(m_tagFilter->mapToSource(m_tagFilter->index(row, 0)).row()));
    return keys;
}

void TagsPage::askStates()
{
    if (m_stateReader || isScanning() || !isShown() || workspace()->state() != Workspace::State::Connected)
        return;
    const QList<QByteArray> keys = keysWithoutStates();
    if (keys.isEmpty())
        return;
    m_stateReader = new core::cache::TagsReader(workspace()->session(), keys, {.liveAndDead = true}, this);
    connect(m_stateReader, &core::Job::finished, this, &TagsPage::onStatesRead);
    m_stateReader->start();
}

void TagsPage::onStatesRead()
{
    core::cache::TagsReader* reader = m_stateReader;
    m_stateReader = nullptr;
    reader->deleteLater();
    QHash<QByteArray, TagInfo> read;
    for (const TagInfo& tag : reader->infos())
        read.insert(tag.key, tag);
    QList<TagInfo> rows = m_tags->rows();
    for (int i = 0; i < rows.size(); ++i) {
        if (const auto found = read.constFind(rows.at(i).key); found != read.constEnd())
            m_tags->replace(i, *found);
    }
    if (reader->outcome())
        m_askStates.start(); // scrolled meanwhile
}

void TagsPage::selectTag(const QByteArray& tagKey)
{
    if (tagKey.isEmpty())
        return;
    for (int row = 0; row < m_tags->rowCount(); ++row) {
        if (m_tags->row(row).key != tagKey)
            continue;
        const QModelIndex shown = m_tagFilter->mapFromSource(m_tags->index(row, 0));
        m_tagTable->selectRow(shown.row());
        m_tagTable->scrollTo(shown);
        m_wantedTag.clear();
        return;
    }
}

const TagInfo* TagsPage::selected() const
{
    const QModelIndexList rows = m_tagTable->selectionModel()->selectedRows();
    return rows.isEmpty() ? nullptr : &m_tags->row(m_tagFilter->mapToSource(rows.first()).row());
}

void TagsPage::onSelection()
{
    showActs();
    const TagInfo* tag = selected();
    if (tag && tag->key != m_shownTag)
        readMembers(tag->key);
}

void TagsPage::readMembers(const QByteArray& tagKey)
{
    if (m_memberReader)
        m_memberReader->cancel();
    if (!workspace()->isOpen())
        return;
    m_shownTag = tagKey;
    m_members->clear();
    m_memberFaces->showLoading(tr("Reading the members"));
    m_memberReader = new core::cache::TagReader(workspace()->session(), tagKey, this);
    connect(m_memberReader, &core::Job::finished, this, [this, reader = m_memberReader.data()] {
        if (reader == m_memberReader)
            onMembersRead();
        reader->deleteLater();
    });
    m_memberReader->start();
}

void TagsPage::onMembersRead()
{
    const core::cache::TagReader* reader = m_memberReader;
    m_memberReader = nullptr;
    const TagInfo& info = reader->info();
    m_memberCard->setTitle(tr("Members of %1").arg(core::displayText(info.tag)));
    if (!reader->outcome()) {
        m_memberFaces->showError(reader->outcome().error(), [this, key = info.key] { readMembers(key); });
    } else if (const auto readable = core::cache::checkReadable(info); !readable) {
        m_memberFaces->showError(readable.error());
    } else if (reader->members().isEmpty()) {
        m_memberFaces->showEmpty({QStringLiteral("tags"), tr("The tag has no members"), info.isGone() ? tr("It has gone since the scan.") : tr("Its index is empty.")});
    } else {
        QList<Member> rows;
        for (const TagMember& member : reader->members().first(std::min(reader->members().size(), maxMembers)))
            rows << Member {member, m_clock.elapsed()};
        if (reader->members().size() > maxMembers)
            m_memberCard->setTitle(tr("First %1 members of %2").arg(core::formatCount(maxMembers), core::displayText(info.tag)));
        m_members->setRows(rows);
        m_memberFaces->showFilled();
    }
}

void TagsPage::planInvalidation()
{
    const TagInfo* tag = selected();
    if (!tag)
        return;
    PageHint hint;
    // By its index key: a tag may be called "tag:foo", which spelled alone is the index of "foo".
    hint.selection = {{core::invalidate::Selector::Kind::Tag, tag->key}};
    workspace()->openPage(PageId::Invalidate, hint);
}

void TagsPage::showActs()
{
    m_invalidate->setEnabled(selected());
    m_invalidate->setToolTip(selected() ? tr("Makes a plan; nothing is deleted yet") : tr("Select a tag first"));
}

}
