"""How many tokens and sign-ons the provider gives, beside npm `oidc-provider`, in interleaved rounds.

    PYTHONPATH=. python benchmarks/provider.py [--quick] [--rounds N] [--seconds N] [--people N]

Needs Debian's `wrk`, and npm's registry for the peer, as benchmarks/oidc_provider/package-lock.json names it. All that
serves runs on one core, PostgreSQL among it, the load on another. Writes its section of benchmarks/RESULTS.md.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from gate_load import CONNECTIONS, LOAD_CORE
from provider_people import FEW, MANY, measure
from provider_servers import OIDC_PROVIDER, Running, durable_postgresql, gatepost, oidc_provider
from provider_world import SCOPE, Client
from real_parts import free_port
from report import Target, machine, table, targets, write
from rounds import Spread

_SQLITE, _POSTGRESQL = "gatepost, SQLite", "gatepost, PostgreSQL"
_STARTS = 7
_REMEMBERED = 32  # people who sign on again and again
_PEOPLE = 20_000
_TOKENS, _FLOWS, _STRANGERS = "client_credentials", "code flows", "code flows, each user for the first time"

_SCRIPT = """
wrk.method = "POST"
wrk.body = "grant_type=client_credentials&scope=%(scope)s"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Authorization"] = "%(basic)s"
"""

_ABOUT = f"""## The OpenID provider (`benchmarks/provider.py`)

`gatepost provider`, one process, with everything durable (SQLite in WAL mode with `synchronous=FULL`; PostgreSQL with
its own settings, `fsync` among them, on the same core) beside npm `oidc-provider`, which keeps everything in memory.
All that serves is pinned to one core, and the load to the other, over {CONNECTIONS} connections. Access tokens are
`at+jwt`, signed RS256, for one resource. A *code flow* is six requests with PKCE: for the peer authorize, login,
resume, consent, resume and tokens, for Gatepost authorize, the flow, password, consent, resume and tokens, an access
token and an ID token among them. The peer takes any name and asks for no password. Gatepost verifies Argon2id, and
remembers a right password for a minute: *code flows* are those of {_REMEMBERED} users who sign on again and again, so
their passwords are remembered, and *for the first time* means that every sign-on pays for Argon2id.
"""


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few short rounds, printed and not written")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of load on each contender in a round")
    parser.add_argument("--people", type=int, default=MANY, help="how many are in PostgreSQL for the last table")
    options = parser.parse_args()
    rounds, seconds = (2, 1) if options.quick else (options.rounds, options.seconds)
    many = 20_000 if options.quick else options.people
    with tempfile.TemporaryDirectory(prefix="provider-") as name, ExitStack() as stack:
        folder = Path(name)
        server = stack.enter_context(durable_postgresql(folder / "postgresql"))
        running = {
            _SQLITE: stack.enter_context(
                gatepost(folder / "sqlite", f"sqlite:///{folder / 'sqlite' / 'gatepost.db'}", _PEOPLE)
            ),
            _POSTGRESQL: stack.enter_context(gatepost(folder / "with-postgresql", server, _PEOPLE)),
            OIDC_PROVIDER: stack.enter_context(oidc_provider(folder / OIDC_PROVIDER)),
        }
        found = _rounds(folder, running, rounds, seconds)
    with tempfile.TemporaryDirectory(prefix="provider-") as name:
        folder = Path(name)
        starts = Spread([_first_token(folder / str(number)) for number in range(3 if options.quick else _STARTS)])
        with durable_postgresql(folder / "postgresql") as server:
            people = measure(folder / "people", server, many)
    text = _text(found, starts, people, many, f"{rounds} rounds of {seconds} s for each.\n")
    print(text)
    if not options.quick:
        write("provider", text)


def _rounds(
    folder: Path, running: Mapping[str, Running], rounds: int, seconds: int
) -> dict[tuple[str, str], list[float]]:
    loads: dict[tuple[str, str], Callable[[], float]] = {}
    for name, each in running.items():
        script = folder / f"{each.port}.lua"
        script.write_text(_SCRIPT % {"scope": SCOPE, "basic": each.machine.basic})
        loads[name, _TOKENS] = lambda each=each, script=script: _tokens(each, script, seconds)  # type: ignore[misc]
        loads[name, _FLOWS] = lambda name=name, each=each: _flows(name, each, seconds, 0, _REMEMBERED)  # type: ignore[misc]
        if name != OIDC_PROVIDER:
            first = count(_REMEMBERED, 500)
            loads[name, _STRANGERS] = lambda name=name, each=each, first=first: _flows(  # type: ignore[misc]
                name, each, seconds, next(first), 500
            )
    for load in loads.values():
        load()
    found: dict[tuple[str, str], list[float]] = {each: [] for each in loads}
    order = list(loads)
    for number in range(rounds):
        for contender in order[number % len(order) :] + order[: number % len(order)]:
            found[contender].append(loads[contender]())
    return found


def _tokens(running: Running, script: Path, seconds: int) -> float:
    """Return tokens a second."""
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "-s", str(script)]
    command.append(f"http://127.0.0.1:{running.port}{running.token_path}")
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([0-9.]+)", printed)
    if rate is None or "Non-2xx" in printed or "Socket errors" in printed:
        raise RuntimeError(printed)
    return float(rate[1])


def _flows(name: str, running: Running, seconds: int, first: int, people: int) -> float:
    """Return flows a second."""
    script = Path(__file__).with_name("provider_flows.py")
    command = ["taskset", "-c", LOAD_CORE, sys.executable, str(script), name, str(running.port), str(seconds)]
    command += [str(CONNECTIONS), str(first), str(people)]
    if running.world is not None:
        command.append(str(running.world))
    measured = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return float(measured["flows"] / measured["seconds"])


def _text(
    found: Mapping[tuple[str, str], list[float]],
    starts: Spread,
    people: Mapping[str, tuple[Spread, Spread]],
    many: int,
    about: str,
) -> str:
    def ratio(name: str, case: str) -> Spread:
        return Spread([a / b for a, b in zip(found[name, case], found[OIDC_PROVIDER, case], strict=True)])

    tokens, flows = ratio(_SQLITE, _TOKENS), ratio(_SQLITE, _FLOWS)
    slower = max(among_many.median / few.median for few, among_many in people.values())
    met = [
        Target(
            "client_credentials on SQLite: at least as many as oidc-provider", f"{tokens:.2f}", met=tokens.median >= 1
        ),
        Target("Code flows on SQLite: at least half as many", f"{flows:.2f}", met=flows.median >= 0.5),
        Target("Start to first token: under 1 s", f"{starts:.2f} s", met=starts.median < 1),
        Target(f"{many:,} people: times flat, within 2 of {FEW:,}", f"{slower:.2f} at most", met=slower < 2),
    ]
    cases = (_TOKENS, _FLOWS, _STRANGERS)
    rows = [
        (case, *(f"{Spread(found[name, case]):,.0f}" if (name, case) in found else "" for name in _names()))
        for case in cases
    ]
    times = [(name, f"{few:.2f}", f"{among:.2f}") for name, (few, among) in people.items()]
    beside = ", ".join(f"{case} {ratio(_POSTGRESQL, case):.2f}" for case in (_TOKENS, _FLOWS))
    return "\n".join(
        (
            _ABOUT,
            about,
            machine(("gatepost", "SQLAlchemy", "argon2-cffi", "psycopg", "uvicorn", "httptools", "uvloop")),
            targets(met),
            table(("a second", *_names()), rows),
            f"On PostgreSQL, times oidc-provider: {beside}.\n",
            table(("PostgreSQL, median ms", f"of {FEW:,} people", f"of {many:,}"), times),
        )
    )


def _names() -> tuple[str, str, str]:
    return _SQLITE, _POSTGRESQL, OIDC_PROVIDER


def _first_token(folder: Path) -> float:
    """Return the seconds from the start of the command in an empty folder to its first token."""
    folder.mkdir()
    port, file = free_port(), folder / "gatepost.json"
    command = [sys.executable, "-m", "gatepost", "provider", "--port", str(port), "--bootstrap", file.name]
    begun = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    ) as process:
        try:
            while time.perf_counter() - begun < 30:
                try:
                    made = json.loads(file.read_text())
                    client = Client(made["clientId"], made["clientSecret"])
                    request = urllib.request.Request(
                        f"http://127.0.0.1:{port}/{made['environmentId']}/as/token",
                        data=b"grant_type=client_credentials",
                        headers={"Authorization": client.basic},
                    )
                    with urllib.request.urlopen(request, timeout=30) as response:
                        assert "access_token" in json.load(response)
                        return time.perf_counter() - begun
                except OSError:
                    time.sleep(0.005)
        finally:
            process.terminate()
    raise RuntimeError("the provider did not give a token")


if __name__ == "__main__":
    main()
