"""The provider's database and the key that its secrets are sealed with, as the options name them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gatepost.cli.failure import Failure

if TYPE_CHECKING:
    from gatepost.identity.store.sealing import SealingKey
    from gatepost.identity.store.store import Store

KEY_VARIABLE = "GATEPOST_KEY"
_KEY_FILE = "gatepost.key"


def opened_store(database: str) -> "Store":
    """Return the store, whose SQLite file is made when it is not there.

    Raises:
        Failure: When the packages of the server are not installed.
        ConfigurationError: When it cannot be opened.
    """
    try:
        from gatepost.identity.store.store import Store
    except ModuleNotFoundError as error:
        raise Failure(f"this needs {error.name}; run: pip install 'gatepost[server]'") from None
    return Store.open(database)


def existing_store(database: str) -> "Store":
    """Return the store, as `opened_store` does, when it is there: nobody asks an empty one that was made by mistake.

    Raises:
        Failure: When the SQLite file is not there, or the packages of the server are not installed.
        ConfigurationError: When it cannot be opened.
    """
    path = database.removeprefix("sqlite:///")
    if path != database and not Path(path).exists():
        raise Failure(f"{path} is not there; name the database with --database, or make one: gatepost provider")
    return opened_store(database)


def sealing_key(store: "Store", key_file: Path | None) -> "SealingKey":
    """Return the key: of the variable, or of the file, which is made for a database that holds nothing yet.

    Raises:
        Failure: When there is none for a database that holds sealed secrets.
        ConfigurationError: When there is something else in its place.
    """
    from gatepost.identity.store.sealing import SealingKey

    text = os.environ.get(KEY_VARIABLE)
    if text and key_file is None:
        return SealingKey.parse(text)
    path = key_file or _beside(store)
    if not path.exists() and store.read(_holds_secrets):
        raise Failure(f"{path} is missing: the secrets in the database were sealed with a key; put it there")
    sealing, made = SealingKey.of_file(path)
    if made:
        typer.echo(
            f"gatepost provider: made {path}, the key that seals secrets; without it they are lost, so keep a copy "
            "apart from the database",
            err=True,
        )
    return sealing


@contextmanager
def provider_store(database: str, key_file: Path | None) -> "Iterator[tuple[Store, SealingKey]]":
    """Give the store and the key to a `with` block.

    Raises:
        Failure: As `existing_store` and `sealing_key` do.
    """
    store = existing_store(database)
    try:
        yield store, sealing_key(store, key_file)
    finally:
        store.close()


def first_environment(store: "Store", wanted: str | None) -> str:
    """Return the environment that is meant.

    Raises:
        Failure: When there is none such, or nothing in the database yet.
    """
    from sqlalchemy import select

    from gatepost.identity import environments
    from gatepost.identity.store.tables import environments as table
    from gatepost.identity.store.tables import landmarks

    if wanted is None:
        found = store.read(
            lambda each: each.execute(select(landmarks.c.value).where(landmarks.c.name == environments.FIRST)).scalar()
        )
        if found is None:
            raise Failure("the database holds no environment yet; start `gatepost provider` with it once")
        return str(found)
    if store.read(lambda each: each.execute(select(table.c.id).where(table.c.id == wanted)).scalar()) is None:
        raise Failure(f"there is no environment {wanted} in this database")
    return wanted


def _beside(store: "Store") -> Path:
    """Return where the key is unless it is said: beside a SQLite database, else in the current folder."""
    folder = Path(store.url.database or "").parent if store.sqlite else Path()
    return folder / _KEY_FILE


def _holds_secrets(connection: object) -> bool:
    from sqlalchemy import Connection, select

    from gatepost.identity.store.tables import keys

    assert isinstance(connection, Connection)  # noqa: S101 - for the type alone: SQLAlchemy is imported late
    return connection.execute(select(keys.c.id).limit(1)).first() is not None
