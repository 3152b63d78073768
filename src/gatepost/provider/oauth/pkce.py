"""Proof key for code exchange (RFC 7636)."""

import re
from hashlib import sha256
from hmac import compare_digest

from gatepost.jose import base64url
from gatepost.provider.oauth.failures import OAuthError, invalid_grant

METHODS = ("S256", "plain")

# RFC 7636 §4.1, §4.2
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def check_challenge(challenge: str | None, method: str | None, enforcement: str) -> tuple[str | None, str | None]:
    """Return the challenge and the method of an authorization request.

    Args:
        challenge: `code_challenge`, or `None`.
        method: `code_challenge_method`, or `None`.
        enforcement: What the application asks for: `OPTIONAL`, `REQUIRED`, `S256_REQUIRED`.

    Raises:
        OAuthError: `invalid_request`, when they are not as they have to be.
    """
    if challenge is None:
        if enforcement != "OPTIONAL":
            raise OAuthError("invalid_request", "code_challenge is required")
        if method is not None:
            raise OAuthError("invalid_request", "code_challenge_method stands there without code_challenge")
        return None, None
    method = method or "plain"
    if method not in METHODS:
        raise OAuthError("invalid_request", "code_challenge_method has to be S256 or plain")
    if method == "plain" and enforcement == "S256_REQUIRED":
        raise OAuthError("invalid_request", "code_challenge_method has to be S256")
    if not _VERIFIER.fullmatch(challenge):
        raise OAuthError("invalid_request", "code_challenge has to be 43 to 128 unreserved characters")
    return challenge, method


def check_verifier(challenge: str | None, method: str | None, verifier: str | None, enforcement: str) -> None:
    """Check the verifier of a token request against what the authorization request said.

    Raises:
        OAuthError: `invalid_grant`, when they do not fit; one without the other does not fit (RFC 9700 §4.8.2).
    """
    if challenge is None:
        if verifier is not None:
            raise invalid_grant("There was no code_challenge that code_verifier could fit")
        if enforcement != "OPTIONAL":
            raise invalid_grant("The code was asked for without code_challenge")
        return
    if verifier is None:
        raise invalid_grant("code_verifier is required")
    if not _VERIFIER.fullmatch(verifier) or not compare_digest(transformed(verifier, method), challenge):
        raise invalid_grant("code_verifier does not fit code_challenge")


def transformed(verifier: str, method: str | None) -> str:
    """Return the challenge of a verifier."""
    return verifier if method == "plain" else base64url.encode(sha256(verifier.encode()).digest()).decode()
