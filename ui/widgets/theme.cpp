// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/theme.h"

#include "resources/resources.h"
#include "ui/widgets/accessibility.h"
#include "ui/widgets/style.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPointer>
#include <QToolTip>
#include <QWidget>

namespace ui {

namespace {
    // The first family that is installed. Inter and Noto are recommended packages; DejaVu is on every Debian.
    QString firstOf(const QStringList& wanted)
    {
        const QStringList families = QFontDatabase::families();
        for (const QString& family : wanted) {
            if (families.contains(family))
                return family;
        }
        return {};
    }

    const QString& uiFamily()
    {
        static const QString family = firstOf({QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans")});
        return family;
    }

    // Only families that draw "->" and "12x34" as typed; no Inter, no JetBrains Mono.
    const QString& monoFamily()
    {
        static const QString family = firstOf({QStringLiteral("Noto Sans Mono"), QStringLiteral("Noto Mono"), QStringLiteral("Hack"), QStringLiteral("DejaVu Sans Mono")});
        return family;
    }

    double& fontFactor()
    {
        static double factor = 1;
        return factor;
    }

    struct TypeRow {
        int px;
        int weight;
        bool mono;
    };
    TypeRow typeRow(Type type)
    {
        switch (type) {
        case Type::Body: return {13, 400, false};
        case Type::Medium: return {13, 500, false};
        case Type::Small: return {12, 400, false};
        case Type::SmallMedium: return {12, 500, false};
        case Type::Tiny: return {11, 400, false};
        case Type::TinyBold: return {11, 600, false};
        case Type::PageTitle: return {20, 600, false};
        case Type::CardTitle: return {14, 600, false};
        case Type::EmptyTitle: return {16, 600, false};
        case Type::Kpi: return {26, 600, false};
        case Type::KpiUnit: return {13, 500, false};
        case Type::Verdict: return {22, 700, false};
        case Type::Mono: return {12, 400, true};
        case Type::MonoBold: return {12, 600, true};
        }
        return {13, 400, false};
    }
}

Theme& Theme::instance()
{
    // A child of qApp: dies with it, so that tests may make more than one application object.
    static QPointer<Theme> theme;
    if (!theme) {
        theme = new Theme;
        theme->setParent(qApp);
    }
    return *theme;
}

Theme::Theme() = default;

void Theme::install()
{
    if (m_installed)
        return;
    m_installed = true;
    initResources();
    installAccessibility();
    const QFontInfo system(QApplication::font());
    // Every size is the table's times the reader's own font; 12 px is what Debian gives by default.
    fontFactor() = qBound(0.75, system.pixelSize() / 12.0, 3.0);
    m_systemDark = QApplication::palette().color(QPalette::Window).lightnessF() < 0.5;
    QApplication::setStyle(new Style);
    apply();
}

void Theme::setChoice(Choice choice)
{
    m_choice = choice;
    apply();
}

void Theme::setSystemDark(bool dark)
{
    m_systemDark = dark;
    apply();
}

void Theme::apply()
{
    const bool dark = m_choice == Choice::Dark || (m_choice == Choice::System && m_systemDark);
    const bool first = QApplication::font().family() != uiFamily();
    if (!m_installed || (dark == m_dark && !first))
        return;
    m_dark = dark;
    if (first)
        QApplication::setFont(font(Type::Body));
    QApplication::setPalette(palette());
    QToolTip::setPalette(palette());
    QToolTip::setFont(font(Type::Small));
    emit changed();
}

QPalette Theme::palette() const
{
    const auto c = [this](Token token) { return tokenColor(token, m_dark); };
    QPalette p;
    const QList<std::pair<QPalette::ColorRole, Token>> roles {
        {QPalette::Window, Token::Canvas}, {QPalette::WindowText, Token::Text}, {QPalette::Base, Token::Surface},
        {QPalette::AlternateBase, Token::Sunken}, {QPalette::Text, Token::Text}, {QPalette::PlaceholderText, Token::Text3},
        {QPalette::Button, Token::Surface}, {QPalette::ButtonText, Token::Text}, {QPalette::BrightText, Token::OnFill},
        {QPalette::Highlight, Token::Fill}, {QPalette::HighlightedText, Token::OnFill}, {QPalette::Link, Token::Accent},
        {QPalette::LinkVisited, Token::Accent}, {QPalette::Light, Token::Surface}, {QPalette::Midlight, Token::Hover},
        {QPalette::Mid, Token::Border}, {QPalette::Dark, Token::Outline}, {QPalette::Shadow, Token::Outline},
        {QPalette::ToolTipBase, Token::ToolTipBase}, {QPalette::ToolTipText, Token::ToolTipText}};
    for (const auto& [role, token] : roles)
        p.setColor(role, c(token));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        p.setColor(QPalette::Disabled, role, c(Token::DisabledText));
    p.setColor(QPalette::Disabled, QPalette::Base, c(Token::Sunken));
    p.setColor(QPalette::Disabled, QPalette::Highlight, c(Token::Neutral));
    return p;
}

QColor color(Token token)
{
    return tokenColor(token, Theme::instance().isDark());
}

QColor color(Token token, int alpha)
{
    QColor c = color(token);
    c.setAlpha(alpha);
    return c;
}

QFont font(Type type)
{
    const TypeRow row = typeRow(type);
    const QString& family = row.mono ? monoFamily() : uiFamily();
    QFont f = family.isEmpty() ? QFont() : QFont(family);
    f.setPixelSize(qRound(row.px * fontFactor()));
    f.setWeight(static_cast<QFont::Weight>(row.weight));
    if (row.mono)
        f.setStyleHint(QFont::Monospace);
    return f;
}

int scaled(int px)
{
    return qRound(px * fontFactor());
}

}
