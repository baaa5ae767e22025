# SPDX-License-Identifier: GPL-3.0-or-later
"""One LightAPI app for the integration tests, served by 0.1.29, 0.2.1 and 0.4.0 alike.

usage: app.py FD [sync|async]    FD is a listening socket that the test opened; LIGHTAPI_REDIS_URL names the cache.
The database is in memory and starts with the same rows each time.
"""
import contextlib
import socket
import sys

import lightapi.cache
import uvicorn
from lightapi import LightApi, RestEndpoint
from lightapi.config import Cache
from lightapi.fields import Field
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import StaticPool


class Book(RestEndpoint):
    title: str = Field(min_length=1)

    class Meta:
        cache = Cache(ttl=60)


class Short(RestEndpoint):
    """Its entries run out while a test watches."""

    title: str = Field(min_length=1)

    class Meta:
        cache = Cache(ttl=2)


class Varied(RestEndpoint):
    """Up to 0.2.1 vary_on is stored and read nowhere (cache.py)."""

    title: str = Field(min_length=1)

    class Meta:
        cache = Cache(ttl=120, vary_on=("page", "q"))


class Plain(RestEndpoint):
    """Not cached."""

    title: str = Field(min_length=1)


class Item(RestEndpoint):
    title: str = Field(min_length=1)

    class Meta:
        cache = Cache(ttl=90)


class Shelf(RestEndpoint):
    """Its route takes any text."""

    title: str = Field(min_length=1)

    class Meta:
        cache = Cache(ttl=60)


class Override(RestEndpoint):
    """Cached by its Meta, but its own get() answers before the cache is asked."""

    title: str = Field(min_length=1)

    class Meta:
        cache = Cache(ttl=60)


def answer(endpoint, request):
    return {"results": [{"id": 1, "title": "always the same"}]}


async def answer_later(endpoint, request):
    return answer(endpoint, request)


ROUTES = {
    "/books": Book,
    "/short": Short,
    "/varied": Varied,
    "/plain": Plain,
    "/override": Override,
    "/api/v1/items": Item,
    "/shelves/{shelf}": Shelf,
}


TITLES = ("one", "two", "three")


def routed(engine, mode=None):
    api = LightApi(engine=engine, mode=mode)
    # 0.4.0 binds a get() of either kind in register(). 0.1.29 heeds an async one only, looks it up for each request, and
    # refuses to register it together with a synchronous engine: set afterwards, it bypasses the cache there as well.
    binds_in_register = hasattr(lightapi.cache, "EndpointCache")
    if binds_in_register:
        Override.get = answer
    api.register(ROUTES)
    if not binds_in_register:
        Override.get = answer_later
    return api


def build():
    engine = create_engine(
        "sqlite://",
        connect_args={"check_same_thread": False},
        poolclass=StaticPool,
    )
    app = routed(engine).build_app()
    for endpoint in ROUTES.values():
        for title in TITLES:
            endpoint().create({"title": title})
    return app


def build_async():
    """An async engine makes the whole app async. Its tables belong to the loop that serves it."""
    app = routed(create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool), "async").build_app()
    make_tables = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def filled(app):
        async with make_tables(app) as state:
            for endpoint in ROUTES.values():
                for title in TITLES:
                    await endpoint()._create_async({"title": title})
            yield state

    app.router.lifespan_context = filled
    return app


if __name__ == "__main__":
    listener = socket.socket(fileno=int(sys.argv[1]))
    is_async = sys.argv[2:] == ["async"]
    app = build_async() if is_async else build()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on" if is_async else "off"))
    server.run(sockets=[listener])
