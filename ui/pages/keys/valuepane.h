// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keymeta.h"
#include "core/values/decoder.h"
#include "core/values/valuereader.h"

#include <QElapsedTimer>
#include <QFuture>
#include <QPointer>
#include <QTimer>
#include <QWidget>

class QHBoxLayout;
class QPushButton;
class QToolButton;

namespace ui {

class Badge;
class ElidedLabel;
class FaceStack;
class KeyEditor;
class KeyReadingNote;
class Label;
class ValueView;
class Workspace;

// One key with its value: the first part at once, the rest of it up to 16 MB, more on request; decoded in the thread pool. From here to
// Replay, Warm and a plan.
class ValuePane final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ValuePane)
public:
    explicit ValuePane(Workspace* workspace, QWidget* parent = nullptr);
    ~ValuePane() override;
    // What its buttons need side by side, margins included; in pixels.
    int actsWidth() const;

    void showKey(const QByteArray& key);
    bool hasKey() const { return m_hasKey; } // a key may be empty, too
    const QByteArray& key() const { return m_key; }
    // Reads the value again. What was read stays on screen, marked, when the key has gone meanwhile.
    void refresh();
    // There is another server or database, or none.
    void clear();
    // Asks the server whether the key is still there, and marks it if it is not.
    void check();
    bool isGone() const { return m_gone; }
    // Whether the list beside it shows the key; one that it does not show says so.
    void setListed(bool listed);
    // A form or an editor takes part of it, with or without a key.
    bool hasForm() const;
    // F2, and the button of the pane. Says why where it cannot be.
    void startEdit();
    // "New key", for the page's header.
    QPushButton* newKeyButton() const { return m_newKey; }
    // Esc: ends what is innermost in it. False: there was nothing, or it is not seen.
    bool cancel();
    // What was typed and is stored nowhere, in a sentence; empty: nothing.
    QString unsaved() const;
    // The text on screen, for Ctrl+Shift+C.
    QString valueText() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

signals:
    void wanted(); // it has something to show, and should be seen
    void keyShown(const QByteArray& key); // one that an act made
    void shapeChanged(); // hasForm() may be another
    void replayWanted(const QByteArray& key);

private:
    QWidget* makeHead();
    void setupEditor();
    void layoutEditor();
    void forget();
    void stopReading();
    void read(core::values::Value soFar, qint64 maxBytes);
    void readMore();
    void onRead();
    void onReadFailed(const core::Error& error);
    void decode(const core::values::Value& value);
    void onDecoded(const core::values::Value& value, const core::values::Decoded& decoded);
    bool goesOn(const core::values::Value& value) const;
    void watch();
    void onChanged();
    void onChecked(const core::keys::KeyMeta& meta);
    void showGone();
    void showNote();
    bool hasRunOut() const;
    void showValue(const core::values::Value& value);
    void showBadges(const core::values::Value& value);
    void showTimes();
    void showActs();
    void warm();
    void plan();

    Workspace* m_workspace;
    QByteArray m_key;
    core::values::Value m_value;
    bool m_hasKey = false;
    bool m_held = false; // m_value is this key's, and on screen
    bool m_gone = false;
    bool m_listed = true;
    bool m_checking = false;
    bool m_fresh = false; // the facts on their way are new, too: the time to live counts from then
    QPointer<core::values::ValueReader> m_reader;
    QFuture<core::Result<core::values::Decoded>> m_decoding;
    core::values::Decoded m_decoded;
    QElapsedTimer m_read;
    QTimer m_tick;
    QTimer m_watch; // asks whether what is on screen is still so
    int m_reads = 0; // counts them
    bool m_toldChanged = false;
    ElidedLabel* m_name;
    QToolButton* m_copy;
    QWidget* m_actRow = nullptr;
    QHBoxLayout* m_badges;
    KeyReadingNote* m_reading;
    Label* m_note;
    Label* m_expires;
    Label* m_size;
    Label* m_encoding;
    QPushButton* m_replay;
    QPushButton* m_warm;
    QPushButton* m_delete;
    ValueView* m_view;
    KeyEditor* m_editor;
    QPointer<QPushButton> m_newKey; // its page's, once that has taken it
    FaceStack* m_faces;
};

}
