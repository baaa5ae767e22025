// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keyrules.h"
#include "ui/models/rowmodel.h"

#include <QWidget>

class QLineEdit;
class QPushButton;

namespace ui {

class FormField;
class Label;
class TableView;
class TemplateFits;
class Workspace;

// The templates of an app's own keys, edited with a test against the keys that are there and against a request.
class TemplatePanel final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TemplatePanel)
public:
    explicit TemplatePanel(Workspace* workspace, QWidget* parent = nullptr);

    bool isGood() const; // no template with a mistake
    QStringList arguments() const; // --key-template texts
    QStringList typed() const; // all of it, mistakes too: to see whether it was edited

signals:
    void edited();

private:
    struct Entry {
        QString name, text, ttl; // as typed
        core::Result<core::cache::KeyTemplate> made = core::fail(core::Code::Input);
        std::optional<core::keys::TemplateFit> fit;
    };
    using Sample = core::keys::TemplateFit::Sample;

    static Entry entryOf(const QString& name, const QString& text, const QString& ttl);
    static QList<RowModel<Entry>::Column> entryColumns();
    static QList<RowModel<Sample>::Column> sampleColumns();
    QWidget* makeList();
    QWidget* makeForm();
    QWidget* makeTest();
    void load();
    void add();
    void removeCurrent();
    int current() const;
    void showCurrent();
    void takeEdit();
    void showMistake();
    void followIndex();
    void scan();
    void tryKeys();
    void showFits(const QList<core::keys::TemplateFit>& fits);
    void showFit();
    bool hasScan() const;
    void tryRequest();

    Workspace* m_workspace;
    RowModel<Entry>* m_entries;
    RowModel<Sample>* m_samples;
    TableView* m_list;
    TableView* m_sampleTable;
    QLineEdit* m_name;
    QLineEdit* m_text;
    QLineEdit* m_ttl;
    QLineEdit* m_target;
    FormField* m_nameField;
    FormField* m_textField;
    FormField* m_ttlField;
    QPushButton* m_remove;
    QPushButton* m_scan; // while no key was scanned
    Label* m_sentence;
    Label* m_requestResult;
    TemplateFits* m_fits;
    bool m_showing = false; // fields are filled, not edited
};

}
