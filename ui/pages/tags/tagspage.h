// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/tags.h"
#include "ui/models/rowmodel.h"
#include "ui/pages/indexed/indexedpage.h"

#include <QElapsedTimer>
#include <QTimer>

class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;

namespace ui {

class Card;
class TableView;

// Tags with their layout and members, live and dead; the members of one; from here to a plan that invalidates it.
class TagsPage final : public IndexedPage {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TagsPage)
public:
    explicit TagsPage(Workspace* workspace, QWidget* parent = nullptr);

    bool cancel() override;
    void openHint(const PageHint& hint) override;

protected:
    void pageShown() override;
    void indexChanged() override;
    void indexCleared() override;

private:
    struct Member {
        core::cache::TagMember member;
        qint64 readAtMs = 0;
    };
    QWidget* makeTagCard();
    QWidget* makeMemberCard();
    QList<RowModel<core::cache::TagInfo>::Column> tagColumns();
    QList<RowModel<Member>::Column> memberColumns();
    void readTags(const QList<QByteArray>& keys);
    void onTagsRead();
    void mergeTags(const QList<core::cache::TagInfo>& infos);
    void askStates();
    void onStatesRead();
    QList<QByteArray> keysWithoutStates() const;
    void readMembers(const QByteArray& tagKey);
    void onMembersRead();
    void selectTag(const QByteArray& tagKey);
    void onSelection();
    void planInvalidation();
    void showActs();
    const core::cache::TagInfo* selected() const;

    RowModel<core::cache::TagInfo>* m_tags;
    RowModel<Member>* m_members;
    QSortFilterProxyModel* m_tagFilter;
    QSortFilterProxyModel* m_memberSort;
    TableView* m_tagTable = nullptr;
    TableView* m_memberTable = nullptr;
    FaceStack* m_memberFaces = nullptr;
    Card* m_memberCard = nullptr;
    QLineEdit* m_filter;
    QPushButton* m_invalidate;
    QPointer<core::cache::TagsReader> m_reader;
    QPointer<core::cache::TagsReader> m_stateReader; // live and dead of the rows in sight
    QPointer<core::cache::TagReader> m_memberReader;
    QTimer m_askStates;
    bool m_whole = true; // m_reader reads all tags, not those that a running scan has just found
    bool m_again = false; // the index changed while tags were being read
    QByteArray m_wantedTag; // chosen by another page before it was known
    QByteArray m_shownTag;
    QElapsedTimer m_clock;
};

}
