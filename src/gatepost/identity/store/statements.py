"""The one statement that each database writes in its own way."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_if_absent(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row, and tell whether it was: not when one with its key, or another unique value of it, is there."""
    made = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    key = next(iter(table.primary_key.columns))
    return connection.execute(made.values(values).on_conflict_do_nothing().returning(key)).first() is not None


def insert_or_update(
    connection: Connection, table: Table, keys: list[str], values: Mapping[str, Any], changed: Collection[str]
) -> None:
    """Insert a row, or give the one that has these keys the values named by `changed`."""
    made = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    changes = {name: values[name] for name in changed}
    connection.execute(made.values(values).on_conflict_do_update(index_elements=keys, set_=changes))
