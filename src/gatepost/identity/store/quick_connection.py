"""A connection that runs what is asked on every request below SQLAlchemy's own cursors.

SQLAlchemy takes several times as long as SQLite to look up what a statement was compiled to, to wrap its values and its
answer. A statement that comes a second time, being one of a module's own with its values named, is compiled for good.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Delete, Insert, Select, Update
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound

_Process: TypeAlias = Callable[[Any], Any]

_STATEMENTS = (Select, Insert, Update, Delete)
_seen: "WeakKeyDictionary[Any, dict[tuple[str, ...], _Written | None]]" = WeakKeyDictionary()


class QuickConnection(Connection):
    """A connection; it is begun and ended as SQLAlchemy does it."""

    def execute(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> Any:  # noqa: ANN401 - SQLAlchemy's
        """Run a statement."""
        if type(parameters) is dict and execution_options is None and isinstance(statement, _STATEMENTS):
            # Whoever listens, or set something for this connection, gets what SQLAlchemy does.
            whole = self.get_execution_options() or self.dispatch.before_cursor_execute
            written = None if whole else _written(self.dialect, statement, parameters)
            if written is not None:
                return self._run(written, parameters)
        return super().execute(statement, parameters, execution_options=execution_options)

    def _run(self, written: "_Written", parameters: Mapping[str, Any]) -> "Rows":
        driver: Any = self.connection.dbapi_connection
        base = self.dialect.loaded_dbapi.Error
        try:
            return Rows(written, driver.execute(written.text, written.sent(parameters)))
        except base as error:
            raise DBAPIError.instance(
                written.text, None, error, base, hide_parameters=True, dialect=self.dialect
            ) from error


class Rows:
    """What a statement returned: what is used here of SQLAlchemy's result."""

    __slots__ = ("_cursor", "_written")

    def __init__(self, written: "_Written", cursor: Any) -> None:  # noqa: ANN401 - the driver's
        self._written = written
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        """How many rows it met."""
        return int(self._cursor.rowcount)

    def first(self) -> Any:  # noqa: ANN401 - a row
        """Return the first row, or `None`."""
        row = self._cursor.fetchone()
        self._cursor.close()
        return None if row is None else self._written.row(row)

    def all(self) -> list[Any]:
        """Return the rows."""
        return list(self)

    def one(self) -> Any:  # noqa: ANN401 - a row
        """Return the only row."""
        rows = self.all()
        if not rows:
            raise NoResultFound("no row was found when one was required")
        if len(rows) > 1:
            raise MultipleResultsFound("several rows were found when one was required")
        return rows[0]

    def scalar(self) -> Any:  # noqa: ANN401 - a column
        """Return the first column of the first row, or `None`."""
        row = self.first()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:  # noqa: ANN401 - a column
        """Return the only column of the only row."""
        return self.one()[0]

    def scalars(self) -> Iterator[Any]:
        """Return the first column of each row."""
        return iter([row[0] for row in self])

    def __iter__(self) -> Iterator[Any]:
        """Return the rows."""
        return map(self._written.row, self._cursor.fetchall())


class _Written:
    """A statement as one database takes it."""

    __slots__ = ("_fixed", "_names", "_processed", "_read", "_row", "text")

    def __init__(self, compiled: Any, columns: list[Any], dialect: Dialect) -> None:  # noqa: ANN401 - SQLAlchemy's
        self.text: str = compiled.string
        self._names: tuple[str, ...] | None = tuple(compiled.positiontup) if compiled.positional else None
        binds = compiled.binds.items()
        self._fixed = {name: each.effective_value for name, each in binds if not each.required}
        sending = ((name, each.type.dialect_impl(dialect).bind_processor(dialect)) for name, each in binds)
        self._processed = [(name, process) for name, process in sending if process is not None]
        self._row = _row_type([each.key for each in columns])
        reading = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
        self._read = [(at, process) for at, process in enumerate(reading) if process is not None]

    def sent(self, parameters: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the driver takes
        values = {**self._fixed, **parameters}
        for name, process in self._processed:
            values[name] = process(values[name])
        return values if self._names is None else [values[name] for name in self._names]

    def row(self, found: tuple[Any, ...]) -> Any:  # noqa: ANN401 - the row's own type
        if not self._read:
            return self._row._make(found)
        read = list(found)
        for at, process in self._read:
            read[at] = process(read[at])
        return self._row._make(read)


def _row_type(names: list[str]) -> Any:  # noqa: ANN401 - a class
    made: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    return type("Row", (made,), {"__slots__": (), "_mapping": property(made._asdict)})


def _written(dialect: Dialect, statement: Any, parameters: Mapping[str, Any]) -> _Written | None:  # noqa: ANN401
    """Return what a statement was compiled to, or `None` when SQLAlchemy has to run it."""
    forms = _seen.get(statement)
    if forms is None:
        _seen[statement] = {}  # one that is built for each request never comes again
        return None
    key = (dialect.name, *parameters)
    if key not in forms:
        forms[key] = _compiled(dialect, statement, list(parameters))
    return forms[key]


def _compiled(dialect: Dialect, statement: Any, names: list[str]) -> _Written | None:  # noqa: ANN401
    compiled: Any = statement.compile(dialect=dialect, column_keys=names)
    for_each_run = "POSTCOMPILE" in compiled.string or compiled.escaped_bind_names
    if for_each_run or compiled.insert_prefetch or compiled.update_prefetch:
        return None
    return _Written(compiled, list(statement.exported_columns), dialect)
