"""How fast one token is verified, beside the peers and the bare signature check, in one process and one run.

    python benchmarks/verify.py [--quick]

Writes its section of benchmarks/RESULTS.md.
"""

import argparse
import warnings

import cold_start
import contenders
import threads
from report import Target, machine, table, targets, write
from rounds import Rounds, interleave

PACKAGES = ("gatepost", "cryptography", "PyJWT", "joserfc", "Authlib", "jwcrypto", "python-jose")

_ABOUT = """## Verifying a token (`benchmarks/verify.py`)

A PingOne access token of 14 claims. *Bare cryptography* is the signature check alone, on octets that are already
decoded; everybody else takes the token's text and also checks `iss`, `aud` and `exp`. *Cached* is a token that this
verifier has seen before. Microseconds a call, and the ratio to the bare check.
"""


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few short rounds, printed and not written")
    quick = parser.parse_args().quick
    warnings.simplefilter("ignore")  # Authlib says at every call that it gives way to joserfc
    rounds, slice_seconds = (5, 0.02) if quick else (25, 0.1)

    measured: dict[str, Rounds] = {}
    for algorithm in contenders.ALGORITHMS:
        measured[algorithm] = interleave(contenders.contenders(algorithm), rounds=rounds, slice_seconds=slice_seconds)
    two = threads.measure(contenders.contenders("ES256")["gatepost"], calls=200 if quick else 4000, rounds=rounds)
    start = cold_start.measure(5 if quick else 30)

    text = "\n".join(
        (
            _ABOUT,
            machine(PACKAGES),
            targets(_targets(measured, two, start)),
            *(_by_algorithm(algorithm, rounds_of) for algorithm, rounds_of in measured.items()),
            _cold_start(start),
        )
    )
    print(text)
    if not quick:
        write("verify", text)


def _targets(measured: dict[str, Rounds], two: Rounds, start: Rounds) -> list[Target]:
    rs256, es256 = measured["RS256"], measured["ES256"]
    bare = "bare cryptography"
    found = []

    def at_most(promise: str, rounds_of: Rounds, name: str, other: str, limit: float) -> None:
        ratio = rounds_of.ratio(name, other)
        found.append(Target(promise, f"{ratio:.2f}", met=ratio.median <= limit))

    def at_least(promise: str, rounds_of: Rounds, name: str, other: str, limit: float) -> None:
        ratio = rounds_of.ratio(name, other)
        found.append(Target(promise, f"{ratio:.2f}", met=ratio.median >= limit))

    at_most("RS256 uncached: at most 1.4 times the bare check", rs256, "gatepost", bare, 1.4)
    at_most("ES256 uncached: at most 1.2 times the bare check", es256, "gatepost", bare, 1.2)
    at_least("RS256 uncached: at least 2.5 times PyJWT's rate", rs256, "PyJWT", "gatepost", 2.5)
    at_least("RS256 uncached: at least 1.4 times joserfc's rate", rs256, "joserfc", "gatepost", 1.4)
    at_least("RS256 cached: at least 40 times PyJWT's rate", rs256, "PyJWT", "gatepost, cached", 40)
    at_least("ES256: two threads at least 1.2 times one", two, "one thread", "two threads", 1.2)
    at_most("import and first check: at most 1.5 times the bare script", start, "gatepost", bare, 1.5)
    at_most("import and first check: under two thirds of PyJWT's", start, "gatepost", "PyJWT", 0.667)
    return found


def _by_algorithm(algorithm: str, rounds_of: Rounds) -> str:
    rows = []
    for name in rounds_of.seconds:
        ratio = rounds_of.ratio(name, "bare cryptography")
        rows.append((name, f"{rounds_of.microseconds(name):.1f}", f"{ratio:.2f}"))
    return f"### {algorithm}\n\n" + table(("", "µs", "times the bare check"), rows)


def _cold_start(start: Rounds) -> str:
    rows = [
        (name, f"{start.microseconds(name).median / 1000:.1f}", f"{start.ratio(name, 'bare cryptography'):.2f}")
        for name in start.seconds
    ]
    return "### A whole process: start, import, one RS256 check\n\n" + table(("", "ms", "times the bare script"), rows)


if __name__ == "__main__":
    main()
