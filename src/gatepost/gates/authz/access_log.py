"""The access log: one JSON object a line, for each decision.

There is no token in it, no query, and no claim but `iss` and `sub` of a request that was let in.
"""

import json
import sys
import time
from collections.abc import Callable
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
        allowed = isinstance(decision, Allow)
        if allowed and self._wanted == "denied":
            return
        line: dict[str, object] = {"time": round(self._clock(), 3), "gate": gate}
        if request is not None:
            line |= {"method": request.method, "path": request.path}
        line["decision"] = "allow" if allowed else "deny"
        if isinstance(decision, Allow):
            token = decision.identity
            line |= {"status": 200} if token is None else {"status": 200, "iss": token.issuer, "sub": token.subject}
        else:
            line |= {"status": decision.status, "reason": decision.reason}
        line |= {"route": decision.route, "microseconds": round(seconds * 1e6)}
        self._lines.append(json.dumps(line))
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
