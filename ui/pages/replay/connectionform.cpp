// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/connectionform.h"

#include "ui/widgets/field.h"
#include "ui/widgets/label.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <array>

using core::http::HttpVersion;

namespace ui {

namespace {
    constexpr std::array versions {HttpVersion::Auto, HttpVersion::Http1, HttpVersion::Http2};
    constexpr int mostRedirects = 5;
    const QByteArray codings = "gzip, deflate";
}

ConnectionForm::ConnectionForm(QWidget* parent)
    : QWidget(parent)
    , m_version(makeCombo(tr("HTTP version"), {tr("As agreed"), QStringLiteral("HTTP/1.1"), QStringLiteral("HTTP/2")}))
    , m_ownConnection(new QCheckBox(tr("A new connection for each request")))
    , m_follow(new QCheckBox(tr("Follow redirects to the same server")))
    , m_compressed(new QCheckBox(tr("Ask for gzip or deflate")))
    , m_proxy(makeField(tr("Proxy"), tr("http://127.0.0.1:3128"), true))
{
    setPlainToolTip(m_version, tr("As agreed: HTTP/2 where the TLS handshake offers it, else 1.1. HTTP/2 without TLS is sent without asking, and a server that does not speak it gives no usable answer."));
    setPlainToolTip(m_follow, tr("%1 at most. What is answered then is another target, so that no verdict is given.").arg(mostRedirects));
    setPlainToolTip(m_proxy, tr("Asked for a tunnel, so that the target passes as typed. A proxy of the environment is never used."));
    auto* checks = new QVBoxLayout;
    checks->setSpacing(2);
    for (QCheckBox* box : {m_ownConnection, m_follow, m_compressed})
        checks->addWidget(box);
    auto* row = new QHBoxLayout;
    row->setSpacing(16);
    row->addWidget(new FormField(tr("HTTP version"), m_version));
    row->addLayout(checks);
    row->addWidget(new FormField(tr("Proxy"), m_proxy), 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(row);
    column->addWidget(new Label(tr("For what Request and Series send."), Type::Small, Token::Text2));
    connect(m_version, &QComboBox::currentIndexChanged, this, &ConnectionForm::changed);
    for (QCheckBox* box : {m_ownConnection, m_follow, m_compressed})
        connect(box, &QCheckBox::toggled, this, &ConnectionForm::changed);
    connect(m_proxy, &QLineEdit::textChanged, this, [this] {
        setFieldBad(m_proxy, !proxy());
        emit changed();
    });
}

core::http::Sending ConnectionForm::sending() const
{
    core::http::Sending sending;
    sending.version = versions.at(static_cast<std::size_t>(m_version->currentIndex()));
    sending.ownConnection = m_ownConnection->isChecked();
    sending.maxRedirects = m_follow->isChecked() ? mostRedirects : 0;
    if (m_compressed->isChecked())
        sending.acceptEncoding = codings;
    return sending;
}

core::Result<QString> ConnectionForm::proxy() const
{
    const QString url = m_proxy->text().trimmed();
    if (url.isEmpty())
        return url;
    if (const auto ok = core::http::Client::checkBaseUrl(url); !ok)
        return core::fail(ok.error());
    return url;
}

int ConnectionForm::changes() const
{
    return int(m_version->currentIndex() > 0) + int(m_ownConnection->isChecked()) + int(m_follow->isChecked()) + int(m_compressed->isChecked())
        + int(!m_proxy->text().trimmed().isEmpty());
}

void ConnectionForm::reset()
{
    m_version->setCurrentIndex(0);
    for (QCheckBox* box : {m_ownConnection, m_follow, m_compressed})
        box->setChecked(false);
    m_proxy->clear();
}

}
