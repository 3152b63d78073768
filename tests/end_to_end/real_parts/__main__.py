"""Says which real parts are missing, after installing what can be installed; with CI set, a missing part is a failure.

`make test` runs it before the tests.
"""

import subprocess
import sys

from tests.end_to_end.real_parts import chromium
from tests.end_to_end.real_parts.caddy import CADDY
from tests.end_to_end.real_parts.chromium import CHROMIUM
from tests.end_to_end.real_parts.envoy import ENVOY
from tests.end_to_end.real_parts.nginx import NGINX
from tests.end_to_end.real_parts.node import NODE
from tests.end_to_end.real_parts.part import IN_CI
from tests.end_to_end.real_parts.postgresql import POSTGRESQL
from tests.end_to_end.real_parts.redis import REDIS

PARTS = (NGINX, CADDY, ENVOY, POSTGRESQL, REDIS, NODE, CHROMIUM)


def main() -> int:
    """Return the exit status: 1 when something is missing where nothing may be."""
    if CHROMIUM.find() is None and chromium.can_be_installed():
        print("Installing Chromium, for the tests with a browser", flush=True)
        try:
            chromium.install()
        except subprocess.CalledProcessError as failed:
            print(f"{failed.cmd[0]} ended with status {failed.returncode}", file=sys.stderr)
    missing = [part.missing for part in PARTS if part.find() is None]
    for line in missing:
        print(line, file=sys.stderr)
    return 1 if missing and IN_CI else 0


if __name__ == "__main__":
    sys.exit(main())
