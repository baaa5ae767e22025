// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

namespace core::values {

// What a structured value (JSON, MessagePack, pickle) holds, as a tree in one array: a node is followed by all below it, so that
// nothing recurses however deep it nests. Texts are UTF-8 or bytes as stored: they go through displayText() before display.
class Structure final {
public:
    enum class Kind : quint8 {
        Map, List, Tuple, Set,
        Object, // value(): what would make it, by name ("datetime.date"); never made here
        String, Bytes, Number, Literal, // true, false, null, None
        Extension, // MessagePack's: value() is its type and size
        Reference, // to something above, that is not repeated: value() names it
    };

    struct Node {
        quint32 end = 0; // the node after all that is below this one
        quint32 children = 0;
        quint32 nameAt = 0, nameSize = 0; // in the text
        quint32 valueAt = 0, valueSize = 0;
        Kind kind = Kind::Literal;
        bool named = false; // a member of a map; else its place counts
    };

    bool isEmpty() const { return m_nodes.isEmpty(); }
    qsizetype size() const { return m_nodes.size(); }
    const Node& node(quint32 index) const { return m_nodes.at(index); }
    QByteArrayView name(quint32 index) const;
    QByteArrayView value(quint32 index) const;
    // Some nodes or text were left out: a limit was reached.
    bool isCut() const { return m_cut; }

    static bool isContainer(Kind kind) { return kind <= Kind::Object; }

private:
    friend class StructureBuilder;
    QList<Node> m_nodes;
    QByteArray m_text;
    bool m_cut = false;
};

// Fills a Structure from the outside in. Every add says false once a limit is reached; the caller may then stop.
class StructureBuilder final {
public:
    static constexpr qsizetype mostNodes = 2'000'000; // 28 bytes each
    static constexpr qsizetype mostText = 64 * 1024 * 1024;

    StructureBuilder() = default;
    // Names and values are parts of `text`, which is not copied.
    explicit StructureBuilder(const QByteArray& text);

    void setName(QByteArrayView name); // of the next node
    bool open(Structure::Kind kind, QByteArrayView value = {});
    void close();
    bool add(Structure::Kind kind, QByteArrayView value);
    qsizetype depth() const { return m_open.size(); }
    // Closes what is open.
    Structure take();

private:
    bool append(Structure::Kind kind, QByteArrayView value);
    bool store(QByteArrayView text, quint32& at, quint32& size);

    Structure m_built;
    QList<quint32> m_open;
    QByteArrayView m_name;
    QByteArray m_ownName;
    bool m_named = false;
    bool m_shares = false;
};

// Laid out like JSON, two spaces a level, in UTF-8; strings quoted and escaped, what JSON lacks in words of its own
// ("datetime.date(…)", "bytes 00 ff"). `limit`: bytes; the rest is left out, which a last line "…" says.
QByteArray laidOut(const Structure& structure, qsizetype limit);

}
