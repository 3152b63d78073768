"""What a password policy is made of, and the one that every environment begins with."""

from collections.abc import Mapping
from typing import Any

from gatepost.identity.refusals import Violation
from gatepost.identity.shapes.kinds import Flag, Tell, Text, Whole
from gatepost.identity.shapes.shape import Member, Shape

LONGEST = 255  # characters of any password, whatever a policy says

# pingone.md, step 9.
STANDARD: Mapping[str, Any] = {
    "name": "Standard",
    "description": "A standard policy that incorporates industry best practices.",
    "default": True,
    "bypassPolicy": False,
    "excludesProfileData": True,
    "notSimilarToCurrent": True,
    "excludesCommonlyUsed": True,
    "maxAgeDays": 182,
    "minAgeDays": 1,
    "maxRepeatedCharacters": 2,
    "minUniqueCharacters": 5,
    "length": {"min": 8, "max": LONGEST},
    "minCharacters": {
        "0123456789": 1,
        "abcdefghijklmnopqrstuvwxyz": 1,
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ": 1,
        "~!@#$%^&*()-_=+[]{}|;:,.<>/?": 1,
    },
    "lockout": {"failureCount": 5, "durationSeconds": 900},
    "history": {"count": 6, "retentionDays": 365},
}


class _Counts:
    """Which characters a password has to have, and how many of them: `{"0123456789": 1}`."""

    def read(self, value: object, target: str, tell: Tell) -> dict[str, int]:
        """Return the counts."""
        if not isinstance(value, dict) or len(value) > 16:
            tell(Violation("INVALID_VALUE", target, "The value must be an object with at most 16 members."))
            return {}
        text, whole = Text(most=256), Whole(1, 100)
        return {
            text.read(characters, target, tell): whole.read(count, f"{target}.{characters}", tell)
            for characters, count in value.items()
        }

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "object", "additionalProperties": Whole(1, 100).schema()}


def _satisfiable(policy: Mapping[str, Any]) -> list[Violation]:
    length = policy["length"]
    if length["min"] > length["max"]:
        return [Violation("INVALID_VALUE", "length.min", "The value must not be greater than length.max.")]
    wanted = max(sum(policy.get("minCharacters", {}).values()), policy.get("minUniqueCharacters", 0))
    if wanted > length["max"]:
        return [Violation("CONSTRAINT_VIOLATION", "length.max", "No password of this length fits the other rules.")]
    age, least = policy.get("maxAgeDays"), policy.get("minAgeDays")
    if age is not None and least is not None and age <= least:
        return [Violation("INVALID_VALUE", "maxAgeDays", "The value must be greater than minAgeDays.")]
    return []


_LENGTH = Shape(
    Member("min", Whole(1, LONGEST), default=8),
    Member("max", Whole(1, LONGEST), default=LONGEST),
)
_LOCKOUT = Shape(
    Member("failureCount", Whole(1, 100), required=True),
    Member("durationSeconds", Whole(1, 31_536_000), required=True),
)
_HISTORY = Shape(
    Member("count", Whole(1, 24), required=True),
    Member("retentionDays", Whole(1, 3650), required=True),
)

SHAPE = Shape(
    Member("name", Text(most=256), required=True),
    Member("description", Text(most=1024)),
    Member("default", Flag(), default=False),
    Member("bypassPolicy", Flag(), default=False),
    Member("excludesProfileData", Flag(), default=False),
    Member("notSimilarToCurrent", Flag(), default=False),
    Member("excludesCommonlyUsed", Flag(), default=False),
    Member("maxAgeDays", Whole(1, 3650)),
    Member("minAgeDays", Whole(0, 3650)),
    Member("maxRepeatedCharacters", Whole(1, LONGEST)),
    Member("minUniqueCharacters", Whole(1, LONGEST)),
    Member("minComplexity", Whole(1, 365)),
    Member("length", _LENGTH, default={"min": 8, "max": LONGEST}),
    Member("minCharacters", _Counts()),
    Member("lockout", _LOCKOUT),
    Member("history", _HISTORY),
    rules=[_satisfiable],
)
