"""Nonces that a server hands out for DPoP proofs, without keeping any (RFC 9449 §8, §9)."""

from hashlib import sha256
from hmac import compare_digest, digest

from gatepost.errors import ConfigurationError
from gatepost.jose import base64url
from gatepost.verification.limits import check_number

_PURPOSE = b"gatepost DPoP nonce\0"  # the secret may serve for something else too


class DpopNonces:
    """Nonces made from the time and a secret. Servers with the same secret accept each other's.

    A nonce is good in the step of time in which it was made, and in the next.
    """

    __slots__ = ("_key", "_step")

    def __init__(self, secret: bytes, *, step: float = 150.0) -> None:
        """Take the secret.

        Args:
            secret: At least 32 octets, such as `secrets.token_bytes(32)`.
            step: Seconds after which another nonce is handed out, from 1 to a day.

        Raises:
            ConfigurationError: When the secret is too short, or the step is out of its range.
        """
        if len(secret) < 32:
            raise ConfigurationError("the secret of DPoP nonces has at least 32 octets: secrets.token_bytes(32)")
        check_number("step", step, 1, 86_400)
        self._key = digest(secret, _PURPOSE, sha256)
        self._step = step

    def current(self, now: float) -> str:
        """Return the nonce to hand out at the time `now`, in seconds since 1970."""
        return self._nonce(int(now // self._step)).decode()

    def accepts(self, nonce: str, now: float) -> bool:
        """Tell whether `nonce` is the current one or the one before, in the same time whatever it is."""
        step = int(now // self._step)
        given = nonce.encode("utf-8", "surrogatepass")
        return compare_digest(given, self._nonce(step)) | compare_digest(given, self._nonce(step - 1))

    def _nonce(self, step: int) -> bytes:
        return base64url.encode(digest(self._key, step.to_bytes(8, "big", signed=True), sha256))
