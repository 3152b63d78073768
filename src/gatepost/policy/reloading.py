"""A policy file that is read again when it changes, in a server that goes on meanwhile."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock

from gatepost.errors import ConfigurationError
from gatepost.policy.kept_keys import KeptKeys
from gatepost.policy.policy import Policy
from gatepost.policy.policy_file import FROM_FILE, FromFile, read
from gatepost.policy.settings.watched_files import WatchedFiles
from gatepost.verification.replay import MemoryReplayStore

# Seconds between two looks at the files.
_LOOK_AGAIN = 1.0


class ReloadingPolicy:
    """The policy in a file, as it was when it was last read without a problem.

    Watched are the file, those it includes, and those that hold secrets and certificates. A broken new file leaves the
    old policy in force. The keys of an issuer whose source did not change are not fetched anew, and DPoP proofs that
    were used stay so; verified tokens are verified once more, and opaque ones asked about again.

    Attributes:
        path: The file.
        last_error: What is wrong with the file as it is now, or `None` when the policy in force is what it says.
        reloads: How often a changed file came into force.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        clock: Callable[[], float] = time.time,
        token_cache: int | FromFile | None = FROM_FILE,
        environ: Mapping[str, str] = os.environ,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read the file.

        Args:
            path: The file.
            clock: Returns the time in seconds since 1970, for tokens.
            token_cache: How many verified tokens to remember, `None` for none, whatever the file says.
            environ: The variables that `${NAME}` and `secret_env` refer to.
            ticks: Returns seconds that only go forward, for when to look at the files.

        Raises:
            PolicyFileError: When something is wrong with it: there is no old policy yet.
        """
        self.path = Path(path)
        self.last_error: ConfigurationError | None = None
        self.reloads = 0
        self._clock = clock
        self._token_cache = token_cache
        self._environ = environ
        self._ticks = ticks
        self._keys = KeptKeys()
        self._replays = MemoryReplayStore()
        self._lock = Lock()
        self._policy = self._read()
        self._look_at = ticks() + _LOOK_AGAIN

    def current(self) -> Policy:
        """Return the policy in force; at most once a second this looks whether a file changed.

        One caller reads a changed file, while the others go on with the policy there is.
        """
        if self._ticks() >= self._look_at and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._look_at = self._ticks() + _LOOK_AGAIN
                self._lock.release()
        return self._policy

    def _look(self) -> None:
        if not self._files.changed():
            return
        import logging

        log = logging.getLogger("gatepost.policy")
        try:
            self._policy = self._read()
        except ConfigurationError as error:
            self.last_error = error
            problems = "; ".join(str(error).split("\n"))
            log.error("the new policy is not used, the old one stays in force: %s", problems)  # noqa: TRY400
            return
        self.last_error = None
        self.reloads += 1
        log.info("the policy in %s was read again: %d routes", self.path, len(self._policy.routes))

    def _read(self) -> Policy:
        self._files = WatchedFiles()
        settings = read(self.path, environ=self._environ, files=self._files)
        return settings.policy(
            clock=self._clock,
            token_cache=self._token_cache,
            issuers=self._keys.keep(settings.issuers),
            replays=self._replays if settings.store is None else None,
        )
