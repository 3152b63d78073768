"""Every test of the identities runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from gatepost.identity.store.store import Store
from tests.end_to_end.real_parts.postgresql import database


@pytest.fixture(scope="session")
def identity_postgresql(postgresql_server: str) -> str:
    """The URL of a PostgreSQL server; ask for `database_url` or `store` instead."""
    return postgresql_server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of each kind: an empty one, or the one that is behind `store`."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'gatepost.db'}"
        return
    prepared = "prepared_postgresql" if "store" in request.fixturenames else None
    template = request.getfixturevalue(prepared) if prepared else "template1"
    with database(request.getfixturevalue("postgresql_server"), f"test_{uuid4().hex}", template) as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store of each kind."""
    opened = Store.open(database_url)
    try:
        yield opened
    finally:
        opened.close()
