// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/values/decoder.h"
#include "core/values/keychanges.h"
#include "core/values/valuereader.h"
#include "ui/pages/keys/editabletext.h"

#include <QElapsedTimer>
#include <QHash>
#include <QPointer>
#include <QWidget>

#include <memory>

class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace ui {

class DiffView;
class EditActs;
class EditForm;
class EditNotice;
class ValueEditor;
class ValueView;
class Workspace;

// Everything in the value pane that writes: in the place of the value its text to be changed or a comparison; small forms and what came
// of an act in panel(), above. Text that was typed and not stored is kept until its key is shown again.
class KeyEditor final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyEditor)
public:
    // Takes ownership of `view`.
    KeyEditor(Workspace* workspace, ValueView* view, QWidget* parent = nullptr);
    ~KeyEditor() override;
    QWidget* panel() const { return m_panel; }
    bool hasForm() const;
    bool isEditing() const;
    bool hasEditor() const; // on screen, or behind a comparison
    bool isWriting() const; // an act is under way
    // Somebody else changed the key, or the time it has left, while a form or the editor stands on what was read. Asks whether to read it
    // again, where no other words would go for that. False: they would.
    bool tellChanged();
    // What was typed and is stored nowhere, in a sentence; empty: nothing.
    QString unsaved() const;
    QToolButton* editButton() const { return m_edit; }
    QToolButton* moreButton() const { return m_more; }

    // What is on screen of the key, and since when its time to live counts.
    void setValue(const core::values::Value& value, const core::values::Decoded& decoded, const QElapsedTimer& read);
    void setGone();
    // Another key, or none, comes on screen.
    void leave();
    // The same, and another server or database: nothing can be undone any more.
    void leaveServer();
    // Ends what is innermost: a form, a comparison, an edit; asks where that would lose changes. False: there was nothing.
    bool cancel();

    void startEdit();
    void createKey();

signals:
    void changed(); // the key is to be read again
    void keyWanted(const QByteArray& key); // another is to be shown
    void shapeChanged(); // a form or the editor came or went

private:
    friend class KeyForms;
    struct Draft {
        QByteArray base;
        EditableText form;
        QString text;
    };
    QByteArray draftName(const QByteArray& key) const;
    void fileDraft();
    bool wantsJson() const;
    qint64 ttlMs() const; // by now; -1: no expiry
    QString refusal() const; // why the value cannot be edited; empty: it can
    void findEditable(const core::values::Decoded& decoded);
    void showActs();
    void holdFocus();
    void giveFocusBack();
    void focusFace();
    void openEditor(const Draft& draft);
    void closeEditor();
    void save(bool asText);
    void onTheirs(const QByteArray& theirs);
    void askDiscard();
    void showDifference(const QString& beforeName, const QByteArray& before, const QString& afterName, const QByteArray& after);
    void closeDifference();
    void compareKeys(const QByteArray& first, const QByteArray& second);
    void openForm(EditForm* form);
    void closeForm();
    void discard(EditForm* form);
    // Out of the way of what comes in its place: what was typed of a new key comes back with the next "New key".
    void putFormAway();
    void write(struct EditAct act);

    Workspace* m_workspace;
    core::values::Value m_value;
    QElapsedTimer m_read;
    Editable m_editable; // what of m_value can be edited
    int m_finding = 0; // counts what was asked for
    bool m_held = false;
    bool m_gone = false;
    QHash<QByteArray, Draft> m_drafts;
    QByteArray m_draftName; // of m_value, in the database that it was read from
    QWidget* m_panel;
    QVBoxLayout* m_panelColumn;
    EditNotice* m_notice;
    int m_ofText = 0; // number of the notice that goes with what it is about: the text that is typed
    int m_notJson = 0;
    QPointer<QWidget> m_focus; // before an act locked it
    QPointer<EditForm> m_form; // on screen
    QPointer<EditForm> m_newKey; // the form of that name, on screen or put away
    QStackedWidget* m_stack;
    ValueView* m_view;
    ValueEditor* m_editor;
    DiffView* m_diff;
    QPointer<class DiffReader> m_comparing;
    QWidget* m_beforeDiff = nullptr;
    EditActs* m_acts;
    QToolButton* m_edit;
    QToolButton* m_more;
    std::unique_ptr<class KeyForms> m_forms;
};

}
