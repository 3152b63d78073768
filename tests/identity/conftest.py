"""Every test of the identities runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from gatepost.identity.store.store import Store
from tests.end_to_end.real_parts.postgresql import database, postgresql


@pytest.fixture(scope="session")
def identity_postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server; ask for `database_url` or `store` instead."""
    with postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'gatepost.db'}"
    else:
        with database(request.getfixturevalue("identity_postgresql"), f"test_{uuid4().hex}") as url:
            yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store of each kind."""
    opened = Store.open(database_url)
    try:
        yield opened
    finally:
        opened.close()
