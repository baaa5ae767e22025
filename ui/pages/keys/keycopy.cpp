// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keycopy.h"

#include "core/base/bytes.h"
#include "core/cache/querycodec.h"
#include "core/http/client.h"
#include "ui/shell/workspace.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>

namespace ui {

std::optional<QByteArray> targetOfKey(const QByteArray& key, const core::cache::RouteTable& routes)
{
    const core::cache::ParsedKey parsed = core::cache::parseKey(key, routes);
    if (parsed.kind != core::cache::Kind::Entry || !parsed.path || !parsed.path->startsWith('/'))
        return std::nullopt;
    return core::cache::joinTarget(*parsed.path, parsed.query);
}

QString curlOfKey(const QByteArray& key, const Workspace* workspace)
{
    const auto target = targetOfKey(key, workspace->routes());
    if (!target || !workspace->client())
        return {};
    // --path-as-is and --globoff: the target goes out as it is. Never -I: a HEAD empties the class.
    return QStringLiteral("curl --path-as-is --globoff ") + core::shellQuoted(workspace->client()->options().baseUrl + QString::fromLatin1(*target));
}

void addCopyActions(QMenu* menu, Workspace* workspace, const QByteArray& key)
{
    const auto add = [menu](const QString& title, const QString& text) {
        QAction* action = menu->addAction(title);
        action->setEnabled(!text.isNull());
        QObject::connect(action, &QAction::triggered, menu, [text] { QGuiApplication::clipboard()->setText(text); });
    };
    const auto target = targetOfKey(key, workspace->routes());
    add(QMenu::tr("Copy key"), key.isEmpty() ? QStringLiteral("") : core::isUtf8(key) && !key.contains('\0') ? QString::fromUtf8(key) : core::argumentFromBytes(key));
    add(QMenu::tr("Copy request target"), target ? QString::fromLatin1(*target) : QString());
    add(QMenu::tr("Copy as curl"), curlOfKey(key, workspace));
    add(QMenu::tr("Copy as cachelight command"), workspace->commandText(QStringLiteral("get"), {key}));
}

}
