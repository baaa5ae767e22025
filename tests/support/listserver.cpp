// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/listserver.h"

#include "tests/support/runningserver.h"

#include <mutex>

class ListServer::Private final {
public:
    Handler handler;
    mutable std::mutex mutex; // guards asked
    QList<Asked> asked;
    RunningServer<> running;
};

ListServer::ListServer(Handler handler)
    : d(std::make_unique<Private>())
{
    d->handler = std::move(handler);
    d->running.server.Get(".*", [this](const httplib::Request& request, httplib::Response& response) {
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
    d->running.start();
}

ListServer::~ListServer() = default;

QString ListServer::url() const
{
    return d->running.url();
}

QList<ListServer::Asked> ListServer::asked() const
{
    const std::scoped_lock lock(d->mutex);
    return d->asked;
}
