"""Tokens and keys as an attacker makes them, and the gate that must not let them in."""

import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from gatepost import Issuer, KeySet, Reason, VerifiedToken, Verifier
from gatepost.jose import SigningKey, base64url, verify_compact
from tests.jose.keys_at_hand import signing_key
from tests.verification.minting import AUDIENCE, ISSUER, NOW, access_claims
from tests.verification.outcomes import refusal

Sign = Callable[[bytes], bytes]

ASYMMETRIC = ("RS256", "PS256", "ES256", "ES384", "ES512", "Ed25519", "Ed448", "ML-DSA-44")

# What the issuer publishes, and what the attacker therefore has.
ISSUERS_KEYS = {algorithm: signing_key(algorithm) for algorithm in ASYMMETRIC}
PUBLISHED = KeySet(key.public for key in ISSUERS_KEYS.values())
RSA = ISSUERS_KEYS["RS256"]
EC = ISSUERS_KEYS["ES256"]

ATTACKERS_KEY = SigningKey.generate("ES256", kid="attacker")


def forge(header: object, payload: object = None, sign: Sign = lambda _: b"") -> str:
    """Return a compact token of any header and payload: octets as they are, or a value to write as JSON."""
    claims = access_claims() if payload is None else payload
    signing_input = base64url.encode(octets(header)) + b"." + base64url.encode(octets(claims))
    return (signing_input + b"." + base64url.encode(sign(signing_input))).decode()


def issued(payload: object = None, header: object = None) -> str:
    """Return a token of any payload and header that the issuer did sign: only its content can be at fault."""
    return forge(issuers_header() if header is None else header, payload, EC.sign)


def issuers_header(**more: object) -> dict[str, object]:
    return {"alg": "ES256", "kid": EC.kid, **more}


def octets(value: object) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()


def with_claim(name: str, text: str) -> bytes:
    """Return the payload of a good token in which the claim `name` has the JSON text `text`, valid or not."""
    members = {claim: json.dumps(value) for claim, value in access_claims().items()} | {name: text}
    return ("{" + ",".join(f'"{claim}":{value}' for claim, value in members.items()) + "}").encode()


def hs(secret: bytes, algorithm: str = "HS256") -> Sign:
    return lambda signing_input: hmac.digest(secret, signing_input, "sha" + algorithm[2:])


def gate(keys: KeySet = PUBLISHED, **options: Any) -> Verifier:
    """Return the verifier of an API, as its team would write it."""
    settings: Mapping[str, Any] = {"max_length": options.pop("max_length")} if "max_length" in options else {}
    issuer = Issuer(ISSUER, **{"audience": AUDIENCE, "keys": keys, **options})
    return Verifier(issuer, clock=lambda: NOW, **settings)


def refused(token: Any, keys: KeySet = PUBLISHED, **options: Any) -> Reason:
    """Return why the gate refused `token`, as text and as octets, the first time and the second."""
    verifier = gate(keys, **options)
    forms = [token, token.encode()] if isinstance(token, str) and token.isascii() else [token]
    reasons = {refusal(lambda form=form: verifier.verify(form)) for form in forms for _ in range(2)}  # type: ignore[misc]
    assert len(reasons) == 1
    return reasons.pop()


def refused_as_jws(token: Any, keys: KeySet = PUBLISHED, **options: Any) -> Reason:
    """Return why `verify_compact` refused `token`."""
    return refusal(lambda: verify_compact(token, keys, **options))


def accepted(token: str, keys: KeySet = PUBLISHED, **options: Any) -> VerifiedToken:
    return gate(keys, **options).verify(token)
