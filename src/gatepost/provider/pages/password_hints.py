"""What a password needs, in words."""

from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase, digits
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from gatepost.identity import password_policies, password_states
from gatepost.identity.password_policies import PasswordPolicy
from gatepost.identity.refusals import NotFound
from gatepost.provider.pages.texts import text
from gatepost.provider.signon.state import Flow

_KINDS: Mapping[str, str] = MappingProxyType(
    {digits: "needs.digits", ascii_lowercase: "needs.lower", ascii_uppercase: "needs.upper"}
)


def of_flow(connection: Connection, environment_id: str, flow: Flow, *, registering: bool) -> tuple[str, ...]:
    """Return what a new password needs in a flow, or nothing where that would tell whether somebody has an account.

    Args:
        connection: A connection.
        environment_id: The environment.
        flow: The flow.
        registering: Whether somebody registers.
    """
    policy = _policy(connection, environment_id, flow, registering=registering)
    return () if policy is None else in_words(policy.document)


def in_words(policy: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a policy asks for, in words: what somebody can keep to while they think of a password."""
    if policy.get("bypassPolicy"):
        return ()
    found: list[str] = []
    least = policy.get("length", {}).get("min", 1)
    if least > 1:
        found.append(text("needs.length", least=least))
    kinds = [_kind(characters, count) for characters, count in policy.get("minCharacters", {}).items() if count]
    if kinds:
        *some, last = kinds
        found.append(text("needs.and", some=", ".join(some), last=last) if some else last)
    if policy.get("minUniqueCharacters", 0) > 1:
        found.append(text("needs.unique", count=policy["minUniqueCharacters"]))
    if policy.get("maxRepeatedCharacters"):
        found.append(text("needs.repeated", count=policy["maxRepeatedCharacters"]))
    if policy.get("excludesProfileData"):
        found.append(text("needs.profile"))
    return tuple(found)


def _kind(characters: str, count: int) -> str:
    key = _KINDS.get("".join(sorted(characters)))
    if key is None and not any(each.isalnum() for each in characters):
        key = "needs.symbols"
    what = text(key) if key is not None else text("needs.others", characters=characters)
    return what if count == 1 else text("needs.count", count=count, what=what)


def _policy(connection: Connection, environment_id: str, flow: Flow, *, registering: bool) -> PasswordPolicy | None:
    if registering:
        population = flow.step.population if flow.step is not None else None
        return password_states.policy_of_population(connection, environment_id, population)
    if flow.status in {"MUST_CHANGE_PASSWORD", "PASSWORD_EXPIRED"} and flow.claimed_id is not None:
        try:
            return password_states.of_user(connection, environment_id, flow.claimed_id).policy
        except NotFound:
            return None
    # Whose name was given is not shown: where policies differ, theirs would show it.
    found = password_policies.listed(connection, environment_id).items
    return found[0] if len(found) == 1 else None
