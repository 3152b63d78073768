"""An environment with a default population and the password policy "Standard", on each database.

The tests share one database of each kind, and have an environment each.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, insert

from gatepost.identity import password_policies, populations, users
from gatepost.identity.ids import new_id
from gatepost.identity.store import tables
from gatepost.identity.store.store import Store
from gatepost.identity.users import User
from tests.end_to_end.real_parts.postgresql import database

NOW = 1_800_000_000_000


@dataclass(frozen=True)
class Home:
    """Where the people of a test are."""

    store: Store
    environment_id: str
    population_id: str

    def user(self, username: str = "alice", **more: Any) -> User:
        sent = {"username": username, **more}
        return self.store.write(lambda connection: users.create(connection, self.environment_id, sent, NOW))


def environment(connection: Connection) -> str:
    organization, made = new_id(), new_id()
    dated = {"created_at": NOW, "updated_at": NOW}
    connection.execute(insert(tables.organizations).values(id=organization, name="o", **dated))
    connection.execute(
        insert(tables.environments).values(id=made, organization_id=organization, name="e", document={}, **dated)
    )
    return made


@pytest.fixture(scope="session")
def people_in_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store that tests share; ask for `home` instead."""
    with closing(Store.open(f"sqlite:///{tmp_path_factory.mktemp('people') / 'gatepost.db'}")) as store:
        yield store


@pytest.fixture(scope="session")
def people_in_postgresql(identity_postgresql: str) -> Iterator[Store]:
    """A store that tests share; ask for `home` instead."""
    with database(identity_postgresql, f"people_{uuid4().hex}") as url, closing(Store.open(url)) as store:
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest) -> Home:
    """An environment of its own on each kind of database."""
    store: Store = request.getfixturevalue(f"people_in_{request.param}")

    def work(connection: Connection) -> Home:
        made = environment(connection)
        password_policies.create_default(connection, made, NOW)
        return Home(store, made, populations.create_default(connection, made, NOW).id)

    return store.write(work)
