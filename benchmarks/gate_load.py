"""Load on a server: wrk (Debian's `wrk`), pinned to one core, with a different token in each request."""

import re
import subprocess
from pathlib import Path

LOAD_CORE = "1"
CONNECTIONS = 16

_SCRIPT = """
local requests, at = {}, 0
function init(arguments)
  for token in io.lines("%(tokens)s") do
    requests[#requests + 1] = wrk.format("GET", "%(path)s", {%(headers)s["Authorization"] = "Bearer " .. token})
  end
end
function request()
  at = at %% #requests + 1
  return requests[at]
end
"""


class Load:
    """A script for wrk."""

    def __init__(self, folder: Path, name: str, tokens: Path, path: str, headers: dict[str, str]) -> None:
        """Write the script: GET `path` with these headers and each of the tokens in turn."""
        text = "".join(f'["{name}"] = "{value}", ' for name, value in headers.items())
        self._script = folder / f"{name}.lua"
        self._script.write_text(_SCRIPT % {"tokens": tokens, "path": path, "headers": text})

    def rate(self, port: int, seconds: int) -> tuple[float, float]:
        """Return requests a second and the 99th percentile of the latency in milliseconds.

        Raises:
            RuntimeError: When an answer was not 2xx or 3xx.
        """
        command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "--latency"]
        command += ["-s", str(self._script), f"http://127.0.0.1:{port}"]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in printed or "Socket errors" in printed:
            raise RuntimeError(printed)
        rate = re.search(r"Requests/sec:\s+([0-9.]+)", printed)
        latency = re.search(r"99%\s+([0-9.]+)(us|ms|s)", printed)
        if rate is None or latency is None:
            raise RuntimeError(printed)
        return float(rate[1]), float(latency[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[latency[2]]
