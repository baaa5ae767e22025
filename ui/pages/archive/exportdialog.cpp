// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/archive/exportdialog.h"

#include "core/base/bytes.h"
#include "ui/pages/archive/exportrun.h"
#include "ui/shell/placeline.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"
#include "ui/widgets/messagestrip.h"

#include <QCheckBox>
#include <QDate>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QVBoxLayout>

namespace ui {

namespace {
    QString suggestedFile(int database)
    {
        const QString name = QStringLiteral("keys-db%1-%2").arg(database).arg(QDate::currentDate().toString(Qt::ISODate));
        QString file = QDir::home().filePath(name + QStringLiteral(".ndjson"));
        for (int number = 2; QFileInfo::exists(file); ++number)
            file = QDir::home().filePath(QStringLiteral("%1-%2.ndjson").arg(name).arg(number));
        return file;
    }
}

ExportDialog::ExportDialog(Workspace* workspace, core::keys::KeyList keys, QWidget* parent)
    : QDialog(parent)
    , m_workspace(workspace)
    , m_keys(std::move(keys))
    , m_file(makeField(tr("File")))
    , m_dump(new QCheckBox(tr("With the DUMP of each key, for RESTORE on a server of this or a newer version")))
    , m_exists(new MessageStrip({Tone::Warn, tr("This file exists."), tr("The export would take its place."), {{tr("Replace it"), [this] { run(); }}}, false}))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Export %1").arg(counted(m_keys.size(), tr("key"), tr("keys"))));
    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->setContentsMargins(20, 20, 20, 20);
    column->addWidget(new PlaceLine(workspace));
    auto* what = new Label(tr("Key, type, expiry and value of each as a line of JSON, with a checksum. No file is written unless it is whole."));
    what->setWordWrap(true);
    column->addWidget(what);
    column->addWidget(makeFileRow());
    column->addWidget(m_exists);
    column->addWidget(m_dump);
    column->addWidget(makeButtons());
    m_exists->hide();
    connect(m_file, &QLineEdit::textChanged, m_exists, &QWidget::hide);
    connect(workspace, &Workspace::disconnected, this, &QDialog::reject);
    connect(workspace, &Workspace::databaseChanged, this, &QDialog::reject); // its keys are of the one before
    m_file->setText(QDir::toNativeSeparators(suggestedFile(workspace->session() ? workspace->profile().endpoint.database : 0)));
}

QWidget* ExportDialog::makeFileRow()
{
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_file, 1);
    m_file->setMinimumWidth(360);
    QPushButton* browse = makeButton(tr("Choose…"));
    connect(browse, &QPushButton::clicked, this, &ExportDialog::choose);
    line->addWidget(browse);
    return row;
}

QWidget* ExportDialog::makeButtons()
{
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->addStretch(1);
    QPushButton* cancel = makeButton(tr("Cancel"));
    QPushButton* run = makeButton(tr("Export"), QStringLiteral("download"), ButtonKind::Primary);
    run->setDefault(true);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(run, &QPushButton::clicked, this, &ExportDialog::accept);
    connect(m_file, &QLineEdit::textChanged, run, [run](const QString& file) { run->setEnabled(!file.trimmed().isEmpty()); });
    line->addWidget(cancel);
    line->addWidget(run);
    return row;
}

void ExportDialog::choose()
{
    auto* dialog = new QFileDialog(this, tr("Export to"), m_file->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave); // asks before it lets an existing file be chosen
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        m_file->setText(file);
        m_chosen = this->file();
    });
    dialog->open();
}

QString ExportDialog::file() const
{
    return QDir::fromNativeSeparators(m_file->text().trimmed());
}

void ExportDialog::accept()
{
    if (file() != m_chosen && QFileInfo::exists(file()))
        m_exists->show();
    else
        run();
}

void ExportDialog::run()
{
    if (file().isEmpty() || !m_workspace->isOpen())
        return;
    new ExportRun(m_workspace, m_keys, file(), m_dump->isChecked()); // deletes itself
    QDialog::accept();
}

}
