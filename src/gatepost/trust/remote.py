"""The settings that all sources of keys at a URL share, and the chain that keeps such keys fresh."""

import os
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.jose import KeySet
from gatepost.trust.fetch import Fetcher
from gatepost.trust.key_source import LiveKeys, Snapshot

if TYPE_CHECKING:
    from gatepost.trust.origin import Origin
    from gatepost.trust.single_flight import Runner


class RemoteOptions(TypedDict, total=False):
    """The options of `RemoteKeys`."""

    ca_file: str | os.PathLike[str] | None
    http_hosts: Iterable[str]
    connect_timeout: float
    total_timeout: float
    max_bytes: int
    min_age: float
    max_age: float
    default_age: float
    stale_window: float
    refresh_cooldown: float
    seed: KeySet | None
    fetcher: Fetcher | None


class RemoteKeys(Frozen):
    """Settings of keys that are fetched over the network. All times are in seconds.

    Attributes:
        ca_file: A PEM file of CA certificates to trust besides the system's, for a self-signed server, or `None`.
        http_hosts: Hosts that may be asked by plain http besides those on loopback.
        connect_timeout: The limit for a connection to stand.
        total_timeout: The limit for a whole answer.
        max_bytes: The limit of a document's size.
        min_age: Keys are kept at least this long, whatever `Cache-Control` says.
        max_age: Keys are kept at most this long: one that the issuer removed lives no longer.
        default_age: Keys are kept this long when the issuer says nothing.
        stale_window: How long expired keys serve on while the issuer is down.
        refresh_cooldown: Unknown keys make us ask at most once in this time.
        seed: Keys to begin with, so that a cold start need not wait, or `None`.
        fetcher: What fetches, or `None` for urllib3 within the limits above.
    """

    __slots__ = (
        "ca_file",
        "connect_timeout",
        "default_age",
        "fetcher",
        "http_hosts",
        "max_age",
        "max_bytes",
        "min_age",
        "refresh_cooldown",
        "seed",
        "stale_window",
        "total_timeout",
    )

    ca_file: str | os.PathLike[str] | None
    http_hosts: tuple[str, ...]
    connect_timeout: float
    total_timeout: float
    max_bytes: int
    min_age: float
    max_age: float
    default_age: float
    stale_window: float
    refresh_cooldown: float
    seed: KeySet | None
    fetcher: Fetcher | None

    def __init__(
        self,
        *,
        ca_file: str | os.PathLike[str] | None = None,
        http_hosts: Iterable[str] = (),
        connect_timeout: float = 1.5,
        total_timeout: float = 3.0,
        max_bytes: int = 150_000,
        min_age: float = 60.0,
        max_age: float = 3600.0,
        default_age: float = 300.0,
        stale_window: float = 3600.0,
        refresh_cooldown: float = 30.0,
        seed: KeySet | None = None,
        fetcher: Fetcher | None = None,
    ) -> None:
        """Take the settings; their meaning stands with the attributes.

        Raises:
            ConfigurationError: When a value makes no sense, or the CA file is not there.
        """
        above_zero: dict[str, object] = {
            "connect_timeout": connect_timeout,
            "total_timeout": total_timeout,
            "max_bytes": max_bytes,
        }
        seconds: dict[str, object] = {
            "min_age": min_age,
            "max_age": max_age,
            "default_age": default_age,
            "stale_window": stale_window,
            "refresh_cooldown": refresh_cooldown,
        }
        for name, value in (above_zero | seconds).items():
            least = 0 if name in seconds else 1e-9
            if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < float("inf"):
                raise ConfigurationError(f"{name} is a number {'above' if least else 'of at least'} 0, not {value!r}")
        if min_age > max_age:
            raise ConfigurationError(f"min_age is at most max_age; {min_age:g} is more than {max_age:g}")
        _check_ca_file(ca_file)
        if not _is_public(seed):
            raise ConfigurationError("seed is a KeySet of public keys, such as KeySet.from_jwks(...), or None")
        if fetcher is not None and not hasattr(fetcher, "fetch"):
            raise ConfigurationError("fetcher is an object with fetch(url, *, etag=None), or None for urllib3")
        self._set(
            **above_zero,
            **seconds,
            ca_file=ca_file,
            http_hosts=_host_names(http_hosts),
            seed=seed,
            fetcher=fetcher,
        )

    def make_fetcher(self) -> Fetcher:
        """Return what fetches within these limits."""
        if self.fetcher is not None:
            return self.fetcher
        from gatepost.trust.http_fetcher import HttpFetcher

        return HttpFetcher(
            ca_file=self.ca_file,
            connect_timeout=self.connect_timeout,
            total_timeout=self.total_timeout,
            max_bytes=self.max_bytes,
        )

    def keep_fresh(self, identifier: str, origin: "Origin", now: float, runner: "Runner | None" = None) -> LiveKeys:
        """Return the keys of `origin` at work: fetched one at a time, ahead of need, with limits and in outages.

        Args:
            identifier: The issuer.
            origin: Where its keys are read.
            now: The time in seconds.
            runner: Runs a fetch without making the caller wait; by default a thread each time.
        """
        from gatepost.trust.alarm import ring
        from gatepost.trust.failure_backoff import FailureBackoff
        from gatepost.trust.forced_refresh_limit import ForcedRefreshLimit
        from gatepost.trust.lifetime import Lifetime
        from gatepost.trust.outage_tolerance import OutageTolerance
        from gatepost.trust.refresh_ahead import RefreshAhead
        from gatepost.trust.single_flight import SingleFlight, in_a_thread

        lifetime = Lifetime(min_age=self.min_age, max_age=self.max_age, default_age=self.default_age)
        seed = None
        if self.seed is not None:  # due at once, since nobody knows how old it is
            expires_at = lifetime.expires_at(now, None)
            seed = Snapshot(self.seed, 1, fetched_at=now, refresh_at=now, expires_at=expires_at)
        wait_limit = self.total_timeout + 1.0
        if runner is None:
            flight = SingleFlight(identifier, origin, lifetime, wait_limit, seed, in_a_thread, ring, time.monotonic)
        else:
            flight = SingleFlight(identifier, origin, lifetime, wait_limit, seed, runner)
        limited = FailureBackoff(ForcedRefreshLimit(flight, self.refresh_cooldown))
        return RefreshAhead(OutageTolerance(limited, self.stale_window))


def _host_names(hosts: object) -> tuple[str, ...]:
    if isinstance(hosts, Iterable) and not isinstance(hosts, str | bytes):
        names = tuple(hosts)
        if all(isinstance(name, str) and name for name in names):
            return tuple(name.lower() for name in names)
    raise ConfigurationError("http_hosts is a tuple of host names, such as ('idp.internal',)")


def _is_public(seed: object) -> bool:
    return seed is None or (isinstance(seed, KeySet) and not seed.symmetric)


def _check_ca_file(ca_file: object) -> None:
    if ca_file is None:
        return
    if not isinstance(ca_file, str | os.PathLike):
        raise ConfigurationError(f"ca_file is the path of a PEM file, or None, not {ca_file!r}")
    if not os.path.isfile(ca_file):  # noqa: PTH113  # pathlib slows a cold start
        raise ConfigurationError(f"the CA file {os.fspath(ca_file)!r} does not exist: ca_file is a path")
