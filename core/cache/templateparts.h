// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cache/keytemplate.h"

#include <tl/expected.hpp>

// What keytemplate.cpp stands on: the text of a template taken apart, and a key cut by it.
namespace core::cache {

// The pieces, or what is wrong and where ("position 7: …").
tl::expected<std::vector<KeyTemplate::Piece>, QString> piecesFromText(const QString& text);

struct TemplateCut {
    std::vector<QByteArrayView> parts; // one for each piece
    bool isOnly = true;
};
// The leftmost and shortest cut of the key; literals must stand, values must be of their kind. Gives up, with isOnly false, on a
// key that could be cut in very many ways.
std::optional<TemplateCut> cutByTemplate(const std::vector<KeyTemplate::Piece>& pieces, QByteArrayView key);

// A Python name or the dotted "module.Class" of E1 and E2; anything above ASCII may be a letter.
bool isClassName(QByteArrayView text);

}
