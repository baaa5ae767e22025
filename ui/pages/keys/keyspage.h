// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/indexed/indexedpage.h"
#include "ui/pages/keys/keylisting.h"

namespace core::replay {
struct KeyTargets;
}

class QPushButton;
class QSplitter;
class QToolButton;

namespace ui {

class KeyReplay;
class KeyTablePanel;
class KeyTreePanel;
class SearchField;
class ValuePane;

// All keys of the database: a tree by class, path and query beside a flat table that sorts by any column, a search over the whole set, the
// value of the selected key. What is wished of the list comes together here; KeyListing makes it.
class KeysPage final : public IndexedPage {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeysPage)
public:
    explicit KeysPage(Workspace* workspace, QWidget* parent = nullptr);

    void refresh() override;
    bool cancel() override;
    QString unsaved() const override;
    void openHint(const PageHint& hint) override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void indexChanged() override;
    void indexCleared() override;
    qint64 shownKeys() const override;
    void pageShown() override;
    void pageConnected() override;
    void pageHidden() override;

private:
    void setupSearch();
    void setupTree();
    void setupTable();
    void setupListing();
    void openFileMenu();
    void setupParts();
    void setupShortcuts();
    void layoutParts();
    void nameTreeButton();
    // Looks for what the field says in the chosen node.
    void search();
    void showFailure(const core::Error& failure);
    void showFilterError(const core::Error& error);
    void showHeld(const KeyListing::Held& held);
    void showView();
    void checkShownKey(const KeyView& view);
    void showFace();
    void showCounts();
    void showFact();
    bool listsAll() const; // no search and no node of the tree narrows the list
    QString countText() const;
    void onTreeKey(const QByteArray& key);
    void onKeySelection();
    void selectKey(const QByteArray& key);
    void plan(const core::keys::KeyList& keys);
    void compare(const core::keys::KeyList& keys);
    void openCompared(const core::replay::KeyTargets& found);

    QSplitter* m_parts;
    QPushButton* m_treeButton;
    KeyTreePanel* m_tree;
    KeyTablePanel* m_table;
    ValuePane* m_value;
    SearchField* m_search;
    KeyReplay* m_replay;
    QPushButton* m_delete;
    QToolButton* m_files;
    KeyListing* m_listing;
    quint64 m_shownWish = 0; // of the list that is shown
    QByteArray m_wantedKey; // chosen by another page before it was known
    QString m_waiting; // the strip that waits for the end of the scan
    bool m_isShowing = false; // rows are being replaced
};

}
