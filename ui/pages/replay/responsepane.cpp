// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/responsepane.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/cache/entryvalue.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/card.h"
#include "ui/widgets/jsonview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/tableview.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

using core::cache::EntryValue;
using core::http::CacheLayer;
using core::http::Response;
using core::replay::ReplayResult;

namespace ui {

namespace {
    // Laid out and shown by one rule, so that served and cached can be compared by eye.
    void showBytes(JsonView* view, const QByteArray& bytes)
    {
        const EntryValue value = core::cache::decodeEntry(bytes);
        if (value.form == EntryValue::Form::Json || value.form == EntryValue::Form::Envelope)
            view->setJson(QString::fromUtf8(core::cache::jsonIndented(bytes)));
        else
            view->setPlain(value.form == EntryValue::Form::Text ? QString::fromUtf8(bytes) : core::displayText(bytes));
    }

    Tone statusTone(int status)
    {
        return status < 300 ? Tone::Ok : status < 400 ? Tone::Info : status < 500 ? Tone::Warn : Tone::Bad;
    }

    bool isCacheField(const QByteArray& name)
    {
        const QByteArray lower = name.toLower();
        return lower.contains("cache") || lower == "age" || lower == "via" || lower == "x-varnish";
    }

    QVariant verdictCell(const CacheLayer& layer, int role)
    {
        const Look look = verdictLook(core::http::verdictName(layer.verdict));
        switch (role) {
        case ToneRole: return static_cast<int>(look.tone);
        case IconRole: return look.icon;
        case BadgeRole: return true;
        default: return {};
        }
    }

    QString orDash(const QString& text)
    {
        return text.isEmpty() ? QStringLiteral("–") : text;
    }

    QString sizeText(const Response& response, qint64 bodyBytes)
    {
        const QString size = core::formatBytes(bodyBytes);
        if (!response.decoded)
            return size;
        return ResponsePane::tr("%1, %2 as %3").arg(size, core::formatBytes(response.encodedBytes), core::shortDisplayText(response.header("content-encoding")));
    }

    QString connectionText(const Response& response)
    {
        if (response.httpVersion.isEmpty())
            return {};
        const QString version = QStringLiteral("HTTP/") + QString::fromLatin1(response.httpVersion);
        return response.reusedConnection ? ResponsePane::tr("%1, connection used before").arg(version) : ResponsePane::tr("%1, new connection").arg(version);
    }

    // Where it leads, and what led here.
    QString redirectText(const Response& response)
    {
        QStringList parts;
        for (const core::http::Redirect& hop : response.redirects)
            parts << ResponsePane::tr("%1 to %2, followed").arg(hop.status).arg(core::shortDisplayText(hop.location));
        const QString here = core::http::redirectSentence(response);
        if (!here.isEmpty())
            parts << here;
        return parts.join(u'\n');
    }

    constexpr int fieldsTab = 2;
    constexpr int layersTab = 3;
}

ResponsePane::ResponsePane(QWidget* parent)
    : QWidget(parent)
    , m_status(new Badge)
    , m_fact(new ElidedLabel(Type::Small, Token::Text2))
    , m_redirects(new Label({}, Type::Small, Token::Text2))
    , m_tabs(new QTabBar)
    , m_stack(new QStackedWidget)
    , m_body(new JsonView(tr("Served body")))
    , m_stored(new JsonView(tr("Cached value")))
    , m_fieldTable(new TableView(tr("Header fields")))
    , m_layerTable(new TableView(tr("Caches on the way, nearest the app first")))
    , m_keys(new JsonView(tr("Keys")))
{
    setupFields();
    setupLayers();
    for (const QString& title : {tr("Served"), tr("Cached"), tr("Headers"), tr("Caches"), tr("Keys")})
        m_tabs->addTab(title);
    m_tabs->setAccessibleName(tr("Parts of the answer"));
    for (QWidget* view : QList<QWidget*> {m_body, m_stored, m_fieldTable, m_layerTable, m_keys})
        m_stack->addWidget(view);
    connect(m_tabs, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    auto* card = new Card;
    auto* head = new QWidget;
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(16, 14, 16, 6);
    row->setSpacing(10);
    row->addWidget(m_status);
    row->addWidget(m_fact, 1);
    m_redirects->setWordWrap(true);
    m_redirects->setContentsMargins(16, 0, 16, 6);
    m_redirects->hide();
    card->body()->addWidget(head);
    card->body()->addWidget(m_redirects);
    card->body()->addWidget(m_tabs);
    card->body()->addWidget(m_stack, 1);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(card);
}

void ResponsePane::setupFields()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    m_fields = new RowModel<Field>({{tr("Field"), left, [](const Field& f) { return core::displayText(f.name); },
                                        [](const Field& f, int role) { return role == ToneRole && f.cache ? QVariant(static_cast<int>(Tone::Accent)) : QVariant(); }},
                                       {tr("Value"), left, [](const Field& f) { return core::shortDisplayText(f.value); },
                                           [](const Field& f, int role) { return role == BytesRole ? QVariant(f.value) : QVariant(); }}},
        this);
    m_fieldTable->setModel(m_fields);
    m_fieldTable->setColumnWidths({160, 200});
    m_fieldTable->setStretchColumn(1, 160);
}

void ResponsePane::setupLayers()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    const auto bytes = [](const QByteArray& text, int role) { return role == BytesRole ? QVariant(text) : QVariant(); };
    m_layers = new RowModel<CacheLayer>({{tr("Cache"), left, [](const CacheLayer& l) { return core::shortened(l.name); }},
                                            {tr("Says"), left, [](const CacheLayer& l) { return core::http::verdictName(l.verdict); }, verdictCell},
                                            {tr("Time left"), Qt::AlignRight | Qt::AlignVCenter, [](const CacheLayer& l) { return l.ttlS ? tr("%1 s").arg(*l.ttlS) : QStringLiteral("–"); }},
                                            {tr("Detail"), left, [](const CacheLayer& l) { return orDash(core::shortened(l.detail)); }},
                                            {tr("Key"), left, [](const CacheLayer& l) { return l.key ? core::shortDisplayText(*l.key) : QStringLiteral("–"); },
                                                [bytes](const CacheLayer& l, int role) { return l.key ? bytes(*l.key, role) : QVariant(); }},
                                            {tr("As written"), left, [](const CacheLayer& l) { return core::shortDisplayText(l.raw); },
                                                [bytes](const CacheLayer& l, int role) { return bytes(l.raw, role); }}},
        this);
    m_layerTable->setModel(m_layers);
    m_layerTable->setColumnWidths({118, 114, 76, 200, 130, 140});
    m_layerTable->setStretchColumn(3, 100);
    m_layerTable->setHideOrder({4, 2, 5});
}

void ResponsePane::show(const ReplayResult& result, std::optional<qint64> letGoBytes)
{
    showHead(result, letGoBytes.value_or(result.response ? result.response->body.size() : 0));
    if (letGoBytes) {
        for (JsonView* view : {m_body, m_stored})
            view->setPlain(tr("No longer held: newer answers needed the room. Header fields went with it. Send the request again to see them."));
    } else {
        showBodies(result);
    }
    showHeaders(result);
    showKeys(result);
}

void ResponsePane::showBodies(const ReplayResult& result)
{
    showBytes(m_body, result.response ? result.response->body : QByteArray());
    if (result.storedAfter.isEmpty())
        m_stored->setPlain(result.after.exists ? tr("The key holds an empty value or a type that is not a string.") : tr("Redis holds no entry under the predicted key."));
    else
        showBytes(m_stored, result.storedAfter);
}

void ResponsePane::showHeaders(const ReplayResult& result)
{
    QList<Field> fields;
    QList<CacheLayer> layers;
    if (result.response) {
        for (const auto& [name, value] : result.response->headers)
            fields << Field {name, value, isCacheField(name)};
        layers = core::http::cacheLayers(result.response->headers);
    }
    m_fields->setRows(fields);
    m_layers->setRows(layers);
    m_tabs->setTabText(fieldsTab, tr("Headers %1").arg(fields.size()));
    m_tabs->setTabText(layersTab, layers.isEmpty() ? tr("Caches") : tr("Caches %1").arg(layers.size()));
}

void ResponsePane::showHead(const ReplayResult& result, qint64 bodyBytes)
{
    m_redirects->setText(result.response ? redirectText(*result.response) : QString());
    m_redirects->setVisible(!m_redirects->text().isEmpty());
    if (!result.response) {
        m_status->set(tr("NO ANSWER"), Tone::Bad, QStringLiteral("octagon-x"));
        const core::ErrorText text = core::describe(result.response.error());
        m_fact->setText(core::displayText(text.why.isEmpty() ? text.advice : text.why));
        return;
    }
    const core::http::Response& response = *result.response;
    const Tone tone = statusTone(response.status);
    m_status->set(QString(QString::number(response.status) + u' ' + core::displayText(response.reasonPhrase)).trimmed(), tone, toneIcon(tone));
    const QStringList facts {QStringLiteral("%1 ms").arg(response.timing.total, 0, 'f', 1), sizeText(response, bodyBytes), core::shortDisplayText(response.header("content-type")), connectionText(response)};
    QString line;
    for (const QString& fact : facts)
        line += fact.isEmpty() || line.isEmpty() ? fact : QString(QStringLiteral("   ") + fact);
    m_fact->setText(line);
}

void ResponsePane::showKeys(const ReplayResult& result)
{
    QStringList lines;
    for (const core::cache::Prediction& prediction : result.forecast.predictions)
        lines << tr("predicted  %1  (%2, %3)").arg(core::displayText(prediction.key), prediction.scheme, core::cache::confidenceName(prediction.confidence));
    if (result.forecast.wouldBeKey)
        lines << tr("would be   %1  (this class is not cached)").arg(core::displayText(*result.forecast.wouldBeKey));
    lines << (result.verdict.storedKey ? tr("stored     %1").arg(core::displayText(*result.verdict.storedKey)) : tr("stored     no key seen"));
    lines << tr("cached     %1").arg(core::cache::cachedName(result.forecast.cached));
    m_keys->setPlain(lines.join(u'\n'));
}

}
