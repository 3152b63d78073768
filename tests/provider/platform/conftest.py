"""An environment with its platform API, asked without a network, on both databases."""

import asyncio
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from gatepost.identity import bootstrap as bootstrapping
from gatepost.identity import environments, password_hashing, role_assignments, signing_keys
from gatepost.identity.bootstrap import Bootstrap
from gatepost.identity.configuration import Configuration
from gatepost.identity.configurations import Configurations
from gatepost.identity.ids import new_id
from gatepost.identity.mail import Mail
from gatepost.identity.resources import PLATFORM_AUDIENCE
from gatepost.identity.role_assignments import ActorType
from gatepost.identity.roles import Role, ScopeType
from gatepost.identity.signing_keys import NewKey
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.store import Store
from gatepost.jose import sign_compact
from gatepost.provider.platform.routes import failing, finishing, routes
from gatepost.provider.services import Services, Settings
from gatepost.provider.web.application import Application
from gatepost.provider.web.request import Request
from gatepost.provider.web.response import Response
from gatepost.provider.web.router import Router
from tests.end_to_end.real_parts.postgresql import database, postgresql

NOW = 1_774_283_879.659
ORIGIN = "https://id.example.com"
PASSWORD = "Violet-Harbor7!Quill"
SEALING = SealingKey([b"k" * 32])


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def id(self) -> str:
        """The identifier of what was made."""
        return str(self.body["id"])

    @property
    def details(self) -> set[tuple[str, str]]:
        """The codes and targets of what is wrong."""
        return {(each["code"], each.get("target", "")) for each in self.body.get("details", [])}


class Outbox:
    """Keeps mail, as a mailer that sends it would."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    async def send(self, mail: Mail, now: int) -> None:
        """Keep a mail."""
        assert now
        self.sent.append(mail)


class Api:
    """The platform's API of a server."""

    def __init__(self, store: Store, made: Bootstrap, configurations: Configurations) -> None:
        self.now = NOW
        self.made = made
        self.outbox = Outbox()
        self.configurations = configurations
        self.services = Services(Settings(ORIGIN), store, SEALING, configurations, clock=lambda: self.now)
        router = Router()
        for method, pattern, handler in routes(self.services, mailer=self.outbox):
            router.add(method, pattern, handler)
        self.application = Application(router, failing=failing, finishing=finishing(self.services))
        self.environment_id = made.environment_id
        self.token = self.token_of(made.client_id)

    @property
    def at(self) -> str:
        """The path of the environment."""
        return f"/v1/environments/{self.environment_id}"

    def configuration(self, environment_id: str | None = None) -> Configuration:
        """The configuration, as of now."""
        found = self.configurations.get(environment_id or self.environment_id)
        assert found is not None
        return found

    def token_of(
        self,
        client_id: str,
        /,
        *,
        environment_id: str | None = None,
        header: Mapping[str, Any] | None = None,
        user: str | None = None,
        **claims: Any,
    ) -> str:
        """A token of an application."""
        where = environment_id or self.environment_id
        whole = {
            "client_id": client_id,
            "iss": self.services.issuer(where),
            "jti": str(uuid4()),
            "iat": int(self.now),
            "exp": int(self.now) + 3600,
            "aud": [PLATFORM_AUDIENCE],
            "env": where,
            "sub": user,
            "p1.userId": user,
            **claims,
        }
        payload = {name: value for name, value in whole.items() if value is not None}
        return sign_compact(payload, self.configuration(where).signing_key(), header=header)

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        media_type: str = "application/json",
        raw: bytes | None = None,
        **headers: str,
    ) -> Answer:
        """Ask; a path that does not begin with `/v1` is below the environment's."""
        url = path.removeprefix(ORIGIN)
        where, _, query = (url if url.startswith("/v1") else f"{self.at}{url}").partition("?")
        sent: dict[str, str] = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = self.token if token is None else token
        if bearer:
            sent["authorization"] = f"Bearer {bearer}"
        octets = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        if octets or media_type != "application/json":
            sent["content-type"] = media_type
        request = Request(
            method, where, query_string=query, headers=sent, body=octets, client="192.0.2.1", correlation_id=new_id()
        )
        return _answer(asyncio.run(self.application.answer(request)))

    def application_with(self, *given: tuple[Role, ScopeType, str], environment_id: str | None = None) -> str:
        """A token of a new worker application that has these roles."""
        where = environment_id or self.environment_id
        document = {
            "name": str(uuid4()),
            "enabled": True,
            "type": "WORKER",
            "protocol": "OPENID_CONNECT",
            "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        }
        made = self("POST", f"/v1/environments/{where}/applications", document)
        assert made.status == 201, made.body
        self.give("APPLICATION", made.id, *given, environment_id=where)
        return self.token_of(made.id, environment_id=where)

    def give(
        self,
        actor_type: ActorType,
        actor_id: str,
        *given: tuple[Role, ScopeType, str],
        environment_id: str | None = None,
    ) -> None:
        """Give roles."""
        where = environment_id or self.environment_id

        def work(connection: Connection) -> None:
            for role, scope_type, scope_id in given:
                now = int(self.now * 1000)
                role_assignments.give(connection, where, actor_type, actor_id, role, scope_type, scope_id, now)

        self.services.store.write(work)

    def other_environment(self) -> str:
        """Another environment of the same organization."""
        organization_id = self.configuration().organization_id

        def work(connection: Connection) -> str:
            made = environments.create(
                connection,
                organization_id,
                {"name": str(uuid4())},
                int(self.now * 1000),
                self.services.sealing,
                keys=[signing_keys.generate("ES256", now=int(self.now * 1000))],
            )
            return made.id

        return self.services.store.write(work)

    def user(self, username: str | None = None, **members: Any) -> str:
        """A new user."""
        made = self("POST", "/users", {"username": username or f"u{uuid4().hex}", **members})
        assert made.status == 201, made.body
        return made.id

    def population(self, **members: Any) -> str:
        """A new population."""
        made = self("POST", "/populations", {"name": str(uuid4()), **members})
        assert made.status == 201, made.body
        return made.id


def _answer(response: Response) -> Answer:
    body = json.loads(response.body) if response.body else None
    return Answer(response.status, dict(response.headers), body)


@pytest.fixture(scope="session")
def identity_postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    with postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Bootstrap]:
    """A SQLite database after the first start, to be copied: its keys and its password take long to make."""
    path = tmp_path_factory.mktemp("platform") / "gatepost.db"
    store = Store.open(f"sqlite:///{path}")
    made = bootstrapping.bootstrap(store, SEALING, int(NOW * 1000))
    store.close()
    return path, made


@pytest.fixture(scope="session")
def prepared_keys() -> tuple[NewKey, NewKey]:
    """Two keys: making them takes long."""
    return signing_keys.generate(now=int(NOW * 1000)), signing_keys.generate(now=int(NOW * 1000))


@pytest.fixture(params=["sqlite", "postgresql"])
def both(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    started: tuple[Path, Bootstrap],
    prepared_keys: tuple[NewKey, NewKey],
) -> Iterator[Api]:
    """The platform's API on each database."""
    if request.param == "sqlite":
        yield from _copied(tmp_path, started)
    else:
        yield from _on_postgresql(request.getfixturevalue("identity_postgresql"), prepared_keys)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    started: tuple[Path, Bootstrap],
    prepared_keys: tuple[NewKey, NewKey],
) -> Iterator[Api]:
    """The platform's API on each database, for requests that change nothing."""
    if request.param == "sqlite":
        yield from _copied(tmp_path_factory.mktemp("shared"), started)
    else:
        yield from _on_postgresql(request.getfixturevalue("identity_postgresql"), prepared_keys)


@pytest.fixture
def api(tmp_path: Path, started: tuple[Path, Bootstrap]) -> Iterator[Api]:
    """The platform's API on SQLite."""
    yield from _copied(tmp_path, started)


def _copied(folder: Path, started: tuple[Path, Bootstrap]) -> Iterator[Api]:
    path, made = started
    copy = shutil.copy(path, folder)
    with closing(Store.open(f"sqlite:///{copy}")) as store:
        yield from _served(store, made)


def _on_postgresql(server: str, prepared: tuple[NewKey, NewKey]) -> Iterator[Api]:
    keys = list(prepared)
    with database(server, f"test_{uuid4().hex}") as url, closing(Store.open(url)) as store:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(signing_keys, "generate", lambda *_, **__: keys.pop())
            patch.setattr(password_hashing, "hashed", lambda _: "!")
            made = bootstrapping.bootstrap(store, SEALING, int(NOW * 1000))
        yield from _served(store, made)


def _served(store: Store, made: Bootstrap) -> Iterator[Api]:
    with closing(Configurations(store, SEALING)) as configurations:
        yield Api(store, made, configurations)
