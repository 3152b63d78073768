"""What `gatepost gateway` prints while it serves, without holding up requests."""

import asyncio
import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from gatepost.cli.failure import Failure
from gatepost.cli.plain_text import plain

if TYPE_CHECKING:
    from gatepost.apigateway.gateway.trace import Traced

_LATER = 0.02


class Lines:
    """Lines that are written together a little later, so that a burst of them costs one write."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream = stream
        self._lines: list[str] = []
        self._closed = False

    def __call__(self, line: str) -> None:
        """Write a line; it may come from any thread."""
        if self._closed:
            return
        self._lines.append(line)
        if len(self._lines) > 1:
            return  # the first one has seen to it
        try:
            asyncio.get_running_loop().call_later(_LATER, self.flush)
        except RuntimeError:
            self.flush()

    def flush(self) -> None:
        """Write what has come together."""
        lines, self._lines = self._lines, []
        if not lines or self._closed:
            return
        try:
            self._stream.write("".join(f"{line}\n" for line in lines))
            self._stream.flush()
        except (OSError, ValueError):  # nobody reads it any more
            self._closed = True


def visible(text: str) -> str:
    """Return lines of a function as they may be printed: tabs stay, other control characters become visible."""
    if text.isprintable():
        return text
    return "\n".join("\t".join(map(plain, line.split("\t"))) for line in text.split("\n"))


def stumbled(write: Callable[[str], None]) -> Callable[[str, BaseException], None]:
    """Return what writes down a defect of the gateway itself, for its developers."""

    def complain(where: str, error: BaseException) -> None:
        write(f"gatepost gateway: a defect of Gatepost, at {plain(where)}; please report it:")
        for line in "".join(traceback.format_exception(error)).splitlines():
            write(plain(line))

    return complain


class TraceLog:
    """The trace as JSON lines in a file."""

    def __init__(self, path: Path) -> None:
        """Append to a file.

        Raises:
            Failure: When it cannot be written.
        """
        try:
            self._stream = path.open("a", encoding="utf-8")
        except OSError as error:
            raise Failure(f"{path} cannot be written: {error.strerror}") from None
        self._lines = Lines(self._stream)

    def __call__(self, traced: "Traced") -> None:
        """Append a request."""
        self._lines(json.dumps(traced.document(), separators=(",", ":")))

    def close(self) -> None:
        """End."""
        self._lines.flush()
        self._stream.close()


def trace_lines(traced: "Traced", *, colours: bool) -> str:
    """Return a request and its steps as lines for a terminal."""
    good, bad, dim, end = ("\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m") if colours else ("", "", "", "")
    colour = good if traced.status < 400 else bad
    head = f"{colour}{traced.status}{end} {traced.method} {plain(traced.path)}"
    lines = [f"{head}  {dim}{plain(traced.api)}, {traced.milliseconds:.1f} ms{end}"]
    width = max((len(step.name) for step in traced.steps), default=0)
    for step in traced.steps:
        sign = f"{good}✓{end}" if step.passed else f"{bad}✗{end}"
        lines.append(f"  {sign} {plain(step.name):<{width}}  {plain(step.detail)}".rstrip())
    return "\n".join(lines)


def console_trace(write: Callable[[str], None]) -> "Callable[[Traced], None]":
    """Return what prints each request with its steps."""
    colours = _colours()
    return lambda traced: write(trace_lines(traced, colours=colours))


def _colours() -> bool:
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
