// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/identityform.h"

#include "core/base/errortext.h"
#include "ui/widgets/field.h"
#include "ui/widgets/segmentedcontrol.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScopedValueRollback>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

using core::replay::IdentityKind;

namespace ui {

namespace {
    constexpr std::array kinds {IdentityKind::Bearer, IdentityKind::Basic, IdentityKind::Login, IdentityKind::Headers};
    constexpr int longestSecret = 64 * 1024; // characters: a field would cut it off at half of that, unsaid
    constexpr const char* standInSecret = "x"; // to check the rest where the kept one stays
    constexpr const char* standInFields = "X: y";
}

IdentityForm::IdentityForm(QWidget* parent)
    : QWidget(parent)
    , m_name(makeField(tr("Name"), tr("Alice, or what she may do")))
    , m_method(makeCombo(tr("Method"), {tr("Bearer token"), tr("Basic: user and password"), tr("Login for a token"), tr("Header fields")}))
    , m_user(makeField(tr("User")))
    , m_path(makeField(tr("Login path"), QStringLiteral("/auth/login"), true))
    , m_secret(makeField(tr("Secret")))
    , m_headers(new QPlainTextEdit)
    , m_place(new SegmentedControl(tr("Keep the secret"), {tr("In the key store"), tr("For this session")}))
{
    m_secret->setEchoMode(QLineEdit::Password);
    m_secret->setMaxLength(longestSecret);
    m_headers->setPlaceholderText(tr("Cookie: session=…\nX-Api-Key: …"));
    m_headers->setFont(ui::font(Type::Mono));
    m_headers->setLayoutDirection(Qt::LeftToRight);
    m_headers->setTabChangesFocus(true);
    m_headers->setFixedHeight(scaled(76));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(makeFields());
    for (QLineEdit* field : {m_name, m_user, m_path, m_secret})
        connect(field, &QLineEdit::textEdited, this, &IdentityForm::onEdited);
    connect(m_headers, &QPlainTextEdit::textChanged, this, &IdentityForm::onEdited);
    connect(m_place, &SegmentedControl::currentChanged, this, &IdentityForm::onEdited);
    connect(m_method, &QComboBox::currentIndexChanged, this, [this] {
        showMethod();
        onEdited();
    });
    showMethod();
}

QWidget* IdentityForm::makeFields()
{
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    m_nameField = new FormField(tr("Name"), m_name);
    m_userField = new FormField(tr("User"), m_user);
    m_pathField = new FormField(tr("Login path"), m_path);
    m_secretField = new FormField(tr("Secret"), m_secret);
    m_headersField = new FormField(tr("Header fields, one a line"), m_headers);
    m_placeField = new FormField(tr("Keep the secret"), m_place);
    column->addWidget(m_nameField);
    column->addWidget(new FormField(tr("Method"), m_method));
    for (FormField* field : {m_userField, m_secretField, m_headersField, m_pathField, m_placeField})
        column->addWidget(field);
    column->addStretch(1);
    return box;
}

void IdentityForm::onEdited()
{
    if (m_isFilling)
        return;
    m_isDirty = true;
    for (FormField* field : {m_nameField, m_secretField, m_headersField})
        field->setError({});
    emit edited();
}

IdentityKind IdentityForm::kind() const
{
    return kinds.at(static_cast<std::size_t>(m_method->currentIndex()));
}

void IdentityForm::showMethod()
{
    const IdentityKind now = kind();
    m_userField->setVisible(now == IdentityKind::Basic || now == IdentityKind::Login);
    m_pathField->setVisible(now == IdentityKind::Login);
    m_secretField->setVisible(now != IdentityKind::Headers);
    m_headersField->setVisible(now == IdentityKind::Headers);
    const bool isKept = m_keptMethod == core::replay::identityKindName(now);
    m_secret->setPlaceholderText(isKept ? tr("as it is kept") : now == IdentityKind::Bearer ? tr("the token, without Bearer") : tr("the password"));
    const QString hint = isKept ? tr("Leave it empty to keep the one there is.") : QString();
    m_secretField->setHint(hint);
    m_headersField->setHint(hint);
}

void IdentityForm::show(const Values& values, bool isKept, bool mayLast)
{
    const QScopedValueRollback filling(m_isFilling, true);
    m_keptMethod = isKept ? values.identity.method : QString();
    m_mayLast = mayLast;
    m_name->setText(values.identity.name);
    m_user->setText(values.identity.user);
    m_path->setText(values.identity.loginPath);
    const auto known = core::replay::identityKindFromName(values.identity.method).value_or(IdentityKind::Bearer);
    const auto at = std::ranges::find(kinds, known);
    m_method->setCurrentIndex(at == kinds.end() ? 0 : int(at - kinds.begin()));
    setSecret(values.secret);
    m_place->setSegmentEnabled(0, mayLast, tr("Only the secrets of a saved connection are kept, where the system has a key store"));
    m_place->setCurrent(values.lasts && mayLast ? 0 : 1);
    showMethod();
    for (FormField* field : {m_nameField, m_secretField, m_headersField})
        field->setError({});
    m_isDirty = !values.secret.isEmpty();
}

void IdentityForm::setSecret(const QByteArray& secret)
{
    m_secret->setText(kind() == IdentityKind::Headers ? QString() : QString::fromUtf8(secret));
    m_headers->setPlainText(kind() == IdentityKind::Headers ? QString::fromUtf8(secret) : QString());
}

QByteArray IdentityForm::secret() const
{
    return kind() == IdentityKind::Headers ? m_headers->toPlainText().trimmed().toUtf8() : m_secret->text().toUtf8();
}

core::Result<IdentityForm::Values> IdentityForm::values()
{
    Values values {{m_name->text().trimmed(), core::replay::identityKindName(kind()), {}, {}}, secret(), m_mayLast && m_place->current() == 0};
    if (kind() == IdentityKind::Basic || kind() == IdentityKind::Login)
        values.identity.user = m_user->text();
    if (kind() == IdentityKind::Login)
        values.identity.loginPath = m_path->text().trimmed();
    core::replay::Identity whole {values.identity.name, kind(), values.identity.user, values.secret};
    if (!values.identity.loginPath.isEmpty())
        whole.loginPath = values.identity.loginPath.toUtf8();
    if (values.secret.isEmpty() && m_keptMethod == values.identity.method)
        whole.secret = kind() == IdentityKind::Headers ? standInFields : standInSecret;
    const auto checked = core::replay::checkIdentity(whole);
    if (checked)
        return values;
    FormField* place = values.identity.name.isEmpty() ? m_nameField : kind() == IdentityKind::Headers ? m_headersField : m_secretField;
    const core::ErrorText text = core::describe(checked.error());
    place->setError(text.why.isEmpty() ? text.what : text.why);
    return core::fail(checked.error());
}

QString IdentityForm::name() const
{
    return m_name->text().trimmed();
}

void IdentityForm::focusName()
{
    m_name->setFocus(Qt::OtherFocusReason);
}

}
