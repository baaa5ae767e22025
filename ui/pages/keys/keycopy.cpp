// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/keycopy.h"

#include "core/base/async.h"
#include "core/base/exacttext.h"
#include "core/base/format.h"
#include "core/cache/querycodec.h"
#include "core/http/client.h"
#include "ui/pages/keys/valuejson.h"
#include "ui/shell/workspace.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMenu>
#include <QtConcurrentRun>

namespace ui {

std::optional<QByteArray> targetOfKey(const QByteArray& key, const core::cache::RouteTable& routes)
{
    const core::cache::ParsedKey parsed = core::cache::parseKey(key, routes);
    if (parsed.kind != core::cache::Kind::Entry || !parsed.path || !parsed.path->startsWith('/'))
        return std::nullopt;
    return core::cache::joinTarget(*parsed.path, parsed.query);
}

QString urlOfKey(const QByteArray& key, const Workspace* workspace)
{
    const auto target = targetOfKey(key, workspace->routes());
    return target && workspace->client() ? QString(workspace->client()->options().baseUrl + QString::fromLatin1(*target)) : QString();
}

QString redisCliWord(const QByteArray& bytes)
{
    QString word;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            word += u'\\';
        if (byte >= 0x20 && byte < 0x7F)
            word += QLatin1Char(c);
        else
            word += QStringLiteral("\\x%1").arg(static_cast<uint>(byte), 2, 16, QLatin1Char('0'));
    }
    return u'"' + word + u'"';
}

QString jsonOfKey(const QByteArray& key)
{
    QJsonObject object;
    if (core::isExactText(key)) {
        object.insert(QStringLiteral("key"), QString::fromUtf8(key));
    } else {
        object.insert(QStringLiteral("key"), QJsonValue::Null);
        object.insert(QStringLiteral("key_b64"), QString::fromLatin1(key.toBase64()));
        object.insert(QStringLiteral("key_text"), core::displayText(key));
    }
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QString curlOfKey(const QByteArray& key, const Workspace* workspace)
{
    const QString url = urlOfKey(key, workspace);
    if (url.isEmpty())
        return {};
    // --path-as-is and --globoff: the target goes out as it is. Never -I: a HEAD empties the class.
    return QStringLiteral("curl --path-as-is --globoff ") + core::shellQuoted(url);
}

void addCopyActions(QMenu* menu, Workspace* workspace, const QByteArray& key)
{
    const auto add = [menu](const QString& title, const QString& text) {
        QAction* action = menu->addAction(title);
        action->setEnabled(!text.isNull());
        QObject::connect(action, &QAction::triggered, menu, [text] { QGuiApplication::clipboard()->setText(text); });
    };
    const auto target = targetOfKey(key, workspace->routes());
    add(QMenu::tr("Copy key"), key.isEmpty() ? QStringLiteral("") : core::argumentFromBytes(key));
    add(QMenu::tr("Copy as bytes for redis-cli"), redisCliWord(key));
    add(QMenu::tr("Copy key as JSON"), jsonOfKey(key));
    add(QMenu::tr("Copy request target"), target ? QString::fromLatin1(*target) : QString());
    const QString url = urlOfKey(key, workspace);
    add(QMenu::tr("Copy URL"), url);
    add(QMenu::tr("Copy as curl"), curlOfKey(key, workspace));
    add(QMenu::tr("Copy as cachelight command"), workspace->commandText(QStringLiteral("get"), {key}));
}

void addCopyValueAction(QMenu* menu, const core::values::Value& value, const core::values::Decoded& decoded)
{
    const bool isCut = value.isString() && value.truncated;
    const QString part = value.truncated && !isCut ? QMenu::tr(" (%1 of %2)").arg(core::formatCount(value.rows()), core::formatCount(value.length)) : QString();
    menu->setToolTipsVisible(true);
    QAction* action = menu->addAction(QMenu::tr("Copy value as JSON%1").arg(part));
    action->setEnabled(value.isReadable() && !isCut);
    action->setToolTip(isCut ? QMenu::tr("Only its beginning has been read") : QString());
    QObject::connect(action, &QAction::triggered, menu, [value, decoded] {
        const auto write = [value, decoded]() -> core::Result<QByteArray> { return valueAsJson(value, decoded); };
        core::onFinished(QtConcurrent::run(write), QGuiApplication::instance(), [](const core::Result<QByteArray>& json) {
            if (json) // a pool that is let go is at its end
                QGuiApplication::clipboard()->setText(QString::fromUtf8(*json));
        });
    });
}

}
