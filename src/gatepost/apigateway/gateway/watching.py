"""Whether the files of a template have changed."""

from collections.abc import Iterable
from pathlib import Path


class Watched:
    """Files, and how they were when they were last looked at."""

    def __init__(self, files: Iterable[Path]) -> None:
        """Look at them."""
        self._files = tuple(dict.fromkeys(files))
        self._seen = self._look()

    def changed(self) -> bool:
        """Tell whether one of them has changed since the last look."""
        now = self._look()
        before, self._seen = self._seen, now
        return now != before

    def _look(self) -> tuple[object, ...]:
        return tuple(map(_state, self._files))


def _state(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:  # an editor may be about to put it back
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
