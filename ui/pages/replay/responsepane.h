// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/cacheheaders.h"
#include "core/replay/replay.h"
#include "ui/models/rowmodel.h"

#include <QWidget>

class QTabBar;
class QStackedWidget;

namespace ui {

class Badge;
class ElidedLabel;
class JsonView;
class Label;
class TableView;

// The answer beside what Redis holds: served body, cached value, header fields, the caches that speak in them, the key.
class ResponsePane final : public QWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ResponsePane)
public:
    explicit ResponsePane(QWidget* parent = nullptr);
    // `letGoBytes`: size of the body of a result that no longer holds what was received.
    void show(const core::replay::ReplayResult& result, std::optional<qint64> letGoBytes = {});
    using QWidget::show;

private:
    struct Field {
        QByteArray name, value;
        bool cache = false; // what some cache says of itself
    };
    void setupFields();
    void setupLayers();
    void showHead(const core::replay::ReplayResult& result, qint64 bodyBytes);
    void showBodies(const core::replay::ReplayResult& result);
    void showHeaders(const core::replay::ReplayResult& result);
    void showKeys(const core::replay::ReplayResult& result);

    Badge* m_status;
    ElidedLabel* m_fact;
    Label* m_redirects;
    QTabBar* m_tabs;
    QStackedWidget* m_stack;
    JsonView* m_body;
    JsonView* m_stored;
    TableView* m_fieldTable;
    RowModel<Field>* m_fields;
    TableView* m_layerTable;
    RowModel<core::http::CacheLayer>* m_layers;
    JsonView* m_keys;
};

}
