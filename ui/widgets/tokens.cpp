// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tokens.h"

#include <array>
#include <cmath>

namespace ui {

namespace {
    struct Pair {
        QRgb light, dark;
    };
    constexpr QRgb rgb(unsigned value) { return 0xff000000u | value; }

    // In the order of Token.
    constexpr std::array<Pair, static_cast<std::size_t>(Token::Count)> table {{
        {rgb(0xF3F5F8), rgb(0x101318)}, // Canvas: window
        {rgb(0xFFFFFF), rgb(0x181C23)}, // Surface: cards, tables, fields, bars
        {rgb(0xEAEDF2), rgb(0x13171D)}, // Sunken: rail
        {rgb(0xEEF1F6), rgb(0x222832)}, // Hover: hovered row, quiet button
        {rgb(0xE1E8FD), rgb(0x263463)}, // Selected: row, checked
        {rgb(0xE8EBF0), rgb(0x272D37)}, // Neutral: badge, bar track
        {rgb(0xD9DEE7), rgb(0x2C333E)}, // Border: decoration only
        {rgb(0x7E8797), rgb(0x6F798A)}, // Outline: fields, check boxes
        {rgb(0x1A202C), rgb(0xE8EBF1)}, // Text
        {rgb(0x454F5F), rgb(0xB4BCCA)}, // Text2: labels
        {rgb(0x5E687A), rgb(0x98A2B2)}, // Text3: axes, hints
        {rgb(0x9AA3B1), rgb(0x5C6574)}, // DisabledText
        {rgb(0x3452D6), rgb(0x91A6FF)}, // Accent: links, ring, bars, selected icon
        {rgb(0x3654DB), rgb(0x4463E6)}, // Fill: primary button
        {rgb(0x2A44BE), rgb(0x3D5ADA)}, // FillHover
        {rgb(0xFFFFFF), rgb(0xFFFFFF)}, // OnFill
        {rgb(0xC4303A), rgb(0xCF3F49)}, // Danger: filled red
        {rgb(0xA8252E), rgb(0xC03A44)}, // DangerHover
        {rgb(0x0F7245), rgb(0x52C98F)}, // Ok
        {rgb(0xDDF3E6), rgb(0x15332A)}, // OkSoft
        {rgb(0x8A5300), rgb(0xEBB350)}, // Warn
        {rgb(0xFDF0D3), rgb(0x3A2E16)}, // WarnSoft
        {rgb(0xBE2831), rgb(0xFF8286)}, // Bad
        {rgb(0xFDE5E5), rgb(0x46222B)}, // BadSoft
        {rgb(0x1562AF), rgb(0x74B9F7)}, // Info
        {rgb(0xE0EFFC), rgb(0x17314C)}, // InfoSoft
        {rgb(0x3D63E2), rgb(0x7F9AFF)}, // Series1: reads, memory
        {rgb(0x0A877F), rgb(0x3CC7BC)}, // Series2: hits
        {rgb(0xBE5D08), rgb(0xF2A154)}, // Series3: writes, evicted
        {rgb(0xA53C98), rgb(0xE08FD8)}, // Series4: expired
        {rgb(0x6B7482), rgb(0x99A3B3)}, // Series5: reference lines, always dashed
        {rgb(0x1F2633), rgb(0x2A313C)}, // ToolTipBase
        {rgb(0xF4F6FA), rgb(0xF4F6FA)}, // ToolTipText
    }};

    double linear(double channel)
    {
        return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    }
    double luminance(const QColor& c)
    {
        return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
    }
}

QColor tokenColor(Token token, bool dark)
{
    const Pair& pair = table.at(static_cast<std::size_t>(token));
    return QColor::fromRgb(dark ? pair.dark : pair.light);
}

double contrast(const QColor& a, const QColor& b)
{
    const double la = luminance(a) + 0.05;
    const double lb = luminance(b) + 0.05;
    return la > lb ? la / lb : lb / la;
}

Token toneText(Tone tone)
{
    switch (tone) {
    case Tone::Accent: return Token::Accent;
    case Tone::Ok: return Token::Ok;
    case Tone::Info: return Token::Info;
    case Tone::Warn: return Token::Warn;
    case Tone::Bad: return Token::Bad;
    case Tone::Neutral: break;
    }
    return Token::Text2;
}

Token toneSoft(Tone tone)
{
    switch (tone) {
    case Tone::Accent: return Token::Selected;
    case Tone::Ok: return Token::OkSoft;
    case Tone::Info: return Token::InfoSoft;
    case Tone::Warn: return Token::WarnSoft;
    case Tone::Bad: return Token::BadSoft;
    case Tone::Neutral: break;
    }
    return Token::Neutral;
}

QString toneIcon(Tone tone)
{
    switch (tone) {
    case Tone::Ok: return QStringLiteral("ring-check");
    case Tone::Warn: return QStringLiteral("triangle");
    case Tone::Bad: return QStringLiteral("octagon-x");
    case Tone::Accent:
    case Tone::Info: return QStringLiteral("ring-info");
    case Tone::Neutral: break;
    }
    return QStringLiteral("ring-dash");
}

}
