// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/traffic.h"

#include <httplib.h>

#include <array>
#include <chrono>
#include <random>

namespace demo {

namespace {
    constexpr int intervalMs = 200; // 5 requests a second
    constexpr int openingRequests = 40; // sent at once, so that the first look finds keys
    constexpr int reportEvery = 30;
    constexpr int reportOffset = 12;
    constexpr int purgeEvery = 150;

    constexpr std::array fixedTargets {"/products?page=1", "/products?page=2", "/products?page=3", "/products?page=1&category=lamps",
        "/products?page=1&category=seats", "/catalog?page=1", "/catalog?page=2", "/search?q=lamp", "/search?q=table&page=2",
        "/search?q=%3Cimg%20src%3Dx%3E", "/search?q=caf%C3%A9", "/categories/1/items", "/categories/2/items", "/orders", "/stock",
        "/flash"};

    std::string nextTarget(std::mt19937& random)
    {
        // Half of the requests repeat a fixed one, the others spread over details, whose first reads are the misses.
        const auto pick = [&random](int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); };
        switch (pick(8)) {
        case 0:
            return "/items/" + std::to_string(1 + pick(20));
        case 1:
            return "/products/" + std::to_string(1 + pick(30));
        case 2:
            return "/catalog?page=" + std::to_string(1 + pick(6));
        case 3:
            return "/products?page=" + std::to_string(1 + pick(6));
        default:
            return fixedTargets[static_cast<std::size_t>(pick(static_cast<int>(fixedTargets.size())))];
        }
    }
}

Traffic::~Traffic()
{
    stop();
}

void Traffic::start(quint16 port)
{
    m_thread = std::thread([this, port] { run(port); });
}

void Traffic::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_wake.notify_all();
    }
    if (m_thread.joinable())
        m_thread.join();
}

bool Traffic::pause(int ms)
{
    std::unique_lock lock(m_mutex);
    return !m_wake.wait_for(lock, std::chrono::milliseconds(ms), [this] { return m_stopping; });
}

void Traffic::run(quint16 port)
{
    httplib::Client client("127.0.0.1", port);
    client.set_connection_timeout(1);
    client.set_read_timeout(3);
    std::mt19937 random(20240601); // the same traffic each time
    for (int sent = 0; pause(sent < openingRequests ? 0 : intervalMs); ++sent) {
        if (sent >= openingRequests && sent % purgeEvery == 0)
            client.Post("/products", R"({"name": "New lamp"})", "application/json");
        else if (sent >= openingRequests && sent % reportEvery == reportOffset)
            client.Get("/reports/sales");
        else
            client.Get(nextTarget(random));
    }
}

}
