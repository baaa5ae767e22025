// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/collection.h"

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;

namespace ui {

class FormField;

// What a request is called and what is expected of its answer. Only what can be saved is handed out; a field says what cannot.
class ExpectationForm final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ExpectationForm)
public:
    explicit ExpectationForm(QWidget* parent = nullptr);
    // Nothing is signalled for it.
    void setRequest(const core::replay::SavedRequest& request);

signals:
    void edited(const core::replay::SavedRequest& request);

private:
    void onChanged();
    bool readHeaders(core::http::Headers& headers);
    QSpinBox* makeSeconds(const QString& name);

    core::replay::SavedRequest m_request; // as it was given, and edited since
    bool m_filling = false;
    QLineEdit* m_name;
    QSpinBox* m_status;
    QComboBox* m_verdict;
    QSpinBox* m_minTtl;
    QSpinBox* m_maxTtl;
    QDoubleSpinBox* m_latency;
    QPlainTextEdit* m_headers;
    FormField* m_minTtlField;
    FormField* m_headersField;
};

}
