// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

#include <functional>

namespace tour {

// What was tried and how it went, on the terminal as it happens and in summary.json at the end.
class Report final {
public:
    explicit Report(QString folder);

    // Runs `act`; its text is the detail. A StepFailed makes it a failure, and the tour goes on.
    bool step(const QString& name, const std::function<QString()>& act);
    void addPicture(const QString& file) { m_pictures += file; }

    QString folder() const { return m_folder; }
    int failed() const;
    // Writes summary.json and prints the last line. False: the file could not be written.
    bool finish() const;

private:
    struct Step {
        QString name;
        bool ok = false;
        QString detail;
        qint64 ms = 0;
    };
    QString m_folder;
    QList<Step> m_steps;
    QStringList m_pictures;
};

}
