"""Keys in a file, which is read again when it changes."""

import os

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.jose import KeySet
from gatepost.trust.fetch import FetchFailed
from gatepost.trust.key_source import LiveKeys
from gatepost.trust.origin import FetchedKeys, no_key

# Seconds between two looks at the file.
_LOOK_AGAIN = 5.0

# A broken new file keeps the old keys for as long as it stays broken: there is no issuer who could be down.
_FOR_EVER = 1e12


class JwksFile(Frozen):
    """A file that holds a JWK set, or one public key or certificate in PEM form.

    Attributes:
        path: The file.
    """

    __slots__ = ("path",)

    path: str | os.PathLike[str]

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._set(path=path)

    def check(self, _identifier: str) -> None:
        """Check that the file can be read.

        Raises:
            ConfigurationError: When it is missing, or holds no keys.
        """
        self._read()

    def open(self, identifier: str, now: float) -> LiveKeys:
        """Return the keys at work; the file is read now, and looked at again every few seconds.

        Raises:
            ConfigurationError: When it is missing, or holds no keys.
        """
        from gatepost.trust.remote import RemoteKeys

        settings = RemoteKeys(
            min_age=_LOOK_AGAIN,
            max_age=_LOOK_AGAIN,
            default_age=_LOOK_AGAIN,
            stale_window=_FOR_EVER,
            refresh_cooldown=_LOOK_AGAIN,
            seed=self._read(),
        )
        # Reading a small file takes less than starting a thread.
        return settings.keep_fresh(identifier, self, now, runner=lambda work: work())

    def fetch(self, _now: float, previous: FetchedKeys | None) -> FetchedKeys:
        """Return the keys in the file as it is now.

        Raises:
            FetchFailed: When it is missing, or holds no keys.
        """
        version = self._version()
        if previous is not None and version is not None and previous.etag == version:
            return previous
        try:
            return FetchedKeys(self._read(), version)
        except ConfigurationError as error:
            raise FetchFailed(str(error)) from None

    def _version(self) -> str | None:
        try:
            status = os.stat(self.path)  # noqa: PTH116  # pathlib slows a cold start
        except OSError:
            return None
        return f"{status.st_mtime_ns} {status.st_size} {status.st_ino}"

    def _read(self) -> KeySet:
        name = os.fspath(self.path)
        try:
            with open(self.path, "rb") as file:  # noqa: PTH123
                data = file.read()
        except OSError as error:
            raise ConfigurationError(f"the key file {name!r} cannot be read: {error.strerror}") from None
        try:
            key_set = KeySet.from_pem(data) if b"-----BEGIN" in data else KeySet.from_jwks(data)
        except ConfigurationError as error:
            raise ConfigurationError(f"the key file {name!r}: {error}") from None
        if not key_set.keys:
            raise ConfigurationError(f"the key file {name!r} holds {no_key(key_set)}")
        return key_set
