// SPDX-License-Identifier: GPL-3.0-or-later
#include "listserver.h"

#include <httplib.h>

#include <mutex>
#include <thread>

class ListServer::Private final {
public:
    httplib::Server server;
    std::thread thread;
    int port = 0;
    Handler handler;
    mutable std::mutex mutex; // guards asked
    QList<Asked> asked;
};

ListServer::ListServer(Handler handler)
    : d(std::make_unique<Private>())
{
    d->handler = std::move(handler);
    d->server.Get(".*", [this](const httplib::Request& request, httplib::Response& response) {
        const QByteArray target = QByteArray::fromStdString(request.target);
        {
            const std::scoped_lock lock(d->mutex);
            d->asked << Asked {QByteArray::fromStdString(request.method), target, QByteArray::fromStdString(request.get_header_value("Authorization"))};
        }
        const Answer answer = d->handler(target);
        response.status = answer.status;
        for (const auto& [name, value] : answer.headers)
            response.set_header(name.toStdString(), value.toStdString());
        response.set_content(answer.body.toStdString(), answer.type);
    });
    d->port = d->server.bind_to_any_port("127.0.0.1");
    d->thread = std::thread([this] { d->server.listen_after_bind(); });
    while (!d->server.is_running())
        std::this_thread::yield();
}

ListServer::~ListServer()
{
    d->server.stop();
    d->thread.join();
}

QString ListServer::url() const
{
    return QStringLiteral("http://127.0.0.1:%1").arg(d->port);
}

QList<ListServer::Asked> ListServer::asked() const
{
    const std::scoped_lock lock(d->mutex);
    return d->asked;
}
