"""One-time passwords by the clock (RFC 6238 over RFC 4226): six digits, SHA-1, a new one every 30 seconds.

These are the values that every authenticator application understands.
"""

import secrets
from base64 import b32encode
from hmac import compare_digest, digest
from urllib.parse import quote, urlencode

STEP = 30_000  # milliseconds
DIGITS = 6
_SECRET_OCTETS = 20  # RFC 4226 §4: as long as the hash
_WINDOW = 1  # steps by which the two clocks may differ, RFC 6238 §5.2


def new_secret() -> bytes:
    """Return a new secret."""
    return secrets.token_bytes(_SECRET_OCTETS)


def step_at(now: int) -> int:
    """Return the time step of a time in milliseconds since 1970."""
    return now // STEP


def code(secret: bytes, step: int) -> str:
    """Return the one-time password of a time step."""
    mac = digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0xF  # RFC 4226 §5.3
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: bytes, given: str, now: int, after: int) -> int | None:
    """Return the time step, later than the step `after`, that a one-time password is of, or `None`."""
    wanted = "".join(given.split()).encode("utf-8", "surrogatepass")
    found = None
    current = step_at(now)
    for step in range(max(current - _WINDOW, 0), current + _WINDOW + 1):
        if compare_digest(code(secret, step).encode(), wanted) and step > after and found is None:
            found = step
    return found


def key_uri(secret: bytes, issuer: str, account: str) -> str:
    """Return what an authenticator application reads from a QR code."""
    label = f"{quote(issuer.replace(':', ' '), safe='')}:{quote(account, safe='')}"
    parameters = {"secret": written(secret), "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": 30}
    return f"otpauth://totp/{label}?{urlencode(parameters, quote_via=quote)}"


def written(secret: bytes) -> str:
    """Return a secret as a person types it: base32 without padding."""
    return b32encode(secret).decode().rstrip("=")
