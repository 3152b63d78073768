"""Keys that were put into the deployment: a cold start needs no network, and newer ones are fetched afterwards."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gatepost.errors import ConfigurationError, TokenRejected
from gatepost.frozen import Frozen
from gatepost.jose import KeySet
from gatepost.jose.strict_json import load_object
from gatepost.trust.key_source import Cause, KeyHealth, LiveKeys, Snapshot

if TYPE_CHECKING:
    from concurrent.futures import Future

    from gatepost.trust.issuer import Issuer
    from gatepost.trust.key_source import KeySource
    from gatepost.trust.remote import RemoteKeys

DAY = 86400.0

# Seconds after the start from which on newer keys are fetched: the first request has the processor to itself.
_REFRESH_AFTER = 2.0


class BakedKeys(Frozen):
    """The keys in a file of `gatepost lambda bake-keys`, until newer ones are there.

    They are used from the first request on. From the second on, newer ones are fetched in the background, from where
    the file says that they came; a token with an unknown key waits for them.

    Attributes:
        path: The file.
        source: Where newer keys come from: a `Discovery` or `JwksUrl`, or `None` for where the file's came from.
        max_age: How old they may be, in seconds, and still be used without having asked; 30 days by default. Older
            ones are fetched anew by the first request, which waits for them.
    """

    __slots__ = ("max_age", "path", "source")

    path: str | os.PathLike[str]
    source: "KeySource | None"
    max_age: float

    def __init__(
        self, path: str | os.PathLike[str], source: "KeySource | None" = None, *, max_age: float = 30 * DAY
    ) -> None:
        """Take the file.

        Raises:
            ConfigurationError: When `source` fetches nothing.
        """
        if source is not None and not hasattr(source, "keep_fresh"):
            raise ConfigurationError("source is a Discovery() or JwksUrl(url), from which newer keys are fetched")
        self._set(path=path, source=source, max_age=max_age)

    def check(self, identifier: str) -> None:
        """Check that the file holds keys of the issuer `identifier`.

        Raises:
            ConfigurationError: When it does not, or cannot be read.
        """
        _entry(self.path, identifier)

    def open(self, identifier: str, now: float) -> LiveKeys:
        """Return the keys at work; nothing is fetched yet."""
        return _Baked(self, identifier, now)


def baked(issuers: Mapping[str, "Issuer"], path: str | os.PathLike[str]) -> dict[str, "Issuer"]:
    """Return the issuers so that those whose keys are fetched begin with the ones in the file.

    Raises:
        ConfigurationError: When the file cannot be read, or lacks one of them.
    """
    from gatepost.policy.rekeyed import rekeyed

    return {
        name: rekeyed(issuer, BakedKeys(path, issuer.keys))
        if not isinstance(issuer.keys, KeySet) and hasattr(issuer.keys, "keep_fresh")
        else issuer
        for name, issuer in issuers.items()
    }


class _Baked:
    """The keys of one issuer at work."""

    def __init__(self, setting: BakedKeys, identifier: str, now: float) -> None:
        entry, baked_at = _entry(setting.path, identifier)
        key_set = KeySet.from_jwks(_object(setting.path, entry, "jwks"))
        if not key_set.keys:
            raise _broken(setting.path, f"there is no key of {identifier} in it that can verify a token")
        self._setting = setting
        self._identifier = identifier
        self._entry = entry
        self._opened_at = now
        self._snapshot = Snapshot(
            key_set, 1, fetched_at=baked_at, refresh_at=now + _REFRESH_AFTER, expires_at=baked_at + setting.max_age
        )
        self._fresh: LiveKeys | None = None

    @property
    def wait_limit(self) -> float:
        """Seconds after which waiting for newer keys makes no sense any more."""
        return self._live(self._opened_at).wait_limit

    def current(self, now: float) -> Snapshot | None:
        """Return the keys to use now, after having seen to it that newer ones come."""
        if self._fresh is None and self._usable and now < self._snapshot.refresh_at:
            return self._snapshot
        return self._live(now).current(now)

    def refresh(self, now: float, cause: Cause) -> "Future[Snapshot]":
        """Return the answer of a fetch."""
        return self._live(now).refresh(now, cause)

    def health(self, now: float) -> KeyHealth:
        """Return how the keys stand; those of the file are as old as they are."""
        if self._fresh is None:
            return KeyHealth(self._snapshot, now, None, {})
        health = self._fresh.health(now)
        as_baked = health.age is not None and self._usable and health.generation == 1 and not _fetched(health)
        return KeyHealth(self._snapshot, now, health.last_error, health.counters) if as_baked else health

    @property
    def _usable(self) -> bool:
        """Whether the keys are young enough, as of the start; from then on the rules for fetched keys hold."""
        return self._snapshot.fetched_at <= self._opened_at + DAY and self._opened_at < self._snapshot.expires_at

    def _live(self, now: float) -> LiveKeys:
        if self._fresh is None:
            source = self._setting.source or _source(self._setting.path, self._entry)
            if self._usable and hasattr(source, "keep_fresh"):
                source = _seeded(source, self._snapshot.key_set)  # type: ignore[arg-type]  # it has been looked at
            source.check(self._identifier)
            self._fresh = source.open(self._identifier, now)
        return self._fresh


def _fetched(health: KeyHealth) -> bool:
    return health.counters.get("fetches", 0) > health.counters.get("failures", 0)


def _seeded(source: "RemoteKeys", key_set: KeySet) -> "KeySource":
    """Return the source with keys to begin with."""
    settings = {name: getattr(source, name) for name in source._names()}
    return type(source)(**settings | {"seed": key_set})  # type: ignore[return-value]  # Discovery or JwksUrl


def _source(path: str | os.PathLike[str], entry: Mapping[str, object]) -> "KeySource":
    from gatepost.trust.discovery import Discovery
    from gatepost.trust.jwks_url import JwksUrl

    if entry.get("discovered") is True:
        return Discovery()
    url = entry.get("jwks_uri")
    if not isinstance(url, str):
        raise _broken(path, "it does not say where the keys came from")
    return JwksUrl(url)


def _entry(path: str | os.PathLike[str], identifier: str) -> tuple[Mapping[str, object], float]:
    """Return what the file says of an issuer, and when it was written."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # pathlib slows a cold start
            document = load_object(file.read())
    except OSError as error:
        raise ConfigurationError(
            f"the baked keys {os.fspath(path)!r} cannot be read: {error.strerror}; run: gatepost lambda bake-keys"
        ) from None
    except TokenRejected:
        raise _broken(path, "it is no JSON object") from None
    issuers = _object(path, document, "issuers")
    baked_at = document.get("baked_at")
    if isinstance(baked_at, bool) or not isinstance(baked_at, int | float):
        raise _broken(path, "it does not say when it was written")
    if identifier not in issuers:
        raise _broken(path, f"it holds no keys of {identifier}")
    return _object(path, issuers, identifier), float(baked_at)


def _object(path: str | os.PathLike[str], holder: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = holder.get(name)
    if not isinstance(found, Mapping):
        raise _broken(path, f"{name!r} is no object")
    return found


def _broken(path: str | os.PathLike[str], why: str) -> ConfigurationError:
    return ConfigurationError(f"the baked keys {os.fspath(path)!r}: {why}; write them anew: gatepost lambda bake-keys")
