"""A request to the provider, read strictly: what stands in it twice is never guessed at."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from gatepost.errors import GatepostError

MOST_FIELDS = 200


class BadRequest(GatepostError):
    """A request cannot be read; the message says why, in one sentence."""


class Request:
    """A request.

    Attributes:
        method: The method.
        path: The path as it was sent, with its percent-encodings.
        query_string: The query as it was sent.
        headers: The headers by their names in lower case; several of one name are joined by a comma, cookies by `; `.
        body: The body.
        client: The address of who asks.
        parameters: What the route's pattern found in the path.
        correlation_id: What names this request in logs and answers.
    """

    __slots__ = (
        "_cookies",
        "_form",
        "_query",
        "body",
        "client",
        "correlation_id",
        "headers",
        "method",
        "parameters",
        "path",
        "query_string",
    )

    def __init__(
        self,
        method: str,
        path: str,
        *,
        query_string: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        client: str = "",
        correlation_id: str = "",
    ) -> None:
        self.method = method
        self.path = path
        self.query_string = query_string
        self.headers: Mapping[str, str] = headers or {}
        self.body = body
        self.client = client
        self.parameters: Mapping[str, str] = {}
        self.correlation_id = correlation_id
        self._query: Fields | None = None
        self._form: Fields | None = None
        self._cookies: Mapping[str, str] | None = None

    @property
    def media_type(self) -> str:
        """The media type of the body, in lower case and without parameters; empty when none is said."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def query(self) -> "Fields":
        """The fields of the query.

        Raises:
            BadRequest: When it is no list of fields.
        """
        if self._query is None:
            self._query = Fields.parse(self.query_string)
        return self._query

    @property
    def form(self) -> "Fields":
        """The fields of the body, `application/x-www-form-urlencoded`.

        Raises:
            BadRequest: When it is something else.
        """
        if self._form is None:
            if self.media_type != "application/x-www-form-urlencoded":
                raise BadRequest("the body must be application/x-www-form-urlencoded")
            try:
                self._form = Fields.parse(self.body.decode("ascii"))
            except UnicodeDecodeError:
                raise BadRequest("the body is not application/x-www-form-urlencoded") from None
        return self._form

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies; of two with one name, none."""
        if self._cookies is None:
            self._cookies = _cookies(self.headers.get("cookie", ""))
        return self._cookies

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return the body as JSON.

        Raises:
            BadRequest: When it is none, or a member stands in an object twice.
        """
        try:
            return json.loads(self.body, object_pairs_hook=_once, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise BadRequest("the body is not JSON") from None


class Fields:
    """Named values, each of which may come once.

    Attributes:
        pairs: The names and values, in order.
    """

    __slots__ = ("_values", "pairs")

    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        self.pairs = pairs
        self._values: dict[str, str] = {}
        twice = set()
        for name, value in pairs:
            if name in self._values:
                twice.add(name)
            self._values[name] = value
        if twice:
            raise BadRequest(f"{min(twice)} stands there more than once")

    @classmethod
    def parse(cls, text: str) -> "Fields":
        """Return the fields of a query or a form.

        Raises:
            BadRequest: When there are too many, one is not UTF-8 or holds a NUL, which no database keeps, or one comes
                twice (RFC 6749 §3.1).
        """
        if not text:
            return cls(())
        try:
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
        except (ValueError, UnicodeDecodeError):
            raise BadRequest("the fields cannot be read") from None
        if any("\0" in name or "\0" in value for name, value in pairs):
            raise BadRequest("a field holds a NUL character")
        return cls(tuple(pairs))

    def get(self, name: str) -> str | None:
        """Return a value; an empty one is none (RFC 6749 §3.1)."""
        return self._values.get(name) or None

    def as_dict(self) -> dict[str, str]:
        """Return the values that are not empty, by their names."""
        return {name: value for name, value in self._values.items() if value}


def _cookies(text: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    twice: set[str] = set()
    for part in text.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            if name in found:
                twice.add(name)
            found[name] = value.strip('"')
    return {name: value for name, value in found.items() if name not in twice}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(_: str) -> object:
    raise ValueError
