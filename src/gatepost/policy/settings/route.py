"""`[[routes]]` in a policy file: what a route matches, and what it demands."""

import re
from collections.abc import Collection, Iterator
from typing import get_args

from gatepost.errors import ConfigurationError
from gatepost.policy.requirement import ClaimValue, Mode, Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.policy.settings.nearest_name import quoted
from gatepost.policy.settings.table import Table

# RFC 6749 §3.3. It stands between quotes in challenges; so do values of acr.
_SCOPE = re.compile(r"[!#-\[\]-~]+")

# RFC 9110 §5.6.2, without what CGI and its heirs cannot tell from `-`.
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^`|~-]+")

# Headers that decide how the request is read, or whom it comes from.
_NOT_TO_SET = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "dpop",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-method",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-forwarded-proto",
        "x-forwarded-uri",
        "x-original-method",
        "x-original-uri",
        "x-real-ip",
    }
)


def read_route(table: Table, issuers: Collection[str]) -> tuple[RoutePattern, Requirement] | None:
    """Return the route that a table describes, or `None` when something is wrong with it.

    Args:
        table: The table.
        issuers: The names of the issuers that there are.
    """
    before = len(table.document.problems)
    pattern = _pattern(table)
    requirement = Requirement(
        public=table.flag("public") or False,
        issuers=table.some_of("issuers", issuers, "issuer") or (),
        scopes=_quotable(table, "scopes"),
        any_scope=_quotable(table, "any_scope"),
        max_auth_age=table.seconds("max_auth_age"),
        acr=_quotable(table, "acr"),
        claims=_claims(table),
        dpop=table.one_of("dpop", get_args(Mode)) or "allowed",
        mtls=table.one_of("mtls", get_args(Mode)) or "allowed",
        forward=_forward(table),
    )
    table.finish()
    if requirement.public:
        for key in table.given:
            if key not in {"match", "public"}:
                table.complain(f"{quoted(key)} means nothing on a public route, which reads no token", key)
    elif not issuers:
        table.complain("the route is not public, and there is no issuer to trust")
    return None if pattern is None or len(table.document.problems) > before else (pattern, requirement)


def _pattern(table: Table) -> RoutePattern | None:
    match = table.text("match")
    if match is None:
        if "match" not in table:
            table.complain(f'{table.title} lacks "match", such as match = "GET /user"')
        return None
    try:
        return RoutePattern(match)
    except ConfigurationError as error:
        table.complain(str(error), "match")
        return None


def _quotable(table: Table, key: str) -> tuple[str, ...]:
    values = table.texts(key) or ()
    for position, value in enumerate(values):
        if not _SCOPE.fullmatch(value):
            table.complain(f"{quoted(key)} is a list of ASCII names without blanks, quotes, backslashes", key, position)
    return values


def _claims(table: Table) -> dict[str, tuple[ClaimValue, ...]]:
    claims = table.table("claims", "claims = { … }")
    found: dict[str, tuple[ClaimValue, ...]] = {}
    if claims is None:
        return found
    for path in claims.given:
        value = claims.value(path)
        listed = value if isinstance(value, list) else [value]
        values = tuple(_comparable(listed))
        if isinstance(value, dict):
            claims.complain(f"a claim's path stands in quotes: {quoted(f'{path}.…')} = …", path)
        elif not values or len(values) < len(listed):
            message = f"the claim {quoted(path)} wants a string, a number, true or false, or a list of them"
            claims.complain(message, path)
        else:
            found[path] = values
    return found


def _comparable(values: list[object]) -> Iterator[ClaimValue]:
    """Yield the values that a claim can be compared with."""
    for value in values:
        if isinstance(value, str | int) or (isinstance(value, float) and abs(value) < float("inf")):
            yield value


def _forward(table: Table) -> dict[str, str]:
    forward = table.table("forward", "forward = { … }")
    if forward is None:
        return {}
    found: dict[str, str] = {}
    for header in forward.given:
        path = forward.text(header)
        if not _HEADER.fullmatch(header):
            better = header.replace("_", "-")
            advice = f"; write {quoted(better)}" if _HEADER.fullmatch(better) else ""
            forward.complain(f"{quoted(header)} is no header that every server hands on unchanged{advice}", header)
        elif header.lower() in _NOT_TO_SET:
            forward.complain(f"the header {quoted(header)} has another meaning; choose one such as X-User", header)
        elif header.lower() in (known.lower() for known in found):
            forward.complain(f"the header {quoted(header)} stands there twice", header)
        elif path is not None:
            found[header] = path
    return found
