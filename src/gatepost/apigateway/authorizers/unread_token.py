"""A token taken apart, with nothing of it believed yet: what `golang-jwt` finds wrong with it, in its order.

Where Gatepost is stricter than Go, for safety, the text is Go's most general one: duplicate members, numbers and depths
without bounds, base64 with a second spelling, and header parameters that would change what was signed or by whom.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from gatepost.apigateway.authorizers import descriptions as say
from gatepost.errors import GatepostError, TokenRejected
from gatepost.jose import base64url
from gatepost.jose.header import MAX_LENGTH, Header
from gatepost.jose.strict_json import load_object, sealed

# The methods that `golang-jwt` knows, `none` among them; what it does not know it calls unavailable.
_KNOWN_METHODS = frozenset(
    f"{family}{size}" for family in ("HS", "RS", "ES", "PS") for size in (256, 384, 512)
) | {"none", "EdDSA"}  # fmt: skip

_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_WHITE_SPACE = " \t\r\n"
_GO_KINDS = {list: "array", str: "string", bool: "bool", int: "number", float: "number"}

_LONGEST = 16 * 1024  # an HTTP API takes 10,240 octets of headers and request line together


class Refused(GatepostError):
    """A JWT authorizer refuses a token; the message is its `error_description`.

    Attributes:
        check: Which check it was that failed, for the trace.
        detail: What AWS does not tell, for the trace: what was expected and found, with nothing secret in it.
    """

    code = "refused"

    def __init__(self, check: str, description: str, detail: str = "") -> None:
        super().__init__(description)
        self.check = check
        self.detail = detail


class UnreadToken(NamedTuple):
    """A token, taken apart.

    Attributes:
        header: Its header.
        claims: Its claims.
        signing_input: What is signed.
        signature: The signature, still as text.
    """

    header: Header
    claims: dict[str, Any]
    signing_input: bytes
    signature: bytes


def take_apart(token: str, algorithms: frozenset[str]) -> UnreadToken:
    """Return the parts of a token that says to be signed with one of `algorithms`.

    Raises:
        Refused: When it is no token, or says another algorithm.
    """
    segments = token.split(".", 3)
    if len(segments) != 3:
        raise Refused("form", say.SEGMENTS)
    if len(token) > _LONGEST:
        raise Refused("form", say.INVALID)
    header = _object(segments[0], "map[string]interface {}")
    claims = _object(segments[1], "jwt.MapClaims")
    method = header.get("alg")
    if not isinstance(method, str):
        raise Refused("algorithm", say.NO_METHOD)
    if method not in algorithms:
        known = method in _KNOWN_METHODS
        raise Refused("algorithm", say.SIGNING_METHOD.format(method) if known else say.UNKNOWN_METHOD)
    try:
        read = Header(sealed(header))
    except TokenRejected:
        raise Refused("form", say.INVALID) from None
    head, _, signature = token.encode("ascii").rpartition(b".")
    return UnreadToken(read, claims, head, signature)


def _object(segment: str, go_type: str) -> dict[str, Any]:
    octets = decode(segment.encode("ascii", "replace"), "form")
    if go_type != "jwt.MapClaims" and len(octets) > MAX_LENGTH:
        raise Refused("form", say.INVALID)
    try:
        return load_object(octets)
    except TokenRejected:
        raise Refused("form", _json_error(octets, go_type)) from None


def decode(segment: bytes, check: str) -> bytes:
    """Return the octets that a segment stands for.

    Raises:
        Refused: When it is not base64url in its one canonical form; `check` is what failed then.
    """
    try:
        return base64url.decode(segment)
    except TokenRejected:
        wrong = (place for place, octet in enumerate(segment) if octet not in _ALPHABET)
        place = next(wrong, len(segment) if len(segment) % 4 == 1 else len(segment) - 1)
        raise Refused(check, say.NOT_BASE64.format(place)) from None


def _json_error(octets: bytes, go_type: str) -> str:
    """Return what Go says about a text that is no JSON object, as far as its first character tells."""
    text = octets.decode("utf-8", "replace").strip(_WHITE_SPACE)
    if not text:
        return say.END_OF_JSON
    if text[0] not in '{["-0123456789tfn':
        return say.NOT_JSON.format(_quoted(text[0]))
    try:
        kind = _GO_KINDS.get(type(json.loads(text)))
    except (ValueError, RecursionError):
        return say.INVALID
    return say.INVALID if kind is None else say.NOT_AN_OBJECT.format(kind, go_type)


def _quoted(character: str) -> str:
    """Return a character as Go quotes it, in ASCII, so that it may stand in a header."""
    if character == "'":
        return r"'\''"
    if character == "\\" or not character.isascii() or not character.isprintable():
        return f"'{json.dumps(character)[1:-1]}'"
    return f"'{character}'"


def is_text_list(value: object) -> bool:
    """Tell whether a claim is a list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def scopes_of(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the scopes of a token: those of `scp`, or else of `scope`; a list, or a text with spaces between them."""
    value = claims["scp"] if "scp" in claims else claims.get("scope")
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(value) if isinstance(value, list) and is_text_list(value) else ()
