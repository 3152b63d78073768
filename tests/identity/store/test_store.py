"""What is written is kept whole or not at all, by however many threads and servers."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from gatepost.errors import ConfigurationError
from gatepost.identity.store.configuration import changed, revision
from gatepost.identity.store.database import parsed
from gatepost.identity.store.migrations import HEAD
from gatepost.identity.store.migrations.upgrading import scripts
from gatepost.identity.store.store import Store
from gatepost.identity.store.tables import environments, landmarks, organizations


def _names(connection: Connection) -> list[str]:
    return list(connection.execute(select(landmarks.c.name).order_by(landmarks.c.name)).scalars())


def test_what_is_written_can_be_read(store: Store) -> None:
    store.write(lambda connection: connection.execute(insert(landmarks).values(name="a", value="1")).rowcount)
    assert store.read(_names) == ["a"]


def test_work_that_fails_leaves_nothing(store: Store) -> None:
    def work(connection: Connection) -> None:
        connection.execute(insert(landmarks).values(name="a", value="1"))
        raise KeyError("changed my mind")

    with pytest.raises(KeyError, match="changed my mind"):
        store.write(work)
    assert store.read(_names) == []


def test_of_work_that_shares_a_commit_each_has_its_own_fate(store: Store) -> None:
    def work(number: int) -> None:
        def run(connection: Connection) -> None:
            connection.execute(insert(landmarks).values(name=f"{number:03}", value="1"))
            if number % 3 == 0:
                raise ZeroDivisionError(number)

        store.write(run)

    with ThreadPoolExecutor(16) as threads:
        outcomes = [threads.submit(work, number) for number in range(60)]
    failed = {number for number, outcome in enumerate(outcomes) if outcome.exception() is not None}
    assert failed == set(range(0, 60, 3))
    assert store.read(_names) == [f"{number:03}" for number in range(60) if number % 3]


def test_nothing_is_lost_between_threads(store: Store) -> None:
    store.write(lambda connection: connection.execute(insert(landmarks).values(name="n", value="0")).rowcount)

    def add(connection: Connection) -> None:
        connection.execute(text("UPDATE landmarks SET value = CAST(CAST(value AS INTEGER) + 1 AS VARCHAR)"))

    with ThreadPoolExecutor(8) as threads:
        for outcome in [threads.submit(store.write, add) for _ in range(200)]:
            outcome.result()
    assert store.read(lambda connection: connection.execute(select(landmarks.c.value)).scalar()) == "200"


def test_from_an_event_loop(store: Store) -> None:
    async def main() -> list[str]:
        async def put(name: str) -> None:
            await store.write_async(
                lambda connection: connection.execute(insert(landmarks).values(name=name, value="")).rowcount
            )

        await asyncio.gather(*(put(f"{number:02}") for number in range(20)))
        return await store.read_async(_names)

    assert asyncio.run(main()) == [f"{number:02}" for number in range(20)]


def test_two_servers_share_a_database(store: Store, database_url: str) -> None:
    other = Store.open(database_url)
    try:
        store.write(lambda connection: changed(connection))
        assert other.read(revision) == 1
        other.write(lambda connection: changed(connection))
        assert store.read(revision) == 2
    finally:
        other.close()


def test_a_sqlite_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "gatepost.db"
    with closing(Store.open(f"sqlite:///{path}")) as store:
        store.write(changed)
        assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}


def test_every_change_of_the_configuration_counts(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        for outcome in [threads.submit(store.write, changed) for _ in range(24)]:
            outcome.result()
    assert store.read(revision) == 24


def test_servers_that_start_together_make_one_set_of_tables(database_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        stores = [outcome.result() for outcome in [threads.submit(Store.open, database_url) for _ in range(4)]]
    try:
        for each in stores:
            version = each.read(lambda connection: connection.execute(text("SELECT version_num FROM alembic_version")))
            assert version is not None
    finally:
        for each in stores:
            each.close()


def test_a_database_of_a_newer_gatepost_is_left_alone(store: Store, database_url: str) -> None:
    store.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")).rowcount)
    with pytest.raises(ConfigurationError, match="version 9999, which this Gatepost does not know; run a newer one"):
        Store.open(database_url)


def test_tables_of_something_else_are_left_alone(store: Store, database_url: str) -> None:
    store.write(lambda connection: connection.execute(text("DROP TABLE alembic_version")).rowcount)
    with pytest.raises(ConfigurationError, match="tables that Gatepost did not make"):
        Store.open(database_url)


def test_what_refers_to_a_row_goes_with_it_and_none_can_refer_to_nothing(store: Store) -> None:
    stray = {"id": "e", "organization_id": "none", "name": "e", "document": {}, "created_at": 0, "updated_at": 0}
    with pytest.raises(IntegrityError):
        store.write(lambda connection: connection.execute(insert(environments).values(stray)).rowcount)
    row = {"id": "o", "name": "o", "created_at": 0, "updated_at": 0}
    store.write(lambda connection: connection.execute(insert(organizations).values(row)).rowcount)
    store.write(
        lambda connection: connection.execute(insert(environments).values({**stray, "organization_id": "o"})).rowcount
    )
    store.write(lambda connection: connection.execute(organizations.delete()).rowcount)
    assert store.read(lambda connection: connection.execute(select(environments)).all()) == []


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://host/name", "'mysql' is no database that can be used; write sqlite:///"),
        ("sqlite://", "SQLite needs a file"),
        ("sqlite:///:memory:", "SQLite needs a file"),
        ("postgresql+asyncpg://host/name", "is no database that can be used"),
        ("not a url", "cannot be read"),
    ],
)
def test_a_url_that_cannot_be_used_is_one_clear_line(url: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parsed(url)


def test_a_database_that_does_not_answer_is_one_clear_line_without_its_password() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Store.open("postgresql://gatepost:hidden@127.0.0.1:9/none")
    assert "hidden" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("postgresql://gatepost:***@127.0.0.1:9/none: ")
    assert "refused" in str(caught.value)


def test_the_newest_version_is_the_one_that_is_written_down() -> None:
    assert scripts().get_current_head() == HEAD
