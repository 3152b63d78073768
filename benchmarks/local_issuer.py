"""How soon the issuer for tests is ready: from nothing to its first key set and token.

    python benchmarks/local_issuer.py

Writes its section of benchmarks/RESULTS.md.
"""

import time

from gatepost import Verifier
from gatepost.testing import LocalIssuer
from report import Target, machine, table, targets, write
from rounds import Spread

ROUNDS = 50
LIMIT = 300.0

_ABOUT = """## The issuer for tests (`benchmarks/local_issuer.py`)

In one process, a new issuer each time with a new RSA key. *Listening* is when `start` returns; *verified* is when a
token of it went through discovery, its key set and verification, over HTTP.
"""


def main() -> None:
    """Measure, print and write the results."""
    listening, verified = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        with LocalIssuer() as issuer:
            listening.append(_milliseconds(start))
            Verifier(issuer.issuer()).verify(issuer.mint())
            verified.append(_milliseconds(start))
    spreads = {"listening": Spread(listening), "verified": Spread(verified)}
    worst = max(verified)
    met = Target(f"ready within {LIMIT:.0f} ms", f"verified after {spreads['verified']:.0f} ms", met=worst <= LIMIT)
    rows = [(name, f"{spread:.0f}") for name, spread in spreads.items()]
    text = "\n".join((_ABOUT, machine(("gatepost", "cryptography")), targets([met]), table(("", "ms"), rows)))
    print(text)
    write("local issuer", text)


def _milliseconds(start: float) -> float:
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
