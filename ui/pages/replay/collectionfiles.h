// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/collectionfile.h"

#include <QObject>

#include <functional>

class QWidget;

namespace ui {

class StripStack;

// The file of the collection on screen: opens and saves it away from the window's thread, and asks before changes are lost, here or
// on disk.
class CollectionFiles final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(CollectionFiles)
public:
    using Source = std::function<core::replay::Collection()>; // what is on screen
    // `strips` outlives it; `parent` is also the dialogs'.
    CollectionFiles(Source source, StripStack* strips, QWidget* parent);

    const QString& file() const { return m_file; } // empty: none yet
    bool isChanged() const { return m_version != m_savedVersion; }
    bool isBusy() const { return m_busy; } // reading or writing
    void noteEdit();

    // Each asks first when there are changes that are not saved.
    void chooseAndOpen();
    void open(const QString& file);
    void startAnew();
    // By a dialog where there is no file yet.
    void save();
    void chooseAndSave();
    void saveAs(const QString& file);

signals:
    void opened(const core::replay::Collection& collection); // also an empty one, of startAnew()
    void stateChanged(); // of file(), isChanged() or isBusy()

private:
    // Runs `then` once nothing would be lost by it.
    void whenSettled(std::function<void()> then);
    void writeOrChoose();
    void chooseTarget();
    void read(const QString& file);
    void write(const QString& file, const std::optional<QByteArray>& known);
    void onWritten(const core::Result<core::replay::StoredCollection>& stored, const QString& file, quint64 version);
    void askOverwrite(const QString& file);
    void show(const core::replay::Collection& collection, const QString& file, const QByteArray& digest);

    Source m_source;
    StripStack* m_strips;
    QString m_file;
    QByteArray m_digest; // of what is in it, as far as we know
    quint64 m_version = 0, m_savedVersion = 0;
    bool m_busy = false;
    std::function<void()> m_then; // after the save that was asked for
};

}
