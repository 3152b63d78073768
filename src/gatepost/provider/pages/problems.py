"""What is wrong, in words, and in which field."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from gatepost.provider.pages.said import Wrong
from gatepost.provider.pages.texts import has, text

_FIELDS: Mapping[str, str] = MappingProxyType(
    {"password.value": "password", "name.given": "given", "name.family": "family", "name.formatted": "family"}
)
_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "username": "username",
        "password": "password",
        "email": "email",
        "given": "given",
        "family": "family",
        "currentPassword": "current_password",
        "newPassword": "new_password",
        "repeated": "repeated",
        "recoveryCode": "recover.code",
        "verificationCode": "verify.code",
        "userCode": "user_code.code",
        "otp": "otp.code",
        "name": "passkey.name",
    }
)
_CODES = frozenset({"recoveryCode", "verificationCode", "userCode"})
# The codes that stand for one text, whatever they are about.
_ALWAYS: Mapping[str, str] = MappingProxyType({"REQUEST_LIMITED": "wrong.limited"})
_BY_TARGET: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("INVALID_CREDENTIALS", "currentPassword"): "wrong.current_password",
        ("INVALID_CREDENTIALS", "otp"): "wrong.otp",
        ("INVALID_CREDENTIALS", "recovery_code"): "wrong.recovery_code",
        ("INVALID_CREDENTIALS", "assertion"): "wrong.passkey",
        ("INVALID_CREDENTIALS", "password"): "wrong.credentials",
        ("INVALID_VALUE", "assertion"): "wrong.passkey",
        ("INVALID_VALUE", "credential"): "wrong.passkey",
        ("INVALID_VALUE", "repeated"): "wrong.repeated",
        ("INVALID_VALUE", "Content-Type"): "wrong.moved",
        ("REQUIRED_VALUE", "assertion"): "passkey.no_script",
        ("UNIQUENESS_VIOLATION", "id"): "passkey.known",
        ("CONSTRAINT_VIOLATION", "newPassword"): "wrong.too_soon",
        ("CONSTRAINT_VIOLATION", "session"): "wrong.session",
        ("CONSTRAINT_VIOLATION", ""): "wrong.moved",
        **{("INVALID_VALUE", name): "wrong.code" for name in _CODES},
    }
)
_OF_FIELD: Mapping[str, str] = MappingProxyType(
    {
        "REQUIRED_VALUE": "wrong.required",
        "EMPTY_VALUE": "wrong.required",
        "SIZE_LIMIT_EXCEEDED": "wrong.long",
        "UNIQUENESS_VIOLATION": "wrong.taken",
        "INVALID_VALUE": "wrong.value",
    }
)
_MINUTE, _HOUR = 60, 3600


class Problem(NamedTuple):
    """Something that is wrong.

    Attributes:
        field: The field of the page, or an empty text.
        text: What is wrong, in words.
    """

    field: str
    text: str


def problems(wrong: Iterable[Wrong], fields: Iterable[str], *, recovery_code: bool = False) -> tuple[Problem, ...]:
    """Return what is wrong, in words.

    Args:
        wrong: What is wrong.
        fields: The fields of the page.
        recovery_code: Whether the one-time password that is asked for is a recovery code.
    """
    there = frozenset(fields)
    found: list[Problem] = []
    for each in wrong:
        field = _FIELDS.get(each.target, each.target)
        for said in _texts(each, field, recovery_code):
            problem = Problem(field if field in there else "", said)
            if problem not in found:
                found.append(problem)
    return tuple(found)


def waiting(seconds: int) -> str:
    """Return how long there is to wait, in words."""
    if seconds < _MINUTE // 2:
        return text("wait.second")
    if seconds <= _MINUTE:
        return text("wait.minute")
    if seconds <= 2 * _HOUR:
        return text("wait.minutes", count=-(-seconds // _MINUTE))
    return text("wait.hours", count=-(-seconds // _HOUR))


def _texts(wrong: Wrong, field: str, recovery_code: bool) -> Iterable[str]:
    if wrong.code == "PASSWORD_LOCKED_OUT":
        return (text("wrong.locked", wait=waiting(wrong.wait or 0)),)
    if wrong.unmet:
        keys = (f"unmet.{each}" for each in wrong.unmet)
        return tuple(text(key if has(key) else "unmet.other") for key in keys)
    target = "recovery_code" if recovery_code and field == "otp" else field
    key = _ALWAYS.get(wrong.code) or _BY_TARGET.get((wrong.code, target))
    if key is not None:
        return (text(key),)
    of_field, label = _OF_FIELD.get(wrong.code), _LABELS.get(field)
    if of_field is None or label is None:
        return (text("wrong.other"),)
    return (text(of_field, label=text(label)),)
