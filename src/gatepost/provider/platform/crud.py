"""The six endpoints that most kinds of things have: listed, made, read, replaced, changed in part, removed."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, NamedTuple

from gatepost.provider.platform.answers import More, Render, Work, changes, creates, gets, lists, nothing_more, removes
from gatepost.provider.platform.endpoint import ANYTHING, Endpoint, Guard, Schema
from gatepost.provider.platform.schemas import Shown
from gatepost.provider.platform.works import by_body, by_ids, by_page

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_USUAL: Mapping[str, tuple[Callable[[Callable[..., Any]], Work], str]] = {
    "list": (by_page, "listed"),
    "create": (by_body, "create"),
    "read": (by_ids, "get"),
    "replace": (by_body, "replace"),
    "patch": (by_body, "patch"),
    "delete": (by_ids, "remove"),
}
_DONE = {"create": "CREATED", "update": "UPDATED", "delete": "DELETED"}
_NO_GUARDS: Mapping[str, tuple[Guard, ...]] = {}


class Kind(NamedTuple):
    """A kind of things.

    Attributes:
        name: Its name in operations, such as `Application`.
        plural: Its name in `_embedded`, such as `applications`.
        verbs: The module of the identities with `create`, `get`, `listed`, `replace`, `patch` and `remove`.
        permission: What its permissions end with and begin with, such as `applications:{}:application`.
        render: How one is shown.
        shape: What one is made of.
        more: What is shown besides.
        works: What is done in the place of the functions of `verbs`, by `list`, `create`, `replace` and so on.
        guards: What else the actor needs, by `list`, `create`, `read`, `update` and `delete`.
        narrow: Which of those may be permitted for single populations or applications.
        updating: The verb of the permission to replace and to change.
        creating: The verb of the permission to make one.
        deleting: The verb of the permission to remove.
        own: The scopes that let users do it to themselves, by verb.
        filtered: Whether the list may be filtered.
        expands: What may be named by `expand`.
        includes: What may be named by `include`.
        only: The verbs that there are.
    """

    name: str
    plural: str
    verbs: ModuleType
    permission: str
    render: Render
    shape: Schema = ANYTHING
    more: More = nothing_more
    works: Mapping[str, Work] = {}
    guards: Mapping[str, tuple[Guard, ...]] = _NO_GUARDS
    narrow: frozenset[str] = frozenset()
    updating: str = "update"
    creating: str = "create"
    deleting: str = "delete"
    own: Mapping[str, str] = {}
    filtered: bool = False
    expands: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    only: frozenset[str] = frozenset({"list", "create", "read", "replace", "patch", "delete"})


def crud(pattern: str, item: str, kind: Kind) -> Iterator[Endpoint]:
    """Yield the endpoints of a kind of things.

    Args:
        pattern: Where their list is, below `/v1`.
        item: The name of the parameter of the path that identifies one.
        kind: The kind.
    """
    verbs, one = kind.verbs, f"{pattern}/{{{item}}}"
    event = _WORD.sub(r"_", kind.name).upper()
    plural = f"{kind.name[:-1]}ies" if kind.name.endswith("y") else f"{kind.name}s"
    works = {
        verb: kind.works.get(verb) or usual(getattr(verbs, name))
        for verb, (usual, name) in _USUAL.items()
        if verb in kind.only
    }
    view = Shown(kind.shape)

    def row(verb: str, method: str, permission: str, at: str, operation: str) -> Endpoint:
        group = "update" if verb in {"replace", "patch"} else verb
        answer = {
            "list": lambda: lists(works["list"], kind.render, kind.plural, kind.more),
            "create": lambda: creates(works["create"], kind.render, kind.more),
            "read": lambda: gets(works["read"], kind.render, kind.more),
            "delete": lambda: removes(works["delete"]),
        }.get(verb, lambda: changes(works[verb], kind.render, kind.more))()
        return Endpoint(
            method,
            at,
            operation,
            kind.permission.format(permission),
            answer,
            status={"create": 201, "delete": 204}.get(verb, 200),
            takes=kind.shape if verb in {"create", "replace", "patch"} else None,
            shows=None if verb == "delete" else view,
            plural=kind.plural if verb == "list" else None,
            filtered=kind.filtered and verb == "list",
            expands=kind.expands if verb in {"list", "read"} else (),
            includes=kind.includes if verb in {"list", "read"} else (),
            own=kind.own.get(group),
            guards=kind.guards.get(group, ()),
            action={"create": f"{event}.CREATED", "update": f"{event}.UPDATED", "delete": f"{event}.DELETED"}.get(
                group
            ),
            anywhere=group in kind.narrow,
        )

    rows = (
        ("list", "GET", "read", pattern, f"list{plural}"),
        ("create", "POST", kind.creating, pattern, f"create{kind.name}"),
        ("read", "GET", "read", one, f"get{kind.name}"),
        ("replace", "PUT", kind.updating, one, f"replace{kind.name}"),
        ("patch", "PATCH", kind.updating, one, f"update{kind.name}"),
        ("delete", "DELETE", kind.deleting, one, f"delete{kind.name}"),
    )
    for verb, *rest in rows:
        if verb in kind.only:
            yield row(verb, *rest)
