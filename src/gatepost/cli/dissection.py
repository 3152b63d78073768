"""A token taken apart as far as it goes, so that a broken one can be looked at too.

What is lenient here is only for showing: every check is made by the strict reader that verification uses.
"""

import binascii
import json
from collections.abc import Collection, Mapping
from math import isfinite
from typing import NamedTuple

from gatepost.cli.check import Check, failed, passed, unknown
from gatepost.errors import GatepostError
from gatepost.jose import base64url, compact, strict_json

_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_LONGEST_NUMBER = 15
_DEEPEST = 64


class Dissection(NamedTuple):
    """What could be read of a token; nothing in it is trusted.

    Attributes:
        header: The header, or `None` where it is not a JSON object.
        payload: The payload, likewise.
        checks: The checks of its form.
    """

    header: Mapping[str, object] | None
    payload: Mapping[str, object] | None
    checks: tuple[Check, ...]


def dissect(token: str) -> Dissection:
    """Take `token` apart."""
    segments = token.encode("utf-8", "backslashreplace").split(b".")
    form = _check_form(len(token), len(segments))
    if len(segments) == 1:
        return Dissection(None, None, form)
    header, header_check = _read(segments[0], "header")
    if len(segments) == 5:
        return Dissection(header, None, (*form, header_check))
    payload, payload_check = _read(segments[1], "payload")
    signature = _check_signature(segments[2] if len(segments) > 2 else b"")
    return Dissection(header, payload, (*form, header_check, payload_check, signature))


def _check_form(length: int, segments: int) -> tuple[Check, ...]:
    size = f"{length:,} characters, of at most {compact.MAX_LENGTH:,}"
    limit = passed("length", size) if length <= compact.MAX_LENGTH else failed("length", size)
    if segments == 3:
        return limit, passed("form", "three parts: header, payload, signature")
    if segments == 1:
        return limit, failed("form", "not a JWT: no dot in it; an opaque token can only be introspected by its issuer")
    if segments == 5:
        return limit, failed("form", "five parts: an encrypted token (JWE), which only its receiver can read")
    return limit, failed("form", f"{segments} parts in place of three: is it complete?")


def _read(segment: bytes, name: str) -> tuple[Mapping[str, object] | None, Check]:
    """Return the object that a segment stands for, leniently, and how the strict reader finds it."""
    try:
        data = base64url.decode(segment)
    except GatepostError:
        value = _lenient(_lenient_base64url(segment))
        return value, failed(name, f"not base64url in its one canonical form{_why_not_base64url(segment)}")
    try:
        return strict_json.load_object(data), passed(name, "a JSON object")
    except GatepostError:
        return _lenient(data), failed(name, f"not strict JSON: {_why_not_json(data)}")


def _check_signature(segment: bytes) -> Check:
    if not segment:
        return failed("signature", "empty: the token is not signed")
    try:
        octets = len(base64url.decode(segment))
    except GatepostError:
        return failed("signature", f"not base64url in its one canonical form{_why_not_base64url(segment)}")
    return unknown("signature", f"{octets} octets, not checked: no keys were given")


def _lenient_base64url(segment: bytes) -> bytes:
    known = bytes(octet for octet in segment.translate(bytes.maketrans(b"+/", b"-_")) if octet in _ALPHABET)
    whole = known[: len(known) - (len(known) % 4 == 1)]
    return binascii.a2b_base64(whole.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(whole) % 4))


def _lenient(data: bytes) -> Mapping[str, object] | None:
    try:
        value = json.loads(
            data.decode("utf-8-sig", "replace"), parse_int=_number, parse_float=_number, parse_constant=str
        )
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and _is_shallow(value) else None


def _number(text: str) -> float | str:
    """Return a number that can be reckoned with, and any other as it is written."""
    if len(text) > _LONGEST_NUMBER:
        return text
    value = float(text)
    return int(text) if value.is_integer() and text.lstrip("-").isdigit() else value if isfinite(value) else text


def _is_shallow(value: object) -> bool:
    """Tell whether `value` is nested no deeper than can be shown."""
    level: list[object] = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return True
    return False


def _inside(value: object) -> Collection[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _why_not_base64url(segment: bytes) -> str:
    foreign = sorted({chr(octet) for octet in segment if octet not in _ALPHABET})
    if foreign:
        return f": it holds {' '.join(foreign[:5])!r}"
    return ": a character is missing" if len(segment) % 4 == 1 else ": its unused last bits are not zero"


def _why_not_json(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return "it begins with a byte order mark"
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "it is not UTF-8"
    twice: list[str] = []
    constants: list[str] = []
    try:
        value = json.loads(
            text, object_pairs_hook=lambda members: _members(members, twice), parse_constant=constants.append
        )
    except json.JSONDecodeError as error:
        return f"{error.msg} at character {error.pos + 1}"
    except (ValueError, RecursionError):
        return "a number or the nesting in it is beyond all measure"
    if not isinstance(value, dict):
        return "it is no object"
    if twice:
        return f"the member {json.dumps(twice[0])} is there twice"
    if constants:
        return f"{constants[0]} is no JSON number"
    return "it has a number beyond 2^53, a lone surrogate, or is nested deeper than 16"


def _members(members: list[tuple[str, object]], twice: list[str]) -> dict[str, object]:
    names = [name for name, _ in members]
    twice.extend(name for name in dict.fromkeys(names) if names.count(name) > 1)
    return dict(members)
