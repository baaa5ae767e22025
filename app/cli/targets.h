// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options/commandline.h"
#include "core/base/result.h"
#include "core/http/client.h"
#include "core/replay/targetgathering.h"

#include <QByteArray>
#include <QList>

#include <functional>

// What predict, replay and warm take alike.
namespace cli {

class Context;

// The targets among the arguments, then those of `files` ("-": stdin). A bad one, or none at all, is the error.
core::Result<QList<QByteArray>> targetsFrom(const CommandLine& line, const QStringList& files);
// The same kept apart: the arguments, then a list for each file. None at all is no error.
core::Result<QList<core::replay::TargetSource>> listsFrom(const CommandLine& line, const QStringList& files);
// The targets of a file one by one, in bounded memory. Ends with the first bad line, or the first error of `take`.
core::Result<void> readTargets(const QString& file, bool nulSeparated, const std::function<core::Result<void>(const QByteArray&)>& take,
    std::function<void()> beforeRead = {});
core::Error targetMissing(const CommandLine& line);
// Everything that warm is told to request: lists, --sitemap, --access-log, --from-config, --keys-from; not the keys of --ttl-below, which
// Redis is asked for. None of them, or an option without the one
// it belongs to, is the error.
core::Result<core::replay::TargetSources> sourcesFrom(Context& context);
// Upper-case letters. HEAD passes: predict may ask what it would do.
core::Result<QByteArray> methodFromArgument(const QString& text);
// -H and --bearer-file; a secret in an argument is warned about.
core::Result<core::http::Headers> headersFrom(Context& context);

}
