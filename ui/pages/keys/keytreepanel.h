// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keyindex.h"
#include "core/keys/keytree.h"

#include <QList>
#include <QWidget>

class QModelIndex;
class QPoint;

namespace ui {

class KeyTreeModel;
class TreeView;
class Workspace;

// The tree beside the flat list: which node is chosen, what its levels end at, the memory of the nodes on screen.
class KeyTreePanel final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyTreePanel)
public:
    explicit KeyTreePanel(Workspace* workspace, QWidget* parent = nullptr);

    void setSession(core::redis::Session* session);
    void setKeys(const core::keys::KeyIndex::Snapshot& snapshot);
    void clear();
    // Of all keys, until another is chosen.
    void chooseAll();
    // The node whose keys are listed: of a chosen key the one that it is in.
    const core::keys::TreeRef& node() const { return m_node; }
    // Display text of what is chosen.
    QString name() const;
    void refreshMemory();
    // Asks for the memory of the nodes on screen.
    void reportVisible();

signals:
    void nodeChanged();
    // name() may be another.
    void named();
    void keyChosen(const QByteArray& key);
    // A key was clicked or activated, so its value is wanted even where the tree stands in its place.
    void valueWanted();
    void replayWanted(const QByteArray& key);
    void saveFailed(const core::Error& error);

private:
    void setupTree();
    void connectTree();
    void showTree();
    void onTreeChanged();
    void onCurrentChanged();
    void choose(const QModelIndex& index);
    void layoutColumns();
    void openMenu(const QPoint& at);
    void setDelimiters(const QList<QByteArray>& delimiters);

    Workspace* m_workspace;
    KeyTreeModel* m_model;
    TreeView* m_tree;
    core::keys::KeyIndex::Snapshot m_snapshot;
    core::keys::TreeRef m_node;
    QList<core::keys::TreeRef> m_current; // the tree's current row and those above it
    bool m_restoring = false; // the tree's current row is set again by us
};

}
