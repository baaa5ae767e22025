// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/collectionrun.h"
#include "ui/pages/replay/replaymode.h"

#include <QPointer>

class QAbstractButton;
class QCheckBox;
class QLineEdit;
class QSortFilterProxyModel;

namespace ui {

class CollectionDetail;
class CollectionFiles;
class SavedRequestModel;
class ElidedLabel;
class FaceStack;
class Label;
class TableView;
class TypedNameBar;
class VariableForm;

// Saved requests with what is expected of their answers: kept in a file, edited, and run one after another.
class CollectionMode final : public ReplayMode {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(CollectionMode)
public:
    explicit CollectionMode(Place place, QWidget* parent = nullptr);

    QString verb() const override { return tr("Run"); }
    bool needsTarget() const override { return false; }
    QStringList stripPrefixes() const override { return {QStringLiteral("collection")}; }
    void send(const core::http::Request& request) override;
    bool isBusy() const override { return !m_job.isNull(); }
    bool cancel() override;
    QString unsaved() const override;
    void restart() override;

    // What was seen of a request: proposed as its expectations when it is added.
    void noteExchange(const core::http::Request& request, const core::replay::ReplayResult& result);
    CollectionFiles* files() const { return m_files; }

private:
    struct Answers {
        bool withoutValues = false; // requests whose {{name}} has none are skipped
        std::optional<bool> otherMethods {}; // sent; false: skipped
    };
    struct Seen {
        core::http::Request request;
        core::replay::Expectations proposed;
    };
    QWidget* makeHead();
    QWidget* makeFileRow();
    QWidget* makeRequestRow();
    QWidget* makeBody();
    void connectModel();

    void run(Answers answers);
    bool askValues(Answers answers); // true: asked, nothing runs yet
    bool askMethods(Answers& answers);
    void askName(qsizetype others, const Answers& answers);
    void forgetQuestions();
    void begin(const Answers& answers);
    void onResult(const core::replay::CollectionResult& result);
    void onFinished();
    void dropRun();

    void addRequest();
    const Seen* seenOf(const core::http::Request& request) const;
    void removeRequest();
    void moveRequest(int by);
    void openInLine();
    int currentRow() const; // of the model; -1: none
    void selectRow(int row);

    void onOpened(const core::replay::Collection& collection);
    void onEdited();
    void showDetail();
    void showCounts();
    void showFile();
    void updateActs();

    SavedRequestModel* m_model;
    QSortFilterProxyModel* m_sorted; // in the file's order, or failed ones first
    CollectionFiles* m_files;
    VariableForm* m_variables;
    CollectionDetail* m_detail;
    ElidedLabel* m_file;
    QLineEdit* m_name;
    TypedNameBar* m_typedName; // before production is changed
    Answers m_asked; // what is sent once the name is typed
    Label* m_counts;
    TableView* m_table;
    FaceStack* m_faces;
    QCheckBox* m_failedFirst;
    QAbstractButton *m_new, *m_open, *m_save, *m_saveAs;
    QAbstractButton *m_add, *m_show, *m_up, *m_down, *m_remove, *m_stop;
    QPointer<core::replay::CollectionRun> m_job;
    bool m_isForeign = false; // m_job is of a collection, a connection or a database that is no longer here
    core::replay::CollectionRun::Counts m_lastCounts; // of the last run
    core::replay::Variables m_sent; // with the run that is on
    qint64 m_lastMs = -1; // it took; -1: none yet
    QList<Seen> m_seen; // newest last
};

}
