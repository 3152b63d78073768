"""The story of the demo: what is sent to the API one after the other, and what has to come back."""

import hmac
import json
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import urllib3

from gatepost.errors import KeysUnavailable, Reason
from gatepost.jose import KeySet, base64url
from gatepost.testing import Fault, LocalIssuer, TurnableClock

AUDIENCE = "https://api.example.com"
SCOPES = ("openid", "profile", "email")
OTHER_ENVIRONMENT = "9d0f6c1e-3b52-4a7e-8f61-7c2d8e9a0b14"

_HOUR = 3600
# An unknown key id is worth one fetch in 30 seconds.
_NEXT_FETCH = 31

# What the clock is turned by in all. The story begins that long ago, so that it ends now, and what is minted
# afterwards is good for every other program too.
LENGTH = _HOUR + 60 + 2 * _NEXT_FETCH


class Step(NamedTuple):
    """One request.

    Attributes:
        sent: What is sent, in words.
        token: The token, or `None` to send no `Authorization` at all.
        status: The HTTP status that has to come back.
        reason: The stable name of the reason that has to come back, or `None`.
    """

    sent: str
    token: str | None
    status: int
    reason: str | None = None


def refused(sent: str, token: str | None, reason: Reason) -> Step:
    """Return a step that has to be refused for `reason`."""
    return Step(sent, token, reason.status, str(reason))


def tell(issuer: LocalIssuer, stranger: LocalIssuer, clock: TurnableClock) -> Iterator[Step]:
    """Yield the steps; between them, turn the clock, rotate keys, and take the issuer down.

    Args:
        issuer: The trusted one.
        stranger: Another environment of the same vendor, which nobody trusts.
        clock: The clock of both of them and of the API.
    """
    good = issuer.mint()
    yield Step("a good token", good, 200)
    yield Step("no token at all", None, 401)
    yield refused("garbage in place of a token", "garbage", Reason.MALFORMED)
    clock.advance(_HOUR + 60)
    yield refused("the good token, an hour later", good, Reason.EXPIRED)
    good = issuer.mint()
    yield Step("a fresh one", good, 200)
    yield refused("a token for another API", issuer.mint(aud=["https://other.example.com"]), Reason.WRONG_AUDIENCE)
    yield refused("a token of another environment", stranger.mint(), Reason.WRONG_ISSUER)
    yield refused("the fresh one, with a tampered scope", tamper(good), Reason.BAD_SIGNATURE)
    forged = sign_with_public_key(good, published_keys(issuer.jwks_uri))
    yield refused("HS256, signed with the public key", forged, Reason.UNSUPPORTED_ALGORITHM)
    issuer.rotate_keys()
    rotated = issuer.mint()
    yield Step("a token of a new key (keys rotated)", rotated, 200)
    issuer.fail(Fault.REFUSED)
    clock.advance(_NEXT_FETCH)
    yield Step("issuer down: a token of the known key", issuer.mint(), 200)
    issuer.rotate_keys()
    unknown = issuer.mint()
    yield Step("issuer down: a token of a newer key", unknown, 503, KeysUnavailable.code)
    issuer.heal()
    clock.advance(_NEXT_FETCH)
    yield Step("issuer back: the same token again", unknown, 200)


def published_keys(jwks_uri: str) -> KeySet:
    """Return the issuer's public keys, fetched as anyone can fetch them."""
    with urllib3.PoolManager(retries=False) as pool:
        return KeySet.from_jwks(pool.request("GET", jwks_uri).data)


def tamper(token: str) -> str:
    """Return `token` with another scope under the signature of the true one."""
    header, payload, signature = token.encode().split(b".")
    claims = json.loads(base64url.decode(payload)) | {"scope": "openid profile email admin"}
    return b".".join((header, base64url.encode(json.dumps(claims).encode()), signature)).decode()


def sign_with_public_key(token: str, keys: KeySet) -> str:
    """Return `token` signed anew with HS256, its secret being the text of the public key (RFC 8725 §2.1).

    Whoever lets the header choose the algorithm accepts it. It is made by hand, for `gatepost.jose` would not.
    """
    header, payload, _ = token.encode().split(b".")
    parameters = json.loads(base64url.decode(header)) | {"alg": "HS256"}
    signing_input = base64url.encode(json.dumps(parameters).encode()) + b"." + payload
    signature = hmac.digest(keys.keys[0].to_pem().encode(), signing_input, sha256)
    return (signing_input + b"." + base64url.encode(signature)).decode()
