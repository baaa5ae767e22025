// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/routes.h"
#include "core/keys/keyquery.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QCompleter;
class QLineEdit;
class QStringListModel;
class QToolButton;

namespace ui {

// The search field of the Keys page with its case button, completion of terms, classes and kinds, and a button that shows the syntax. A
// wrong place is underlined until it is mended; the sentence is the page's to show.
class SearchField final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SearchField)
public:
    explicit SearchField(QWidget* parent = nullptr);

    QLineEdit* field() const { return m_field; }
    bool isEmpty() const;
    void clear();
    // Looks for keys that contain exactly these bytes.
    void lookFor(const QByteArray& bytes);
    // Whose classes are offered.
    void setRoutes(const core::cache::RouteTable& routes);

    // What is asked for now. Marks what is wrong, or takes the mark away.
    core::keys::ParsedQuery query();
    // Marks a term that can be read and yet not be answered; `why` for who hears the window.
    void refuse(core::keys::QueryPlace place, const QString& why);
    const std::optional<core::keys::QueryPlace>& marked() const { return m_marked; }
    // What is offered for the term before the cursor.
    QStringList completions() const;

signals:
    void edited(); // at each key: what was asked for is out of date
    void searched(); // typing has paused, or the case button was used

private:
    void setupField();
    void setupCompletion();
    void mark(std::optional<core::keys::QueryPlace> place, const QString& why);
    // Of the text before the cursor, the part that is completed.
    core::keys::QueryPlace typedTerm() const;
    void offer();
    void take(const QString& term);
    void showHelp();

    QLineEdit* m_field;
    QToolButton* m_case;
    QToolButton* m_help;
    QCompleter* m_completer;
    QStringListModel* m_offered;
    QStringList m_classes;
    QTimer m_typing;
    std::optional<core::keys::QueryPlace> m_marked;
    QString m_markedText; // that the mark was made in
};

}
