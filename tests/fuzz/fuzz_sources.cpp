// SPDX-License-Identifier: GPL-3.0-or-later
// Where requests come from: a curl command, a line of an access log, a sitemap, a list of targets, an answer with pages. Whatever the
// bytes are, what is made of them can be sent.
#include "fuzz.h"

#include "core/cache/querycodec.h"
#include "core/replay/accesslog.h"
#include "core/replay/curlcommand.h"
#include "core/replay/pageanswer.h"
#include "core/replay/parametermatrix.h"
#include "core/replay/sitemap.h"
#include "core/replay/warm.h"

using namespace core;
using namespace core::replay;

namespace {

void checkCurl(const QByteArray& text)
{
    const auto command = requestFromCurl(text);
    if (!command) {
        fuzz::must(command.error().reason != Reason::None, "a refusal says why");
        return;
    }
    const http::Request request = command->request();
    fuzz::must(bool(http::checkMethod(request.method)), "the method can be sent and is not HEAD");
    fuzz::must(bool(http::checkRequestTarget(request.target)), "the target can be sent");
    for (const auto& [name, value] : request.headers)
        fuzz::must(bool(http::checkHeader(name, value)), "the headers can be sent");
    fuzz::must(command->warnings.size() < 100, "warnings are bounded");
}

void checkUrl(const QByteArray& text)
{
    const auto url = splitUrl(text, "http");
    if (!url)
        return;
    fuzz::must(bool(cache::checkTarget(url->target)), "the target of a URL can be sent");
    const auto again = splitUrl(QByteArray(url->origin.text() + url->target));
    fuzz::must(again && again->origin == url->origin && again->target == url->target, "a URL put together again is the same");
}

void checkRoute(const QByteArray& path, const QByteArray& value)
{
    cache::RouteTable routes;
    cache::Route route;
    route.className = "A";
    route.route = '/' + path;
    route.cached = cache::Cached::Yes;
    routes.add(route);
    const auto found = matrixTargets(routes, {{"a", value}, {value, "b"}});
    if (!found)
        return;
    for (const QByteArray& target : found->targets)
        fuzz::must(bool(cache::checkTarget(target)), "the target of a route can be sent");
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto all = QByteArray(reinterpret_cast<const char*>(data), qsizetype(size));
    const auto [first, rest] = fuzz::halves(data, size);
    checkCurl(all);
    checkCurl("curl http://h/a " + all);
    checkUrl(all);
    checkRoute(first, rest);
    if (const auto line = parseLogLine(all); line && line->method == "GET")
        fuzz::must(bool(cache::checkTarget(line->target)), "the target of a log line can be sent");
    for (const QByteArray& target : targetsFromText(all).targets)
        fuzz::must(bool(cache::checkTarget(target)), "the target of a list can be sent");
    if (const auto document = parseSitemap(all, QStringLiteral("x")))
        fuzz::must(document->locations.size() <= mostSitemapLocations, "locations are bounded");
    readPageAnswer(all);
    return 0;
}
