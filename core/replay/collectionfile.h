// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/collection.h"

// A collection on disk, which an editor or another window may write too. All of it waits for the disk; any thread.
namespace core::replay {

struct LoadedCollection {
    Collection collection;
    QByteArray digest; // of the file's bytes, to know them again
};
// Code::File where it cannot be read, else as collectionFromJson().
Result<LoadedCollection> loadCollection(const QString& file);

struct StoredCollection {
    bool changedMeanwhile = false; // then nothing was written
    QByteArray digest; // of what is in the file now
};
// Replaces the file as a whole or not at all. With `known`, the digest of what was read or written last, only while the file still
// holds that; one that went away is made anew. Errors as of collectionToJson() and Code::File.
Result<StoredCollection> storeCollection(const Collection& collection, const QString& file, const std::optional<QByteArray>& known);

}
