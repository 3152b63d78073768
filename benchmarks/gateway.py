"""How many requests the gateway answers, beside ministack with the same functions and tokens, in interleaved rounds.

    python benchmarks/gateway.py [--quick] [--rounds N] [--seconds N]

Needs Debian's `wrk`. ministack comes from PyPI into an environment of its own, build/ministack. All that serves runs
on one core, functions among it, the load on another. Writes its section of benchmarks/RESULTS.md.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from gate_load import CONNECTIONS
from gate_servers import SERVER_CORE
from gatepost.testing import LocalIssuer
from gateway_application import AUDIENCE, deploy, write_template
from gateway_load import Load, Measured
from real_parts import free_port, listening, server_process
from report import Target, machine, table, targets, write
from rounds import Spread

_ROOT = Path(__file__).resolve().parent.parent
_PEER = _ROOT / "build" / "ministack"
_RELEASE = "1.5.33"
_TOKENS = 500
_STARTS = 7

_SILENT, _PRINTING, _REFUSED, _ALONE = "silent function", "function that prints", "refused", "one client at a time"
_CASES = {
    _SILENT: ("/silent", True, CONNECTIONS),
    _PRINTING: ("/printing", True, CONNECTIONS),
    _REFUSED: ("/silent", False, CONNECTIONS),
    _ALONE: ("/silent", True, 1),
}

_ABOUT = f"""## The gateway for AWS templates (`benchmarks/gateway.py`)

An HTTP API with a JWT authorizer of a local issuer, {_TOKENS} different RS256 tokens in turn, and Python functions,
served by `gatepost gateway` and by ministack as they come; their output goes to a file. All that serves is pinned to
one core, the functions' processes among it, and wrk to the other: {CONNECTIONS} connections, or one. *Refused* is a
request without a token, which reaches no function. The *bare* call is `FunctionPool.invoke`, one after the other.
"""


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few short rounds, printed and not written")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of load on each contender in a round")
    options = parser.parse_args()
    rounds, seconds = (2, 1) if options.quick else (options.rounds, options.seconds)
    _install_peer()
    with tempfile.TemporaryDirectory() as name, LocalIssuer(audience=AUDIENCE) as issuer:
        folder = Path(name)
        template = write_template(folder, issuer.identifier)
        tokens = folder / "tokens.txt"
        tokens.write_text("".join(f"{issuer.mint(number=n)}\n" for n in range(_TOKENS)))
        first = tokens.read_text().split("\n", 1)[0]
        starts = [_first_answer(template, first) for _ in range(3 if options.quick else _STARTS)]
        with _gatepost(folder, template) as ours, _ministack(folder, issuer.identifier) as (theirs, api):
            hosts = {"gatepost": (ours, "localhost"), "ministack": (theirs, f"{api}.execute-api.localhost:{theirs}")}
            found = _rounds(folder, tokens, hosts, rounds, seconds)
            bare = Spread([_bare(template, seconds) for _ in range(rounds)])
    text = _text(found, bare, Spread(starts), f"{rounds} rounds of {seconds} s for each; ministack {_RELEASE}.\n")
    print(text)
    if not options.quick:
        write("gateway", text)


def _rounds(
    folder: Path, tokens: Path, hosts: dict[str, tuple[int, str]], rounds: int, seconds: int
) -> dict[tuple[str, str], list[Measured]]:
    loads = {
        (name, case): (Load(folder, tokens, port, host, path, authorized=authorized), connections)
        for name, (port, host) in hosts.items()
        for case, (path, authorized, connections) in _CASES.items()
    }
    for load, connections in loads.values():
        load.measure(connections, 1)
    found: dict[tuple[str, str], list[Measured]] = {contender: [] for contender in loads}
    order = list(loads)
    for number in range(rounds):
        for contender in order[number % len(order) :] + order[: number % len(order)]:
            load, connections = loads[contender]
            found[contender].append(load.measure(connections, seconds))
    return found


def _text(found: dict[tuple[str, str], list[Measured]], bare: Spread, starts: Spread, about: str) -> str:
    def ratio(case: str) -> Spread:
        pairs = zip(found["gatepost", case], found["ministack", case], strict=True)
        return Spread([ours.rate / theirs.rate for ours, theirs in pairs])

    alone = Spread([each.median for each in found["gatepost", _ALONE]])
    promised = [
        ("Authorised, silent function: at least 3 times ministack", ratio(_SILENT), 3.0),
        ("Authorised, function that prints: at least as many", ratio(_PRINTING), 1.0),
        ("Refused: at least twice as many", ratio(_REFUSED), 2.0),
    ]
    met = [Target(promise, f"{spread:.1f}", met=spread.median >= least) for promise, spread, least in promised]
    met.append(Target("One client at a time: median under 3 ms", f"{alone:.2f} ms", met=alone.median < 3))
    met.append(Target("Template to first answer: under 1.5 s", f"{starts:.2f} s", met=starts.median < 1.5))
    rows = [
        (
            case,
            f"{Spread([each.rate for each in found['gatepost', case]]):,.0f}",
            f"{Spread([each.rate for each in found['ministack', case]]):,.0f}",
            f"{Spread([each.median for each in found['gatepost', case]]):.2f}",
            f"{Spread([each.median for each in found['ministack', case]]):.2f}",
        )
        for case in _CASES
    ]
    own = f"A request takes {alone:.2f} ms and a bare call of its function {bare:.2f} ms: the gateway's own cost is "
    return "\n".join(
        (
            _ABOUT,
            about,
            machine(("gatepost", "awslambdaric", "httptools", "uvloop")),
            targets(met),
            table(("", "gatepost, requests a second", "ministack", "gatepost, median ms", "ministack"), rows),
            f"{own}{(alone.median - bare.median):.2f} ms, the client and the sockets between them included.\n",
        )
    )


def _install_peer() -> None:
    """Make an environment with ministack and with what it checks signatures with."""
    python = _PEER / "bin" / "python"
    wanted = (f"ministack=={_RELEASE}", f"cryptography=={version('cryptography')}")
    if not python.exists():
        venv.create(_PEER, with_pip=True)
    install = [str(python), "-m", "pip", "--disable-pip-version-check", "-qq", "install"]
    subprocess.run([*install, *wanted], check=True)


def _command(template: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "gatepost", "gateway", "--template", str(template), "--port", str(port)]


@contextmanager
def _gatepost(folder: Path, template: Path) -> Iterator[int]:
    port = free_port()
    log = folder / "log-gatepost"
    log.mkdir()
    command = ["taskset", "-c", SERVER_CORE, *_command(template, port)]
    with server_process(command, ready=lambda: listening(port), folder=log):
        yield port


@contextmanager
def _ministack(folder: Path, issuer: str) -> Iterator[tuple[int, str]]:
    port = free_port()
    log = folder / "log-ministack"
    log.mkdir()
    own = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "TMPDIR": str(log)}
    command = ["taskset", "-c", SERVER_CORE, str(_PEER / "bin" / "ministack")]
    with server_process(command, ready=lambda: listening(port), folder=log, environment=own):
        yield port, deploy(port, issuer)


def _bare(template: Path, seconds: float) -> float:
    script = Path(__file__).with_name("gateway_bare_function.py")
    command = ["taskset", "-c", SERVER_CORE, sys.executable, str(script), str(template), str(seconds)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _first_answer(template: Path, token: str) -> float:
    """Return the seconds from the start of the command to its first answer from a function."""
    port = free_port()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/silent", headers={"Authorization": f"Bearer {token}"})
    start = time.perf_counter()
    with subprocess.Popen(
        _command(template, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    ) as process:
        try:
            while time.perf_counter() - start < 30:
                try:
                    with urllib.request.urlopen(request, timeout=30) as response:
                        assert response.status == 200
                        return time.perf_counter() - start
                except urllib.error.HTTPError:
                    raise
                except OSError:
                    time.sleep(0.005)
        finally:
            process.terminate()
    raise RuntimeError("the gateway did not answer")


if __name__ == "__main__":
    main()
