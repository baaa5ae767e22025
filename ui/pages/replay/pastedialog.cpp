// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/pastedialog.h"

#include "core/base/async.h"
#include "core/base/bytes.h"
#include "core/base/format.h"
#include "core/http/client.h"
#include "ui/shell/placeline.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/button.h"
#include "ui/widgets/label.h"
#include "ui/widgets/messagestrip.h"

#include <QHBoxLayout>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace ui {

using core::replay::SourcedRequest;

namespace {
    constexpr qsizetype longestTarget = 300; // shown

    // The field lays out a line as a whole: a log of megabytes would stop the window.
    constexpr qsizetype longestPaste = 64 * 1024; // characters

    class PasteField final : public QPlainTextEdit {
    public:
        explicit PasteField(std::function<void(qsizetype)> refused)
            : m_refused(std::move(refused))
        {
        }

    protected:
        void insertFromMimeData(const QMimeData* source) override
        {
            const qsizetype length = source->text().size();
            if (length > longestPaste)
                m_refused(length);
            else
                QPlainTextEdit::insertFromMimeData(source);
        }

    private:
        std::function<void(qsizetype)> m_refused;
    };

    QString nameList(const core::http::Headers& headers)
    {
        QStringList names;
        for (const auto& [name, value] : headers)
            names << core::shortDisplayText(name, 60);
        return names.join(QStringLiteral(", "));
    }
}

PasteDialog::PasteDialog(Workspace* workspace, const QStringList& methods, QWidget* parent)
    : QDialog(parent)
    , m_workspace(workspace)
    , m_methods(methods)
    , m_text(new PasteField([this](qsizetype length) { refuse(length); }))
    , m_account(new Label({}, Type::Body, Token::Text2))
    , m_problem(new MessageStrip({}))
    , m_use(makeButton(tr("Use"), QStringLiteral("check"), ButtonKind::Primary))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Request from a command, a log or a URL"));
    resize(scaled(720), scaled(460));
    setupRows();
    connect(m_text, &QPlainTextEdit::textChanged, this, &PasteDialog::read);
    connect(workspace, &Workspace::disconnected, this, &QDialog::reject);
    connect(m_use, &QPushButton::clicked, this, [this] {
        if (!m_sourced)
            return;
        SourcedRequest sourced = *m_sourced;
        if (sourced.isForeign(baseUrl()))
            sourced.request = sourced.withoutCredentials();
        accept();
        emit chosen(sourced);
    });
    read();
}

void PasteDialog::setupRows()
{
    m_text->setAccessibleName(tr("curl command, line of an access log, or URL"));
    m_text->setPlaceholderText(QStringLiteral("curl 'http://localhost:8000/products?page=1' -H 'Accept: application/json'"));
    m_text->setFont(ui::font(Type::Mono));
    m_text->setLayoutDirection(Qt::LeftToRight);
    m_text->setTabChangesFocus(true);
    m_account->setWordWrap(true);
    m_account->setAlignment(Qt::AlignLeading | Qt::AlignTop);
    m_problem->hide();
    QPushButton* cancel = makeButton(tr("Cancel"));
    for (QPushButton* button : {cancel, m_use})
        button->setAutoDefault(false);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_use);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->setContentsMargins(20, 20, 20, 20);
    column->addWidget(new PlaceLine(m_workspace));
    column->addWidget(m_text, 1);
    column->addWidget(m_problem);
    column->addWidget(m_account);
    column->addLayout(buttons);
}

QString PasteDialog::baseUrl() const
{
    return m_workspace->client() ? m_workspace->client()->options().baseUrl : QString();
}

// In a pool: what is pasted may be long and odd.
void PasteDialog::read()
{
    m_sourced.reset();
    m_use->setEnabled(false);
    m_problem->hide();
    m_account->setText(tr("Paste it above. It is read as text: nothing of it is run, and nothing is sent yet."));
    const QByteArray text = m_text->toPlainText().toUtf8();
    const quint64 turn = ++m_turn;
    if (text.trimmed().isEmpty())
        return;
    core::onFinished(QtConcurrent::run([text] { return core::replay::requestFromText(text); }), this, [this, turn](const core::Result<SourcedRequest>& sourced) {
        if (turn == m_turn)
            take(sourced);
    });
}

void PasteDialog::take(const core::Result<SourcedRequest>& sourced)
{
    if (!sourced)
        return showProblem(sourced.error());
    m_account->setText(account(*sourced));
    const QString method = QString::fromLatin1(sourced->request.method);
    if (!m_methods.contains(method)) {
        m_problem->setText({Tone::Warn, tr("%1 is not sent here.").arg(core::shortened(core::displayText(method), 40)), tr("Replay sends %1.").arg(m_methods.join(QStringLiteral(", "))), {}, false});
        return m_problem->show();
    }
    m_sourced = *sourced;
    m_use->setEnabled(true);
}

void PasteDialog::refuse(qsizetype length)
{
    m_problem->setText({Tone::Warn, tr("Not pasted: %1 characters.").arg(core::formatCount(length)), tr("One command or one line is wanted, of at most %1. Warm takes whole logs.").arg(core::formatCount(longestPaste)), {}, false});
    m_problem->show();
}

void PasteDialog::showProblem(const core::Error& error)
{
    StripText text = stripForError(error);
    text.closable = false;
    m_problem->setText(text);
    m_problem->show();
    m_account->clear();
}

QString PasteDialog::account(const SourcedRequest& sourced) const
{
    const core::http::Request bare = sourced.withoutCredentials();
    QStringList lines;
    lines << tr("%1 %2, from a %3.").arg(core::shortened(core::displayText(bare.method), 40), core::shortDisplayText(bare.target, longestTarget), core::replay::sourceKindText(sourced.kind));
    if (!bare.headers.isEmpty())
        lines << tr("Header fields: %1.").arg(nameList(bare.headers));
    if (!bare.body.isEmpty())
        lines << tr("Its body is left out: Replay sends none.");
    const QString credentials = sourced.credentialNames().join(QStringLiteral(", "));
    if (sourced.isForeign(baseUrl()))
        lines << tr("It was meant for %1; Replay sends to %2.").arg(core::displayText(sourced.origin->text()), core::displayText(baseUrl()))
                + (sourced.hasForeignQuery(baseUrl()) ? u' ' + tr("Its query goes there too: see that no secret of the other server is in it.") : QString())
                + (credentials.isEmpty() ? QString() : u' ' + tr("Its credentials (%1) are for that server, and left out.").arg(credentials));
    else if (!credentials.isEmpty())
        lines << tr("%1: not put among the header fields, but offered as an identity.").arg(credentials);
    lines << sourced.warnings;
    return lines.join(u'\n');
}

}
