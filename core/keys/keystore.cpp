// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/keystore.h"

#include "core/keys/segmentedarray.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <mutex>
#include <new>

#include <sys/mman.h>

namespace core::keys {

namespace {

// One huge page of x86-64 and of arm64 with pages of 4 KiB: where millions of keys are read in another order than they came in, finding
// the page takes as long as reading the key.
constexpr std::size_t chunkBytes = 1U << 21U;
// Every so many ids the number of their chunk is kept: finding a key's chunk is one look-up in a table that stays in the cache.
constexpr KeyId hintEvery = 1024;
constexpr std::size_t bitsPerWord = 64;

struct Chunk {
    char* data;
    std::size_t room;
    KeyId first;
};

// Whole pages at an address that a huge page may have.
char* mapChunk(std::size_t room)
{
    void* mapped = ::mmap(nullptr, room + chunkBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        throw std::bad_alloc();
    char* const begin = static_cast<char*>(mapped);
    const std::size_t before = (chunkBytes - std::bit_cast<std::uintptr_t>(begin) % chunkBytes) % chunkBytes;
    if (before > 0)
        ::munmap(begin, before);
    if (before < chunkBytes)
        ::munmap(begin + before + room, chunkBytes - before);
    return begin + before;
}

}

struct KeyStore::Private {
    // Writer's own
    KeyId count = 0;
    char* writeTo = nullptr;
    std::size_t used = 0;
    std::size_t room = 0;
    std::size_t arenaBytes = 0; // of closed chunks
    std::size_t tableBytes = 0;

    // Shared; each element is written once, before the count that covers it is published.
    SegmentedArray<Chunk, 256> chunks;
    SegmentedArray<std::uint32_t, 4096> ends; // in the chunk; a key starts where the one before it ends
    SegmentedArray<std::uint32_t, 256> hints;
    std::atomic<std::uint32_t> chunkCount = 0;
    std::atomic<KeyId> published = 0;
    std::atomic<std::size_t> publishedBytes = 0;

    SegmentedArray<std::atomic<std::uint64_t>, 1024> deleted; // made by the first mark that needs it
    std::mutex deletedMutex; // for making segments only
    std::atomic<std::size_t> deletedBytes = 0;

    ~Private()
    {
        for (std::uint32_t i = 0; i < chunkCount.load(); ++i)
            ::munmap(chunks[i].data, chunks[i].room);
    }

    void openChunk(std::size_t size)
    {
        const std::uint32_t index = chunkCount.load(std::memory_order_relaxed);
        tableBytes += chunks.ensure(index);
        arenaBytes += used;
        room = std::max<std::size_t>(1, (size + chunkBytes - 1) / chunkBytes) * chunkBytes;
        used = 0;
        writeTo = mapChunk(room);
        if (index > 0) // the first of a store may stay nearly empty; only advice, so a refusal changes nothing
            ::madvise(writeTo, room, MADV_HUGEPAGE);
        chunks[index] = {writeTo, room, count};
        chunkCount.store(index + 1, std::memory_order_release);
    }

    // A key opens at most one chunk, so the chunk is at most hintEvery behind the hint; for ordinary keys it is the hint or
    // the next.
    std::uint32_t chunkOf(KeyId id) const
    {
        std::uint32_t low = hints[id / hintEvery];
        const std::uint32_t last = chunkCount.load(std::memory_order_acquire) - 1;
        for (int i = 0; i < 2; ++i) {
            if (low == last || chunks[low + 1].first > id)
                return low;
            ++low;
        }
        std::uint32_t high = std::min(last, low + hintEvery) + 1;
        while (high - low > 1) {
            const std::uint32_t middle = low + (high - low) / 2;
            (chunks[middle].first <= id ? low : high) = middle;
        }
        return low;
    }
};

KeyStore::KeyStore()
    : d(std::make_unique<Private>())
{
}

KeyStore::~KeyStore() = default;

void KeyStore::key(const char* bytes, std::size_t size)
{
    if (!d->writeTo || size > d->room - d->used)
        d->openChunk(size);
    if (d->count % hintEvery == 0) {
        d->tableBytes += d->hints.ensure(d->count / hintEvery);
        d->hints[d->count / hintEvery] = d->chunkCount.load(std::memory_order_relaxed) - 1;
    }
    d->ends.ensure(d->count);
    if (size)
        std::memcpy(d->writeTo + d->used, bytes, size);
    d->used += size;
    d->ends[d->count] = std::uint32_t(d->used);
    ++d->count;
}

void KeyStore::batchEnd()
{
    const std::size_t bytes = d->arenaBytes + d->used + d->tableBytes + d->count * sizeof(std::uint32_t);
    d->publishedBytes.store(bytes, std::memory_order_relaxed);
    d->published.store(d->count, std::memory_order_release);
}

KeyId KeyStore::size() const
{
    return d->published.load(std::memory_order_acquire);
}

QByteArrayView KeyStore::at(KeyId id) const
{
    const Chunk& chunk = d->chunks[d->chunkOf(id)];
    const std::uint32_t start = id == chunk.first ? 0 : d->ends[id - 1];
    return {chunk.data + start, qsizetype(d->ends[id] - start)};
}

void KeyStore::prefetchPlace(KeyId id) const
{
    __builtin_prefetch(&d->ends[id]);
}

QByteArrayView KeyStore::prefetchBytes(KeyId id) const
{
    const QByteArrayView key = at(id);
    __builtin_prefetch(key.data());
    __builtin_prefetch(key.data() + key.size()); // long keys are rare: two lines hold one
    return key;
}

void KeyStore::markDeleted(KeyId id)
{
    const std::size_t word = id / bitsPerWord;
    if (!d->deleted.find(word)) {
        const std::lock_guard lock(d->deletedMutex);
        d->deletedBytes += d->deleted.ensure(word, true);
    }
    d->deleted[word].fetch_or(std::uint64_t(1) << (id % bitsPerWord), std::memory_order_relaxed);
}

bool KeyStore::isDeleted(KeyId id) const
{
    const auto* word = d->deleted.find(id / bitsPerWord);
    return word && (word->load(std::memory_order_relaxed) >> (id % bitsPerWord)) & 1U;
}

std::size_t KeyStore::bytesUsed() const
{
    return sizeof(Private) + d->publishedBytes.load(std::memory_order_relaxed) + d->deletedBytes.load(std::memory_order_relaxed);
}

std::size_t KeyStore::runCount(KeyId count) const
{
    return count == 0 ? 0 : d->chunkOf(count - 1) + 1;
}

KeyStore::Run KeyStore::run(std::size_t index, KeyId count) const
{
    const Chunk& chunk = d->chunks[index];
    const bool more = index + 1 < d->chunkCount.load(std::memory_order_acquire);
    const KeyId end = more ? std::min(count, d->chunks[index + 1].first) : count;
    return {chunk.first, end - chunk.first, chunk.data, end == chunk.first ? 0 : d->ends[end - 1]};
}

std::uint32_t KeyStore::endInRun(KeyId id) const
{
    return d->ends[id];
}

}
