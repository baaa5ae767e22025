// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keys/keylist.h"
#include "core/replay/targetgathering.h"

#include <QWidget>

#include <optional>

class QCheckBox;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace ui {

class FormField;
class SegmentedControl;

// One panel for each kind of source; whatever is filled in counts, also while another panel is shown.
class SourcePanels final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SourcePanels)
public:
    // `list` is the first panel and belongs to the widget from now on.
    explicit SourcePanels(QWidget* list, QWidget* parent = nullptr);

    // What the other panels say; the list is the page's.
    core::replay::TargetSources sources() const;
    bool isEmpty() const; // nothing but the list is filled in
    // Entries that live shorter are wanted, too; none where nobody asked.
    std::optional<qint64> ttlBelowMs() const;
    // Of a plan that another page made, and that panel is shown; none: there is no plan any more.
    void setPlanKeys(const core::keys::KeyList& keys);
    bool isRight() const { return m_areParametersRight; } // false: a parameter cannot be read, which its field says
    QString names() const; // "/sitemap.xml, access.log, routes"; empty: none
    void setInputEnabled(bool enabled);
    // How many routes are known to be cached, said beside the choice.
    void setCachedRoutes(int count);
    void showList();

signals:
    void changed();

private:
    QWidget* makeSitemap();
    QWidget* makeAccessLog();
    QWidget* makeRoutes();
    QWidget* makeKeys();
    void chooseLog();
    void readParameters();
    void onChanged();

    SegmentedControl* m_choice;
    QStackedWidget* m_panels;
    QLineEdit* m_sitemap = nullptr;
    QLineEdit* m_log = nullptr;
    QPushButton* m_chooseLog = nullptr;
    QSpinBox* m_top = nullptr;
    QCheckBox* m_routes = nullptr;
    QCheckBox* m_pages = nullptr;
    QPlainTextEdit* m_parametersText = nullptr;
    FormField* m_parametersField = nullptr;
    QCheckBox* m_plan = nullptr;
    QSpinBox* m_ttlBelow = nullptr;
    core::keys::KeyList m_planKeys;
    core::cache::QueryPairs m_parameters;
    bool m_areParametersRight = true;
};

}
