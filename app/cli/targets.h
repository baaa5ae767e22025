// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options/commandline.h"
#include "core/base/result.h"
#include "core/http/client.h"

#include <QByteArray>
#include <QList>

// What predict, replay and warm take alike.
namespace cli {

// The targets among the arguments, then those of `files` ("-": stdin). A bad one, or none at all, is the error.
core::Result<QList<QByteArray>> targetsFrom(const CommandLine& line, const QStringList& files);
// Upper-case letters. HEAD passes: predict may ask what it would do.
core::Result<QByteArray> methodFromArgument(const QString& text);
class Context;
// -H and --bearer-file; a secret in an argument is warned about.
core::Result<core::http::Headers> headersFrom(Context& context);

}
