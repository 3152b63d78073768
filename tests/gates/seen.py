"""What a gate made of a request: its answer, and what the application behind it got to see."""

from collections.abc import Iterable
from typing import NamedTuple

from tests.gates.decision_table import FORWARDABLE, Row


class Seen(NamedTuple):
    """The answer to a request.

    Attributes:
        status: The status.
        reason: The reason of a refusal, or an empty string.
        forwarded: The headers of the policy that the application got, in lower case and with hyphens.
    """

    status: int
    reason: str
    forwarded: dict[str, str]

    @classmethod
    def expected(cls, row: Row) -> "Seen":
        """Return what a row of the table says."""
        return cls(row.status, row.reason, row.forwarded)


def forwarded(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return those of an application's headers that the policy can set; two copies of one show as one value."""
    found: dict[str, str] = {}
    for name, value in headers:
        plain = name.lower().replace("_", "-")
        if plain in FORWARDABLE:
            found[plain] = f"{found[plain]} and {value}" if plain in found else value
    return found
