// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/catalog.h"

#include "core/base/format.h"

#include <QDateTime>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <atomic>

namespace demo::catalog {

namespace {
    using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

    constexpr int productCount = 60;
    constexpr int pageSize = 10;
    constexpr int categoryCount = 5;
    // Names as shops have them: accents, and markup that must never be rendered.
    constexpr std::array names {"Desk lamp", "Café table", "Armchair", "Bookshelf", "Mirror <b>large</b>", "Rug, hand-woven",
        "Clothes rack", "Büro chair", "Side table", "Floor lamp", "Wall clock", "Plant pot"};
    constexpr std::array categories {"lamps", "tables", "seats", "storage", "decoration"};

    std::atomic<int> created = productCount;

    const char* nameOf(int id) { return names[static_cast<std::size_t>(id) % names.size()]; }
    int categoryOf(int id) { return id % categoryCount + 1; }
    const char* categoryName(int category) { return categories[static_cast<std::size_t>(category - 1)]; }
    double priceOf(int id) { return 9.5 + (id * 37) % 240; }

    void member(Writer& writer, const char* name, const QByteArray& text)
    {
        writer.Key(name);
        writer.String(text.constData(), static_cast<rapidjson::SizeType>(text.size()));
    }

    void writeProduct(Writer& writer, int id)
    {
        writer.StartObject();
        writer.Key("id");
        writer.Int(id);
        member(writer, "name", nameOf(id));
        writer.Key("price");
        writer.Double(priceOf(id));
        member(writer, "category", categoryName(categoryOf(id)));
        writer.EndObject();
    }

    // A body made by `fill` inside the outer object, closed by the time of computing.
    template <typename Fill>
    QByteArray object(Fill fill)
    {
        rapidjson::StringBuffer buffer;
        Writer writer(buffer);
        writer.StartObject();
        fill(writer);
        member(writer, "computed_at", core::formatInstant(QDateTime::currentMSecsSinceEpoch()).toUtf8());
        writer.EndObject();
        return QByteArray(buffer.GetString(), static_cast<qsizetype>(buffer.GetSize()));
    }

    QByteArray valueOf(const core::cache::QueryPairs& query, const QByteArray& name)
    {
        QByteArray value;
        for (const auto& [pairName, pairValue] : query) {
            if (pairName == name)
                value = pairValue;
        }
        return value;
    }

    template <typename Wanted>
    QByteArray productList(int page, Wanted wanted)
    {
        return object([&](Writer& writer) {
            int matched = 0;
            writer.Key("results");
            writer.StartArray();
            for (int id = 1; id <= productCount; ++id) {
                if (wanted(id) && matched++ / pageSize == page - 1)
                    writeProduct(writer, id);
            }
            writer.EndArray();
            writer.Key("count");
            writer.Int(matched);
            writer.Key("page");
            writer.Int(page);
        });
    }

    int pageOf(const core::cache::QueryPairs& query)
    {
        return std::max(1, valueOf(query, "page").toInt());
    }
}

Body products(const core::cache::QueryPairs& query)
{
    const QByteArray category = valueOf(query, "category");
    return productList(pageOf(query),
        [&](int id) { return category.isEmpty() || category == categoryName(categoryOf(id)); });
}

Body product(int id)
{
    if (id < 1 || id > productCount)
        return {};
    return object([id](Writer& writer) {
        writer.Key("product");
        writeProduct(writer, id);
    });
}

Body search(const core::cache::QueryPairs& query)
{
    const QByteArray text = valueOf(query, "q").toLower();
    return productList(pageOf(query), [&](int id) { return QByteArray(nameOf(id)).toLower().contains(text); });
}

Body item(int id)
{
    if (id < 1 || id > productCount)
        return {};
    return object([id](Writer& writer) {
        writer.Key("id");
        writer.Int(id);
        member(writer, "name", nameOf(id));
        writer.Key("category_id");
        writer.Int(categoryOf(id));
    });
}

Body categoryItems(int category)
{
    if (category < 1 || category > categoryCount)
        return {};
    return object([category](Writer& writer) {
        member(writer, "category", categoryName(category));
        writer.Key("items");
        writer.StartArray();
        for (int id = 1; id <= productCount; ++id) {
            if (categoryOf(id) == category)
                writer.Int(id);
        }
        writer.EndArray();
    });
}

Body flashOffer()
{
    const int id = static_cast<int>(QDateTime::currentSecsSinceEpoch() / 5) % productCount + 1;
    return object([id](Writer& writer) {
        writer.Key("offer");
        writeProduct(writer, id);
    });
}

Body orders()
{
    return object([](Writer& writer) {
        writer.Key("results");
        writer.StartArray();
        for (int order = 1; order <= 3; ++order) {
            writer.StartObject();
            writer.Key("id");
            writer.Int(order);
            writer.Key("total");
            writer.Double(priceOf(order) * order);
            writer.EndObject();
        }
        writer.EndArray();
    });
}

Body stock()
{
    return object([](Writer& writer) {
        writer.Key("in_stock");
        writer.Int(static_cast<int>(QDateTime::currentSecsSinceEpoch() % 100));
    });
}

Body salesReport()
{
    return object([](Writer& writer) {
        double total = 0;
        for (int id = 1; id <= productCount; ++id)
            total += priceOf(id);
        writer.Key("revenue");
        writer.Double(total);
        writer.Key("products");
        writer.Int(created);
    });
}

QByteArray productCreated(const QByteArray& name)
{
    const int id = ++created;
    return object([&](Writer& writer) {
        writer.Key("id");
        writer.Int(id);
        member(writer, "name", name);
    });
}

}
