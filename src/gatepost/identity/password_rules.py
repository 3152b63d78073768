"""Whether a password fits a policy: everything about it but what it was before, which takes hashing to know."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from gatepost.identity.common_passwords import is_common
from gatepost.identity.folding import fold
from gatepost.identity.password_policy_shape import LONGEST
from gatepost.identity.refusals import InvalidData, Violation

_SHORTEST_PROFILE_TEXT = 4  # a shorter one stands in too many passwords by chance
_PROFILE = ("username", "email", "nickname", "primaryPhone", "mobilePhone")
_DIFFERENCES = 3  # characters in which a new password has to differ from the old one, at least

# Steve Gibson's haystack: how long a search of all passwords of this length and alphabet takes, at this rate.
_GUESSES_PER_DAY = 1e11 * 86_400
_ALPHABETS = (
    (str.islower, 26),
    (str.isupper, 26),
    (str.isdigit, 10),
)
_OTHERS = 33


def unsatisfied(
    policy: Mapping[str, Any], cleartext: str, profile: Iterable[str] = (), current: str | None = None
) -> list[str]:
    """Return the names of the policy's requirements that a password does not satisfy.

    Args:
        policy: The policy's document.
        cleartext: The password.
        profile: What is known of its owner; see `profile_of`.
        current: Their password of today in clear, where they just typed it.
    """
    if policy.get("bypassPolicy"):
        return [] if 1 <= len(cleartext) <= LONGEST else ["length"]
    length = policy.get("length", {})
    folded = fold(cleartext)
    checks = {
        "length": length.get("min", 1) <= len(cleartext) <= length.get("max", LONGEST),
        "minCharacters": all(
            sum(each in characters for each in cleartext) >= count
            for characters, count in policy.get("minCharacters", {}).items()
        ),
        "minUniqueCharacters": len(Counter(cleartext)) >= policy.get("minUniqueCharacters", 0),
        "maxRepeatedCharacters": _longest_run(cleartext) <= policy.get("maxRepeatedCharacters", LONGEST),
        "minComplexity": _days_to_search(cleartext) >= policy.get("minComplexity", 0),
        "excludesProfileData": not policy.get("excludesProfileData") or not any(each in folded for each in profile),
        "excludesCommonlyUsed": not policy.get("excludesCommonlyUsed") or not is_common(cleartext),
        "notSimilarToCurrent": not policy.get("notSimilarToCurrent") or not (current and similar(cleartext, current)),
    }
    return [name for name, satisfied in checks.items() if not satisfied]


def refusal(unsatisfied: Iterable[str], target: str) -> InvalidData:
    """Return the refusal of a password that does not satisfy these requirements."""
    names = list(unsatisfied)
    return InvalidData(
        Violation(
            "PASSWORD_REQUIREMENTS_NOT_MET",
            target,
            f"The password does not satisfy the password policy's requirements: {', '.join(names)}.",
            {"unsatisfiedRequirements": names},
        )
    )


def profile_of(user: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what of a user's document a password may not have in it, folded."""
    name = user.get("name", {})
    texts = [user.get(member) for member in _PROFILE] + [name.get("given"), name.get("family"), name.get("middle")]
    texts.append((user.get("email") or "").partition("@")[0])
    return tuple({fold(text) for text in texts if text and len(fold(text)) >= _SHORTEST_PROFILE_TEXT})


def similar(one: str, other: str) -> bool:
    """Tell whether two passwords are alike: one is in the other, or few characters make the difference."""
    first, second = fold(one), fold(other)
    if first in second or second in first:
        return True
    return _distance_within(first, second, _DIFFERENCES - 1)


def _longest_run(text: str) -> int:
    return max((sum(1 for _ in run) for _, run in groupby(text)), default=0)


def _days_to_search(text: str) -> float:
    sizes = [size for holds, size in _ALPHABETS if any(holds(each) for each in text)]
    if any(not each.isalnum() for each in text):
        sizes.append(_OTHERS)
    alphabet = max(sum(sizes), 2)
    return 10 ** min(len(text) * math.log10(alphabet) - math.log10(_GUESSES_PER_DAY), 300)


def _distance_within(first: str, second: str, most: int) -> bool:
    """Tell whether at most so many insertions, deletions and replacements make one text of the other."""
    if abs(len(first) - len(second)) > most:
        return False
    row = list(range(len(second) + 1))
    for at, each in enumerate(first, 1):
        above, row[0] = row[0], at
        for column, other in enumerate(second, 1):
            above, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, above + (each != other))
        if min(row) > most:
            return False
    return row[-1] <= most
