// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/keys/keylist.h"
#include "core/replay/targetgathering.h"
#include "core/replay/warm.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace ui {

class Label;
class SourcePanels;

// What is to be warmed, and how fast: targets typed, pasted or from a file, and the other sources. A long text is read after a pause of
// typing, on a pool.
class TargetInput final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TargetInput)
public:
    explicit TargetInput(QWidget* parent = nullptr);

    // False: there is nothing to warm, it cannot be read, or it is not of what the field says by now.
    bool isReady() const;
    core::replay::TargetSources sources() const;
    QString subject() const; // of the sources, for the job strip
    // As SourcePanels::ttlBelowMs().
    std::optional<qint64> ttlBelowMs() const;
    int concurrency() const; // requests at once
    int requestsPerS() const; // 0: no limit

    void setTargets(const QList<QByteArray>& targets); // in the place of those that are typed
    // As SourcePanels::setPlanKeys().
    void setPlanKeys(const core::keys::KeyList& keys);
    void setCachedRoutes(int count);
    void setInputEnabled(bool enabled);
    QWidget* field() const; // of the targets

signals:
    void changed();
    void textChanged(); // before it is read
    void fileFailed(const core::Error& error); // it cannot be read

private:
    QWidget* makeList();
    QLayout* makePace();
    void openFile();
    void readFile(const QString& name);
    void onTextChanged();
    void parseText();
    void showTargets(const core::replay::TargetList& targets);

    QPlainTextEdit* m_text = nullptr;
    QPushButton* m_file = nullptr;
    SourcePanels* m_sources;
    Label* m_textFact;
    QSpinBox* m_concurrency = nullptr;
    QSpinBox* m_rate = nullptr;
    core::replay::TargetList m_targets; // of the text
    QTimer m_typing;
    quint64 m_textVersion = 0; // targets of an older text are dropped
    bool m_parsing = false; // m_targets is not of what the field says
};

}
