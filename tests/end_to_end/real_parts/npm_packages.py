"""Packages of npm, installed once for all test runs: what a folder's lock file names, into `build/`."""

import shutil
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

from tests.end_to_end.real_parts.node import NODE, Node

_BUILD = Path(__file__).parents[3] / "build" / "npm"


def installed(folder: Path) -> Node:
    """Return a Node.js in a copy of `folder` whose packages are installed.

    Args:
        folder: A folder with `package.json`, `package-lock.json` and scripts.

    Raises:
        subprocess.CalledProcessError: when npm fails.
    """
    executable = NODE.require()
    digest = sha256((folder / "package-lock.json").read_bytes()).hexdigest()[:16]
    place = _BUILD / f"{folder.name}-{digest}"
    if not place.is_dir():
        _BUILD.mkdir(parents=True, exist_ok=True)
        draft = Path(mkdtemp(dir=_BUILD))
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, draft)
        Node(executable, draft).npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")
        draft.rename(place)  # an installation that was interrupted leaves no folder of this name
    for script in folder.glob("*.*js"):
        shutil.copy(script, place)
    return Node(executable, place)
