"""Whether files have changed since somebody last looked."""

from collections.abc import Iterable
from pathlib import Path

from gatepost.apigateway.functions.code_folder import files


class Changes:
    """Remembers the times and sizes of all files below some folders."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Take note of how they are now."""
        self._folders = tuple(folders)
        self._seen = self._look()

    def happened(self) -> bool:
        """Return whether a file was written, added or removed since the last question."""
        before, self._seen = self._seen, self._look()
        return before != self._seen

    def _look(self) -> dict[str, tuple[int, int]]:
        seen = {}
        for folder in self._folders:
            for entry in files(folder):
                try:
                    status = entry.stat(follow_symlinks=True)
                except OSError:
                    continue  # removed meanwhile, or a link to nowhere
                seen[entry.path] = (status.st_mtime_ns, status.st_size)
        return seen
