"""What the provider of the benchmark holds: clients, a resource and people, put into its database directly."""

import json
import time
from base64 import b64encode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from gatepost.identity import applications, environments, grants, passwords, resources, scopes, users
from gatepost.identity import bootstrap as first_start
from gatepost.identity.configurations import Configurations
from gatepost.identity.ids import new_id
from gatepost.identity.store import tables
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.store import Store
from gatepost.identity.user import User, to_row

SCOPE = "read"
CALLBACK = "https://app.example.com/callback"
PASSWORD = "Violet-Harbor7!Quill"
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Client:
    """A client.

    Attributes:
        id: Its identifier.
        secret: Its secret.
    """

    id: str
    secret: str

    @property
    def basic(self) -> str:
        """Its `Authorization` header; neither part has a character that needs an encoding."""
        return f"Basic {b64encode(f'{self.id}:{self.secret}'.encode()).decode()}"


@dataclass(frozen=True, slots=True)
class World:
    """What there is.

    Attributes:
        environment_id: The environment.
        machine: A client with credentials of its own.
        application: A client that people sign on to.
    """

    environment_id: str
    machine: Client
    application: Client

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self)))


def make(database: str, key_file: Path, people: int) -> World:
    """Make everything in an empty database; people are `user0`, `user1` and so on, all with one password."""
    store = Store.open(database)
    try:
        sealing, _ = SealingKey.of_file(key_file)
        now = int(time.time() * 1000)
        environment_id = first_start.bootstrap(store, sealing, now).environment_id
        store.write(lambda each: environments.patch(each, environment_id, {"accessTokenType": "AT_JWT"}, now))
        machine, application = store.write(lambda each: _clients(each, environment_id, sealing, now))
        add_people(store, environment_id, range(people), now)
        configurations = Configurations(store, sealing)
        try:
            found = configurations.get(environment_id)
            assert found is not None
            secrets = [found.secret_of(each) for each in (machine, application)]
        finally:
            configurations.close()
    finally:
        store.close()
    values = [each.value for each in secrets if each is not None]
    return World(environment_id, Client(machine, values[0]), Client(application, values[1]))


def add_people(store: Store, environment_id: str, numbers: range, now: int) -> None:
    """Add people in bulk: one goes in as everybody does, and the others are made of that row."""
    kept = passwords.for_bootstrap(PASSWORD)
    sent = {"username": f"user{numbers[0]}", "email": f"user{numbers[0]}@example.com", "name": _name(numbers[0])}
    first = store.write(lambda each: users.create(each, environment_id, sent, now, password=kept))
    for begin in range(1, len(numbers), _AT_ONCE):
        some = numbers[begin : begin + _AT_ONCE]
        people = [_like(first, number) for number in some]
        rows = [{**to_row(user), "last_sign_on_at": None, "last_sign_on_ip": None} for user in people]
        secrets = [_password(user, kept.hash, now) for user in people]
        store.write(lambda each, rows=rows, secrets=secrets: _insert(each, rows, secrets))  # type: ignore[misc]


def _clients(connection: Connection, environment_id: str, sealing: SealingKey, now: int) -> tuple[str, str]:
    sent = {"name": "Benchmark", "audience": "https://api.example.com"}
    resource = resources.create(connection, environment_id, sent, now, sealing)
    scope = scopes.create(connection, environment_id, resource.id, {"name": SCOPE}, now)
    common = {"enabled": True, "protocol": "OPENID_CONNECT", "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"}
    machine = {"name": "Machine", "type": "WORKER", "grantTypes": ["CLIENT_CREDENTIALS"], **common}
    application = {
        "name": "Application",
        "type": "WEB_APP",
        "grantTypes": ["AUTHORIZATION_CODE"],
        "responseTypes": ["CODE"],
        "redirectUris": [CALLBACK],
        "pkceEnforcement": "S256_REQUIRED",
        **common,
    }
    made = []
    for each in (machine, application):
        created = applications.create(connection, environment_id, each, now, sealing)
        granted = {"resource": {"id": resource.id}, "scopes": [{"id": scope.id}]}
        grants.create(connection, environment_id, created.id, granted, now)
        made.append(created.id)
    return made[0], made[1]


def _name(number: int) -> dict[str, str]:
    return {"given": f"Given{number % 1000}", "family": f"Family{number % 5000}"}


def _like(first: User, number: int) -> User:
    username = f"user{number}"
    document = {**first.document, "username": username, "email": f"{username}@example.com", "name": _name(number)}
    return User(new_id(), first.environment_id, document, first.created_at, first.updated_at)


def _password(user: User, hashed: str, now: int) -> dict[str, Any]:
    return {
        "user_id": user.id,
        "environment_id": user.environment_id,
        "hash": hashed,
        "must_change": False,
        "history": [],
        "failures": 0,
        "locked_until": None,
        "changed_at": now,
    }


def _insert(connection: Connection, rows: list[dict[str, Any]], secrets: list[dict[str, Any]]) -> None:
    connection.execute(insert(tables.users), rows)
    connection.execute(insert(tables.passwords), secrets)
