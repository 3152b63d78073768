"""One line of an inspection: what was looked at, and what was found."""

from typing import Literal, NamedTuple, TypeAlias

Outcome: TypeAlias = Literal["passed", "failed", "unknown"]


class Check(NamedTuple):
    """A check and its outcome.

    Attributes:
        name: What was looked at: a claim, a header parameter, or a part of the token.
        outcome: `unknown` where it could not be looked at, for lack of keys or of anything to look at.
        detail: What was found, in words. It may hold text of the token.
    """

    name: str
    outcome: Outcome
    detail: str


def passed(name: str, detail: str) -> Check:
    """Return a check that held."""
    return Check(name, "passed", detail)


def failed(name: str, detail: str) -> Check:
    """Return a check that did not hold."""
    return Check(name, "failed", detail)


def unknown(name: str, detail: str) -> Check:
    """Return a check that could not be made."""
    return Check(name, "unknown", detail)
