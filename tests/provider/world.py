"""A whole provider for tests: in this process or behind a socket, filled through its own platform API.

Whoever talks to it sees addresses, headers and bodies alone, so a test does not know which of the two it has.
"""

import asyncio
import json
import re
import socket
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit
from uuid import uuid4

import urllib3
from uvicorn import Config, Server

from gatepost.identity.bootstrap import bootstrap
from gatepost.identity.configurations import Configurations
from gatepost.identity.mail import Mail
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.store import Store
from gatepost.jose import KeySet, SigningKey, base64url, sign_compact
from gatepost.jose.compact import verify_compact
from gatepost.provider.assembly import application
from gatepost.provider.services import Services, Settings
from gatepost.provider.serving.http_protocol import BoundedHttp
from gatepost.provider.web.application import Application
from gatepost.provider.web.request import Request
from tests.end_to_end.real_parts.provider import Provider

CALLBACK = "https://app.example.com/callback"
AFTER = "https://app.example.com/signed-off"
PASSWORD = "Violet-Harbor7!Quill"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = "application/x-www-form-urlencoded"
_WORKER_TOKEN_LIVES = 3000


class Reply(NamedTuple):
    """What came back. Header names are in lower case; some come more than once."""

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes
    url: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.fields)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        """Where a redirect goes to."""
        assert self.status in {302, 303}, f"{self.status} {self.text[-600:]}"
        return urljoin(self.url, self.headers["location"])

    @property
    def parameters(self) -> dict[str, str]:
        """What stands in the query or the fragment of where a redirect goes to."""
        parts = urlsplit(self.location)
        return dict(parse_qsl(parts.query or parts.fragment, keep_blank_values=True))


# Sends a request from an address, and follows nothing.
Send: TypeAlias = Callable[[str, str, Mapping[str, str], bytes, str], Reply]


@dataclass(frozen=True)
class Client:
    """An application, as it talks to the provider."""

    world: "World"
    id: str
    secret: str
    method: str
    key: SigningKey | None = None

    def proof(self, endpoint: str, **claims: Any) -> tuple[dict[str, str], dict[str, str]]:
        """The form fields and the headers that say who asks at an endpoint."""
        if self.method == "NONE":
            return {"client_id": self.id}, {}
        if self.method == "CLIENT_SECRET_POST":
            return {"client_id": self.id, "client_secret": self.secret}, {}
        if self.method == "CLIENT_SECRET_BASIC":
            pair = f"{quote(self.id)}:{quote(self.secret)}".encode()
            return {}, {"authorization": f"Basic {b64encode(pair).decode()}"}
        key = self.key or SigningKey.from_secret(self.secret.encode(), "HS256")
        assertion = sign_compact(self.claims(endpoint, **claims), key)
        return {"client_assertion": assertion, "client_assertion_type": JWT_BEARER}, {}

    def claims(self, audience: str, **others: Any) -> dict[str, Any]:
        """What an assertion of this client says."""
        now = int(self.world.time())
        return {
            "iss": self.id,
            "sub": self.id,
            "aud": audience,
            "iat": now,
            "exp": now + 120,
            "jti": str(uuid4()),
            **others,
        }

    def post(self, place: str, **fields: str | None) -> Reply:
        """Post a form to an endpoint, and prove who asks."""
        url = f"{self.world.issuer}/{place}"
        own, headers = self.proof(url)
        return self.world.post(url, {**own, **fields}, headers, "192.0.2.10")

    def token(self, grant_type: str, **fields: str | None) -> Reply:
        return self.post("token", grant_type=grant_type, **fields)

    def redeem(self, code: str, redirect_uri: str | None = CALLBACK, **fields: str | None) -> Reply:
        return self.token("authorization_code", code=code, redirect_uri=redirect_uri, **fields)

    def active(self, token: str) -> bool:
        """Whether the provider says that a token is good."""
        answer: bool = self.post("introspect", token=token).json["active"]
        return answer


@dataclass(frozen=True)
class Resource:
    """A custom resource."""

    id: str
    audience: str
    secret: str
    scopes: Mapping[str, str]


@dataclass(frozen=True)
class User:
    """A user, and what they type."""

    id: str
    username: str
    password: str = PASSWORD


@dataclass
class World:
    """A provider that runs, and what its administrator makes there."""

    send: Send
    url: str
    environment_id: str
    worker_id: str
    worker_secret: str
    offset: float = 0.0
    outbox: list[Mail] = field(default_factory=list)
    _token: tuple[str, float] = ("", 0.0)
    _scopes: dict[str, str] = field(default_factory=dict)
    _openid: str = ""

    @property
    def issuer(self) -> str:
        return f"{self.url}/{self.environment_id}/as"

    @property
    def api_url(self) -> str:
        return f"{self.url}/v1/environments/{self.environment_id}"

    def time(self) -> float:
        """The time that the provider sees, where it is turned by the test."""
        return time.time() + self.offset

    # ── Asking ──

    def get(self, url: str, headers: Mapping[str, str] | None = None, address: str = "192.0.2.1") -> Reply:
        return self.send("GET", url, headers or {}, b"", address)

    def post(
        self,
        url: str,
        fields: Mapping[str, str | None],
        headers: Mapping[str, str] | None = None,
        address: str = "192.0.2.1",
    ) -> Reply:
        """Post a form; a field that is `None` is left out."""
        sent = {name: value for name, value in fields.items() if value is not None}
        return self.send("POST", url, {"content-type": FORM, **(headers or {})}, urlencode(sent).encode(), address)

    def worker_token(self) -> str:
        token, expires_at = self._token
        if self.time() >= expires_at:
            worker = Client(self, self.worker_id, self.worker_secret, "CLIENT_SECRET_BASIC")
            token = worker.token("client_credentials").json["access_token"]
            self._token = (token, self.time() + _WORKER_TOKEN_LIVES)
        return token

    def api(self, method: str, path: str, body: object = None, media_type: str = "application/json") -> Reply:
        """Ask the platform's API as the administration's application."""
        headers = {"authorization": f"Bearer {self.worker_token()}"}
        if body is not None:
            headers["content-type"] = media_type
        octets = b"" if body is None else json.dumps(body).encode()
        return self.send(method, f"{self.api_url}{path}", headers, octets, "192.0.2.2")

    def made(self, path: str, body: object) -> dict[str, Any]:
        reply = self.api("POST", path, body)
        assert reply.status == 201, reply.text
        found: dict[str, Any] = reply.json
        return found

    # ── Making ──

    def client(self, *, key: SigningKey | None = None, openid: bool = True, **members: Any) -> Client:
        """A web application that may ask for every OpenID Connect scope; more members change it."""
        sent = {
            "name": f"Application {uuid4()}",
            "enabled": True,
            "type": "WEB_APP",
            "protocol": "OPENID_CONNECT",
            "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
            "grantTypes": ["AUTHORIZATION_CODE", "REFRESH_TOKEN"],
            "responseTypes": ["CODE"],
            "redirectUris": [CALLBACK],
            "postLogoutRedirectUris": [AFTER],
            **members,
        }
        if key is not None:
            sent["jwks"] = json.dumps({"keys": [key.to_jwk()]})
        made = self.made("/applications", sent)
        if openid and sent["grantTypes"] != ["CLIENT_CREDENTIALS"]:
            self._grant_openid(made["id"])
        secret = self.api("GET", f"/applications/{made['id']}/secret")
        value = secret.json["secret"] if secret.status == 200 else ""
        return Client(self, made["id"], value, sent["tokenEndpointAuthMethod"], key)

    def _grant_openid(self, application_id: str) -> None:
        if not self._openid:
            resources = self.api("GET", "/resources?limit=100").json["_embedded"]["resources"]
            self._openid = next(each["id"] for each in resources if each["name"] == "openid")
            scopes = self.api("GET", f"/resources/{self._openid}/scopes").json["_embedded"]["scopes"]
            self._scopes = {each["name"]: each["id"] for each in scopes}
        wanted = [{"id": self._scopes[name]} for name in ("profile", "email", "address", "phone", "offline_access")]
        self.made(f"/applications/{application_id}/grants", {"resource": {"id": self._openid}, "scopes": wanted})

    def service(self, resource: Resource, **members: Any) -> Client:
        """An application that gets tokens in its own name."""
        sent = {
            "type": "SERVICE",
            "grantTypes": ["CLIENT_CREDENTIALS"],
            "responseTypes": ["TOKEN"],
            "redirectUris": [],
            "postLogoutRedirectUris": [],
            **members,
        }
        made = self.client(openid=False, **sent)
        self.grant(made, resource)
        return made

    def resource(self, *scopes: str, **members: Any) -> Resource:
        name = f"Resource {uuid4().hex}"
        sent = {"name": name, "audience": f"https://{uuid4().hex}.example.com", **members}
        made = self.made("/resources", sent)
        within = f"/resources/{made['id']}"
        found = {each: self.made(f"{within}/scopes", {"name": each})["id"] for each in scopes}
        secret = self.api("GET", f"{within}/secret").json["secret"]
        return Resource(made["id"], made["audience"], secret, found)

    def grant(self, client: Client, resource: Resource) -> None:
        scopes = [{"id": each} for each in resource.scopes.values()]
        self.made(f"/applications/{client.id}/grants", {"resource": {"id": resource.id}, "scopes": scopes})

    def user(self, **members: Any) -> User:
        username = f"user-{uuid4().hex[:12]}"
        sent = {
            "username": username,
            "email": f"{username}@example.com",
            "name": {"given": "Ann", "family": "Lee"},
            "password": {"value": PASSWORD},
            **members,
        }
        made = self.made("/users", sent)
        return User(made["id"], sent["username"])

    def browser(self, address: str = "192.0.2.1") -> "Browser":
        return Browser(self, address)

    # ── Knowing ──

    def verified(self, token: str, algorithm: str = "RS256") -> dict[str, Any]:
        """The claims of a token that the provider signed."""
        keys = KeySet.from_jwks(self.get(f"{self.issuer}/jwks").body)
        found: dict[str, Any] = json.loads(verify_compact(token, keys, algorithms=(algorithm,)).payload)
        return found


class Form(NamedTuple):
    """A form of a page."""

    method: str
    action: str
    fields: dict[str, str]
    names: frozenset[str]


class Browser:
    """A browser without scripts: it keeps cookies, follows redirects of the provider, and fills forms in."""

    def __init__(self, world: World, address: str) -> None:
        self.world = world
        self.address = address
        self.cookies: dict[tuple[str, str], str] = {}

    def get(self, url: str, **headers: str) -> Reply:
        return self._send("GET", url, b"", _headers(headers))

    def post(self, url: str, fields: Mapping[str, str], **headers: str) -> Reply:
        return self._send("POST", url, urlencode(fields).encode(), {"content-type": FORM, **_headers(headers)})

    def act(self, flow_id: str, action: str, **members: Any) -> Reply:
        """Do something in a flow, over the flow API."""
        headers = {"content-type": f"application/vnd.pingidentity.{action}+json"}
        url = f"{self.world.url}/{self.world.environment_id}/flows/{flow_id}"
        return self._send("POST", url, json.dumps(members).encode(), headers)

    def follow(self, reply: Reply) -> Reply:
        """Go on until a page is shown, or the provider sends the browser elsewhere."""
        for _ in range(10):
            onward = reply.location if reply.status in {302, 303} else _refresh(reply)
            if onward is None or not onward.startswith(f"{self.world.url}/"):
                return reply
            reply = self.get(onward)
        raise AssertionError("the provider sends the browser in circles")

    def authorize(self, client: Client | str, *, method: str = "GET", **parameters: Any) -> Reply:
        """Ask for authorization; nothing is followed, and a parameter that is `None` is left out."""
        fields = {
            "client_id": client if isinstance(client, str) else client.id,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": "some-state",
            "nonce": "some-nonce",
            **parameters,
        }
        sent = {name: value for name, value in fields.items() if value is not None}
        url = f"{self.world.issuer}/authorize"
        return self.post(url, sent) if method == "POST" else self.get(f"{url}?{urlencode(sent)}")

    def enter(self, shown: Reply, user: User, password: str | None = None) -> Reply:
        """Fill in the page that asks for name and password, and go on."""
        form = next(each for each in forms(shown) if "password" in each.names)
        sent = {**form.fields, "username": user.username, "password": password or user.password}
        return self.follow(self.submit(shown, form, sent))

    def submit(self, shown: Reply, form: Form, fields: Mapping[str, str] | None = None) -> Reply:
        return self.post(urljoin(shown.url, form.action), fields or form.fields)

    def sign_on(self, client: Client, user: User, **parameters: Any) -> dict[str, str]:
        """Sign on at the hosted page, and return what the application gets."""
        shown = self.follow(self.authorize(client, **parameters))
        assert shown.status == 200, shown.text[-600:]
        return self.enter(shown, user).parameters

    def _send(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Reply:
        path = urlsplit(url).path
        mine = [f"{name}={value}" for (place, name), value in self.cookies.items() if _within(path, place)]
        if mine:
            headers = {"cookie": "; ".join(mine), **headers}
        reply = self.world.send(method, url, headers, body, self.address)
        for name, text in reply.fields:
            if name == "set-cookie":
                self._keep(text)
        return reply

    def _keep(self, text: str) -> None:
        pair, *attributes = [each.strip() for each in text.split(";")]
        said = {name.lower(): value for name, _, value in (each.partition("=") for each in attributes)}
        name, _, value = pair.partition("=")
        place = (said.get("path", "/"), name)
        self.cookies.pop(place, None)
        if said.get("max-age") != "0":
            self.cookies[place] = value


def pkce(verifier: str | None = None) -> tuple[str, dict[str, str]]:
    """A verifier, and the parameters of a request that go with it."""
    verifier = verifier or uuid4().hex * 2
    challenge = base64url.encode(sha256(verifier.encode()).digest()).decode()
    return verifier, {"code_challenge": challenge, "code_challenge_method": "S256"}


def forms(page: Reply) -> list[Form]:
    """The forms of a page."""
    reader = _Forms()
    reader.feed(page.text)
    return [
        Form(form.get("method", "get"), form.get("action", ""), fields, frozenset(names))
        for form, fields, names in reader.found
    ]


def _refresh(page: Reply) -> str | None:
    """Where a page sends the browser by itself."""
    found = re.search(r'<meta http-equiv="refresh" content="0; ?url=([^"]+)"', page.text) if page.body else None
    return None if found is None else unescape(found[1])


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str], dict[str, str], set[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((said, {}, set()))
        elif tag == "input" and self.found and "name" in said:
            self.found[-1][2].add(said["name"])
            if "value" in said:
                self.found[-1][1][said["name"]] = said["value"]


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in given.items()}


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith(place if place.endswith("/") else f"{place}/")


# ── Running ──


@contextmanager
def in_process(
    folder: Path, *, public_url: str = "https://id.example.com", development: bool = True
) -> Iterator[World]:
    """A provider in this process, asked without a network, for the length of a `with` block."""
    with asyncio.Runner() as runner, _assembled(folder, public_url, development) as (world, app):

        async def answer(request: Request) -> Reply:
            response = await app.answer(request)
            others = asyncio.all_tasks() - {asyncio.current_task()}
            await asyncio.gather(*others)  # mail on its way
            return Reply(response.status, response.headers, response.body)

        def send(method: str, url: str, headers: Mapping[str, str], body: bytes, address: str) -> Reply:
            parts = urlsplit(url)
            request = Request(
                method,
                parts.path,
                query_string=parts.query,
                headers={name.lower(): value for name, value in headers.items()},
                body=body,
                client=address,
                correlation_id=str(uuid4()),
            )
            return runner.run(answer(request))._replace(url=url)

        world.send = send
        yield world


@contextmanager
def over_http(folder: Path) -> Iterator[World]:
    """A provider behind a socket of this machine, whose clock the test turns, for the length of a `with` block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with _assembled(folder, f"http://localhost:{port}", True) as (world, app):
            world.send = http_sender(port)
            config = Config(app, http=BoundedHttp, ws="none", lifespan="off", log_config=None, access_log=False)
            server = Server(config)
            thread = Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            try:
                yield world
            finally:
                server.should_exit = True
                thread.join()


def http_sender(port: int) -> Send:
    """What sends requests to a port of this machine, whatever host the URL names."""
    pool = urllib3.HTTPConnectionPool("127.0.0.1", port, retries=False, timeout=20, maxsize=4)

    def send(method: str, url: str, headers: Mapping[str, str], body: bytes, _: str) -> Reply:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = {"host": parts.netloc, **headers}
        response = pool.urlopen(method, target, body=body or None, headers=sent, redirect=False)
        fields = tuple((name.lower(), value) for name, value in response.headers.iteritems())
        return Reply(response.status, fields, response.data, url)

    return send


def of_process(provider: Provider) -> World:
    """The provider of another process."""
    made, port = provider.made, urlsplit(provider.at).port
    assert port is not None
    return World(http_sender(port), provider.url, made["environmentId"], made["clientId"], made["clientSecret"])


@contextmanager
def _assembled(folder: Path, public_url: str, development: bool) -> Iterator[tuple[World, Application]]:
    store = Store.open(f"sqlite:///{folder / 'gatepost.db'}")
    sealing = SealingKey([b"k" * 32])
    configurations = Configurations(store, sealing)
    try:
        made = bootstrap(store, sealing, int(time.time() * 1000))
        assert made.client_secret is not None
        world = World(_nowhere, public_url, made.environment_id, made.client_id, made.client_secret)
        services = Services(Settings(public_url, development), store, sealing, configurations, clock=world.time)
        yield world, application(services, mailer=_Outbox(world))
    finally:
        configurations.close()
        store.close()


class _Outbox:
    """Keeps mail in the world, as a mailer that sends it would."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def send(self, mail: Mail, now: int) -> None:
        assert now
        self._world.outbox.append(mail)


def _nowhere(method: str, url: str, headers: Mapping[str, str], body: bytes, address: str) -> Reply:
    raise AssertionError("this provider does not run yet")
