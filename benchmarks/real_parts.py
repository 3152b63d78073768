"""What the benchmarks share with the tests: real servers, and ports on loopback."""

import sys
from pathlib import Path

# A program's own folder is on the path, and not the one where `tests` is.
sys.path.append(str(Path(__file__).resolve().parent.parent))

from tests.end_to_end.real_parts.envoy import ENVOY
from tests.end_to_end.real_parts.loopback_port import free_port, listening
from tests.end_to_end.real_parts.nginx import NGINX
from tests.end_to_end.real_parts.server_process import server_process

__all__ = ["ENVOY", "NGINX", "free_port", "listening", "server_process"]
