"""The decisions that the owner of a policy expects, read from a file."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gatepost.cli.decision_line import decision_line
from gatepost.policy.settings.nearest_name import quoted, suggestion
from gatepost.policy.settings.problem import PolicyFileError, Problem
from gatepost.policy.settings.table import Table
from gatepost.policy.settings.toml_document import read_documents
from gatepost.policy.settings.watched_files import WatchedFiles

if TYPE_CHECKING:
    from gatepost.policy.decision import Decision
    from gatepost.policy.policy_file import PolicySettings

_EXPECTED = re.compile(r"allow|deny(?: [1-5][0-9]{2}(?: [a-z_]+)?)?")


class Case(NamedTuple):
    """One expected decision.

    Attributes:
        place: Where it stands: the file and the line.
        name: What its owner calls it; may be empty.
        request: The method and the path.
        issuer: The name of the issuer that makes the token out of `claims`.
        claims: The claims of a token to be made, or `None`.
        without: Claims that the token must not have.
        token: A token as it is, or `None`.
        expect: `allow`, `deny`, `deny STATUS` or `deny STATUS REASON`.
        route: The `match` of the route that has to decide, or `None` when any may.
        headers: What the upstream has to get, or `None` when it does not matter.
    """

    place: str
    name: str
    request: str
    issuer: str
    claims: Mapping[str, object] | None
    without: tuple[str, ...]
    token: str | None
    expect: str
    route: str | None
    headers: Mapping[str, str] | None

    def expects(self, decision: "Decision") -> bool:
        """Tell whether the decision is the expected one."""
        return not self.difference(decision)

    def difference(self, decision: "Decision") -> str:
        """Return in what the decision differs, and the check that led to it; an empty string when it does not."""
        if not f"{decision_line(decision)} ".startswith(f"{self.expect} "):
            last = decision.trace[-1]
            return f"{last.name}: {last.detail}" if last.detail else last.name
        if self.route is not None and decision.route != self.route:
            return f"the route is {decision.route or 'none'}"
        if self.headers is not None and decision.allowed:
            wrong = [name for name, value in self.headers.items() if decision.headers.get(name, "") != value]
            if wrong:
                return f"the upstream gets another {', '.join(wrong)}"
        return ""


def read_cases(path: Path, settings: "PolicySettings") -> list[Case]:
    """Return the cases in the file at `path`.

    Raises:
        PolicyFileError: When something is wrong with it; it has a line for each problem.
    """
    documents = read_documents(path, os.environ, WatchedFiles())
    cases: list[Case] = []
    for document in documents:
        top = Table(document, (), "the top level of the file", document.values)
        top.texts("include")
        cases.extend(_case(table, settings) for table in top.tables("cases", "[[cases]]"))
        top.finish()
    problems = [problem for document in documents for problem in document.sorted_problems()]
    if not problems and not cases:
        problems.append(Problem(str(path), 0, "there is no [[cases]]"))
    if problems:
        raise PolicyFileError(problems)
    return cases


def _case(table: Table, settings: "PolicySettings") -> Case:
    claims, headers = table.table("claims", "claims = { … }"), table.table("headers", "headers = { … }")
    token = table.text("token")
    case = Case(
        place=table.document.place(table.way),
        name=table.text("name") or "",
        request=_request(table),
        issuer=_issuer(table, settings),
        claims=None if claims is None else {name: claims.value(name) for name in claims.given},
        without=table.texts("without") or (),
        token=token,
        expect=_expect(table),
        route=_route(table, settings),
        headers=None if headers is None else {name: str(headers.value(name)) for name in headers.given},
    )
    for name in claims.given if claims is not None else ():
        if claims is not None and not _is_json(claims.value(name)):
            claims.complain(f"the claim {quoted(name)} is nothing that JSON can say; write times as numbers", name)
    if claims is not None and token is not None:
        table.complain('"claims" and "token" both say what comes with the request; keep one', "token")
    table.finish()
    return case


def _is_json(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    return isinstance(value, str | int) or (isinstance(value, float) and abs(value) < float("inf"))


def _request(table: Table) -> str:
    request = table.text("request")
    if "request" not in table:
        table.complain('[[cases]] lacks "request", such as request = "GET /user"')
    elif request is not None and not request.partition(" ")[2].strip():
        table.complain('"request" is a method and a path, such as "GET /user"', "request")
    return request or ""


def _expect(table: Table) -> str:
    expect = table.text("expect")
    if "expect" not in table:
        table.complain('[[cases]] lacks "expect": "allow", "deny", "deny 403" or "deny 403 insufficient_scope"')
    elif expect is not None and not _EXPECTED.fullmatch(expect):
        table.complain('"expect" is "allow", "deny", "deny 403", or "deny 403 insufficient_scope"', "expect")
    return expect or ""


def _issuer(table: Table, settings: "PolicySettings") -> str:
    """Return the issuer that is named, or the one there is."""
    name = table.text("issuer")
    if name is not None and name not in settings.trusted:
        table.complain(f"unknown issuer {quoted(name)}{suggestion(name, settings.trusted)}", "issuer")
    if name is None and "claims" in table and len(settings.trusted) != 1:
        table.complain(
            f"say whose claims these are: issuer = … (one of {', '.join(settings.trusted) or 'none'})", "claims"
        )
    return name or next(iter(settings.trusted), "")


def _route(table: Table, settings: "PolicySettings") -> str | None:
    route = table.text("route")
    known = [pattern.text for pattern, _ in settings.routes]
    if route is not None and route not in known:
        table.complain(f"there is no route {quoted(route)}{suggestion(route, known)}", "route")
    return route
