"""`gatepost provider` as a process, with what its first start made."""

import json
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

from tests.end_to_end.real_parts.loopback_port import free_port, listening
from tests.end_to_end.real_parts.server_process import server_process

_HTTP = urllib3.PoolManager(retries=False, timeout=10)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that runs.

    Attributes:
        url: Its public URL.
        at: Where it listens itself.
        folder: Where its files are.
        database: The URL of its database.
        made: What the first start made: the members of the file of `--bootstrap`.
    """

    url: str
    at: str
    folder: Path
    database: str
    made: Mapping[str, str]

    @property
    def environment_id(self) -> str:
        """The environment of the first start."""
        return self.made["environmentId"]

    @property
    def issuer(self) -> str:
        """Its issuer."""
        return self.made["issuer"]

    @property
    def api(self) -> str:
        """The environment's place in the platform's API."""
        return f"{self.made['apiPath']}/environments/{self.environment_id}"

    def worker_token(self, at: str | None = None) -> str:
        """Return an access token of the worker application, from its public URL or from another place."""
        credentials = f"{self.made['clientId']}:{self.made['clientSecret']}"
        basic = {"authorization": f"Basic {b64encode(credentials.encode()).decode()}"}
        reply = form(f"{at or self.url}/{self.environment_id}/as/token", {"grant_type": "client_credentials"}, basic)
        token: str = reply.json["access_token"]
        return token


@contextmanager
def provider(
    folder: Path, *options: str, port: int | None = None, database: str | None = None, bootstrap: str = "gatepost.json"
) -> Iterator[Provider]:
    """Run a provider for the length of a `with` block.

    Args:
        folder: Where it runs, and keeps its database unless one is named.
        options: More of its options.
        port: The port; a free one by default.
        database: The URL of the database; `gatepost.db` in the folder by default.
        bootstrap: The name of the file for what the first start made.
    """
    port = port or free_port()
    database = database or f"sqlite:///{folder / 'gatepost.db'}"
    command = [sys.executable, "-m", "gatepost", "provider", f"--port={port}", f"--bootstrap={bootstrap}"]
    command += [f"--database={database}", *options]
    with server_process(command, ready=lambda: _ready(port), folder=folder):
        made = json.loads((folder / bootstrap).read_text(encoding="utf-8"))
        yield Provider(made["authPath"], f"http://127.0.0.1:{port}", folder, database, made)


def send(
    method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None, media_type: str = ""
) -> Reply:
    """Send a request, with a JSON body if there is one; redirects are not followed."""
    sent = dict(headers or {})
    octets = None
    if body is not None:
        octets = json.dumps(body).encode()
        sent["content-type"] = media_type or "application/json"
    return _reply(_HTTP.request(method, url, body=octets, headers=sent))


def form(url: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Reply:
    """Post a form."""
    sent = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
    return _reply(_HTTP.request("POST", url, body=urlencode(fields).encode(), headers=sent))


def _reply(response: urllib3.BaseHTTPResponse) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status, headers, response.data)


def _ready(port: int) -> bool:
    if not listening(port):
        return False
    # The socket listens before the server does; what the file says is there once something answers.
    try:
        return _HTTP.request("GET", f"http://127.0.0.1:{port}/readyz", timeout=30).status == 200
    except urllib3.exceptions.HTTPError:
        return False
