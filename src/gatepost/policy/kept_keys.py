"""Keys that outlive a reload of the policy: fetched once, as long as where they come from stays the same."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gatepost.jose import KeySet
from gatepost.policy.rekeyed import rekeyed
from gatepost.policy.settings.watched_files import Version, version_of
from gatepost.trust.issuer import Issuer

if TYPE_CHECKING:
    from gatepost.trust.key_source import KeySource, LiveKeys

# An issuer's identifier, where its keys come from, and the version of the certificates that are trusted there.
_Origin: TypeAlias = "tuple[str, KeySource, Version]"


class KeptKeys:
    """The keys at work of all issuers of the newest policy."""

    def __init__(self) -> None:
        self._kept: dict[_Origin, OpenedOnce] = {}

    def keep(self, issuers: Mapping[str, Issuer]) -> dict[str, Issuer]:
        """Return the issuers so that they share the keys at work of those kept before, and keep theirs instead.

        Two sources are the same when all their settings are, and the certificates in their CA file.
        """
        newest: dict[_Origin, OpenedOnce] = {}
        found = {}
        for name, issuer in issuers.items():
            found[name] = issuer
            if not isinstance(issuer.keys, KeySet):
                ca_file = getattr(issuer.keys, "ca_file", None)
                certificates = None if ca_file is None else version_of(Path(ca_file))
                origin = (issuer.identifier, issuer.keys, certificates)
                newest[origin] = self._kept.get(origin) or OpenedOnce(issuer.keys)
                found[name] = rekeyed(issuer, newest[origin])
        self._kept = newest
        return found


class OpenedOnce:
    """A source of keys for one issuer that gives every verifier the same keys at work."""

    def __init__(self, source: "KeySource") -> None:
        self._source = source
        self._opened: LiveKeys | None = None

    def check(self, identifier: str) -> None:
        """Check as the source does."""
        self._source.check(identifier)

    def open(self, identifier: str, now: float) -> "LiveKeys":
        """Return the keys at work."""
        if self._opened is None:
            self._opened = self._source.open(identifier, now)
        return self._opened
