// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QCoreApplication>

class QMenu;

namespace ui {

class EditForm;
class KeyEditor;

// The small forms of KeyEditor: what each asks, what it would do, and the act it makes of that.
class KeyForms final {
    Q_DECLARE_TR_FUNCTIONS(ui::KeyForms)
public:
    explicit KeyForms(KeyEditor* editor)
        : m_editor(editor)
    {
    }
    void fillMenu(QMenu* menu);
    void expiry();
    void rename();
    void duplicate();
    EditForm* create(); // the form that it opened; null: no server is connected
    void compare();
    void addMember();
    void changeMember();
    void removeMember();

private:
    // Field, member, score or element, with what it holds now; `isNew`: it is not there yet.
    void member(bool isNew);
    void name(const QString& title, const QString& verb, bool copies);

    KeyEditor* m_editor;
};

}
