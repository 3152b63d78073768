"""The ways of verifying one token that are compared: Gatepost, its peers, and the bare signature check.

Every contender but the bare one checks the signature, `iss`, `aud` and `exp`, the way its documentation shows it, with
whatever can be prepared once prepared outside the timed call.
"""

import base64
import json
import time
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gatepost import Issuer, Verifier
from gatepost.jose import SigningKey, sign_compact

Check: TypeAlias = Callable[[], object]

ISSUER = "https://auth.pingone.eu/5e5a6e9c-8a5b-4c1e-9a57-0d6a3f2b1c4d/as"
AUDIENCE = "https://api.example.com"
ALGORITHMS = ("RS256", "ES256", "Ed25519", "HS256", "ML-DSA-65")


def claims() -> dict[str, object]:
    """Return the claims of an access token as PingOne writes it for a user."""
    now = int(time.time())
    return {
        "client_id": "3f1f0b2e-6c53-4a0d-9b64-2c1d5a7e8f90",
        "iss": ISSUER,
        "jti": "0b7f7c0e-5a0f-4b57-8c27-6f1b7c2d3e4f",
        "iat": now - 5,
        "exp": now + 3600,
        "aud": [AUDIENCE],
        "scope": "openid profile email",
        "sub": "9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a",
        "sid": "7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d",
        "auth_time": now - 60,
        "acr": "Single_Factor",
        "env": "5e5a6e9c-8a5b-4c1e-9a57-0d6a3f2b1c4d",
        "org": "1c2d3e4f-5a6b-4c7d-8e9f-0a1b2c3d4e5f",
        "p1.rid": "0b7f7c0e-5a0f-4b57-8c27-6f1b7c2d3e4f",
    }


def contenders(algorithm: str) -> dict[str, Check]:
    """Return each contender's check of the same token; one that cannot do `algorithm` is left out."""
    # RFC 8037's name for Ed25519, which is the one that the peers know.
    key = SigningKey.generate(algorithm, kid="default")
    header = {"typ": "JWT", **({"alg": "EdDSA"} if algorithm == "Ed25519" else {})}
    token = sign_compact(claims(), key, header=header)
    makers = {
        "bare cryptography": _bare,
        "gatepost": _gatepost,
        "gatepost, cached": _gatepost_cached,
        "PyJWT": _pyjwt,
        "joserfc": _joserfc,
        "Authlib": _authlib,
        "jwcrypto": _jwcrypto,
        "python-jose": _python_jose,
    }
    found = {}
    for name, make in makers.items():
        check = make(algorithm, key, token)
        if check is not None:
            check()
            found[name] = check
    return found


def _octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _bare(algorithm: str, key: SigningKey, token: str) -> Check | None:
    signing_input, _, text = token.encode().rpartition(b".")
    signature = _octets(text.decode())
    public: Any = key.public._public
    if algorithm == "RS256":
        scheme, digest = padding.PKCS1v15(), hashes.SHA256()
        return lambda: public.verify(signature, signing_input, scheme, digest)
    if algorithm == "ES256":
        half = len(signature) // 2
        der = encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
        ecdsa = ec.ECDSA(hashes.SHA256())
        return lambda: public.verify(der, signing_input, ecdsa)
    if algorithm == "HS256":
        verify = key.public.verify
        return lambda: verify(signature, signing_input)
    return lambda: public.verify(signature, signing_input)


def _gatepost(algorithm: str, key: SigningKey, token: str) -> Check:
    issuer = Issuer(ISSUER, audience=AUDIENCE, algorithms=(algorithm,), keys=key.key_set())
    verify = Verifier(issuer, token_cache=None).verify
    return lambda: verify(token)


def _gatepost_cached(algorithm: str, key: SigningKey, token: str) -> Check:
    issuer = Issuer(ISSUER, audience=AUDIENCE, algorithms=(algorithm,), keys=key.key_set())
    verify = Verifier(issuer).verify
    return lambda: verify(token)


def _peer_name(algorithm: str) -> str:
    return "EdDSA" if algorithm == "Ed25519" else algorithm


def _pyjwt(algorithm: str, key: SigningKey, token: str) -> Check | None:
    import jwt

    name = _peer_name(algorithm)
    if name not in jwt.algorithms.get_default_algorithms():
        return None
    peer_key: Any = key._private if algorithm == "HS256" else key.public._public
    return lambda: jwt.decode(token, peer_key, algorithms=[name], issuer=ISSUER, audience=AUDIENCE)


def _joserfc(algorithm: str, key: SigningKey, token: str) -> Check | None:
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    name = _peer_name(algorithm)
    document: Any = {"keys": [_public_jwk(key)]}
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": AUDIENCE}, exp={"essential": True}
    )

    def check() -> object:
        decoded = jwt.decode(token, peer_keys, algorithms=[name])
        registry.validate(decoded.claims)
        return decoded

    try:
        peer_keys = KeySet.import_key_set(document)
        check()
    except (JoseError, ValueError):
        return None
    return check


def _authlib(algorithm: str, key: SigningKey, token: str) -> Check | None:
    if algorithm == "ML-DSA-65":
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it announces that it gives way to joserfc
        from authlib.jose import JsonWebKey, JsonWebToken

    peer = JsonWebToken([_peer_name(algorithm)])
    peer_key = JsonWebKey.import_key(_public_jwk(key))
    options = {
        "iss": {"essential": True, "value": ISSUER},
        "aud": {"essential": True, "value": AUDIENCE},
        "exp": {"essential": True},
    }

    def check() -> object:
        decoded = peer.decode(token, peer_key, claims_options=options)
        decoded.validate()
        return decoded

    return check


def _jwcrypto(algorithm: str, key: SigningKey, token: str) -> Check | None:
    from jwcrypto import jwk, jwt
    from jwcrypto.common import JWException

    name = _peer_name(algorithm)
    expected = {"iss": ISSUER, "aud": AUDIENCE, "exp": None}

    def check() -> object:
        return jwt.JWT(jwt=token, key=peer_key, algs=[name], check_claims=expected, expected_type="JWS")

    try:
        peer_key = jwk.JWK(**_public_jwk(key))
        check()
    except (JWException, ValueError):
        return None
    return check


def _python_jose(algorithm: str, key: SigningKey, token: str) -> Check | None:
    if algorithm in {"Ed25519", "ML-DSA-65"}:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jose import jwk, jwt

    peer_key = jwk.construct(_public_jwk(key), algorithm)
    options = {"require_iss": True, "require_aud": True, "require_exp": True}
    return lambda: jwt.decode(
        token, peer_key, algorithms=[algorithm], issuer=ISSUER, audience=AUDIENCE, options=options
    )


def _public_jwk(key: SigningKey) -> dict[str, str]:
    if key.algorithm == "HS256":
        return key.to_private_jwk()
    jwk = key.to_jwk()
    return json.loads(json.dumps(jwk | {"alg": _peer_name(key.algorithm)}))  # type: ignore[no-any-return]
