// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/structure.h"

#include "core/base/bytes.h"

#include <algorithm>

namespace core::values {

QByteArrayView Structure::name(quint32 index) const
{
    const Node& node = m_nodes.at(index);
    return QByteArrayView(m_text).sliced(node.nameAt, node.nameSize);
}

QByteArrayView Structure::value(quint32 index) const
{
    const Node& node = m_nodes.at(index);
    return QByteArrayView(m_text).sliced(node.valueAt, node.valueSize);
}

StructureBuilder::StructureBuilder(const QByteArray& text)
    : m_shares(true)
{
    m_built.m_text = text;
}

void StructureBuilder::setName(QByteArrayView name)
{
    m_named = true;
    if (m_shares) {
        m_name = name;
        return;
    }
    m_ownName = name.toByteArray();
    m_name = m_ownName;
}

bool StructureBuilder::store(QByteArrayView text, quint32& at, quint32& size)
{
    if (text.isEmpty())
        return true;
    if (m_shares) {
        at = static_cast<quint32>(text.data() - m_built.m_text.constData());
        size = static_cast<quint32>(text.size());
        return true;
    }
    const qsizetype room = mostText - m_built.m_text.size();
    at = static_cast<quint32>(m_built.m_text.size());
    size = static_cast<quint32>(std::min(text.size(), room));
    m_built.m_text += text.first(size).toByteArray();
    return text.size() <= room;
}

bool StructureBuilder::append(Structure::Kind kind, QByteArrayView value)
{
    if (m_built.m_cut || m_built.m_nodes.size() >= mostNodes) {
        m_built.m_cut = true;
        return false;
    }
    if (!m_open.isEmpty())
        ++m_built.m_nodes[m_open.last()].children;
    Structure::Node node;
    node.kind = kind;
    node.named = m_named;
    const bool hadRoom = store(m_name, node.nameAt, node.nameSize);
    m_built.m_cut = !store(value, node.valueAt, node.valueSize) || !hadRoom;
    m_name = {};
    m_named = false;
    m_built.m_nodes += node;
    m_built.m_nodes.last().end = static_cast<quint32>(m_built.m_nodes.size());
    return true;
}

bool StructureBuilder::open(Structure::Kind kind, QByteArrayView value)
{
    if (!append(kind, value))
        return false;
    m_open += static_cast<quint32>(m_built.m_nodes.size() - 1);
    return true;
}

void StructureBuilder::close()
{
    if (!m_open.isEmpty())
        m_built.m_nodes[m_open.takeLast()].end = static_cast<quint32>(m_built.m_nodes.size());
}

bool StructureBuilder::add(Structure::Kind kind, QByteArrayView value)
{
    return append(kind, value);
}

Structure StructureBuilder::take()
{
    while (!m_open.isEmpty())
        close();
    return std::move(m_built);
}

namespace {
    using Kind = Structure::Kind;

    QByteArray quoted(QByteArrayView text)
    {
        QByteArray out("\"");
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            if (c == '"' || c == '\\')
                out += '\\';
            if (byte >= 0x20 && byte != 0x7F)
                out += c;
            else if (c == '\n')
                out += "\\n";
            else if (c == '\t')
                out += "\\t";
            else
                out += QByteArray("\\u00") + QByteArray::number(byte + 0x100, 16).right(2);
        }
        return out + '"';
    }

    QByteArray leafText(Kind kind, QByteArrayView value)
    {
        if (kind == Kind::String)
            return isUtf8(value) ? quoted(value) : quoted(displayText(value).toUtf8());
        if (kind == Kind::Bytes)
            return "bytes " + value.toByteArray().toHex(' ');
        return value.toByteArray();
    }

    struct Brackets {
        const char* open;
        const char* close;
    };
    Brackets bracketsOf(Kind kind)
    {
        switch (kind) {
        case Kind::Map: return {"{", "}"};
        case Kind::Set: return {"set{", "}"};
        case Kind::Tuple:
        case Kind::Object: return {"(", ")"};
        default: return {"[", "]"};
        }
    }

    class Printer final {
    public:
        Printer(const Structure& structure, qsizetype limit)
            : m_structure(structure)
            , m_limit(limit)
        {
        }
        QByteArray print()
        {
            for (quint32 i = 0; i < m_structure.size() && m_out.size() <= m_limit; ++i)
                printNode(i);
            if (m_out.size() <= m_limit)
                closeUntil(static_cast<quint32>(m_structure.size()));
            if (m_out.size() > m_limit)
                m_out.truncate(wholeSize(m_limit));
            if (m_structure.isCut() || m_out.size() >= m_limit)
                m_out += "\n\xE2\x80\xA6";
            return std::move(m_out);
        }

    private:
        void printNode(quint32 index)
        {
            closeUntil(index);
            const Structure::Node& node = m_structure.node(index);
            if (index > 0)
                startLine(!m_first);
            m_first = false;
            if (node.named)
                m_out += quoted(m_structure.name(index)) + ": ";
            if (!Structure::isContainer(node.kind)) {
                m_out += leafText(node.kind, m_structure.value(index));
                return;
            }
            m_out += m_structure.value(index).toByteArray() + bracketsOf(node.kind).open;
            m_open += index;
            m_first = true;
        }
        void closeUntil(quint32 index)
        {
            while (!m_open.isEmpty() && m_structure.node(m_open.last()).end <= index && m_out.size() <= m_limit) {
                const Structure::Node& node = m_structure.node(m_open.takeLast());
                if (node.children > 0)
                    startLine(false);
                m_out += bracketsOf(node.kind).close;
                m_first = false;
            }
        }
        void startLine(bool comma)
        {
            m_out += comma ? ",\n" : "\n";
            m_out += QByteArray(m_open.size() * 2, ' ');
        }
        qsizetype wholeSize(qsizetype size) const
        {
            while (size > 0 && (static_cast<unsigned char>(m_out[size]) & 0xC0) == 0x80)
                --size;
            return size;
        }

        const Structure& m_structure;
        qsizetype m_limit;
        QByteArray m_out;
        QList<quint32> m_open;
        bool m_first = true;
    };
}

QByteArray laidOut(const Structure& structure, qsizetype limit)
{
    return Printer(structure, limit).print();
}

}
