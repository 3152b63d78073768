"""What a function and its platform write: START, END and REPORT lines as AWS has them, and the function's own."""

import json
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias

Log: TypeAlias = Callable[[str], None]
Form: TypeAlias = Literal["text", "json"]

_LONGEST = 1 << 16
_MIB = 1 << 20


class Report(NamedTuple):
    """What the REPORT line says.

    Attributes:
        request_id: The id of the call.
        milliseconds: How long the handler took.
        memory_size: MiB that it may use.
        memory_used: The most bytes that it used.
        init: Milliseconds of a cold start, or `None`.
        status: `timeout`, `error` or an empty string.
        error: The type of the error, such as `Runtime.ExitError`.
    """

    request_id: str
    milliseconds: float
    memory_size: int
    memory_used: int
    init: float | None = None
    status: str = ""
    error: str = ""

    def __str__(self) -> str:
        """Return the line, with tabs between its parts as on AWS."""
        billed = math.ceil(self.milliseconds + (self.init or 0))
        line = (
            f"REPORT RequestId: {self.request_id}\tDuration: {self.milliseconds:.2f} ms\tBilled Duration: {billed} ms\t"
            f"Memory Size: {self.memory_size} MB\tMax Memory Used: {-(-self.memory_used // _MIB)} MB\t"
        )
        if self.init is not None:
            line += f"Init Duration: {self.init:.2f} ms\t"
        if self.status:
            line += f"Status: {self.status}\t"
        if self.error:
            line += f"Error Type: {self.error}\t"
        return line


def _readable(data: bytes) -> str:
    """Return what a function wrote, with spaces for the no-break spaces that awslambdaric puts into tracebacks."""
    return data.decode("utf-8", "replace").replace("\u00a0", " ")


def moment(seconds: float) -> str:
    """Return a time as AWS's log lines have it: `2026-03-01T12:00:00.123Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class FunctionLog:
    """Collects the lines of one process and hands them on, several at a time."""

    __slots__ = ("_lines", "_log", "_name", "_rest", "_write", "request_id")

    def __init__(self, name: str, log: Log, form: Form = "text") -> None:
        """Write to `log`, with the function's name before each line or, in JSON, in each line."""
        self._name = name
        self._log = log
        self._lines: list[str] = []
        self._rest = b""
        self._write = self._text if form == "text" else self._json
        self.request_id = ""

    def line(self, line: str) -> None:
        """Keep a line of the platform until the next `flush`."""
        self._lines.append(line)

    def output(self, data: bytes) -> None:
        """Take what the function wrote, in whatever pieces, and hand on its complete lines."""
        # awslambdaric writes an error as one record, with carriage returns between its lines.
        data = (self._rest + data).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        complete, newline, self._rest = data.rpartition(b"\n")
        if newline:
            self._lines += _readable(complete).split("\n")
        if len(self._rest) > _LONGEST:
            self._end_line()

    def end(self, *lines: str) -> None:
        """Hand on everything, followed by lines of the platform."""
        if self._rest:
            self._end_line()
        self._lines += lines
        self.flush()

    def flush(self) -> None:
        """Hand on the lines that there are."""
        if self._lines:
            lines, self._lines = self._lines, []
            self._log(self._write(lines))

    def _end_line(self) -> None:
        self._lines.append(_readable(self._rest))
        self._rest = b""

    def _text(self, lines: Sequence[str]) -> str:
        separator = f"\n[{self._name}] "
        return f"[{self._name}] {separator.join(lines)}"

    def _json(self, lines: Sequence[str]) -> str:
        about = {"function": self._name, "requestId": self.request_id}
        return "\n".join(json.dumps({**about, "line": line}) for line in lines)
