// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/redisprocess.h"
#include "core/cache/routes.h"
#include "core/http/client.h"
#include "core/redis/session.h"

#include <QString>

#include <functional>
#include <memory>

// A LightAPI-shaped HTTP server that really caches in a Redis, in threads of its own. Every endpoint has one manner:
//   /books      lightapi-v2 keys of class Book, 60 s; POST purges the class
//   /short      class Short, 2 s
//   /large      class Large, 60 s, a megabyte
//   /own        class Own: its own get(), never asks Redis; body as /own's entry would be
//   /plain      class Plain, not cached by configuration
//   /lies       class Lies: says X-Cache-Status: HIT and stores nothing
//   /other      class Other: stores under another key than predicted
//   /fails      status 500
//   /mine       class Mine: wants a token of /auth/login or Basic; the body names who asked, the key does not
//   /listed     class Listed: "next" is a URL made of the Host header, as LightAPI 0.4.0 pagination.py does
//   /busy       429 with Retry-After 0 to the first request, then as /books
//   /swamped    503 without it to the first request, then as /books
class CachingApi final {
public:
    explicit CachingApi(const QString& redisSocket);
    ~CachingApi();

    QString url() const;
    int requests() const;
    int running() const; // most at the same time so far
    // POST /auth/login takes alice, bob and carol with the password "right-" and their name. The token it gives says who ("sub") and
    // ends after that many seconds ("exp").
    void setTokenSeconds(int seconds);
    void revokeTokens();
    int logins() const;
    static core::cache::RouteTable routes();

private:
    class Private;
    std::unique_ptr<Private> d;
};

// A private Redis with a session, the API and a client for it.
struct Stage {
    demo::RedisProcess redis;
    std::unique_ptr<core::redis::Session> session;
    std::unique_ptr<CachingApi> api;
    std::unique_ptr<core::http::Client> client;

    core::Result<void> build();
    // Answer of one command by the session's interactive line; waits.
    core::Result<core::redis::Reply> ask(core::redis::Command command);
};
