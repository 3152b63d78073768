"""Where a JWK set is read, once: a URL, a discovery document that names one, or a file."""

from typing import Protocol

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.jose import KeySet
from gatepost.trust.fetch import Fetcher, FetchFailed, Response
from gatepost.trust.location import shown


class FetchedKeys(Frozen):
    """A key set as it was read, with what is needed to ask whether it still is the same.

    Attributes:
        key_set: The keys.
        etag: What names this version of the document at its URL, or `None`.
        max_age: Seconds that the server lets it be kept, or `None` when it does not say.
        note: What went wrong on the way though the keys came, or `None`.
    """

    __slots__ = ("etag", "key_set", "max_age", "note")

    key_set: KeySet
    etag: str | None
    max_age: float | None
    note: str | None

    def __init__(
        self, key_set: KeySet, etag: str | None = None, max_age: float | None = None, note: str | None = None
    ) -> None:
        self._set(key_set=key_set, etag=etag, max_age=max_age, note=note)

    def with_note(self, note: str) -> "FetchedKeys":
        """Return the same with a note."""
        return FetchedKeys(self.key_set, self.etag, self.max_age, note)


class Origin(Protocol):
    """Reads an issuer's keys, taking as long as it takes."""

    def fetch(self, now: float, previous: FetchedKeys | None) -> FetchedKeys:
        """Return the keys as they are now; the same key set object as in `previous` when nothing has changed.

        Raises:
            FetchFailed: When they cannot be had, or the document may not be trusted.
        """


class JwksOrigin:
    """A JWK set at a fixed URL."""

    def __init__(self, url: str, fetcher: Fetcher) -> None:
        self._url = url
        self._fetcher = fetcher

    def fetch(self, now: float, previous: FetchedKeys | None) -> FetchedKeys:
        """Return the keys that the URL answers."""
        return read_jwks(self._url, self._fetcher, previous)


def read_jwks(url: str, fetcher: Fetcher, previous: FetchedKeys | None) -> FetchedKeys:
    """Return the keys that `url` answers, or those of `previous` where the server says that they are the same.

    Raises:
        FetchFailed: When they cannot be had, or are no JWK set that may be trusted.
    """
    etag = None if previous is None else previous.etag
    response = fetcher.fetch(url, etag=etag)
    if response.status == 304 and previous is not None:
        return FetchedKeys(previous.key_set, etag, _first(response.max_age, previous.max_age))
    return FetchedKeys(_key_set(url, response, previous), response.etag, response.max_age)


def _key_set(url: str, response: Response, previous: FetchedKeys | None) -> KeySet:
    try:
        key_set = KeySet.from_jwks(response.body)
    except ConfigurationError as error:
        raise FetchFailed(f"{shown(url)} is refused: {error}") from None
    if not key_set.keys:  # it would make every token a forgery, though it is the issuer that is in trouble
        raise FetchFailed(f"{shown(url)} holds {no_key(key_set)}")
    return previous.key_set if previous is not None and previous.key_set == key_set else key_set


def no_key(key_set: KeySet) -> str:
    """Return in words that there is no key in the set, and why the first one was passed over."""
    return f"no key that can verify a token ({key_set.skipped[0]})" if key_set.skipped else "no key at all"


def _first(seconds: float | None, otherwise: float | None) -> float | None:
    return otherwise if seconds is None else seconds
