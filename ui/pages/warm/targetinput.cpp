// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/warm/targetinput.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/base/inputfile.h"
#include "ui/pages/warm/sourcepanels.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/counted.h"
#include "ui/widgets/field.h"
#include "ui/widgets/label.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <QtConcurrentRun>

#include <chrono>

namespace ui {

namespace {
    constexpr qint64 maxFileBytes = 64'000'000;
    constexpr int maxConcurrency = 16; // of the HTTP client
    // A longer text is read after a pause of typing, and on a pool.
    constexpr int readAtOnce = 20'000;
    constexpr std::chrono::milliseconds typingPause {250};

    core::Result<QByteArray> contentsOf(const QString& name)
    {
        auto bytes = core::readRegular(name, {maxFileBytes, TargetInput::tr("Split it, or warm the file with \"cachelight warm --file\".")});
        // The field holds text: other bytes would be replaced, and another target would be requested without a word.
        if (bytes && !core::isUtf8(*bytes))
            return core::fail(core::Code::File, core::Reason::FileDamaged, name, TargetInput::tr("it holds bytes that are not UTF-8; percent-encode them, or warm the file with \"cachelight warm\""));
        return bytes;
    }
}

TargetInput::TargetInput(QWidget* parent)
    : QWidget(parent)
    , m_sources(new SourcePanels(makeList()))
    , m_textFact(new Label({}, Type::Small, Token::Text2))
{
    connect(m_sources, &SourcePanels::changed, this, [this] { showTargets(m_targets); });
    m_textFact->setWordWrap(true);
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(16, 0, 16, 16);
    column->setSpacing(12);
    column->addWidget(m_sources, 1);
    column->addWidget(m_textFact);
    column->addLayout(makePace());
    auto* card = new Card(tr("Targets"));
    card->body()->addWidget(inner, 1);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(card);
    m_typing.setSingleShot(true);
    m_typing.setInterval(typingPause);
    connect(&m_typing, &QTimer::timeout, this, &TargetInput::parseText);
    onTextChanged();
}

QWidget* TargetInput::makeList()
{
    m_text = new QPlainTextEdit;
    m_text->setAccessibleName(tr("Request targets, one a line"));
    m_text->setPlaceholderText(tr("/products?page=1\n/products/1\n# one request target a line"));
    m_text->setFont(ui::font(Type::Mono));
    m_text->setLayoutDirection(Qt::LeftToRight);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setTabChangesFocus(true);
    connect(m_text, &QPlainTextEdit::textChanged, this, &TargetInput::onTextChanged);
    m_file = makeButton(tr("Open file…"), QStringLiteral("file"));
    connect(m_file, &QPushButton::clicked, this, &TargetInput::openFile);
    auto* list = new QWidget;
    auto* column = new QVBoxLayout(list);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(m_text, 1);
    column->addWidget(m_file, 0, Qt::AlignLeft);
    return list;
}

QLayout* TargetInput::makePace()
{
    m_concurrency = new QSpinBox;
    m_concurrency->setRange(1, maxConcurrency);
    m_concurrency->setAccessibleName(tr("Requests at once"));
    m_rate = new QSpinBox;
    m_rate->setRange(0, 10'000);
    m_rate->setSpecialValueText(tr("No limit"));
    m_rate->setAccessibleName(tr("Requests a second"));
    auto* row = new QHBoxLayout;
    row->addWidget(new FormField(tr("Requests at once"), m_concurrency));
    row->addWidget(new FormField(tr("Requests a second"), m_rate));
    return row;
}

bool TargetInput::isReady() const
{
    return !m_parsing && m_sources->isRight() && (!m_targets.targets.isEmpty() || !m_sources->isEmpty());
}

core::replay::TargetSources TargetInput::sources() const
{
    core::replay::TargetSources sources = m_sources->sources();
    if (!m_targets.targets.isEmpty())
        sources.lists << core::replay::TargetSource {tr("list"), m_targets.targets};
    return sources;
}

QString TargetInput::subject() const
{
    const QString names = m_sources->names();
    return names.isEmpty() ? tr("list") : names;
}

std::optional<qint64> TargetInput::ttlBelowMs() const
{
    return m_sources->ttlBelowMs();
}

int TargetInput::concurrency() const
{
    return m_concurrency->value();
}

int TargetInput::requestsPerS() const
{
    return m_rate->value();
}

void TargetInput::setTargets(const QList<QByteArray>& targets)
{
    m_sources->showList();
    QStringList lines;
    for (const QByteArray& target : targets)
        lines << QString::fromUtf8(target);
    m_text->setPlainText(lines.join(u'\n'));
}

void TargetInput::setPlanKeys(const core::keys::KeyList& keys)
{
    m_sources->setPlanKeys(keys);
}

void TargetInput::setCachedRoutes(int count)
{
    m_sources->setCachedRoutes(count);
}

void TargetInput::setInputEnabled(bool enabled)
{
    m_file->setEnabled(enabled);
    m_text->setReadOnly(!enabled);
    m_sources->setInputEnabled(enabled);
}

QWidget* TargetInput::field() const
{
    return m_text;
}

void TargetInput::openFile()
{
    auto* dialog = new QFileDialog(this, tr("Targets to warm"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &TargetInput::readFile);
    dialog->open();
}

void TargetInput::readFile(const QString& name)
{
    core::onFinished(QtConcurrent::run([name] { return contentsOf(name); }), this, [this](const core::Result<QByteArray>& bytes) {
        if (!bytes)
            emit fileFailed(bytes.error());
        else
            m_text->setPlainText(QString::fromUtf8(bytes->contains('\0') ? QByteArray(*bytes).replace('\0', '\n') : *bytes));
    });
}

void TargetInput::onTextChanged()
{
    ++m_textVersion;
    emit textChanged();
    if (m_text->document()->characterCount() <= readAtOnce) {
        m_typing.stop();
        showTargets(core::replay::targetsFromText(m_text->toPlainText().toUtf8()));
        return;
    }
    m_parsing = true;
    m_typing.start();
    emit changed();
}

void TargetInput::parseText()
{
    m_textFact->setText(tr("Reading the targets…"));
    m_textFact->setColour(Token::Text2);
    const auto parsing = QtConcurrent::run([text = m_text->toPlainText()] { return core::Result<core::replay::TargetList>(core::replay::targetsFromText(text.toUtf8())); });
    core::onFinished(parsing, this, [this, version = m_textVersion](const core::Result<core::replay::TargetList>& targets) {
        if (version == m_textVersion && targets)
            showTargets(*targets);
    });
}

void TargetInput::showTargets(const core::replay::TargetList& targets)
{
    m_targets = targets;
    m_parsing = false;
    QString fact = tr("%1. Only GET is sent: HEAD would empty the cache.").arg(counted(m_targets.targets.size(), tr("target"), tr("targets")));
    if (!m_targets.errors.isEmpty()) {
        const core::ErrorText error = core::describe(m_targets.errors.first());
        fact = tr("%1 cannot be used and are left out. First: %2 %3")
                   .arg(counted(m_targets.errors.size(), tr("line"), tr("lines")), core::displayText(error.what), core::displayText(error.why));
    }
    if (const QString others = m_sources->names(); !others.isEmpty())
        fact = tr("%1 And from: %2.").arg(fact, others);
    m_textFact->setText(fact);
    m_textFact->setColour(m_targets.errors.isEmpty() ? Token::Text2 : Token::Bad);
    emit changed();
}

}
