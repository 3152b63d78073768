"""Fixtures for the tests that run against real programs. Each test gets servers, databases and pages of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

import pytest
import urllib3
from playwright.sync_api import Browser, Page

from tests.end_to_end.real_parts import caddy as _caddy
from tests.end_to_end.real_parts import envoy as _envoy
from tests.end_to_end.real_parts import nginx as _nginx
from tests.end_to_end.real_parts.chromium import chromium
from tests.end_to_end.real_parts.loopback_http import Answer, Asked, loopback_http
from tests.end_to_end.real_parts.node import NODE, Node
from tests.end_to_end.real_parts.postgresql import database
from tests.end_to_end.real_parts.redis import redis

# Starts a server from its configuration and the port that the configuration names, and returns its base URL.
Start: TypeAlias = Callable[[str, int], str]
StartEnvoy: TypeAlias = Callable[[Mapping[str, object] | str, int], str]
Serve: TypeAlias = Callable[[Callable[[Asked], Answer]], str]


@pytest.fixture
def started() -> Iterator[ExitStack]:
    """What the test started, to be stopped at its end."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    """An HTTP client that neither retries nor follows redirects."""
    with urllib3.PoolManager(retries=False, timeout=10) as client:
        yield client


@pytest.fixture
def serve(started: ExitStack) -> Serve:
    """Starts a small HTTP server in the test's own process."""
    return lambda answer: started.enter_context(loopback_http(answer))


@pytest.fixture
def nginx(started: ExitStack, tmp_path: Path) -> Start:
    """Starts nginx; the configuration is what stands inside `http { }`."""
    return lambda inside, port: started.enter_context(_nginx.nginx(inside, port=port, folder=tmp_path))


@pytest.fixture
def caddy(started: ExitStack, tmp_path: Path) -> Start:
    """Starts Caddy; the configuration is a Caddyfile without global options."""
    return lambda sites, port: started.enter_context(_caddy.caddy(sites, port=port, folder=tmp_path))


@pytest.fixture
def envoy(started: ExitStack, tmp_path: Path) -> StartEnvoy:
    """Starts Envoy; the configuration is a bootstrap as a mapping or as YAML."""
    return lambda bootstrap, port: started.enter_context(_envoy.envoy(bootstrap, port=port, folder=tmp_path))


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """The URL of an empty Redis."""
    with redis(tmp_path) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with database(postgresql_server, f"test_{uuid4().hex}") as url:
        yield url


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Node.js and npm, in an empty folder."""
    return Node(NODE.require(), tmp_path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium of a module. No test beside those that use it may call `asyncio.run`, so keep them in one module."""
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh browser profile."""
    with browser.new_context() as context:
        yield context.new_page()
