"""Tokens that were verified a moment ago."""

from collections import OrderedDict

from gatepost.errors import ConfigurationError
from gatepost.verification.verified_token import VerifiedToken


class Remembered:
    """A verified token, with what has to be checked again each time: the time, and that its key still stands.

    Attributes:
        token: The verified token.
        generation: The generation of the issuer's keys that verified it.
        since: The time from which its claims are good, in seconds, inclusive.
        until: The time until which they are, exclusive.
    """

    __slots__ = ("generation", "since", "token", "until")

    def __init__(self, token: VerifiedToken, generation: int, since: float, until: float) -> None:
        self.token = token
        self.generation = generation
        self.since = since
        self.until = until


class TokenCache:
    """The verified tokens that were used last, by their whole text. Refusals are never kept.

    One cache belongs to one verifier. Any mistake in a cache's key answers with another user's claims, so the key is
    the token itself: no digest, no part of it, nothing to configure.
    """

    __slots__ = ("_size", "_tokens")

    def __init__(self, size: int) -> None:
        """Make a cache of at most `size` entries.

        Raises:
            ConfigurationError: When `size` is not a whole number above 0.
        """
        if type(size) is not int or size < 1:
            raise ConfigurationError(f"token_cache is a number of entries above 0, or None for no cache, not {size!r}")
        self._size = size
        self._tokens: OrderedDict[str | bytes, Remembered] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._tokens)

    def get(self, token: str | bytes) -> Remembered | None:
        """Return what is remembered of `token`, or `None`."""
        remembered = self._tokens.get(token)
        if remembered is not None:
            try:  # noqa: SIM105  # `suppress` costs more than all the rest
                self._tokens.move_to_end(token)
            except KeyError:  # another thread has pushed it out in this moment
                pass
        return remembered

    def put(self, token: str | bytes, remembered: Remembered) -> None:
        """Remember `token`, and forget the one that was not used for longest."""
        remembered.token.take_notes()
        self._tokens[token] = remembered
        while len(self._tokens) > self._size:
            self._tokens.popitem(last=False)
