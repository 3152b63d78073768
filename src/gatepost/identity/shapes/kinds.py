"""What a member may be: each kind reads a JSON value, or says what is wrong with it."""

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from gatepost.identity.ids import is_id
from gatepost.identity.refusals import Violation
from gatepost.identity.shapes.fitness import unfit

# Takes a violation: what is wrong, below the member that is being read.
Tell = Callable[[Violation], None]


class Kind(Protocol):
    """Reads a JSON value that is not `null`."""

    def read(self, value: Any, target: str, tell: Tell) -> Any:  # noqa: ANN401 - JSON
        """Return the value as it is kept, or tell what is wrong with it; then the result means nothing."""

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""


def _wrong(target: str, message: str, inner: Mapping[str, Any] | None = None) -> Violation:
    return Violation("INVALID_VALUE", target, message, inner)


class Text:
    """A text.

    Attributes:
        least: How many characters it has at least.
        most: How many at most.
        pattern: What the whole text has to match, or `None`.
    """

    def __init__(self, *, least: int = 1, most: int = 1024, pattern: str | None = None) -> None:
        self.least = least
        self.most = most
        self.pattern = pattern
        self._matcher = re.compile(pattern) if pattern else None

    def read(self, value: object, target: str, tell: Tell) -> str:
        """Return the text."""
        if not isinstance(value, str):
            tell(_wrong(target, "The value must be a string."))
        elif "\0" in value or any(0xD800 <= ord(each) < 0xE000 for each in value):
            tell(_wrong(target, "The value must be text without NUL characters."))
        elif len(value) < self.least:
            tell(Violation("EMPTY_VALUE", target, f"The value must have at least {self.least} character(s)."))
        elif len(value) > self.most:
            message = f"The value must have at most {self.most} characters."
            tell(Violation("SIZE_LIMIT_EXCEEDED", target, message, {"maximumValue": self.most}))
        elif self._matcher is not None and not self._matcher.fullmatch(value):
            tell(_wrong(target, "The value has a form that is not allowed.", {"allowedPattern": self.pattern}))
        else:
            return value
        return ""

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        made: dict[str, Any] = {"type": "string", "minLength": self.least, "maxLength": self.most}
        return {**made, "pattern": f"^(?:{self.pattern})$"} if self.pattern else made


class Flag:
    """`true` or `false`."""

    def read(self, value: object, target: str, tell: Tell) -> bool:
        """Return the flag."""
        if not isinstance(value, bool):
            tell(_wrong(target, "The value must be true or false."))
        return value is True

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "boolean"}


class Whole:
    """A whole number; a fraction is cut off, as PingOne does.

    Attributes:
        least: The least number.
        most: The greatest number.
    """

    def __init__(self, least: int = 0, most: int = 2**31 - 1) -> None:
        self.least = least
        self.most = most

    def read(self, value: object, target: str, tell: Tell) -> int:
        """Return the number."""
        if isinstance(value, float) and math.isfinite(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            tell(_wrong(target, "The value must be a number."))
            return 0
        number: int = value
        if not self.least <= number <= self.most:
            limits = {"rangeMinimumValue": self.least, "rangeMaximumValue": self.most}
            tell(_wrong(target, f"The value must be between {self.least} and {self.most}.", limits))
        return number

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "number", "minimum": self.least, "maximum": self.most}


class Choice:
    """One of several texts.

    Attributes:
        values: The texts.
    """

    def __init__(self, *values: str) -> None:
        self.values = values

    def read(self, value: object, target: str, tell: Tell) -> str:
        """Return the text."""
        if not isinstance(value, str) or value not in self.values:
            tell(_wrong(target, "The value is none of those allowed.", {"allowedValues": list(self.values)}))
            return self.values[0]
        return value

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "string", "enum": list(self.values)}


class Url:
    """An absolute URL.

    Attributes:
        schemes: The schemes allowed; empty for any, as native applications need.
        fragment: Whether it may have a fragment.
    """

    def __init__(self, *schemes: str, fragment: bool = False, most: int = 2048) -> None:
        self.schemes = schemes
        self.fragment = fragment
        self._text = Text(most=most)

    def read(self, value: object, target: str, tell: Tell) -> str:
        """Return the URL as it was written."""
        told: list[Violation] = []
        url = self._text.read(value, target, told.append)
        if not told:
            told.extend(_wrong(target, message) for message in self._faults(url))
        for each in told[:1]:
            tell(each)
        return url

    def _faults(self, url: str) -> list[str]:
        try:
            parts = urlsplit(url)
            named = bool(parts.hostname) or parts.scheme not in {"http", "https"}
            _ = parts.port
        except ValueError:
            return ["The value must be an absolute URL."]
        if (
            not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", parts.scheme)
            or not named
            or re.search(r"[\s\x00-\x20\\]", url)
        ):
            return ["The value must be an absolute URL."]
        if self.schemes and parts.scheme not in self.schemes:
            return [f"The URL must begin with {' or '.join(f'{scheme}://' for scheme in self.schemes)}."]
        if parts.scheme in {"javascript", "data", "vbscript", "file", "blob", "about"}:
            return ["A URL of this scheme is not allowed."]
        if not self.fragment and "#" in url:
            return ["The URL must not have a fragment."]
        return []

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {**self._text.schema(), "format": "uri"}


class Id:
    """An identifier."""

    def read(self, value: object, target: str, tell: Tell) -> str:
        """Return the identifier."""
        if not isinstance(value, str) or not is_id(value):
            tell(_wrong(target, "The value must be a UUID in lower case."))
            return ""
        return value

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "string", "format": "uuid"}


class ListOf:
    """A list.

    Attributes:
        kind: What its items are.
        least: How many items it has at least.
        most: How many at most.
        unique: Whether an item may stand in it once only.
    """

    def __init__(self, kind: Kind, *, least: int = 0, most: int = 100, unique: bool = True) -> None:
        self.kind = kind
        self.least = least
        self.most = most
        self.unique = unique

    def read(self, value: object, target: str, tell: Tell) -> list[Any]:
        """Return the list."""
        if not isinstance(value, Sequence) or isinstance(value, str):
            tell(_wrong(target, "The value must be a list."))
            return []
        if len(value) > self.most:
            message = f"The list must have at most {self.most} items."
            tell(Violation("SIZE_LIMIT_EXCEEDED", target, message, {"maximumValue": self.most}))
            return []
        if len(value) < self.least:
            tell(Violation("EMPTY_VALUE", target, f"The list must have at least {self.least} item(s)."))
        found = [self.kind.read(item, f"{target}[{at}]", tell) for at, item in enumerate(value)]
        if self.unique and any(item in found[:at] for at, item in enumerate(found)):
            tell(_wrong(target, "The list must not have an item twice."))
        return found

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {
            "type": "array",
            "items": self.kind.schema(),
            "minItems": self.least,
            "maxItems": self.most,
            "uniqueItems": self.unique,
        }


class AnyJson:
    """Any JSON object, up to a size.

    Attributes:
        most: How many characters its JSON text has at most.
    """

    def __init__(self, *, most: int = 16_384) -> None:
        self.most = most

    def read(self, value: object, target: str, tell: Tell) -> dict[str, Any]:
        """Return the object."""
        if not isinstance(value, dict):
            tell(_wrong(target, "The value must be an object."))
            return {}
        faults = unfit(value, target)
        if faults:
            tell(faults[0])
        elif len(repr(value)) > self.most:
            message = f"The object must have at most {self.most} characters."
            tell(Violation("SIZE_LIMIT_EXCEEDED", target, message, {"maximumValue": self.most}))
        return value

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "object"}


def one_of(values: Collection[str]) -> Choice:
    """Return a choice of these texts, in order."""
    return Choice(*sorted(values))
