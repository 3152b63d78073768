"""An environment with everything that it has from the beginning."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeVar

import pytest
from sqlalchemy import Connection

from gatepost.identity import applications, environments, organizations, resources, scopes, signing_keys
from gatepost.identity.applications import Application
from gatepost.identity.ids import new_id
from gatepost.identity.resources import Resource
from gatepost.identity.scopes import Scope
from gatepost.identity.signing_keys import NewKey
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.store import Store

T = TypeVar("T")
NOW = 1_800_000_000_000
SEALING = SealingKey([os.urandom(32)])

WEB_APP: dict[str, Any] = {
    "name": "Shop",
    "enabled": True,
    "type": "WEB_APP",
    "protocol": "OPENID_CONNECT",
    "tokenEndpointAuthMethod": "CLIENT_SECRET_JWT",
}
WORKER = {**WEB_APP, "name": "Worker", "type": "WORKER", "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"}


@cache
def new_key(at: int) -> NewKey:
    """A key, which is made once for all tests."""
    return signing_keys.generate("RS256", now=NOW + at)


def new_keys(*at: int) -> list[NewKey]:
    return [new_key(each)._replace(id=new_id()) for each in at]


class Configured(NamedTuple):
    """An environment in a store."""

    store: Store
    environment_id: str
    organization_id: str

    def write(self, work: Callable[[Connection], T]) -> T:
        return self.store.write(work)

    def read(self, work: Callable[[Connection], T]) -> T:
        return self.store.read(work)

    def application(self, **members: Any) -> Application:
        return self.write(lambda c: applications.create(c, self.environment_id, {**WEB_APP, **members}, NOW, SEALING))

    def resource(self, name: str = "Orders", **members: Any) -> Resource:
        sent = {"name": name, **members}
        return self.write(lambda c: resources.create(c, self.environment_id, sent, NOW, SEALING))

    def scope(self, resource: Resource, name: str) -> Scope:
        return self.write(lambda c: scopes.create(c, self.environment_id, resource.id, {"name": name}, NOW))

    def other(self, name: str = "Elsewhere") -> "Configured":
        """Another environment of the same organization."""

        def work(connection: Connection) -> str:
            keys = new_keys(2)
            return environments.create(connection, self.organization_id, {"name": name}, NOW, SEALING, keys=keys).id

        return self._replace(environment_id=self.write(work))


@pytest.fixture
def configured(store: Store) -> Configured:
    """An environment on each kind of database."""

    def work(connection: Connection) -> Configured:
        organization = organizations.create(connection, {"name": "Example"}, NOW)
        keys = new_keys(0, 1)
        made = environments.create(connection, organization.id, {"name": "Shop"}, NOW, SEALING, keys=keys)
        return Configured(store, made.id, organization.id)

    return store.write(work)
