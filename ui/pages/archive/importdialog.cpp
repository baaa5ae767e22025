// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/archive/importdialog.h"

#include "core/base/bytes.h"
#include "core/base/format.h"
#include "ui/pages/archive/importrun.h"
#include "ui/shell/placeline.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"
#include "ui/widgets/messagestrip.h"
#include "ui/widgets/progressbar.h"
#include "ui/widgets/segmentedcontrol.h"

#include <QDateTime>
#include <QDir>
#include <QFileDialog>
#include <QLineEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

using core::archive::Conflict;
using core::archive::ImportCheck;
using core::archive::ImportPreview;

namespace {
    QString typesText(const ImportPreview& preview)
    {
        QStringList types;
        for (auto at = preview.types.cbegin(); at != preview.types.cend(); ++at)
            types << core::formatCount(at.value()) + u' ' + core::displayText(at.key());
        return types.join(QStringLiteral(", "));
    }

    QString previewText(const ImportPreview& preview, Conflict conflict)
    {
        const bool skips = conflict == Conflict::Skip;
        const QString madeAt = QDateTime::fromMSecsSinceEpoch(preview.header.madeAtMs).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
        QStringList lines {ImportDialog::tr("Archive of %1 from Redis %2: %3 (%4). Its checksum is right.")
                               .arg(madeAt, core::displayText(preview.header.serverVersion.toUtf8()), counted(preview.keys, ImportDialog::tr("key"), ImportDialog::tr("keys")), typesText(preview)),
            ImportDialog::tr("To write: %1 by RESTORE, %2 by value.")
                .arg(core::formatCount(skips ? preview.newByRestore() : preview.byRestore), core::formatCount(skips ? preview.newByValue() : preview.byValue))};
        if (preview.existing > 0)
            lines << (skips ? ImportDialog::tr("Existing here, and left as they are: %1.")
                            : ImportDialog::tr("Existing here, and replaced, so that their values are lost: %1."))
                         .arg(core::formatCount(preview.existing));
        const std::pair<QString, qint64> more[] {{ImportDialog::tr("their time ended meanwhile"), preview.expired},
            {ImportDialog::tr("they vanished while they were exported"), preview.incomplete},
            {ImportDialog::tr("no logical value, and a DUMP that this server does not take"), preview.unusable}};
        for (const auto& [why, count] : more) {
            if (count > 0)
                lines << ImportDialog::tr("Left out: %1, %2.").arg(core::formatCount(count), why);
        }
        return lines.join(u'\n');
    }
}

ImportDialog::ImportDialog(Workspace* workspace, QWidget* parent)
    : QDialog(parent)
    , m_workspace(workspace)
    , m_file(makeField(tr("Archive")))
    , m_progress(new ProgressBar)
    , m_text(new Label)
    , m_problem(new MessageStrip({}))
    , m_conflict(new SegmentedControl(tr("Keys that exist"), {tr("Leave existing keys"), tr("Replace them")}))
    , m_name(makeField(tr("Name to confirm")))
    , m_run(makeButton(tr("Import"), QStringLiteral("upload"), ButtonKind::Primary))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Import keys into database %1").arg(workspace->profile().endpoint.database));
    const QString name = workspace->profile().name;
    m_guard = {workspace->isProduction(), workspace->isReadOnly(), name.isEmpty() ? core::endpointLabel(workspace->session()->endpoint()) : name};
    setupRows();
    connect(workspace, &Workspace::disconnected, this, &QDialog::reject);
    connect(workspace, &Workspace::databaseChanged, this, &QDialog::reject);
    connect(m_conflict, &SegmentedControl::currentChanged, this, [this] {
        showPreview();
        judge();
    });
    connect(m_name, &QLineEdit::textChanged, this, &ImportDialog::judge);
    judge();
}

void ImportDialog::setupRows()
{
    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->setContentsMargins(20, 20, 20, 20);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setMinimumWidth(480);
    m_name->setPlaceholderText(tr("Type %1 to import into production").arg(m_guard.confirmName));
    column->addWidget(new PlaceLine(m_workspace));
    column->addWidget(makeFileRow());
    column->addWidget(m_progress);
    column->addWidget(m_text);
    column->addWidget(m_problem);
    column->addWidget(m_conflict, 0, Qt::AlignLeft);
    column->addWidget(m_name);
    column->addStretch(1);
    column->addWidget(makeButtons());
    showIntroduction();
}

void ImportDialog::showIntroduction()
{
    m_text->setText(tr("Choose an archive made by Export or \"cachelight export\". It is checked whole; nothing is written before you confirm what is shown then."));
    m_text->show();
    for (QWidget* widget : QList<QWidget*> {m_progress, m_problem, m_conflict, m_name})
        widget->hide();
}

QWidget* ImportDialog::makeFileRow()
{
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    connect(m_file, &QLineEdit::textEdited, this, &ImportDialog::forget);
    connect(m_file, &QLineEdit::editingFinished, this, [this] {
        if (const QString typed = m_file->text().trimmed(); m_checked.isEmpty() && !typed.isEmpty())
            check(QDir::fromNativeSeparators(typed));
    });
    QPushButton* browse = makeButton(tr("Choose…"));
    browse->setAutoDefault(false); // Return in the field is for the field
    connect(browse, &QPushButton::clicked, this, &ImportDialog::choose);
    line->addWidget(m_file, 1);
    line->addWidget(browse);
    return row;
}

QWidget* ImportDialog::makeButtons()
{
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    QPushButton* cancel = makeButton(tr("Cancel"));
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_run, &QPushButton::clicked, this, &ImportDialog::accept);
    cancel->setAutoDefault(false);
    m_run->setAutoDefault(false);
    line->addStretch(1);
    line->addWidget(cancel);
    line->addWidget(m_run);
    return row;
}

void ImportDialog::choose()
{
    auto* dialog = new QFileDialog(this, tr("Import"), m_file->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &ImportDialog::check);
    dialog->open();
}

// What was checked is another file than the one that is being typed.
void ImportDialog::forget()
{
    delete m_check;
    m_archive.reset();
    m_checked.clear();
    showIntroduction();
    judge();
}

void ImportDialog::check(const QString& file)
{
    forget();
    m_checked = file;
    m_file->setText(QDir::toNativeSeparators(file));
    m_check = new ImportCheck(m_workspace->session(), file, {!m_workspace->isReadOnly(), {}}, this);
    connect(m_check, &core::Job::finished, this, &ImportDialog::onChecked);
    connect(m_check, &core::Job::progressed, m_progress, &ProgressBar::setProgress);
    m_progress->show();
    m_text->setText(tr("Reading and checking the archive."));
    m_check->start();
    judge();
}

void ImportDialog::onChecked()
{
    m_progress->hide();
    m_check->deleteLater();
    if (m_check->outcome()) {
        m_archive = m_check->archive();
        m_conflict->setVisible(m_archive->preview.existing > 0);
        m_name->setVisible(m_guard.production);
        showPreview();
    } else {
        StripText problem = stripForError(m_check->outcome().error());
        problem.closable = false;
        m_problem->setText(problem);
        m_problem->show();
        m_text->hide();
    }
    judge();
}

void ImportDialog::showPreview()
{
    if (m_archive)
        m_text->setText(previewText(m_archive->preview, m_conflict->current() == 0 ? Conflict::Skip : Conflict::Replace));
}

core::Result<void> ImportDialog::allowed() const
{
    return core::invalidate::allow({}, m_guard, true, m_name->text());
}

// The name unlocks this run, not the session.
core::redis::WritePermit ImportDialog::permit() const
{
    return m_guard.production ? core::redis::Session::permitWrites() : core::redis::WritePermit();
}

void ImportDialog::judge()
{
    const int wanted = isVisible() ? width() : minimumSizeHint().width();
    resize(wanted, std::max(isVisible() ? height() : 0, layout()->totalHeightForWidth(wanted))); // for the text that wraps
    setButtonKind(m_run, m_conflict->current() == 1 ? ButtonKind::Danger : ButtonKind::Primary);
    m_run->setEnabled(m_archive && m_archive->preview.toWrite() > 0 && allowed().has_value());
    m_run->setToolTip(m_workspace->isReadOnly() && !m_guard.production ? tr("This connection is read-only") : QString());
}

void ImportDialog::accept()
{
    if (!m_archive || !allowed() || !m_workspace->isOpen())
        return;
    const ImportRun::Options options {QDir::toNativeSeparators(m_checked), m_conflict->current() == 0 ? Conflict::Skip : Conflict::Replace, permit()};
    new ImportRun(m_workspace, m_archive, options); // deletes itself
    QDialog::accept();
}

}
