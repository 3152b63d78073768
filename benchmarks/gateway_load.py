"""Load on a gateway: wrk, pinned to one core, with a different token in each request, or with none."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from gate_load import LOAD_CORE

_SCRIPT = """
local requests, at = {}, 0
function init(arguments)
  for token in io.lines("%(tokens)s") do
    local headers = {["Host"] = "%(host)s"}
    if %(authorized)s then headers["Authorization"] = "Bearer " .. token end
    requests[#requests + 1] = wrk.format("GET", "%(path)s", headers)
  end
end
function request()
  at = at %% #requests + 1
  return requests[at]
end
"""
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Measured(NamedTuple):
    """What a load gave.

    Attributes:
        rate: Requests a second.
        median: The median of the latency, in milliseconds.
    """

    rate: float
    median: float


class Load:
    """Requests for one path of one gateway."""

    def __init__(self, folder: Path, tokens: Path, port: int, host: str, path: str, *, authorized: bool) -> None:
        """Write wrk's script."""
        self._script = folder / f"{port}{path.replace('/', '-')}-{authorized}.lua"
        words = {"tokens": tokens, "host": host, "path": path, "authorized": str(authorized).lower()}
        self._script.write_text(_SCRIPT % words)
        self._url = f"http://127.0.0.1:{port}"
        self._authorized = authorized

    def measure(self, connections: int, seconds: int) -> Measured:
        """Put load on it.

        Raises:
            RuntimeError: When it did not answer as it should.
        """
        command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency"]
        command += ["--timeout", "10", "-s", str(self._script), self._url]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rate = re.search(r"Requests/sec:\s+([0-9.]+)", printed)
        median = re.search(r"50%\s+([0-9.]+)(us|ms|s)", printed)
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
        total = re.search(r"(\d+) requests in", printed)
        if rate is None or median is None or total is None or "Socket errors" in printed:
            raise RuntimeError(printed)
        if (0 if refused is None else int(refused[1])) != (0 if self._authorized else int(total[1])):
            raise RuntimeError(printed)
        return Measured(float(rate[1]), float(median[1]) * _MILLISECONDS[median[2]])
