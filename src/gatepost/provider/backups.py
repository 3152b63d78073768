"""A database as lines of JSON, as it was at one moment, and back into an empty one, of either kind.

What is sealed stays sealed: to use a copy takes the key as well.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from sqlalchemy import Connection, Table, delete, func, insert, select

from gatepost.errors import ConfigurationError
from gatepost.identity.store.migrations import HEAD
from gatepost.identity.store.store import Store
from gatepost.identity.store.tables import environments, metadata, revisions

_FORMAT = "gatepost backup"
_BATCH = 1000


def back_up(store: Store, file: TextIO) -> int:
    """Write everything in the database to a file, and return how many rows these are."""

    def work(connection: Connection) -> int:
        if store.sqlite:
            connection.exec_driver_sql("BEGIN")  # one moment for all of it; whoever writes is not held up
            try:
                return _written(connection, file)
            finally:
                connection.exec_driver_sql("ROLLBACK")
        with connection.execution_options(isolation_level="REPEATABLE READ").begin():
            return _written(connection, file)

    return store.read(work)


def restore(store: Store, lines: Iterable[str]) -> int:
    """Write the rows of a backup into an empty database, all of them or none, and return how many these are.

    Raises:
        ConfigurationError: When the database is not empty, or the file is no whole backup of these tables.
    """
    return store.write(lambda connection: _restored(connection, iter(lines)))


def _written(connection: Connection, file: TextIO) -> int:
    count = 0
    _line(file, {"format": _FORMAT, "version": HEAD})
    for table in metadata.sorted_tables:
        _line(file, {"table": table.name, "columns": [each.name for each in table.columns]})
        found = connection.execution_options(yield_per=_BATCH).execute(select(table))
        for row in found:
            _line(file, list(row))
            count += 1
    _line(file, {"end": count})
    return count


def _line(file: TextIO, value: object) -> None:
    file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def _restored(connection: Connection, lines: Iterator[str]) -> int:
    if connection.execute(select(func.count()).select_from(environments)).scalar_one():
        raise ConfigurationError("the database is not empty; name one that is, or a new file")
    head = _parsed(next(lines, ""))
    if not isinstance(head, dict) or head.get("format") != _FORMAT:
        raise ConfigurationError("the file is no backup that gatepost provider wrote")
    if head.get("version") != HEAD:
        raise ConfigurationError(
            f"the backup is of version {head.get('version')}, and this Gatepost's tables are of {HEAD}; "
            "restore it with the Gatepost that wrote it, and start this one with the database then"
        )
    connection.execute(delete(revisions))
    count = 0
    table: Table | None = None
    columns: list[str] = []
    batch: list[dict[str, Any]] = []

    def flush() -> None:
        if batch and table is not None:
            connection.execute(insert(table), batch)
            batch.clear()

    for line in lines:
        value = _parsed(line)
        if isinstance(value, list):
            if table is None or len(value) != len(columns):
                raise ConfigurationError("the backup is damaged")
            batch.append(dict(zip(columns, value, strict=True)))
            count += 1
            if len(batch) == _BATCH:
                flush()
            continue
        flush()
        if "end" in value:
            if value["end"] != count:
                raise ConfigurationError("the backup is damaged")
            return count
        table, columns = _table(value)
    raise ConfigurationError("the backup is not whole: its end is missing")


def _table(value: dict[str, Any]) -> tuple[Table, list[str]]:
    table = metadata.tables.get(str(value.get("table")))
    columns = value.get("columns")
    if table is None or columns != [each.name for each in table.columns]:
        raise ConfigurationError("the backup is damaged")
    return table, columns


def _parsed(line: str) -> Any:  # noqa: ANN401 - JSON
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict | list):
        raise ConfigurationError("the file is no backup that gatepost provider wrote, or is damaged")
    return value
