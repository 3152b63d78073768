"""Tokens that were refused a moment ago, so that a client that tries again at once costs no request."""

from collections import OrderedDict
from contextlib import suppress

from gatepost.errors import GatepostError, KeysUnavailable, Reason, TokenRejected
from gatepost.frozen import Frozen


class Refusal(Frozen):
    """Why nobody is let in with a token.

    Attributes:
        reason: Why it was refused, or `None` when nothing can be said about it.
        claim: The claim at fault, or `None`.
        message: Why nothing can be said.
    """

    __slots__ = ("claim", "message", "reason")

    reason: Reason | None
    claim: str | None
    message: str

    def __init__(self, reason: Reason | None, *, claim: str | None = None, message: str = "") -> None:
        self._set(reason=reason, claim=claim, message=message)

    def error(self) -> GatepostError:
        """Return it as an error: a new one each time, since raising changes it."""
        if self.reason is None:
            return KeysUnavailable(self.message, retry_after=5)
        return TokenRejected(self.reason, claim=self.claim)


class RefusalCache:
    """The refusals of the last seconds, by the whole token; beyond its size the oldest goes first."""

    __slots__ = ("_refusals", "_size")

    def __init__(self, size: int) -> None:
        """Make a cache of at most `size` entries."""
        self._size = size
        self._refusals: OrderedDict[str, tuple[Refusal, float]] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._refusals)

    def get(self, token: str, now: float) -> Refusal | None:
        """Return why `token` was refused, if that still holds."""
        found = self._refusals.get(token)
        return found[0] if found is not None and now < found[1] else None

    def put(self, token: str, refusal: Refusal, until: float) -> None:
        """Remember the refusal of `token` until then."""
        self._refusals[token] = (refusal, until)
        with suppress(KeyError):  # other threads may have made room in this moment
            self._refusals.move_to_end(token)
            while len(self._refusals) > self._size:
                self._refusals.popitem(last=False)
