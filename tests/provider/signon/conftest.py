"""An environment with its sign-on endpoints, asked by browsers without a network."""

import asyncio
import json
import os
import shutil
from base64 import b32decode
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import Connection

from gatepost.identity import (
    applications,
    audit,
    authenticators,
    environments,
    organizations,
    passwords,
    populations,
    sign_on_actions,
    sign_on_policies,
    sign_on_policy_assignments,
    signing_keys,
    totp,
    users,
)
from gatepost.identity.applications import Application
from gatepost.identity.configuration import Configuration
from gatepost.identity.configurations import Configurations
from gatepost.identity.ids import new_id
from gatepost.identity.mail import Mail
from gatepost.identity.signing_keys import NewKey
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.store import Store, Work
from gatepost.identity.users import NewPassword
from gatepost.identity.verified_passwords import VerifiedPasswords
from gatepost.jose import base64url
from gatepost.provider.oauth.routes import routes as oauth_routes
from gatepost.provider.services import Services, Settings
from gatepost.provider.signon import Flows, routes
from gatepost.provider.web.application import Application as Web
from gatepost.provider.web.request import Request
from gatepost.provider.web.response import Response
from gatepost.provider.web.router import Router
from tests.end_to_end.real_parts.postgresql import database, postgresql

T = TypeVar("T")
SEALING = SealingKey([os.urandom(32)])
PUBLIC_URL = "https://id.example.com"
BEGINNING = 1_800_000_000.0
CALLBACK = "https://app.example.com/callback"
AFTER = "https://app.example.com/signed-off"
PASSWORD = "Violet-Harbor7!Quill"
OTHER_PASSWORD = "Copper-Meadow9!Finch"
DAY = 86_400


@cache
def signing_key() -> NewKey:
    return signing_keys.generate("RS256", now=int(BEGINNING * 1000))


@cache
def hashed(cleartext: str) -> NewPassword:
    return passwords.for_bootstrap(cleartext)


class Answer:
    """What came back."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.headers = dict(response.headers)
        self.set_cookies = [value for name, value in response.headers if name == "set-cookie"]
        self.body = response.body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        return self.headers["location"]

    @property
    def parameters(self) -> dict[str, str]:
        """What stands in the query or the fragment of the place that a browser is sent to."""
        parts = urlsplit(self.location)
        return dict(parse_qsl(parts.query or parts.fragment))

    @property
    def flow_id(self) -> str:
        return self.json["id"] if self.status == 200 else self.parameters["flowId"]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The status and the codes of what is wrong, with their targets."""
        return [(each["code"], each.get("target", "")) for each in self.json.get("details", [])]


class Outbox:
    """Keeps mail, as a mailer that sends it would."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    async def send(self, mail: Mail, now: int) -> None:
        assert now
        self.sent.append(mail)

    @property
    def code(self) -> str:
        """The code in the last mail."""
        return next(line.strip() for line in self.sent[-1].text.splitlines() if line.startswith("    "))


class Served:
    """An environment in a store, with its endpoints and a clock to turn."""

    def __init__(self, store: Store, environment_id: str | None = None, public_url: str = PUBLIC_URL) -> None:
        self.store = store
        self.time = BEGINNING
        self.outbox = Outbox()
        self._priority = 0
        self.configurations = Configurations(store, SEALING)
        self.services = Services(Settings(public_url), store, SEALING, self.configurations, clock=lambda: self.time)
        self.flows = Flows(self.services, mailer=self.outbox, memory=VerifiedPasswords())
        router = Router()
        for method, pattern, handler in (*routes(self.services, self.flows), *oauth_routes(self.services)):
            router.add(method, pattern, handler)
        self.web = Web(
            router,
            failing=lambda _, status, text: Response(status, (), json.dumps({"error": text}).encode()),
            finishing=lambda _, response: response,
        )
        self.environment_id = environment_id or self.write(self._environment)
        self.issuer = f"{public_url}/{self.environment_id}/as"

    @property
    def now(self) -> int:
        return int(self.time * 1000)

    @property
    def configuration(self) -> Configuration:
        found = self.configurations.get(self.environment_id)
        assert found is not None
        return found

    def write(self, work: Work[T]) -> T:
        return self.store.write(work)

    def _environment(self, connection: Connection) -> str:
        organization = organizations.create(connection, {"name": "Example"}, self.now)
        sent = {"name": f"Shop {new_id()}"}
        made = environments.create(connection, organization.id, sent, self.now, SEALING, keys=[signing_key()])
        self.environment_id = made.id
        self._user(connection, "ann", {"name": {"given": "Ann", "family": "Lee"}}, PASSWORD)
        return made.id

    def another_environment(self) -> str:
        """The identifier of another environment."""
        key = signing_keys.generate("RS256", now=self.now)

        def work(connection: Connection) -> str:
            organization = organizations.create(connection, {"name": "Another"}, self.now)
            sent = {"name": "Another"}
            return environments.create(connection, organization.id, sent, self.now, SEALING, keys=[key]).id

        return self.write(work)

    # ── What there is ──

    def application(self, **members: Any) -> Application:
        """A web application; more members change it."""
        sent = {
            "name": f"Application {new_id()}",
            "enabled": True,
            "type": "WEB_APP",
            "protocol": "OPENID_CONNECT",
            "tokenEndpointAuthMethod": "CLIENT_SECRET_POST",
            "redirectUris": [CALLBACK],
            "postLogoutRedirectUris": [AFTER],
            **members,
        }
        return self.write(lambda c: applications.create(c, self.environment_id, sent, self.now, SEALING))

    def user(self, username: str, password: str | None = PASSWORD, *, must_change: bool = False, **members: Any) -> str:
        """The identifier of a new user."""
        return self.write(lambda c: self._user(c, username, members, password, must_change=must_change))

    def _user(
        self,
        connection: Connection,
        username: str,
        members: dict[str, Any],
        password: str | None,
        *,
        must_change: bool = False,
    ) -> str:
        sent = {"username": username, "email": f"{username}@example.com", **members}
        kept = None if password is None else hashed(password)._replace(must_change=must_change)
        return users.create(connection, self.environment_id, sent, self.now, password=kept).id

    @property
    def ann(self) -> str:
        found = self.store.read(lambda c: users.by_username(c, self.environment_id, "ann"))
        assert found is not None
        return found.id

    def policy(self, application: Application, *actions: dict[str, Any], name: str | None = None) -> str:
        """Let an application ask for a policy of these actions, and return its name."""
        name = name or f"Policy_{new_id()}"
        self._priority += 1

        def work(connection: Connection) -> None:
            made = sign_on_policies.create(connection, self.environment_id, {"name": name}, self.now)
            for at, action in enumerate(actions, 1):
                sign_on_actions.create(connection, self.environment_id, made.id, {"priority": at, **action}, self.now)
            sent = {"priority": self._priority, "signOnPolicy": {"id": made.id}}
            sign_on_policy_assignments.create(connection, self.environment_id, application.id, sent, self.now)

        self.write(work)
        return name

    def registration(self) -> dict[str, Any]:
        """An action that lets people register themselves."""
        found = self.store.read(lambda c: populations.default_of(c, self.environment_id))
        assert found is not None
        return {"type": "LOGIN", "registration": {"enabled": True, "population": {"id": found.id}}}

    def authenticator(self, user_id: str) -> "Authenticator":
        """A user's authenticator application, ready to be used."""

        def work(connection: Connection) -> "Authenticator":
            user = users.get(connection, self.environment_id, user_id)
            enrolment = authenticators.enrol(connection, SEALING, user, "Shop", self.now)
            made = Authenticator(enrolment.device.id, enrolment.secret)
            code = made.code(self.time - 30)
            checked = authenticators.activate(
                connection, SEALING, self.environment_id, user_id, enrolment.device.id, code, self.now
            )
            assert checked.right
            return made

        return self.write(work)

    def secret(self, owner_id: str) -> str:
        found = self.configuration.secret_of(owner_id)
        assert found is not None
        return found.value

    def audited(self) -> list[tuple[str, str]]:
        """What happened, the latest first."""
        found = self.store.read(lambda c: audit.latest(c, self.environment_id))
        return [(each.action, each.result) for each in found]

    # ── What is asked ──

    def browser(self, address: str = "192.0.2.1") -> "Browser":
        return Browser(self, address)

    def send(self, request: Request) -> Answer:
        return Answer(asyncio.run(self._settled(request)))

    def send_together(self, requests: Iterable[Request]) -> list[Answer]:
        """What comes back to requests that come at the same time."""

        async def all_of_them() -> list[Response]:
            return await asyncio.gather(*(self._settled(each) for each in requests))

        return [Answer(each) for each in asyncio.run(all_of_them())]

    async def _settled(self, request: Request) -> Response:
        response = await self.web.answer(request)
        await self.flows.settle()
        return response

    def redeem(self, application: Application, code: str) -> dict[str, Any]:
        """The tokens of a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": application.id,
            "client_secret": self.secret(application.id),
        }
        answer = self.browser().post(f"/{self.environment_id}/as/token", form)
        assert answer.status == 200, answer.text
        tokens: dict[str, Any] = answer.json
        return tokens


class Authenticator(NamedTuple):
    """An authenticator application."""

    id: str
    secret: str

    def code(self, time: float) -> str:
        """The one-time password of a time in seconds since 1970."""
        padded = self.secret + "=" * (-len(self.secret) % 8)
        return totp.code(b32decode(padded), totp.step_at(int(time * 1000)))


class Browser:
    """A browser: it keeps its cookie."""

    def __init__(self, served: Served, address: str) -> None:
        self.served = served
        self.address = address
        self.cookie: str | None = None

    def get(self, path: str, fields: dict[str, Any] | None = None, **headers: str) -> Answer:
        return self._send("GET", path, urlencode(_named(fields)), b"", headers)

    def post(self, path: str, fields: dict[str, Any] | None = None, **headers: str) -> Answer:
        sent = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self._send("POST", path, "", urlencode(_named(fields)).encode(), sent)

    def authorize(self, application: Application, *, method: str = "GET", **parameters: Any) -> Answer:
        whole = {
            "client_id": application.id,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": "s-1",
            **parameters,
        }
        path = f"/{self.served.environment_id}/as/authorize"
        return self.get(path, whole) if method == "GET" else self.post(path, whole)

    def flow(self, flow_id: str) -> Answer:
        return self.get(f"/{self.served.environment_id}/flows/{flow_id}")

    def act(self, flow_id: str, action: str, **fields: Any) -> Answer:
        return self.raw(flow_id, f"application/vnd.pingidentity.{action}+json", json.dumps(fields).encode())

    def raw(self, flow_id: str, media_type: str | None, body: bytes) -> Answer:
        headers = {} if media_type is None else {"content-type": media_type}
        return self._send("POST", f"/{self.served.environment_id}/flows/{flow_id}", "", body, headers)

    def check(self, flow_id: str, username: str = "ann", password: str = PASSWORD) -> Answer:
        return self.act(flow_id, "usernamePassword.check", username=username, password=password)

    def resume(self, flow_id: str, **headers: str) -> Answer:
        return self.get(f"/{self.served.environment_id}/as/resume", {"flowId": flow_id}, **headers)

    def begin(self, application: Application, **parameters: Any) -> str:
        """The identifier of a new flow."""
        answer = self.authorize(application, **parameters)
        assert answer.status == 302, answer.text
        return answer.flow_id

    def sign_on(self, application: Application, username: str = "ann", **parameters: Any) -> dict[str, str]:
        """Sign on with a password, and return what the application gets."""
        flow_id = self.begin(application, **parameters)
        checked = self.check(flow_id, username)
        assert checked.status == 200, checked.text
        assert checked.json["status"] == "COMPLETED"
        return self.resume(flow_id).parameters

    def sign_off(self, method: str = "GET", **fields: Any) -> Answer:
        path = f"/{self.served.environment_id}/as/signoff"
        return self.get(path, fields) if method == "GET" else self.post(path, fields)

    def silent(self, application: Application, **parameters: Any) -> dict[str, str]:
        """What an application gets without anybody being asked."""
        return self.authorize(application, prompt="none", **parameters).parameters

    def _send(self, method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> Answer:
        answer = self.served.send(self.request(method, path, query, body, headers))
        for each in answer.set_cookies:
            self.cookie = each.split(";")[0].removeprefix("ST=") or None
        return answer

    def request(
        self, method: str, path: str, query: str = "", body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Request:
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if self.cookie is not None:
            sent["cookie"] = f"ST={self.cookie}"
        return Request(
            method,
            path,
            query_string=query,
            headers=sent,
            body=body,
            client=self.address,
            correlation_id="cor-1",
        )


def _named(fields: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (fields or {}).items() if value is not None}


def said(token: str) -> dict[str, Any]:
    """The claims of a token, unverified."""
    found: dict[str, Any] = json.loads(base64url.decode(token.split(".")[1].encode()))
    return found


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with an environment and a user, made once, and the environment's identifier."""
    path = tmp_path_factory.mktemp("signon") / "prepared.db"
    store = Store.open(f"sqlite:///{path}")
    served = Served(store)
    served.configurations.close()
    store.close()
    return path, served.environment_id


@pytest.fixture
def served(prepared: tuple[Path, str], tmp_path: Path) -> Iterator[Served]:
    """An environment with its endpoints."""
    path, environment_id = prepared
    shutil.copy(path, tmp_path / "gatepost.db")
    yield from _serving(f"sqlite:///{tmp_path / 'gatepost.db'}", environment_id)


@pytest.fixture(scope="session")
def signon_postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server; ask for `served_twice` instead."""
    with postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def on_both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """An environment with its endpoints, on each kind of database."""
    if request.param == "sqlite":
        yield from _serving(f"sqlite:///{tmp_path / 'both.db'}", None)
    else:
        with database(request.getfixturevalue("signon_postgresql"), f"signon_{new_id().replace('-', '')}") as url:
            yield from _serving(url, None)


def _serving(url: str, environment_id: str | None) -> Iterator[Served]:
    store = Store.open(url)
    made = Served(store, environment_id)
    try:
        yield made
    finally:
        made.configurations.close()
        store.close()


@pytest.fixture
def app(served: Served) -> Application:
    """A web application."""
    return served.application()
