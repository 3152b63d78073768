"""What a token is: compact JWS, strict JSON, typed keys (RFC 7515, 7517, 7518, 7638, 8037, 8725).

Nothing here reads a clock, the network or a file.
"""

from typing import TYPE_CHECKING

from gatepost.lazily import exports

if TYPE_CHECKING:
    from gatepost.jose.compact import Jws, sign_compact, verify_compact
    from gatepost.jose.jwk_thumbprint import thumbprint
    from gatepost.jose.key_set import KeySet
    from gatepost.jose.signing_key import SigningKey
    from gatepost.jose.verifying_key import VerifyingKey

__all__ = ["Jws", "KeySet", "SigningKey", "VerifyingKey", "sign_compact", "thumbprint", "verify_compact"]

_HOMES = {
    "Jws": "gatepost.jose.compact",
    "KeySet": "gatepost.jose.key_set",
    "SigningKey": "gatepost.jose.signing_key",
    "VerifyingKey": "gatepost.jose.verifying_key",
    "sign_compact": "gatepost.jose.compact",
    "thumbprint": "gatepost.jose.jwk_thumbprint",
    "verify_compact": "gatepost.jose.compact",
}

__getattr__, __dir__ = exports(__name__, _HOMES)
