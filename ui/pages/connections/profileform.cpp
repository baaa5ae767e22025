// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/connections/profileform.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/cache/routes.h"
#include "core/http/client.h"
#include "core/settings/serversource.h"
#include "ui/widgets/button.h"
#include "ui/widgets/field.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

using core::settings::Environment;
using core::settings::Profile;

namespace ui {

namespace {
    // The URL field shows neither timeouts nor client certificates: what a URL does not say stays as it was, what it says is taken.
    core::Endpoint withUnsaid(core::Endpoint said, const core::Endpoint& before)
    {
        const core::Endpoint unsaid;
        for (const auto member : {&core::Endpoint::connectTimeoutMs, &core::Endpoint::replyTimeoutMs}) {
            if (said.*member == unsaid.*member)
                said.*member = before.*member;
        }
        // Certificate and key belong together: a URL that names a certificate whose file holds the key wants no other key.
        if (said.tlsCertFile.isEmpty() && said.tlsKeyFile.isEmpty()) {
            said.tlsCertFile = before.tlsCertFile;
            said.tlsKeyFile = before.tlsKeyFile;
        }
        said.tlsServerName = before.tlsServerName;
        return said;
    }

    QString sentence(const core::Error& error)
    {
        return core::displayText(core::describe(error).what);
    }
}

ProfileForm::ProfileForm(QWidget* parent)
    : QWidget(parent)
    , m_name(makeField(tr("Name"), tr("shop-prod")))
    , m_url(makeField(tr("Redis URL"), tr("redis://localhost:6379/0"), true))
    , m_password(makeField(tr("Password"), tr("for this session only")))
    , m_ca(makeField(tr("Certificate authority file"), tr("the system's store"), true))
    , m_environment(makeCombo(tr("Environment"), {tr("Development"), tr("Staging"), tr("Production: starts read-only")}))
    , m_api(makeField(tr("LightAPI URL"), tr("http://localhost:8000"), true))
    , m_config(makeField(tr("lightapi.yaml"), tr("file with the routes"), true))
    , m_endpoints(makeField(tr("Endpoints"), tr("Book=/books,ttl=60 Plain=/plain,cached=no"), true))
    , m_nameField(new FormField(tr("Name"), m_name))
    , m_urlField(new FormField(tr("Redis URL"), m_url))
    , m_apiField(new FormField(tr("LightAPI URL"), m_api))
    , m_endpointsField(new FormField(tr("Endpoints declared in Python"), m_endpoints))
    , m_connect(makeButton(tr("Connect"), QStringLiteral("connections"), ButtonKind::Primary))
    , m_test(makeButton(tr("Test"), QStringLiteral("health")))
    , m_save(makeButton(tr("Save"), QStringLiteral("check")))
    , m_remove(makeButton(tr("Remove"), QStringLiteral("trash"), ButtonKind::DangerText))
{
    m_password->setEchoMode(QLineEdit::Password);
    m_urlField->setHint(tr("rediss:// for TLS, unix:///path?db=0 for a socket"));
    m_endpointsField->setHint(tr("Separated by spaces: CLASS=ROUTE[,ttl=S][,cached=no][,vary_on=NAME]"));
    setupFields();
    setupButtons();
    setProfile({}, false);
}

void ProfileForm::setupFields()
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(20, 0, 20, 16);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    grid->addWidget(m_nameField, 0, 0);
    grid->addWidget(new FormField(tr("Environment"), m_environment), 0, 1);
    grid->addWidget(m_urlField, 1, 0, 1, 2);
    grid->addWidget(new FormField(tr("Password"), m_password), 2, 0);
    grid->addWidget(new FormField(tr("TLS: certificate authority file"), m_ca), 2, 1);
    grid->addWidget(m_apiField, 3, 0);
    grid->addWidget(new FormField(tr("Routes from lightapi.yaml"), m_config), 3, 1);
    grid->addWidget(m_endpointsField, 4, 0, 1, 2);
    for (QLineEdit* field : {m_name, m_url, m_password, m_ca, m_api, m_config, m_endpoints}) {
        connect(field, &QLineEdit::textEdited, this, [this] {
            clearErrors();
            emit edited();
        });
        connect(field, &QLineEdit::returnPressed, m_connect, &QPushButton::click);
    }
}

void ProfileForm::setupButtons()
{
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_remove);
    row->addStretch(1);
    row->addWidget(m_test);
    row->addWidget(m_save);
    row->addWidget(m_connect);
    static_cast<QGridLayout*>(layout())->addLayout(row, 5, 0, 1, 2);
    m_connect->setAccessibleName(tr("Connect to this connection"));
    connect(m_connect, &QPushButton::clicked, this, &ProfileForm::connectRequested);
    connect(m_test, &QPushButton::clicked, this, &ProfileForm::testRequested);
    connect(m_save, &QPushButton::clicked, this, &ProfileForm::saveRequested);
    connect(m_remove, &QPushButton::clicked, this, &ProfileForm::removeRequested);
}

void ProfileForm::setProfile(const Profile& profile, bool saved)
{
    m_base = profile;
    m_savedName = saved ? profile.name : QString();
    m_name->setText(profile.name);
    m_url->setText(profile.name.isEmpty() && profile.endpoint == core::Endpoint() ? QString() : core::endpointUrl(profile.endpoint));
    m_password->setText(QString::fromUtf8(profile.endpoint.password));
    m_ca->setText(profile.endpoint.tlsCaFile);
    m_environment->setCurrentIndex(static_cast<int>(profile.environment));
    m_api->setText(profile.apiUrl);
    m_config->setText(profile.lightapiConfig);
    m_endpoints->setText(profile.endpoints.join(u' '));
    m_remove->setVisible(saved);
    clearErrors();
}

void ProfileForm::clearErrors()
{
    for (FormField* field : {m_nameField, m_urlField, m_apiField, m_endpointsField})
        field->setError({});
}

void ProfileForm::setBusy(bool busy)
{
    for (QPushButton* button : {m_connect, m_test, m_save, m_remove})
        button->setEnabled(!busy);
}

core::Result<void> ProfileForm::readAddress(Profile& profile)
{
    const QString url = m_url->text().trimmed();
    const auto endpoint = core::settings::endpointFromUrl(url.isEmpty() ? QStringLiteral("redis://localhost:6379/0") : url);
    if (!endpoint) {
        m_urlField->setError(sentence(endpoint.error()));
        return core::fail(endpoint.error());
    }
    profile.endpoint = withUnsaid(*endpoint, profile.endpoint);
    if (const QString ca = m_ca->text().trimmed(); !ca.isEmpty())
        profile.endpoint.tlsCaFile = ca;
    if (!m_password->text().isEmpty())
        profile.endpoint.password = m_password->text().toUtf8();
    return {};
}

core::Result<void> ProfileForm::readApi(Profile& profile)
{
    profile.apiUrl = m_api->text().trimmed();
    if (!profile.apiUrl.isEmpty()) {
        if (const auto valid = core::http::Client::checkBaseUrl(profile.apiUrl); !valid) {
            m_apiField->setError(sentence(valid.error()));
            return valid;
        }
    }
    profile.lightapiConfig = m_config->text().trimmed();
    if (m_endpoints->text() != m_base.endpoints.join(u' ')) // one may hold a space
        profile.endpoints = m_endpoints->text().split(u' ', Qt::SkipEmptyParts);
    for (const QString& text : profile.endpoints) {
        if (const auto route = core::cache::routeFromArgument(text); !route) {
            m_endpointsField->setError(sentence(route.error()));
            return core::fail(route.error());
        }
    }
    return {};
}

core::Result<Profile> ProfileForm::profile()
{
    clearErrors();
    Profile profile = m_base;
    profile.name = m_name->text().trimmed();
    profile.environment = static_cast<Environment>(m_environment->currentIndex());
    if (const auto read = readAddress(profile); !read)
        return core::fail(read.error());
    if (const auto read = readApi(profile); !read)
        return core::fail(read.error());
    return profile;
}

}
