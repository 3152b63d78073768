"""The one statement that each database writes in its own way."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import Executable

_Insert: TypeAlias = postgresql.Insert | sqlite.Insert


def insert_if_absent(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row, and tell whether it was: not when one with its key, or another unique value of it, is there."""
    return connection.execute(_if_absent(connection.dialect.name, table), values).first() is not None


def insert_or_update(
    connection: Connection,
    table: Table,
    keys: tuple[str, ...],
    values: Mapping[str, Any],
    changed: tuple[str, ...],
) -> None:
    """Insert a row, or give the one that has these keys the values named by `changed`."""
    connection.execute(_or_update(connection.dialect.name, table, keys, changed), values)


@lru_cache(64)
def _if_absent(dialect: str, table: Table) -> Executable:
    key = next(iter(table.primary_key.columns))
    return _insert(dialect, table).on_conflict_do_nothing().returning(key)


@lru_cache(64)
def _or_update(dialect: str, table: Table, keys: tuple[str, ...], changed: tuple[str, ...]) -> Executable:
    made = _insert(dialect, table)
    return made.on_conflict_do_update(index_elements=list(keys), set_={name: made.excluded[name] for name in changed})


def _insert(dialect: str, table: Table) -> _Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
