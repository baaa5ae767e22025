// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/decoder.h"
#include "core/values/valuereader.h"

#include <QWidget>

class QComboBox;
class QHBoxLayout;
class QPushButton;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace ui {

class CollectionModel;
class ImageView;
class Label;
class PagedText;
class StructureModel;
class TableView;
class TreeView;

// What a key holds: by its decoders as text, tree or image, or its bytes; a collection as a table. Says how much has been read.
class ValueView final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ValueView)
public:
    explicit ValueView(QWidget* parent = nullptr);

    // `goesOn`: more of the value that is shown, or the same decoded in another way.
    void showString(const core::values::Value& value, const core::values::Decoded& decoded, bool goesOn);
    void showCollection(const core::values::Value& value, bool goesOn);
    // How the user wants strings shown; by content without a value. Back to that with each key.
    std::optional<core::values::Decoder> chosen() const;
    void resetChoice();
    void setReading(bool reading); // no more can be asked for meanwhile
    // What could not be read on; empty clears it.
    void setTrouble(const QString& sentence);
    // Acts on the elements of a collection; why not is said where `why` is given.
    void setWritable(bool writable, const QString& why);
    // The row that is chosen; -1: none.
    int chosenMember() const;
    const CollectionModel* members() const { return m_members; }
    // The text on screen.
    QString text() const;

signals:
    void chosenChanged(); // by the user
    void moreWanted();
    void addWanted();
    void editWanted();
    void removeWanted();

private:
    enum Tab { ValueTab, TextTab, HexTab, TreeTab };

    QWidget* makeChoice();
    QWidget* makeFoot();
    void showTab();
    void showChain(const core::values::Decoded& decoded);
    QWidget* makeMemberActs();
    void showMemberActs();
    void showFoot(const core::values::Value& value);
    void showProblem(const core::values::Decoded& decoded);
    void showBody(const core::values::Value& value, const core::values::Decoded& decoded, bool goesOn);
    void setTreeShown(bool shown);

    bool m_isCollection = false;
    bool m_isImage = false;
    bool m_truncated = false;
    QString m_trouble;
    QString m_problem;
    QComboBox* m_choice;
    QWidget* m_choiceRow;
    QHBoxLayout* m_chain;
    Label* m_note;
    QTabBar* m_tabs;
    QStackedWidget* m_stack;
    PagedText* m_value;
    PagedText* m_text;
    PagedText* m_hex;
    TreeView* m_tree;
    StructureModel* m_structure;
    TableView* m_table;
    CollectionModel* m_members;
    ImageView* m_image;
    QWidget* m_foot;
    Label* m_read;
    QPushButton* m_more;
    QWidget* m_memberActs;
    QToolButton* m_add;
    QToolButton* m_edit;
    QToolButton* m_remove;
    QByteArray m_type;
    bool m_writable = false;
    QString m_whyNot;
};

}
