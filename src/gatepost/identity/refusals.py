"""Why something that was asked of the identities is not done."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from gatepost.errors import GatepostError

ViolationCode: TypeAlias = Literal[
    "INVALID_VALUE",
    "REQUIRED_VALUE",
    "EMPTY_VALUE",
    "SIZE_LIMIT_EXCEEDED",
    "UNIQUENESS_VIOLATION",
    "CONSTRAINT_VIOLATION",
    "REFERENCE_NOT_FOUND",
    "INVALID_CREDENTIALS",
    "PASSWORD_LOCKED_OUT",
    "PASSWORD_REQUIREMENTS_NOT_MET",
    "INSUFFICIENT_PERMISSIONS",
    "INVALID_TOKEN",
    "REQUEST_LIMITED",
]


class Violation(NamedTuple):
    """One thing that is wrong with a request.

    Attributes:
        code: What kind of thing.
        target: The path of the member, such as `name.given`; empty for the whole.
        message: One sentence.
        inner: More about it, such as `allowedValues` or `secondsUntilUnlock`.
    """

    code: ViolationCode
    target: str
    message: str
    inner: Mapping[str, Any] | None = None


class IdentityError(GatepostError):
    """Something was not done, and nothing of it was kept."""


class NotFound(IdentityError):
    """There is no such thing, or not for who asks."""


class InvalidData(IdentityError):
    """What was sent cannot be taken.

    Attributes:
        violations: Everything that is wrong with it.
    """

    def __init__(self, *violations: Violation) -> None:
        """Take at least one violation."""
        super().__init__(
            "; ".join(f"{each.target}: {each.message}" if each.target else each.message for each in violations)
        )
        self.violations = violations


class Conflict(InvalidData):
    """It cannot be done as things are now, such as a name that is taken."""
