// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/redis/command.h"
#include "core/redis/lookupsplit.h"

#include <QByteArrayView>

#include <optional>
#include <vector>

namespace core::redis {

// A command that is sent by the million with other arguments: what is the same each time is worked out once. Null words are filled
// in by PackedPipeline::add(); the words of the name never are.
class CommandShape final {
public:
    CommandShape(std::initializer_list<QByteArray> words);
    CommandShape(const CommandShape&) = delete;
    CommandShape& operator=(const CommandShape&) = delete;

    const Command& command() const { return m_command; }
    // RESP before, between and after the words to fill in.
    const QList<QByteArray>& pieces() const { return m_pieces; }
    // None where the words that are filled in may change what is counted.
    const std::optional<LookupRule>& lookups() const { return m_lookups; }

private:
    Command m_command;
    QList<QByteArray> m_pieces;
    std::optional<LookupRule> m_lookups;
};

// Commands that are encoded as they are added, without an object each: with a Command and its words a client is slower than the
// server, which answers in half a microsecond.
class PackedPipeline final {
public:
    PackedPipeline() = default;
    explicit PackedPipeline(const Pipeline& pipeline);

    // As many words as the shape leaves open: bytes or a number each. `shape` must outlive the pipeline: make it static.
    template <typename... Words>
    void add(const CommandShape& shape, const Words&... words)
    {
        Q_ASSERT(shape.pieces().size() == qsizetype(sizeof...(words)) + 1);
        begin(shape);
        const QByteArray* piece = shape.pieces().constData();
        ((appendPiece(*piece++), appendWord(words)), ...);
        appendPiece(*piece);
    }
    PackedPipeline& operator<<(const Command& command);

    qsizetype size() const { return qsizetype(m_entries.size()); }
    bool isEmpty() const { return m_entries.empty(); }
    Command command(qsizetype index) const;
    const CommandShape* shape(qsizetype index) const { return m_entries[std::size_t(index)].shape; } // nullptr: none
    // What must be looked at to know all that is asked for: a permission depends on words that a shape does not leave open.
    const std::vector<const CommandShape*>& shapes() const { return m_shapes; }
    const Pipeline& others() const { return m_others; }
    // What goes over the wire.
    const QByteArray& bytes() const { return m_bytes; }

private:
    struct Entry {
        const CommandShape* shape;
        qsizetype at; // where it begins in m_bytes; without a shape: its place in m_others
    };
    void appendPiece(const QByteArray& piece) { m_bytes.append(piece); }
    void appendWord(QByteArrayView word);
    void appendWord(qint64 number);
    void begin(const CommandShape& shape);

    QByteArray m_bytes;
    std::vector<Entry> m_entries;
    std::vector<const CommandShape*> m_shapes;
    Pipeline m_others;
};

}
