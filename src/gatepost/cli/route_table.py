"""The routes of a policy as a table: the most specific first, with what each of them demands."""

from typing import TYPE_CHECKING, NamedTuple

from gatepost.cli.plain_text import plain
from gatepost.cli.terminal import console, table
from gatepost.cli.terminal import show as show_table

if TYPE_CHECKING:
    from gatepost.policy.policy_file import PolicySettings
    from gatepost.policy.requirement import Requirement
    from gatepost.policy.route_pattern import RoutePattern

_RANKS = {"literal": 0, "name": 1, "rest": 2}


class Row(NamedTuple):
    """A route in words.

    Attributes:
        match: What it matches.
        issuers: Whose tokens are good there; nobody's for a public route.
        demands: What it demands of them.
        forwards: The headers that the upstream gets.
    """

    match: str
    issuers: tuple[str, ...]
    demands: tuple[str, ...]
    forwards: tuple[str, ...]


def rows(settings: "PolicySettings") -> list[Row]:
    """Return the routes in the order in which they are tried."""
    return [
        Row(
            pattern.text,
            () if requirement.public else requirement.issuers or tuple(settings.trusted),
            ("public",) if requirement.public else tuple(_demands(requirement)) or ("a good token",),
            tuple(header for header, _ in requirement.forward),
        )
        for pattern, requirement in sorted(settings.routes, key=lambda route: _rank(route[0]))
    ]


def document(found: list[Row]) -> dict[str, object]:
    """Return the rows for a program."""
    return {"routes": [row._asdict() for row in found]}


def show(found: list[Row]) -> None:
    """Print the rows to standard output."""
    out = console()
    shown = table("Route", "Tokens of", "Demands", "Forwards", on=out)
    for row in found:
        shown.add_row(plain(row.match), *(plain(", ".join(cell)) for cell in (row.issuers, row.demands, row.forwards)))
    show_table(shown, on=out)


def _rank(pattern: "RoutePattern") -> tuple[object, ...]:
    return tuple((_RANKS[kind], text) for kind, text in pattern.shape()), pattern.methods is None, pattern.text


def _demands(requirement: "Requirement") -> list[str]:
    from gatepost.policy.settings.duration import in_words

    found = []
    if requirement.scopes:
        found.append(f"scopes {' '.join(requirement.scopes)}")
    if requirement.any_scope:
        found.append(f"one scope of {' '.join(requirement.any_scope)}")
    found.extend(f"{path} = {' or '.join(_in_toml(value) for value in values)}" for path, values in requirement.claims)
    if requirement.max_auth_age is not None:
        found.append(f"sign-on within {in_words(requirement.max_auth_age)}")
    if requirement.acr:
        found.append(f"acr {' or '.join(requirement.acr)}")
    found.extend(
        f"{name} {mode}" for name, mode in (("dpop", requirement.dpop), ("mtls", requirement.mtls)) if mode != "allowed"
    )
    return found


def _in_toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
