"""A zip file that depends on its members alone: not on when, where or in which order it was made."""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

# The earliest time that the format can name.
_EPOCH = (1980, 1, 1, 0, 0, 0)

# Readable by everybody, as Lambda's own user has to read it.
_FILE_MODE = 0o100644 << 16


class Member(NamedTuple):
    """One file.

    Attributes:
        name: Its name in the zip file, with forward slashes.
        data: What it holds.
    """

    name: str
    data: bytes


def write_zip(path: Path, members: Iterable[Member]) -> int:
    """Write the members, sorted by name, and return the size of the file.

    Raises:
        OSError: When it cannot be written.
        ValueError: When two members have the same name.
    """
    by_name: dict[str, bytes] = {}
    for member in members:
        if by_name.setdefault(member.name, member.data) is not member.data:
            raise ValueError(f"two files are called {member.name}")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(by_name):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = _FILE_MODE
            archive.writestr(info, by_name[name], compresslevel=9)
    return path.stat().st_size
