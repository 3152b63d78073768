"""Counters and latencies of the decisions, and their text for Prometheus (exposition format 0.0.4)."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypedDict

from gatepost.policy.decision import Allow, Decision
from gatepost.trust.key_source import KeyHealth

# Upper bounds in seconds: a cached token takes some 50 µs, a fetch of keys up to seconds.
BUCKETS = (0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.1, 1.0, 10.0)


class Standing(TypedDict):
    """How the keys of one issuer stand in one worker."""

    age: float | None
    expires_in: float | None
    keys: int


class Figures(TypedDict):
    """What one worker counted; of JSON's types only, for it travels between processes."""

    decisions: list[tuple[str, str, str, str, int]]
    buckets: list[int]
    seconds: float
    untrusted: int
    issuers: dict[str, Standing]


class Metrics:
    """Counts decisions in one process."""

    __slots__ = ("_before", "_buckets", "_decisions", "_seconds", "_untrusted")

    def __init__(self, before: Figures | None = None) -> None:
        """Begin to count, on top of what the worker whose place this one takes had counted `before`."""
        self._decisions: Counter[tuple[str, str, str, str]] = Counter()
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0
        self._untrusted = 0
        if before is not None:
            for gate, outcome, reason, route, count in before["decisions"]:
                self._decisions[gate, outcome, reason, route] = count
            self._buckets = list(before["buckets"])
            self._seconds = before["seconds"]
            self._untrusted = before["untrusted"]

    def decided(self, gate: str, decision: Decision, seconds: float) -> None:
        """Count a decision that took this many seconds."""
        if isinstance(decision, Allow):
            self._decisions[gate, "allow", "", decision.route] += 1
        else:
            self._decisions[gate, "deny", decision.reason, decision.route] += 1
        self._buckets[bisect_left(BUCKETS, seconds)] += 1
        self._seconds += seconds

    def untrusted(self) -> None:
        """Count a request from somebody who is no trusted peer."""
        self._untrusted += 1

    def figures(self, health: Mapping[str, KeyHealth]) -> Figures:
        """Return what was counted, and how the issuers' keys stand."""
        return {
            "decisions": [(*labels, count) for labels, count in self._decisions.items()],
            "buckets": list(self._buckets),
            "seconds": self._seconds,
            "untrusted": self._untrusted,
            "issuers": {
                identifier: {"age": each.age, "expires_in": each.expires_in, "keys": each.keys}
                for identifier, each in health.items()
            },
        }


def exposition(workers: Mapping[int, Figures]) -> str:
    """Return the figures of all workers as one text: counters are added up, keys stand beside each other."""
    decisions: Counter[tuple[str, str, str, str]] = Counter()
    buckets = [0] * (len(BUCKETS) + 1)
    for figures in workers.values():
        for gate, outcome, reason, route, count in figures["decisions"]:
            decisions[gate, outcome, reason, route] += count
        buckets = [a + b for a, b in zip(buckets, figures["buckets"], strict=True)]
    lines = _head("gatepost_decisions_total", "counter", "Decisions, by the gate that asked, the reason and the route.")
    for (gate, outcome, reason, route), count in sorted(decisions.items()):
        labels = _labels(gate=gate, decision=outcome, reason=reason, route=route)
        lines.append(f"gatepost_decisions_total{labels} {count}")
    lines += _head("gatepost_decision_seconds", "histogram", "How long a decision took, without the proxy's part.")
    reached = 0
    for bound, count in zip((*BUCKETS, "+Inf"), buckets, strict=True):
        reached += count
        lines.append(f"gatepost_decision_seconds_bucket{_labels(le=str(bound))} {reached}")
    lines.append(f"gatepost_decision_seconds_sum {sum(figures['seconds'] for figures in workers.values())!r}")
    lines.append(f"gatepost_decision_seconds_count {reached}")
    lines += _head("gatepost_untrusted_total", "counter", "Requests from peers that are not trusted.")
    lines.append(f"gatepost_untrusted_total {sum(figures['untrusted'] for figures in workers.values())}")
    return "\n".join((*lines, *_keys(workers))) + "\n"


def _keys(workers: Mapping[int, Figures]) -> Iterable[str]:
    standings = [
        (_labels(issuer=identifier, worker=str(number)), standing)
        for number, figures in sorted(workers.items())
        for identifier, standing in figures["issuers"].items()
    ]
    yield from _head("gatepost_keys", "gauge", "Keys of an issuer at hand.")
    for labels, standing in standings:
        yield f"gatepost_keys{labels} {standing['keys']}"
    yield from _head("gatepost_key_age_seconds", "gauge", "Seconds since an issuer's keys were fetched.")
    for labels, standing in standings:
        if standing["age"] is not None:
            yield f"gatepost_key_age_seconds{labels} {standing['age']:.3f}"
    yield from _head("gatepost_key_expires_seconds", "gauge", "Seconds until an issuer's keys have to be fetched anew.")
    for labels, standing in standings:
        if standing["expires_in"] is not None and standing["expires_in"] != float("inf"):
            yield f"gatepost_key_expires_seconds{labels} {standing['expires_in']:.3f}"


def _head(name: str, kind: str, sentence: str) -> list[str]:
    return [f"# HELP {name} {sentence}", f"# TYPE {name} {kind}"]


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
