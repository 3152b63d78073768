"""A short memory of passwords that were right, so that a burst of sign-ons of one user does not pay for each.

What is kept is an HMAC of the user, the stored hash and the password, under a key that this process made at its start
and never shows: it says nothing to who reads the database, and nothing any more once the process has ended. Who reads
this process' memory while it runs could try passwords against it faster than against Argon2id, for the users who signed
on within the last minute: they could read the passwords themselves as they come in, too. A wrong password always pays,
a changed one is another hash, and whether a password is locked is asked of the database every time.
"""

import os
from hmac import compare_digest, digest
from threading import Lock

DEFAULT_LIFETIME = 60_000  # milliseconds
LONGEST_LIFETIME = 300_000
_MOST = 10_000


class VerifiedPasswords:
    """Remembers right passwords of users for a while."""

    def __init__(self, lifetime: int = DEFAULT_LIFETIME, most: int = _MOST) -> None:
        """Remember for this many milliseconds, 0 for not at all and 300,000 at most, and of this many users."""
        if not 0 <= lifetime <= LONGEST_LIFETIME:
            raise ValueError("right passwords are remembered for 0 to 300,000 milliseconds")
        self._lifetime = lifetime
        self._most = most
        self._key = os.urandom(32)
        self._known: dict[str, tuple[bytes, int]] = {}
        self._lock = Lock()

    def knows(self, user_id: str, kept: str, cleartext: str, now: int) -> bool:
        """Tell whether a password was right a short while ago."""
        found = self._known.get(user_id)
        if found is None or found[1] <= now:
            return False
        return compare_digest(found[0], self._mac(user_id, kept, cleartext))

    def learn(self, user_id: str, kept: str, cleartext: str, now: int) -> None:
        """Remember that a password is right."""
        if self._lifetime == 0:
            return
        with self._lock:
            self._known.pop(user_id, None)
            if len(self._known) >= self._most:
                del self._known[next(iter(self._known))]
            self._known[user_id] = (self._mac(user_id, kept, cleartext), now + self._lifetime)

    def _mac(self, user_id: str, kept: str, cleartext: str) -> bytes:
        # Neither an identifier nor a hash has a NUL in it.
        message = f"{user_id}\0{kept}\0{cleartext}".encode("utf-8", "surrogatepass")
        return digest(self._key, message, "sha256")
