"""The files that a policy was read from, and whether one of them is another now."""

from pathlib import Path
from typing import TypeAlias

# What tells that a file changed; `None` when it is not there.
Version: TypeAlias = tuple[int, int, int] | None


class WatchedFiles:
    """Paths with the version that each had when it was added, which has to be before it is read."""

    def __init__(self) -> None:
        self._versions: dict[Path, Version] = {}

    @property
    def paths(self) -> tuple[Path, ...]:
        """The paths, in the order in which they were added."""
        return tuple(self._versions)

    def add(self, path: Path) -> None:
        """Watch a file from now on, also one that is not there."""
        if path not in self._versions:
            self._versions[path] = version_of(path)

    def changed(self) -> bool:
        """Tell whether a file is another than when it was added."""
        return any(version_of(path) != version for path, version in self._versions.items())


def version_of(path: Path) -> Version:
    """Return the version of a file as it is now."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
