"""The JOSE header of a compact JWS (RFC 7515 §4), and what it must not say."""

from gatepost.errors import Reason, TokenRejected
from gatepost.frozen import Frozen
from gatepost.jose import base64url
from gatepost.jose.strict_json import JsonObject, load_object, sealed
from gatepost.jose.verifying_key import MAX_KID_LENGTH

MAX_LENGTH = 4096

# `crit` lists extensions that the reader must understand (RFC 7515 §4.1.11); none is understood here, and a list that
# is empty is not allowed. `b64` (RFC 7797) would change what was signed. `jwk` would bring the key along with the
# token: only a DPoP proof may.
_REFUSED = ("crit", "b64", "jwk")
_REFUSED_IN_PROOF = ("crit", "b64")

PROOF_TYPE = "dpop+jwt"


class Header(Frozen):
    """A header that was read and may be believed once the signature has been checked.

    `jku`, `x5u`, `x5c`, `x5t` and any unknown parameter stand in `parameters` and mean nothing here.

    Attributes:
        parameters: All header parameters, read-only.
        alg: The algorithm's name.
        kid: The key id, or `None`.
        typ: The type in lower case without a leading `application/`, or `None` (RFC 7515 §4.1.9).
    """

    __slots__ = ("alg", "kid", "parameters", "typ")

    parameters: JsonObject
    alg: str
    kid: str | None
    typ: str | None

    def __init__(self, parameters: JsonObject, refused: tuple[str, ...] = _REFUSED) -> None:
        """Read the parameters, of which those `refused` must not be there.

        Raises:
            TokenRejected: `malformed`, for a parameter of the wrong type or one that is refused.
        """
        for name in refused:
            if name in parameters:
                raise TokenRejected(Reason.MALFORMED, claim=name)
        alg, kid, typ = _text(parameters, "alg"), _text(parameters, "kid"), _text(parameters, "typ")
        if alg is None:
            raise TokenRejected(Reason.MALFORMED, claim="alg")
        if kid is not None and len(kid) > MAX_KID_LENGTH:
            raise TokenRejected(Reason.MALFORMED, claim="kid")
        media_type = None if typ is None else typ.lower().removeprefix("application/")
        self._set(parameters=parameters, alg=alg, kid=kid, typ=media_type)


def read(segment: bytes) -> Header:
    """Return the header that the first segment of a token stands for.

    Raises:
        TokenRejected: `too_large` beyond 4 KiB, `malformed` when it is not base64url, not strict JSON, or not allowed.
    """
    return Header(_parameters(segment))


def read_proof(segment: bytes) -> tuple[Header, JsonObject]:
    """Return the header of a DPoP proof, with the key that it brings along in `jwk` (RFC 9449 §4.2).

    Nothing speaks for that key until an access token that is bound to its thumbprint does.

    Raises:
        TokenRejected: As `read` does; `wrong_type` when it is no proof's header, `malformed` when `jwk` is no object.
    """
    header = Header(_parameters(segment), _REFUSED_IN_PROOF)
    if header.typ != PROOF_TYPE:
        raise TokenRejected(Reason.WRONG_TYPE, claim="typ")
    jwk = header.parameters.get("jwk")
    if not isinstance(jwk, JsonObject):
        raise TokenRejected(Reason.MALFORMED, claim="jwk")
    return header, jwk


def _parameters(segment: bytes) -> JsonObject:
    text = base64url.decode(segment)
    if len(text) > MAX_LENGTH:
        raise TokenRejected(Reason.TOO_LARGE)
    return sealed(load_object(text))


def _text(parameters: JsonObject, name: str) -> str | None:
    value = parameters.get(name)
    if isinstance(value, str) or (value is None and name not in parameters):
        return value
    raise TokenRejected(Reason.MALFORMED, claim=name)
