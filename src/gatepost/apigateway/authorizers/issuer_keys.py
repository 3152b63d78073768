"""The keys of an issuer, as an HTTP API keeps them: for two hours from when they were fetched, and not a moment longer.

Nothing is fetched ahead, and nothing old serves on in an outage: AWS does neither, and a test of what happens then
would be worth nothing. One fetch is on its way at a time, and the event loop never waits for it.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from gatepost.apigateway.authorizers import descriptions as say
from gatepost.apigateway.authorizers.discovery_document import TIME_LIMIT, read_discovery, read_keys
from gatepost.apigateway.authorizers.elsewhere import elsewhere
from gatepost.jose import KeySet
from gatepost.trust.fetch import Fetcher, FetchFailed

KEPT_FOR = 7200.0

# A flood of tokens with unknown keys has the keys fetched again once in this time.
UNKNOWN_KEY_COOLDOWN = 10.0

# What starting a thread and reading the answer may take on top of the fetch itself.
_MARGIN = 0.5


class KeysAtHand(NamedTuple):
    """Keys that may be used.

    Attributes:
        key_set: The keys.
        generation: A number that changes whenever the keys do.
    """

    key_set: KeySet
    generation: int


class NoKeys(NamedTuple):
    """Keys cannot be had.

    Attributes:
        description: What AWS says about it.
        cause: What happened, for the trace.
    """

    description: str
    cause: str


class IssuerKeys:
    """The keys of one issuer.

    Attributes:
        issuer: The issuer.
    """

    def __init__(
        self, issuer: str, fetcher: Fetcher, clock: Callable[[], float], time_limit: float = TIME_LIMIT
    ) -> None:
        """Fetch nothing yet.

        Args:
            issuer: The issuer.
            fetcher: What fetches, within AWS's limits.
            clock: Returns the time in seconds since 1970.
            time_limit: Seconds that a fetch may take.
        """
        self.issuer = issuer
        self._limit = time_limit + _MARGIN
        self._fetcher = fetcher
        self._clock = clock
        self._keys: KeysAtHand | None = None
        self._fetched_at = 0.0
        self._jwks_uri: str | None = None
        self._located_at = 0.0
        self._sought_at: float | None = None
        self._flight: asyncio.Task[KeysAtHand | NoKeys] | None = None

    def at_hand(self, now: float) -> KeysAtHand | None:
        """Return the keys that may be used at `now`, or `None` when they have to be fetched."""
        return self._keys if self._fetched_at <= now < self._fetched_at + KEPT_FOR else None

    def may_seek(self, now: float) -> bool:
        """Tell whether an unknown key may have the keys fetched again at `now`."""
        sought_at = self._sought_at
        return sought_at is None or not sought_at <= now < sought_at + UNKNOWN_KEY_COOLDOWN

    async def locate(self) -> None:
        """Read the discovery document.

        Raises:
            FetchFailed: When it cannot be had.
        """
        now = self._clock()
        try:
            document = await elsewhere(lambda: read_discovery(self.issuer, self._fetcher), self._limit)
        except TimeoutError:
            raise FetchFailed(f"the discovery document of {self.issuer} took too long") from None
        self._jwks_uri, self._located_at = document.jwks_uri, now

    async def fetch(self) -> KeysAtHand | NoKeys:
        """Return the keys as they are now, from the fetch that is on its way or a new one."""
        flight = self._flight
        if flight is None:
            flight = self._flight = asyncio.create_task(self._fetch())
            flight.add_done_callback(self._landed)
        return await asyncio.shield(flight)

    async def seek(self) -> KeysAtHand | NoKeys:
        """Return the keys as they are now, since a token names one that is not known."""
        self._sought_at = self._clock()
        return await self.fetch()

    def close(self) -> None:
        """Give up the fetch that is on its way."""
        if self._flight is not None:
            self._flight.cancel()

    def _landed(self, _: object) -> None:
        self._flight = None

    async def _fetch(self) -> KeysAtHand | NoKeys:
        now = self._clock()
        if self._jwks_uri is None or not self._located_at <= now < self._located_at + KEPT_FOR:
            try:
                await self.locate()
            except FetchFailed as error:
                return NoKeys(say.DISCOVERY_FAILED, str(error))
        jwks_uri = self._jwks_uri or ""
        try:
            key_set = await elsewhere(lambda: read_keys(jwks_uri, self._fetcher), self._limit)
        except (FetchFailed, TimeoutError) as error:
            self._jwks_uri = None  # it may have moved: ask again where it is
            return NoKeys(say.JWKS_FAILED, str(error) or "it took too long")
        before = self._keys
        if before is None or before.key_set != key_set:
            before = KeysAtHand(key_set, 1 if before is None else before.generation + 1)
        self._keys, self._fetched_at = before, now
        return before
