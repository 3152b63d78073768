"""The first start: an organization, an environment, somebody to administer it, and a client for the platform's API."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import Connection, select

from gatepost.identity import (
    applications,
    client_secrets,
    environments,
    organizations,
    password_hashing,
    role_assignments,
    roles,
    signing_keys,
    users,
)
from gatepost.identity.ids import new_id
from gatepost.identity.role_assignments import ActorType
from gatepost.identity.signing_keys import NewKey
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.statements import insert_if_absent
from gatepost.identity.store.store import Store
from gatepost.identity.store.tables import landmarks
from gatepost.identity.users import NewPassword

ADMIN_USERNAME = "administrator"
WORKER_NAME = "Gatepost administration"
ENVIRONMENT_NAME = "Default"
ORGANIZATION_NAME = "Gatepost"

_ENVIRONMENT, _WORKER = environments.FIRST, "bootstrap.worker"
_LOWER, _UPPER, _DIGITS, _SPECIAL = "abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-_.~"
_EACH = 6


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What the first start made.

    Attributes:
        environment_id: The environment.
        client_id: The worker application, which has every role.
        client_secret: Its secret, as it is now; `None` when the application or its secret was removed.
        admin_username: The administrator.
        admin_password: Their password; `None` unless this call made them.
        made: Whether this call made all of this.
    """

    environment_id: str
    client_id: str
    client_secret: str | None
    admin_username: str
    admin_password: str | None
    made: bool

    def __repr__(self) -> str:
        """Show where it is, and no secret."""
        return f"Bootstrap(environment_id={self.environment_id!r}, client_id={self.client_id!r}, made={self.made})"


def bootstrap(store: Store, sealing: SealingKey, now: int) -> Bootstrap:
    """Make what a server needs to be of use, unless it is there; once, however many servers start together.

    Args:
        store: The store.
        sealing: What seals secrets.
        now: The time, in milliseconds since 1970.
    """
    found = store.read(lambda connection: _found(connection, sealing))
    if found is not None:
        return found
    # What takes long is made before the transaction; a server that comes second throws it away.
    password = _password()
    with ThreadPoolExecutor(3) as pool:
        making = [pool.submit(signing_keys.generate, "RS256", now=now) for _ in range(2)]
        hashed = password_hashing.hashed(password)
        keys = [each.result() for each in making]
    return store.write(_New(sealing, now, keys, password, hashed).make)


def _found(connection: Connection, sealing: SealingKey) -> Bootstrap | None:
    values = {
        row.name: row.value
        for row in connection.execute(select(landmarks).where(landmarks.c.name.in_((_ENVIRONMENT, _WORKER))))
    }
    if _WORKER not in values:
        return None
    secret = client_secrets.find(connection, sealing, values[_WORKER])
    value = None if secret is None else secret.value
    return Bootstrap(values[_ENVIRONMENT], values[_WORKER], value, ADMIN_USERNAME, None, made=False)


class _New:
    """Makes everything, in one transaction."""

    def __init__(self, sealing: SealingKey, now: int, keys: list[NewKey], password: str, hashed: str) -> None:
        self._sealing = sealing
        self._now = now
        self._keys = keys
        self._password = password
        self._hashed = hashed

    def make(self, connection: Connection) -> Bootstrap:
        environment_id = new_id()
        # Whoever comes second waits here for who came first.
        if not insert_if_absent(connection, landmarks, {"name": _ENVIRONMENT, "value": environment_id}):
            found = _found(connection, self._sealing)
            if found is None:
                raise RuntimeError("the landmarks of the first start are not whole")
            return found
        organization = organizations.create(connection, {"name": ORGANIZATION_NAME}, self._now)
        environments.create(
            connection,
            organization.id,
            {"name": ENVIRONMENT_NAME},
            self._now,
            self._sealing,
            keys=self._keys,
            environment_id=environment_id,
        )
        worker = self._worker(connection, environment_id)
        admin = users.create(
            connection,
            environment_id,
            {"username": ADMIN_USERNAME},
            self._now,
            password=NewPassword(self._hashed),
        )
        self._administers(connection, environment_id, organization.id, "APPLICATION", worker)
        self._administers(connection, environment_id, organization.id, "USER", admin.id)
        insert_if_absent(connection, landmarks, {"name": _WORKER, "value": worker})
        secret = client_secrets.current(connection, self._sealing, worker)
        return Bootstrap(environment_id, worker, secret.value, ADMIN_USERNAME, self._password, made=True)

    def _worker(self, connection: Connection, environment_id: str) -> str:
        sent = {
            "name": WORKER_NAME,
            "description": "Made at the first start, to talk to the platform's API.",
            "enabled": True,
            "type": "WORKER",
            "protocol": "OPENID_CONNECT",
            "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        }
        return applications.create(connection, environment_id, sent, self._now, self._sealing).id

    def _administers(
        self, connection: Connection, environment_id: str, organization_id: str, actor_type: ActorType, actor_id: str
    ) -> None:
        now = self._now
        give = role_assignments.give
        give(
            connection,
            environment_id,
            actor_type,
            actor_id,
            roles.ORGANIZATION_ADMIN,
            "ORGANIZATION",
            organization_id,
            now,
        )
        for role in (roles.ENVIRONMENT_ADMIN, roles.IDENTITY_DATA_ADMIN, roles.CLIENT_APPLICATION_DEVELOPER):
            give(connection, environment_id, actor_type, actor_id, role, "ENVIRONMENT", environment_id, now)


def _password() -> str:
    """Return a password of about 80 bits that a default policy takes: no two neighbours are of one kind."""
    kinds = (_LOWER, _UPPER, _DIGITS, _SPECIAL)
    return "".join(secrets.choice(kind) for _ in range(_EACH) for kind in kinds)
