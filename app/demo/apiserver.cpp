// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/apiserver.h"

#include <httplib.h>

namespace demo {

namespace {
    constexpr std::size_t workers = 4;
    constexpr std::size_t maxBody = 64 * 1024;
    constexpr auto anyPath = "[\\s\\S]*";

    QByteArray bytes(const std::string& text)
    {
        return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
    }
}

ApiServer::ApiServer(QString redisSocket)
    : m_redisSocket(std::move(redisSocket))
    , m_server(std::make_unique<httplib::Server>())
{
    m_server->new_task_queue = [] { return new httplib::ThreadPool(workers); }; // httplib deletes it
    m_server->set_keep_alive_max_count(1);
    m_server->set_keep_alive_timeout(1);
    m_server->set_read_timeout(1);
    m_server->set_write_timeout(1);
    m_server->set_payload_max_length(maxBody);
    addRoutes();
}

ApiServer::~ApiServer()
{
    stop();
}

void ApiServer::addRoutes()
{
    const httplib::Server::Handler answer = [this](const httplib::Request& request, httplib::Response& response) {
        thread_local RedisClient redis(m_redisSocket); // the workers end with this server
        const ApiAnswer made = m_api.handle(redis, bytes(request.method), bytes(request.target), bytes(request.body));
        response.status = made.status;
        for (const auto& [name, value] : made.headers)
            response.set_header(name.toStdString(), value.toStdString());
        response.set_content(made.body.toStdString(), "application/json");
    };
    m_server->Get(anyPath, answer); // HEAD too
    m_server->Post(anyPath, answer);
    m_server->Put(anyPath, answer);
    m_server->Patch(anyPath, answer);
    m_server->Delete(anyPath, answer);
}

bool ApiServer::start()
{
    const int port = m_server->bind_to_any_port("127.0.0.1");
    if (port <= 0)
        return false;
    m_port = static_cast<quint16>(port);
    m_thread = std::thread([this] {
        m_server->listen_after_bind();
        m_ended = true;
    });
    return true;
}

void ApiServer::stop()
{
    if (!m_thread.joinable())
        return;
    m_api.stop();
    // httplib ignores a stop before its loop has begun, so it is asked until the loop has ended.
    while (!m_ended) {
        m_server->stop();
        std::this_thread::yield();
    }
    m_thread.join();
}

}
