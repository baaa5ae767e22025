// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/sitemap.h"

#include "core/base/errortext.h"
#include "core/replay/gunzip.h"

#include <QXmlStreamReader>

namespace core::replay {

namespace {
    constexpr qsizetype longestLocation = 8 * 1024;
    constexpr int deepest = 64; // a sitemap has three levels, its extensions a few more

    class SitemapReader final {
    public:
        SitemapReader(const QByteArray& xml, QString name)
            : m_xml(xml)
            , m_name(std::move(name))
        {
            m_xml.setEntityExpansionLimit(0);
        }

        Result<SitemapDocument> read()
        {
            while (!m_xml.atEnd() && m_problem.isEmpty() && !m_out.isCut)
                take(m_xml.readNext());
            if (m_problem.isEmpty() && m_xml.hasError())
                m_problem = QStringLiteral("line %1: %2").arg(QString::number(m_xml.lineNumber()), m_xml.errorString());
            if (m_problem.isEmpty() && m_root.isEmpty())
                m_problem = QStringLiteral("it holds no element");
            if (!m_problem.isEmpty())
                return fail(Code::Input, Reason::BadSitemap, m_name, m_problem);
            return m_out;
        }

    private:
        void take(QXmlStreamReader::TokenType token)
        {
            switch (token) {
            case QXmlStreamReader::DTD:
            case QXmlStreamReader::EntityReference:
                m_problem = QStringLiteral("it declares a document type or entities, which no sitemap has");
                return;
            case QXmlStreamReader::StartElement: return begin();
            case QXmlStreamReader::EndElement: return end();
            case QXmlStreamReader::Characters:
                if (m_inLocation && m_text.size() <= longestLocation)
                    m_text += m_xml.text();
                return;
            default: return;
            }
        }

        void begin()
        {
            if (++m_depth > deepest)
                m_problem = QStringLiteral("its elements are nested too deeply");
            else if (m_depth == 1)
                beginRoot();
            else if (m_depth == 2)
                m_inEntry = isOurs(m_out.isIndex ? u"sitemap" : u"url");
            else if (m_depth == 3)
                m_inLocation = m_inEntry && isOurs(u"loc"); // not image:loc
        }

        void beginRoot()
        {
            m_root = m_xml.name().toString();
            m_namespace = m_xml.namespaceUri().toString();
            m_out.isIndex = m_root == QStringLiteral("sitemapindex");
            if (!m_out.isIndex && m_root != QStringLiteral("urlset"))
                m_problem = QStringLiteral("its first element is neither urlset nor sitemapindex");
        }

        bool isOurs(QStringView name) const { return m_xml.name() == name && m_xml.namespaceUri() == m_namespace; }

        void end()
        {
            if (m_depth-- == 3 && std::exchange(m_inLocation, false))
                takeLocation(std::exchange(m_text, {}).trimmed().toUtf8());
        }

        void takeLocation(const QByteArray& location)
        {
            if (location.isEmpty() || location.size() > longestLocation)
                ++m_out.unusable;
            else if (m_out.locations.size() >= mostSitemapLocations)
                m_out.isCut = true;
            else
                m_out.locations << location;
        }

        QXmlStreamReader m_xml;
        QString m_name;
        QString m_root, m_namespace;
        QString m_text;
        QString m_problem;
        int m_depth = 0;
        bool m_inEntry = false;
        bool m_inLocation = false;
        SitemapDocument m_out;
    };
}

Result<SitemapDocument> parseSitemap(const QByteArray& bytes, const QString& name)
{
    if (!Gunzip::isGzip(bytes)) {
        if (bytes.size() > mostSitemapBytes)
            return fail(Code::Input, Reason::BadSitemap, name, QStringLiteral("it is larger than 50 MiB"));
        return SitemapReader(bytes, name).read();
    }
    const auto xml = gunzipped(bytes, mostSitemapBytes);
    if (!xml)
        return fail(Code::Input, Reason::BadSitemap, name, describe(xml.error()).why);
    return SitemapReader(*xml, name).read();
}

}
