"""The access log: one JSON object a line, for each decision.

There is no token in it, no query, and no claim but `iss` and `sub` of a request that was let in.
"""

import json
import sys
import time
from collections.abc import Callable
from json.encoder import encode_basestring_ascii as _quoted
from typing import Literal, TextIO, TypeAlias

from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Decision

Wanted: TypeAlias = Literal["all", "denied", "none"]

_BUFFERED = 256


class AccessLog:
    """Writes lines in small batches; whoever owns it calls `flush` now and then, and at the end."""

    __slots__ = ("_clock", "_lines", "_out", "_wanted")

    def __init__(
        self, wanted: Wanted = "all", *, out: TextIO | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """Write to `out`, which is standard output when it is `None`."""
        self._wanted = wanted
        self._out = out
        self._clock = clock
        self._lines: list[str] = []

    def decided(self, gate: str, request: AccessRequest | None, decision: Decision, seconds: float) -> None:
        """Note a decision.

        Args:
            gate: How it was asked for: `nginx`, `forward`, `envoy` or `grpc`.
            request: The original request, or `None` when it could not be read.
            decision: The decision.
            seconds: How long it took.
        """
        if self._wanted == "none":
            return
        if self._wanted == "denied" and isinstance(decision, Allow):
            return
        # Written by hand, since it is written for every request; `_quoted` is what `json.dumps` does to a string.
        line = f'{{"time": {round(self._clock(), 3)}, "gate": "{gate}", '
        if request is not None:
            line += f'"method": {_quoted(request.method)}, "path": {_quoted(request.path)}, '
        if isinstance(decision, Allow):
            line += '"decision": "allow", "status": 200, '
            token = decision.identity
            if token is not None:
                subject = "null" if token.subject is None else _quoted(token.subject)
                line += f'"iss": {_quoted(token.issuer)}, "sub": {subject}, '
        else:
            line += f'"decision": "deny", "status": {decision.status}, "reason": {_quoted(decision.reason)}, '
        self._lines.append(f'{line}"route": {_quoted(decision.route)}, "microseconds": {round(seconds * 1e6)}}}')
        if len(self._lines) >= _BUFFERED:
            self.flush()

    def untrusted(self, peer: str | None) -> None:
        """Note that somebody asked who is no trusted peer."""
        line = {"time": round(self._clock(), 3), "decision": "deny", "status": 403, "reason": "untrusted_peer"}
        self._lines.append(json.dumps(line | {"peer": peer}))

    def flush(self) -> None:
        """Write what was noted."""
        if self._lines:
            out = sys.stdout if self._out is None else self._out
            out.write("\n".join(self._lines) + "\n")
            out.flush()
            self._lines.clear()
