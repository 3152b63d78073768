"""Load of whole sign-ons: browsers that take the code flow with PKCE from its first request to its tokens.

    python benchmarks/provider_flows.py PEER PORT SECONDS BROWSERS FIRST PEOPLE [WORLD]

It prints, as JSON, how many flows were completed, how many seconds it took, and the milliseconds of each flow. Browsers
forget their cookies after each flow; the people of the flows are `user<FIRST>` and so on, `PEOPLE` of them in turn.
"""

import asyncio
import json
import sys
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import uvloop

CALLBACK = "https://app.example.com/callback"
PASSWORD = "Violet-Harbor7!Quill"
_FORM = "application/x-www-form-urlencoded"


class Answer(NamedTuple):
    """What came back.

    Attributes:
        status: The status.
        location: The `Location`, or nothing.
        cookies: The cookies that were set, by their names.
        body: The body.
    """

    status: int
    location: str
    cookies: dict[str, str]
    body: bytes

    def parameters(self) -> dict[str, str]:
        """Return what stands in the query of the `Location`."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}


class Connection(asyncio.Protocol):
    """A connection that is kept open: one request after another."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        self._buffer += data
        head, blank, rest = self._buffer.partition(b"\r\n\r\n")
        if not blank:
            return
        first, *lines = head.split(b"\r\n")
        length, location, cookies = 0, "", {}
        for line in lines:
            name, _, value = line.partition(b":")
            match name.lower():
                case b"content-length":
                    length = int(value)
                case b"location":
                    location = value.strip().decode()
                case b"set-cookie":
                    pair = value.strip().partition(b";")[0].decode()
                    cookies[pair.partition("=")[0]] = pair
        if len(rest) < length:
            return
        assert len(rest) == length, "one answer at a time"
        self._buffer = b""
        assert self._answer is not None
        self._answer.set_result(Answer(int(first[9:12]), location, cookies, rest))

    async def ask(
        self, method: str, target: str, cookie: str = "", body: bytes = b"", media_type: str = "", headers: str = ""
    ) -> Answer:
        """Send a request and wait for its answer."""
        assert self._transport is not None
        lines = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}"
        if cookie:
            lines += f"Cookie: {cookie}\r\n"
        if method == "POST":
            lines += f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(lines.encode() + b"\r\n" + body)
        return await self._answer


class Peer(Protocol):
    """A provider, as browsers and clients see it."""

    async def sign_on(self, connection: Connection, username: str, verifier: str) -> None:
        """Take one flow from its first request to its tokens."""


class Gatepost:
    """Gatepost: the flow's JSON, as an application's own pages use it."""

    def __init__(self, world: dict[str, Any]) -> None:
        self._at = f"/{world['environment_id']}"
        application = world["application"]
        self._client_id = application["id"]
        self._basic = _basic(application["id"], application["secret"])

    async def sign_on(self, connection: Connection, username: str, verifier: str) -> None:
        """Take one flow: authorize, read the flow, password, consent, resume, tokens."""
        query = _query(self._client_id, verifier) + "&prompt=consent"
        asked = await connection.ask("GET", f"{self._at}/as/authorize?{query}")
        assert asked.status == 302, asked
        target = f"{self._at}/flows/{asked.parameters()['flowId']}"
        cookie = asked.cookies["ST"]
        shown = await connection.ask("GET", target, cookie)
        assert b'"USERNAME_PASSWORD_REQUIRED"' in shown.body, shown
        sent = json.dumps({"username": username, "password": PASSWORD}).encode()
        proven = await connection.ask("POST", target, cookie, sent, _vendor("usernamePassword.check"))
        assert b'"AGREEMENT_CONSENT_REQUIRED"' in proven.body, proven
        cookie = proven.cookies.get("ST", cookie)
        allowed = await connection.ask("POST", target, cookie, b'{"accept":true}', _vendor("user.consent"))
        assert b'"COMPLETED"' in allowed.body, allowed
        cookie = allowed.cookies.get("ST", cookie)
        parts = urlsplit(json.loads(allowed.body)["resumeUrl"])
        resumed = await connection.ask("GET", f"{parts.path}?{parts.query}", cookie)
        assert resumed.status == 302, resumed
        await _redeem(connection, f"{self._at}/as/token", self._basic, resumed, verifier)


class OidcProvider:
    """npm `oidc-provider`: its development interactions, which take any name and ask for no password."""

    _basic_value = ("application", "benchmark-secret-of-the-application-client")

    async def sign_on(self, connection: Connection, username: str, verifier: str) -> None:
        """Take one flow: authorize, login, resume, consent, resume, tokens."""
        asked = await connection.ask("GET", f"/auth?{_query('application', verifier)}")
        assert asked.status == 303, asked
        session: dict[str, str] = {}
        login = f"prompt=login&login={username}&password={PASSWORD}"
        asked = await self._posted(connection, asked, session, login)
        asked = await self._posted(connection, asked, session, "prompt=consent")
        await _redeem(connection, "/token", _basic(*self._basic_value), asked, verifier)

    @staticmethod
    async def _posted(connection: Connection, asked: Answer, session: dict[str, str], fields: str) -> Answer:
        """Post what an interaction asks for, and go on."""
        sent = await connection.ask("POST", asked.location, asked.cookies["_interaction"], fields.encode(), _FORM)
        assert sent.status == 303, sent
        cookie = "; ".join((asked.cookies["_interaction_resume"], *session.values()))
        parts = urlsplit(sent.location)
        resumed = await connection.ask("GET", parts.path, cookie)
        assert resumed.status == 303, resumed
        session.update({name: pair for name, pair in resumed.cookies.items() if name.startswith("_session")})
        return resumed


async def _redeem(connection: Connection, target: str, basic: str, came: Answer, verifier: str) -> None:
    assert came.location.startswith(CALLBACK), came
    code = came.parameters()["code"]
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": verifier}
    redeemed = await connection.ask("POST", target, "", urlencode(fields).encode(), _FORM, basic)
    members = json.loads(redeemed.body)
    assert redeemed.status == 200, redeemed
    assert members["access_token"].count(".") == members["id_token"].count(".") == 2
    assert "read" in members["scope"].split(), members


def _query(client_id: str, verifier: str) -> str:
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return (
        f"client_id={client_id}&response_type=code&scope=openid%20read&redirect_uri={quote(CALLBACK, safe='')}"
        f"&code_challenge={challenge}&code_challenge_method=S256&state=some-state&nonce=some-nonce"
    )


def _vendor(action: str) -> str:
    return f"application/vnd.pingidentity.{action}+json"


def _basic(client_id: str, secret: str) -> str:
    return f"Authorization: Basic {b64encode(f'{client_id}:{secret}'.encode()).decode()}\r\n"


async def load(peer: Peer, port: int, seconds: float, browsers: int, people: Iterator[str]) -> dict[str, Any]:
    """Let browsers sign on one after another for a while, and return what came of it."""
    loop = asyncio.get_running_loop()
    connections = [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(browsers)]
    taken: list[float] = []
    begun = time.perf_counter()
    end = begun + seconds

    async def browse(connection: Connection, number: int) -> None:
        count = 0
        while (at := time.perf_counter()) < end:
            count += 1
            await peer.sign_on(connection, next(people), f"{number:03d}-{count:06d}-{'verifier' * 5}")
            taken.append((time.perf_counter() - at) * 1000)

    await asyncio.gather(*(browse(each, number) for number, each in enumerate(connections)))
    return {"flows": len(taken), "seconds": time.perf_counter() - begun, "milliseconds": taken}


def main() -> None:
    """Put load on, and print what came of it."""
    name, port, seconds, browsers, first, people, *world = sys.argv[1:]
    peer: Peer = OidcProvider() if name == "oidc-provider" else Gatepost(json.loads(Path(world[0]).read_text()))
    names = cycle([f"user{number}" for number in range(int(first), int(first) + int(people))])
    print(json.dumps(uvloop.run(load(peer, int(port), float(seconds), int(browsers), islice(names, None)))))


if __name__ == "__main__":
    main()
