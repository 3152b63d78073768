"""What an endpoint is: one row of the table that routing, access and the OpenAPI document are made of."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypeAlias

from sqlalchemy import Connection

from gatepost.provider.platform.call import Call
from gatepost.provider.web.response import Response

JSON = "application/json"
Answer: TypeAlias = Callable[[Call], Awaitable[Response]]
# Looks, in the transaction of the work, whether the actor may do it to what it is done to.
Guard: TypeAlias = Callable[[Connection, Call], None]


class Schema(Protocol):
    """What has a JSON Schema, such as a `Shape`."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""


class Anything:
    """An object that is not described further."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "object"}


ANYTHING = Anything()


class Endpoint(NamedTuple):
    """One thing that the API can be asked for.

    Attributes:
        method: The method.
        pattern: The path, below `/v1`.
        operation_id: Its name in the OpenAPI document.
        permission: What the actor needs; `None` for nothing but a good token.
        answer: What is done.
        status: The status when it is done.
        takes: What the body is; `None` for no body.
        media_type: Of the body. Endpoints of one method and path differ in it.
        optional: Whether the body may be left out.
        shows: What the answer is; `None` when it has no body.
        plural: The name of the items in `_embedded`, for a collection.
        filtered: Whether `filter` may be given.
        expands: What may be named by `expand`.
        includes: What may be named by `include`.
        own: The scope that lets users do it to themselves, or `None`.
        guards: What else the actor needs.
        action: What the audit calls it; `None` when nothing changes.
        anywhere: Whether a permission for single populations or applications is enough to begin with; a guard, or the
            work, looks at the one that is meant then.
    """

    method: str
    pattern: str
    operation_id: str
    permission: str | None
    answer: Answer
    status: int = 200
    takes: Schema | None = None
    media_type: str = JSON
    optional: bool = False
    shows: Schema | None = ANYTHING
    plural: str | None = None
    filtered: bool = False
    expands: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    own: str | None = None
    guards: tuple[Guard, ...] = ()
    action: str | None = None
    anywhere: bool = False

    @property
    def partial(self) -> bool:
        """Whether the body may lack members that are required otherwise."""
        return self.method == "PATCH"

    @property
    def queries(self) -> Mapping[str, dict[str, Any]]:
        """The fields that the query may have, with their JSON Schemas; others are ignored."""
        found: dict[str, dict[str, Any]] = {}
        if self.plural is not None:
            found["limit"] = {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
            found["cursor"] = {"type": "string"}
        if self.filtered:
            found["filter"] = {"type": "string", "maxLength": 4096}
        for name, values in (("expand", self.expands), ("include", self.includes)):
            if values:
                found[name] = {"type": "string", "enum": list(values)}
        return found

    @property
    def statuses(self) -> frozenset[int]:
        """Every status that it may answer with."""
        found = {self.status, 401, 403, 404, 429, 400}
        if self.takes is not None:
            found |= {413, 415}
        return frozenset(found)
