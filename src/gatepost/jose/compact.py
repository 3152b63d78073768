"""JWS in compact form (RFC 7515 §7.1): taken apart, verified, signed."""

from collections.abc import Iterable, Mapping
from json import dumps
from typing import TYPE_CHECKING

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.frozen import Frozen
from gatepost.jose import algorithms as registry
from gatepost.jose import base64url, header
from gatepost.jose.key_set import KeySet
from gatepost.jose.strict_json import JsonObject

if TYPE_CHECKING:
    from gatepost.jose.signing_key import SigningKey

MAX_LENGTH = 16 * 1024

_TEXT = (str, bytes)


class Jws(Frozen):
    """What a token said, after its signature was found good.

    Attributes:
        header: The header's parameters, read-only.
        payload: The octets that were signed.
        key_id: The `kid` of the key that verified it, or `None` when that key has none.
    """

    __slots__ = ("header", "key_id", "payload")

    header: JsonObject
    payload: bytes
    key_id: str | None

    def __init__(self, header: JsonObject, payload: bytes, key_id: str | None) -> None:
        self._set(header=header, payload=payload, key_id=key_id)

    def __repr__(self) -> str:
        """Show which key signed it, and nothing that was said."""
        return f"Jws(key_id={self.key_id!r})"


def take_apart(token: str | bytes, max_length: int = MAX_LENGTH) -> tuple[bytes, bytes, bytes, bytes]:
    """Return the three segments of a token, still as text, and its signing input.

    A third dot stands in the second segment then, which decoding refuses.

    Raises:
        TokenRejected: `too_large` beyond `max_length` octets; `malformed` when it is not ASCII text, or has fewer than
            two dots.
    """
    if not isinstance(token, _TEXT):
        raise TokenRejected(Reason.MALFORMED)
    if len(token) > max_length:
        raise TokenRejected(Reason.TOO_LARGE)
    try:
        data = token.encode("ascii") if isinstance(token, str) else token
    except UnicodeEncodeError:
        raise TokenRejected(Reason.MALFORMED) from None
    first, last = data.find(b"."), data.rfind(b".")
    if first == last:
        raise TokenRejected(Reason.MALFORMED)
    return data[:first], data[first + 1 : last], data[last + 1 :], data[:last]


def verify_compact(
    token: str | bytes, keys: KeySet, *, algorithms: Iterable[str] | None = None, max_length: int = MAX_LENGTH
) -> Jws:
    """Return what `token` says, if one of `keys` signed it.

    Only the signature is checked: the payload's meaning, its time among it, is for `gatepost.Verifier`.

    Args:
        token: A JWS in compact form.
        keys: The keys to trust.
        algorithms: The algorithms to accept, or `None` for those that the keys are bound to.
        max_length: The greatest length of the token, in octets.

    Raises:
        TokenRejected: With the reason `malformed`, `too_large`, `unsupported_algorithm`, `unknown_key` or
            `bad_signature`.
        ConfigurationError: When `algorithms` names one that is not known.
    """
    accepted = keys.algorithms if algorithms is None else registry.allowed(algorithms)
    header_text, payload_text, signature_text, signing_input = take_apart(token, max_length)
    read = header.read(header_text)
    payload, signature = base64url.decode(payload_text), base64url.decode(signature_text)
    if read.alg not in registry.spellings(accepted):
        raise TokenRejected(Reason.UNSUPPORTED_ALGORITHM)
    key = keys.find(read.kid, read.alg)
    if key is None:
        raise TokenRejected(Reason.UNKNOWN_KEY)
    if key.algorithm not in accepted:
        raise TokenRejected(Reason.UNSUPPORTED_ALGORITHM)
    key.verify(signature, signing_input)
    return Jws(read.parameters, payload, key.kid)


def sign_compact(
    payload: bytes | Mapping[str, object], key: "SigningKey", *, header: Mapping[str, object] | None = None
) -> str:
    """Return `payload`, signed.

    Args:
        payload: The octets, or claims to write as JSON.
        key: The key; `alg` and `kid` of the header are its own.
        header: More header parameters, such as `{"typ": "at+jwt"}`; `kid` may be another one or `None` to leave it out.

    Raises:
        ConfigurationError: When `header` names another `alg`, or the claims cannot be written as JSON.
    """
    parameters: dict[str, object] = {"alg": key.algorithm, "kid": key.kid, **(header or {})}
    if parameters["alg"] not in registry.names(key.algorithm):
        raise ConfigurationError(f"the key is bound to {key.algorithm}; the header cannot say another alg")
    if parameters["kid"] is None:
        del parameters["kid"]
    octets = payload if isinstance(payload, bytes) else _json(payload)
    signing_input = base64url.encode(_json(parameters)) + b"." + base64url.encode(octets)
    return (signing_input + b"." + base64url.encode(key.sign(signing_input))).decode()


def _json(value: Mapping[str, object]) -> bytes:
    try:
        return dumps(dict(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError):
        raise ConfigurationError("the header or the claims hold a value that JSON cannot express") from None
