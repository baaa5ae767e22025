// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/collectionfiles.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "ui/widgets/stripstack.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QWidget>
#include <QtConcurrentRun>

#include <utility>

using core::replay::Collection;
using core::replay::LoadedCollection;
using core::replay::StoredCollection;

namespace ui {

namespace {
    const QString fileStrip = QStringLiteral("collection-file");

    QString shownName(const QString& file)
    {
        return core::displayText(QFileInfo(file).fileName());
    }

    QFileDialog* makeDialog(const QString& title, QWidget* parent)
    {
        auto* dialog = new QFileDialog(parent, title);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setNameFilters({CollectionFiles::tr("Collections (*.json)"), CollectionFiles::tr("All files (*)")});
        dialog->setDefaultSuffix(QStringLiteral("json"));
        return dialog;
    }
}

CollectionFiles::CollectionFiles(Source source, StripStack* strips, QWidget* parent)
    : QObject(parent)
    , m_source(std::move(source))
    , m_strips(strips)
{
}

void CollectionFiles::noteEdit()
{
    ++m_version;
    emit stateChanged();
}

void CollectionFiles::whenSettled(std::function<void()> then)
{
    if (m_busy)
        return;
    m_strips->remove(fileStrip);
    if (!isChanged())
        return then();
    const QString what = m_file.isEmpty() ? tr("This collection is not saved.") : tr("The changes of %1 are not saved.").arg(shownName(m_file));
    m_strips->show(fileStrip, {Tone::Warn, what, tr("They would be lost."),
                                  {{tr("Save first"), [this, then] {
                                        m_strips->remove(fileStrip);
                                        m_then = then;
                                        writeOrChoose();
                                    }},
                                      {tr("Discard them"), [this, then] {
                                           m_strips->remove(fileStrip);
                                           then();
                                       }}}});
}

void CollectionFiles::chooseAndOpen()
{
    whenSettled([this] {
        QFileDialog* dialog = makeDialog(tr("Open a collection"), static_cast<QWidget*>(parent()));
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, this, &CollectionFiles::read);
        dialog->open();
    });
}

void CollectionFiles::open(const QString& file)
{
    whenSettled([this, file] { read(file); });
}

void CollectionFiles::startAnew()
{
    whenSettled([this] { show({}, {}, {}); });
}

void CollectionFiles::read(const QString& file)
{
    if (std::exchange(m_busy, true))
        return;
    emit stateChanged();
    core::onFinished(QtConcurrent::run([file] { return core::replay::loadCollection(file); }), this, [this, file](const core::Result<LoadedCollection>& loaded) {
        m_busy = false;
        if (loaded)
            show(loaded->collection, file, loaded->digest);
        else
            m_strips->showError(fileStrip, loaded.error(), [this, file] { open(file); });
        emit stateChanged();
    });
}

void CollectionFiles::show(const Collection& collection, const QString& file, const QByteArray& digest)
{
    m_file = file;
    m_digest = digest;
    emit opened(collection);
    m_savedVersion = m_version;
    emit stateChanged();
}

void CollectionFiles::save()
{
    m_then = {};
    writeOrChoose();
}

void CollectionFiles::chooseAndSave()
{
    m_then = {};
    chooseTarget();
}

void CollectionFiles::writeOrChoose()
{
    m_file.isEmpty() ? chooseTarget() : write(m_file, m_digest);
}

void CollectionFiles::chooseTarget()
{
    QFileDialog* dialog = makeDialog(tr("Save the collection"), static_cast<QWidget*>(parent()));
    dialog->setAcceptMode(QFileDialog::AcceptSave); // asks before it lets an existing file be chosen
    connect(dialog, &QFileDialog::fileSelected, this, &CollectionFiles::saveAs);
    connect(dialog, &QFileDialog::rejected, this, [this] { m_then = {}; });
    dialog->open();
}

void CollectionFiles::saveAs(const QString& file)
{
    write(file, file == m_file ? std::optional(m_digest) : std::nullopt);
}

void CollectionFiles::write(const QString& file, const std::optional<QByteArray>& known)
{
    if (std::exchange(m_busy, true))
        return;
    m_strips->remove(fileStrip);
    emit stateChanged();
    const auto storing = QtConcurrent::run([collection = m_source(), file, known] { return core::replay::storeCollection(collection, file, known); });
    core::onFinished(storing, this, [this, file, version = m_version](const core::Result<StoredCollection>& stored) { onWritten(stored, file, version); });
}

void CollectionFiles::onWritten(const core::Result<StoredCollection>& stored, const QString& file, quint64 version)
{
    m_busy = false;
    const auto then = std::exchange(m_then, {});
    if (!stored) {
        m_strips->showError(fileStrip, stored.error());
    } else if (stored->changedMeanwhile) {
        m_then = then;
        askOverwrite(file);
    } else {
        m_file = file;
        m_digest = stored->digest;
        m_savedVersion = version;
        if (then)
            whenSettled(then); // something may have been typed while it was written
    }
    emit stateChanged();
}

void CollectionFiles::askOverwrite(const QString& file)
{
    m_strips->show(fileStrip, {Tone::Warn, tr("%1 was changed on disk since it was read here.").arg(shownName(file)), tr("Saving now would overwrite that; \"Save as\" keeps both."),
                                  {{tr("Overwrite it"), [this, file] { write(file, {}); }}, {tr("Read it, discard mine"), [this, file] {
                                                                                                  m_strips->remove(fileStrip);
                                                                                                  m_then = {};
                                                                                                  read(file);
                                                                                              }}}});
}

}
