"""What one request expects of a token beyond its issuer's rules: a recent sign-on, its strength, a nonce, a hash.

RFC 9470 for `max_auth_age` and `acr`, OpenID Connect Core §3.1.3.7 and §3.1.3.8 for `nonce` and `at_hash`.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256, sha384, sha512, shake_256
from hmac import compare_digest
from typing import TypeAlias

from gatepost.errors import Reason, TokenRejected
from gatepost.jose import base64url
from gatepost.verification.verified_token import VerifiedToken

Digest: TypeAlias = Callable[[bytes], bytes]

# The hash of the ID token's own algorithm (§3.1.3.8); for the Edwards curves the one inside their signature.
_SHA2: dict[str, Digest] = {
    "256": lambda octets: sha256(octets).digest(),
    "384": lambda octets: sha384(octets).digest(),
    "512": lambda octets: sha512(octets).digest(),
}
_HASHES: dict[str, Digest] = {
    **{f"{family}{size}": digest for family in ("RS", "PS", "ES", "HS") for size, digest in _SHA2.items()},
    "Ed25519": _SHA2["512"],
    "EdDSA": _SHA2["512"],
    "Ed448": lambda octets: shake_256(octets).digest(114),
}


def check(
    token: VerifiedToken,
    now: float,
    leeway: float,
    *,
    max_auth_age: float | None,
    acr: str | Iterable[str] | None,
    nonce: str | None,
    access_token: str | None,
) -> None:
    """Check what a request expects of `token`; `None` expects nothing.

    Args:
        token: The verified token.
        now: The time in seconds since 1970.
        leeway: Seconds of clock difference that are forgiven.
        max_auth_age: Seconds since the user authenticated that are acceptable.
        acr: The authentication context that is needed, or several of which any will do.
        nonce: The nonce of the sign-on request that an ID token answers.
        access_token: The access token that an ID token came with.

    Raises:
        TokenRejected: `wrong_nonce`, `bad_claim`, `missing_claim` or `insufficient_authentication`.
    """
    if nonce is not None:
        check_nonce(token, nonce)
    if access_token is not None:
        check_access_token_hash(token, access_token)
    if max_auth_age is not None or acr is not None:
        check_authentication(token, now, leeway, max_auth_age, acr)


def check_authentication(
    token: VerifiedToken, now: float, leeway: float, max_auth_age: float | None, acr: str | Iterable[str] | None
) -> None:
    """Check that the user authenticated at most `max_auth_age` seconds ago, in one of the contexts `acr`.

    Raises:
        TokenRejected: `insufficient_authentication`, with what the challenge has to ask for (RFC 9470 §3).
    """
    contexts = () if acr is None else (acr,) if isinstance(acr, str) else tuple(acr)
    fresh, strong = True, acr is None or token.acr in contexts
    if max_auth_age is not None:
        auth_time = token.auth_time
        if auth_time is not None and auth_time - leeway > now:
            raise TokenRejected(Reason.BAD_CLAIM, claim="auth_time")
        fresh = auth_time is not None and now - auth_time <= max_auth_age + leeway
    if not (fresh and strong):
        raise TokenRejected(
            Reason.INSUFFICIENT_AUTHENTICATION,
            claim="acr" if fresh else "auth_time",
            max_age=max_auth_age,
            acr_values=contexts,
        )


def check_nonce(token: VerifiedToken, nonce: str) -> None:
    """Check that the token answers the sign-on request that sent `nonce`.

    Raises:
        TokenRejected: `wrong_nonce`, when it is missing or another one.
    """
    found = token.claims.get("nonce")
    if not isinstance(found, str) or not compare_digest(_octets(found), _octets(nonce)):
        raise TokenRejected(Reason.WRONG_NONCE, claim="nonce")


def check_access_token_hash(token: VerifiedToken, access_token: str) -> None:
    """Check that the ID token was issued together with `access_token`.

    Raises:
        TokenRejected: `missing_claim` without `at_hash`, `bad_claim` when it is of another token,
            `unsupported_algorithm` for one that has no hash of its own.
    """
    digest = _HASHES.get(token.header["alg"])
    if digest is None:  # OpenID Connect names no hash for ML-DSA
        raise TokenRejected(Reason.UNSUPPORTED_ALGORITHM, claim="at_hash")
    found = token.claims.get("at_hash")
    if found is None:
        raise TokenRejected(Reason.MISSING_CLAIM, claim="at_hash")
    whole = digest(_octets(access_token))
    expected = base64url.encode(whole[: len(whole) // 2])
    if not isinstance(found, str) or not compare_digest(_octets(found), expected):
        raise TokenRejected(Reason.BAD_CLAIM, claim="at_hash")


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
