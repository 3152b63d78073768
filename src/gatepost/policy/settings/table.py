"""One table of a policy file, read key by key; what is wrong with it is taken down with its line."""

from collections.abc import Iterable
from typing import TypeVar

from gatepost.policy.settings import duration
from gatepost.policy.settings.nearest_name import quoted, suggestion
from gatepost.policy.settings.toml_document import Document
from gatepost.policy.settings.toml_lines import Way

Name = TypeVar("Name", bound=str)

# Parts of names that only a secret would have.
_SECRETS = ("secret", "password", "private_key", "passphrase")


class Table:
    """The keys that are asked for are the ones that are known; `finish` complains about all others.

    Each question returns `None` where the key is missing, and also, with a complaint, where its value is wrong.

    Attributes:
        document: The file it stands in.
        way: Where in the file.
        title: What to call it, such as `[[routes]]`.
        given: The keys that are there.
    """

    def __init__(self, document: Document, way: Way, title: str, values: dict[str, object]) -> None:
        self.document = document
        self.way = way
        self.title = title
        self.given = tuple(values)
        self._values = values
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        """Tell whether the key is there; asking makes it known."""
        self._known.add(key)
        return key in self._values

    def complain(self, message: str, key: str | None = None, position: int | None = None) -> None:
        """Take down a problem with a key's value, one of its elements, or the whole table."""
        way = self.way if key is None else (*self.way, key)
        self.document.complain(way if position is None else (*way, position), message)

    def value(self, key: str) -> object:
        """Return whatever stands there."""
        return self._values[key] if key in self else None

    def text(self, key: str) -> str | None:
        """Return a string that is not empty."""
        value = self.value(key)
        if isinstance(value, str) and value:
            return value
        self._expect(key, "a string that is not empty")
        return None

    def texts(self, key: str, *, or_one: bool = False) -> tuple[str, ...] | None:
        """Return a list of strings, at least one; with `or_one` a single string stands for the list of it."""
        value = self.value(key)
        if isinstance(value, str) and value:
            if or_one:
                return (value,)
            self._expect(key, f'a list: {key} = ["…"]')
            return None
        if not isinstance(value, list) or not value:
            self._expect(key, "a list of at least one string" + ("; leave it out" if value == [] else ""))
            return None
        for position, each in enumerate(value):
            if not isinstance(each, str) or not each:
                self.complain(f"{quoted(key)} is a list of strings that are not empty", key, position)
                return None
        return tuple(value)

    def flag(self, key: str) -> bool | None:
        """Return true or false."""
        value = self.value(key)
        if isinstance(value, bool):
            return value
        self._expect(key, "true or false")
        return None

    def whole_number(self, key: str) -> int | None:
        """Return a whole number of at least 0."""
        value = self.value(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self._expect(key, "a whole number, 0 or more")
        return None

    def seconds(self, key: str) -> float | None:
        """Return a span of time in seconds."""
        found = duration.seconds(self.value(key))
        if found is None:
            self._expect(key, 'a span of time: "90s", "5m", "1h", or a number of seconds')
        return found

    def one_of(self, key: str, names: Iterable[Name]) -> Name | None:
        """Return one of `names`."""
        value, known = self.value(key), list(names)
        for name in known:
            if name == value:
                return name
        self._expect(key, f"one of {', '.join(known)}")
        return None

    def some_of(self, key: str, names: Iterable[str], what: str) -> tuple[str, ...] | None:
        """Return a list of some of `names`, each of which is `what`."""
        values, known = self.texts(key), set(names)
        for position, value in enumerate(values or ()):
            if value not in known:
                self.complain(f"unknown {what} {quoted(value)}{suggestion(value, known)}", key, position)
                values = None
        return values

    def table(self, key: str, title: str) -> "Table | None":
        """Return the table below `key`."""
        value = self.value(key)
        if isinstance(value, dict):
            return Table(self.document, (*self.way, key), title, value)
        self._expect(key, f"a table: {title}")
        return None

    def tables(self, key: str, title: str) -> "list[Table]":
        """Return the tables of the array below `key`."""
        value = self.value(key)
        if isinstance(value, list) and all(isinstance(each, dict) for each in value):
            way = (*self.way, key)
            return [Table(self.document, (*way, place), title, each) for place, each in enumerate(value)]
        self._expect(key, f"an array of tables: {title}")
        return []

    def finish(self) -> None:
        """Complain about the keys that nothing asked for."""
        for key in self._values:
            if key in self._known:
                continue
            if any(part in key.lower() for part in _SECRETS):
                self.complain(
                    f"{quoted(key)} in {self.title}: no secret belongs into the file; "
                    f'name where it is instead: secret_env = "NAME" or secret_file = "PATH"',
                    key,
                )
            else:
                self.complain(f"unknown key {quoted(key)} in {self.title}{suggestion(key, self._known)}", key)

    def _expect(self, key: str, wanted: str) -> None:
        """Complain about the value of a key, unless it is just missing."""
        if key in self._values:
            self.complain(f"{quoted(key)} in {self.title} is {wanted}", key)
