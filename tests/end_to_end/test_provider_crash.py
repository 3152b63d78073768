"""The provider dies in the middle of its work, and what it promised holds: nothing counts twice, nothing is lost."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal, NamedTuple
from urllib.parse import urlencode

import pytest
import urllib3
from sqlalchemy import Connection, select

from gatepost.identity.store.store import Store
from gatepost.identity.store.tables import authorization_codes, token_families
from tests.end_to_end.real_parts.loopback_port import free_port, listening
from tests.provider.world import CALLBACK, FORM, Browser, Client, Reply, World, http_sender

EXCHANGES = 250
ROTATIONS = 250
ANSWERED_BEFORE_THE_END = 150
AT_ONCE = 8
PATIENCE = 30


class Server:
    """A process of the provider, which can be started again after its end."""

    def __init__(self, folder: Path, database: str, port: int, public_url: str) -> None:
        self.port = port
        self.folder = folder
        program = [sys.executable, "-m", "gatepost", "provider", f"--port={port}", f"--database={database}"]
        self._command = [*program, f"--public-url={public_url}", "--bootstrap=gatepost.json"]
        self._process: subprocess.Popen[bytes] | None = None
        self.send = http_sender(port)

    def start(self) -> None:
        with (self.folder / "provider.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while not self._ready():
            try:
                ended = self._process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"ended with {ended}: {(self.folder / 'provider.log').read_text()[-2000:]}")

    def _ready(self) -> bool:
        if not listening(self.port):
            return False
        url = f"http://127.0.0.1:{self.port}/readyz"
        try:
            return self.send("GET", url, {}, b"", "").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=PATIENCE)

    @property
    def dead(self) -> bool:
        return self._process is not None and self._process.returncode == -signal.SIGKILL

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=PATIENCE)


class Outcome(NamedTuple):
    """What came of a code or a refresh token that was sent."""

    sent: str
    what: Literal["honoured", "refused", "lost"]
    access_token: str = ""
    refresh_token: str = ""


class Job(NamedTuple):
    """A code or a refresh token to be sent to a server."""

    grant_type: str
    sent: str
    server: Server


@dataclass(frozen=True)
class Running:
    """Servers on one database, an application, and a browser that is signed on."""

    servers: Sequence[Server]
    database: str
    world: World
    client: Client
    browser: Browser

    def codes(self, count: int) -> list[str]:
        """Codes that nobody has redeemed."""
        asked = (self.browser.authorize(self.client, scope="openid offline_access") for _ in range(count))
        return [each.parameters["code"] for each in asked]

    def ask(self, job: Job) -> Outcome:
        """Ask for the tokens of a code or a refresh token."""
        if job.grant_type == "authorization_code":
            fields = {"code": job.sent, "redirect_uri": CALLBACK}
        else:
            fields = {"refresh_token": job.sent}
        try:
            reply = self._post(job.server, "token", {"grant_type": job.grant_type, **fields})
        except urllib3.exceptions.HTTPError:
            return Outcome(job.sent, "lost")
        if reply.status == 200:
            return Outcome(job.sent, "honoured", reply.json["access_token"], reply.json["refresh_token"])
        assert reply.json["error"] == "invalid_grant", reply.text
        return Outcome(job.sent, "refused")

    def active(self, server: Server, token: str) -> bool:
        """Whether a server says that a token is good."""
        answer: bool = self._post(server, "introspect", {"token": token}).json["active"]
        return answer

    def _post(self, server: Server, place: str, fields: dict[str, str]) -> Reply:
        url = f"{self.world.issuer}/{place}"
        proof, headers = self.client.proof(url)
        body = urlencode({**proof, **fields}).encode()
        return server.send("POST", url, {"content-type": FORM, **headers}, body, "")


@contextmanager
def running(folder: Path, database: str, count: int) -> Iterator[Running]:
    """Servers on one database, for the length of a `with` block."""
    ports = [free_port() for _ in range(count)]
    public_url = f"http://localhost:{ports[0]}"
    servers = [Server(folder, database, port, public_url) for port in ports]
    with ExitStack() as stack:
        for server in servers:
            stack.callback(server.stop)
            server.start()
        made = json.loads((folder / "gatepost.json").read_text())
        secrets = (made["environmentId"], made["clientId"], made["clientSecret"])
        world = World(servers[0].send, public_url, *secrets)
        client = world.client(tokenEndpointAuthMethod="CLIENT_SECRET_POST")
        browser = world.browser()
        browser.sign_on(client, world.user())
        yield Running(servers, database, world, client, browser)


@pytest.fixture(params=["sqlite", "postgresql", "two servers on one postgresql"])
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    """A provider on each database, and two processes on one."""
    if request.param == "sqlite":
        database = f"sqlite:///{tmp_path / 'gatepost.db'}"
    else:
        database = request.getfixturevalue("postgresql_url")
    with running(tmp_path, database, 2 if "two" in request.param else 1) as found:
        yield found


def test_nothing_counts_twice_and_nothing_is_lost(provider: Running) -> None:
    first = provider.servers[0]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = list(pool.map(provider.ask, jobs(provider, "authorization_code", provider.codes(ROTATIONS))))
        tokens = jobs(provider, "refresh_token", [each.refresh_token for each in begun])
        codes = jobs(provider, "authorization_code", provider.codes(EXCHANGES))
        # With a second server, some go to both of them at the same moment.
        mixed = [each for pair in zip(codes, tokens, strict=True) for each in pair]
        raced = {each.sent for each in mixed[::9]} if len(provider.servers) > 1 else set()
        sent = [twin for each in mixed for twin in both(provider, each, raced)]

        outcomes = list(pool.map(dying(provider, first), sent))
        assert first.dead
        first.start()

        kinds = {each.sent: each.grant_type for each in sent}
        lost = [each.sent for each in outcomes if each.what == "lost" and each.sent not in raced]
        honoured = [each for each in outcomes if each.what == "honoured" and each.sent not in raced]
        assert len(lost) > AT_ONCE
        assert len(honoured) >= ANSWERED_BEFORE_THE_END - len(raced)

        # What was not answered is good still, but for the few that were on their way when the server died.
        retried = list(pool.map(provider.ask, [Job(kinds[each], each, first) for each in lost]))
        assert sum(each.what == "refused" for each in retried) <= AT_ONCE
        assert not any(each.what == "lost" for each in retried)

        # What was answered is there: the access tokens are good, and the refresh tokens go on.
        assert all(pool.map(lambda each: provider.active(first, each.access_token), honoured))
        follow = [Job("refresh_token", each.refresh_token, first) for each in honoured]
        assert {each.what for each in pool.map(provider.ask, follow)} == {"honoured"}

        # And nothing is taken twice.
        again = [Job(kinds[each], each, first) for each in kinds]
        whole = [*outcomes, *retried, *pool.map(provider.ask, again)]
    times = Counter(each.sent for each in whole if each.what == "honoured")
    assert max(times.values()) == 1
    assert not codes_without_grants(provider.database)


def jobs(provider: Running, grant_type: str, sent: Sequence[str]) -> list[Job]:
    """Send each to one of the servers, in turn."""
    return [Job(grant_type, each, provider.servers[at % len(provider.servers)]) for at, each in enumerate(sent)]


def both(provider: Running, job: Job, raced: set[str]) -> list[Job]:
    return [job._replace(server=each) for each in provider.servers] if job.sent in raced else [job]


def dying(provider: Running, server: Server) -> Callable[[Job], Outcome]:
    """Return what asks, and kills a server once it has answered so often."""
    lock = Lock()
    answered = 0

    def ask(job: Job) -> Outcome:
        nonlocal answered
        outcome = provider.ask(job)
        if job.server is server and outcome.what == "honoured":
            with lock:
                answered += 1
                last = answered == ANSWERED_BEFORE_THE_END
            if last:
                server.kill()
        return outcome

    return ask


def codes_without_grants(database: str) -> list[str]:
    """The codes in the store that were used, and for which nothing is there."""

    def work(connection: Connection) -> list[str]:
        used = select(authorization_codes.c.family_id).where(authorization_codes.c.used_at.is_not(None))
        known = select(token_families.c.id)
        return list(connection.execute(used.where(authorization_codes.c.family_id.not_in(known))).scalars())

    store = Store.open(database)
    try:
        return store.read(work)
    finally:
        store.close()
