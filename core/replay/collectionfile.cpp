// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/collectionfile.h"

#include "core/base/bytes.h"
#include "core/base/inputfile.h"
#include "core/base/savefile.h"
#include "core/replay/collectionlimit.h"

#include <QCryptographicHash>
#include <QFile>

namespace core::replay {

namespace {
    QByteArray digestOf(const QByteArray& bytes)
    {
        return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    }

    Result<QByteArray> contentsOf(const QString& name)
    {
        return readRegular(name, {maxCollectionBytes, QStringLiteral("Split the collection.")});
    }
}

Result<LoadedCollection> loadCollection(const QString& file)
{
    const auto json = contentsOf(file);
    if (!json)
        return fail(json.error());
    auto collection = collectionFromJson(*json, displayText(file));
    if (!collection)
        return fail(collection.error());
    return LoadedCollection {*std::move(collection), digestOf(*json)};
}

Result<StoredCollection> storeCollection(const Collection& collection, const QString& file, const std::optional<QByteArray>& known)
{
    const auto json = collectionToJson(collection);
    if (!json)
        return fail(json.error());
    if (known && QFile::exists(file)) {
        const auto present = contentsOf(file);
        if (!present)
            return fail(present.error());
        if (const QByteArray digest = digestOf(*present); digest != *known)
            return StoredCollection {true, digest};
    }
    if (const auto saved = saveFile(file, *json); !saved)
        return fail(saved.error());
    return StoredCollection {false, digestOf(*json)};
}

}
