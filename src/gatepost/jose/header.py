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

    def __init__(self, parameters: JsonObject) -> None:
        """Read the parameters.

        Raises:
            TokenRejected: `malformed`, for a parameter of the wrong type or one that is refused.
        """
        for name in _REFUSED:
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
    text = base64url.decode(segment)
    if len(text) > MAX_LENGTH:
        raise TokenRejected(Reason.TOO_LARGE)
    return Header(sealed(load_object(text)))


def _text(parameters: JsonObject, name: str) -> str | None:
    value = parameters.get(name)
    if isinstance(value, str) or (value is None and name not in parameters):
        return value
    raise TokenRejected(Reason.MALFORMED, claim=name)
