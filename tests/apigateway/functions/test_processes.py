"""The processes of functions: how many, what they see, when they are replaced, and that none is left."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gatepost.apigateway.functions.pool import FunctionPool
from gatepost.apigateway.invoking import Invocation
from gatepost.apigateway.model.function import Permission
from gatepost.apigateway.model.place import Place
from tests.apigateway.functions.world import RUNTIME, Written, function, wait_until_gone, with_pool

_PID = "import os\ndef handler(event, context): return os.getpid()"
_GATED = """
import os
def handler(event, context):
    print("pid", os.getpid(), flush=True)
    os.close(os.open(event, os.O_RDONLY))  # as soon as somebody has opened the other end
    return os.getpid()
"""


async def _let_through(gate: Path, *calls: "asyncio.Task[Invocation]") -> list[Invocation]:
    """Open the gate for whoever is there and for whoever is still to come, and return the answers."""
    writer = os.open(gate, os.O_WRONLY)
    try:
        return await asyncio.gather(*calls)
    finally:
        os.close(writer)


def test_a_process_stays_for_the_next_call(tmp_path: Path) -> None:
    async def scenario(pool: FunctionPool, _: Written) -> set[bytes]:
        return {(await pool.invoke("Fn", b"{}")).payload for _ in range(5)}

    assert len(with_pool(scenario, function(tmp_path, _PID))) == 1


def test_calls_at_the_same_time_have_processes_of_their_own_up_to_the_limit(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    async def scenario(pool: FunctionPool, written: Written) -> list[Invocation]:
        event = json.dumps(str(gate)).encode()
        calls = [asyncio.create_task(pool.invoke("Fn", event)) for _ in range(3)]
        await written.has("pid ", 2)
        assert not any(call.done() for call in calls)
        return await _let_through(gate, *calls)

    answers = with_pool(scenario, function(tmp_path, _GATED), concurrency=2)
    assert [answer.outcome for answer in answers] == ["answered"] * 3
    assert len({answer.payload for answer in answers}) == 2


def test_too_many_waiting_calls_are_throttled(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    async def scenario(pool: FunctionPool, written: Written) -> list[str]:
        event = json.dumps(str(gate)).encode()
        first = asyncio.create_task(pool.invoke("Fn", event))
        await written.has("pid ")
        more = [asyncio.create_task(pool.invoke("Fn", event)) for _ in range(4)]
        throttled = [(await call) for call in more[2:]]
        assert b"TooManyRequestsException" in throttled[0].payload
        return [answer.outcome for answer in await _let_through(gate, first, *more)]

    outcomes = with_pool(scenario, function(tmp_path, _GATED), concurrency=1, waiting=2)
    assert outcomes == ["answered"] * 3 + ["throttled"] * 2


def test_warm_functions_have_their_process_before_the_first_call(tmp_path: Path) -> None:
    async def scenario(_pool: FunctionPool, written: Written) -> None:
        await written.has("I am there")

    with_pool(scenario, function(tmp_path, "print('I am there', flush=True)\n" + _PID), warm=True)


def test_changed_code_runs_from_the_next_call_on_while_a_call_in_flight_finishes(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    code = """
import os
VERSION = 1
def handler(event, context):
    print("began", flush=True)
    os.close(os.open(event, os.O_RDONLY))
    return VERSION
"""
    fn = function(tmp_path, code)

    async def scenario(pool: FunctionPool, written: Written) -> list[bytes]:
        event = json.dumps(str(gate)).encode()
        old = asyncio.create_task(pool.invoke("Fn", event))
        await written.has("began")
        assert await pool.refresh() == ()
        (tmp_path / "Fn" / "app.py").write_text(code.replace("VERSION = 1", "VERSION = 2"))
        assert await pool.refresh() == ("Fn",)
        new = asyncio.create_task(pool.invoke("Fn", event))
        await written.has("began", 2)
        return [answer.payload for answer in await _let_through(gate, old, new)]

    assert with_pool(scenario, fn) == [b"1", b"2"]


def test_a_watching_pool_notices_changes_by_itself(tmp_path: Path) -> None:
    fn = function(tmp_path, "def handler(event, context): return 1")

    async def scenario(pool: FunctionPool, written: Written) -> tuple[bytes, bytes]:
        before = await pool.invoke("Fn", b"{}")
        (tmp_path / "Fn" / "app.py").write_text("def handler(event, context): return 2")
        await written.has("changed")
        return before.payload, (await pool.invoke("Fn", b"{}")).payload

    assert with_pool(scenario, fn, reload=0.01) == (b"1", b"2")


def test_a_pool_takes_over_the_processes_of_functions_that_are_the_same(tmp_path: Path) -> None:
    kept, other = (function(tmp_path, _PID, name) for name in ("Kept", "Other"))
    moved = replace(kept, place=Place("template.yaml", 7), permissions=(Permission("*"),))
    changed = replace(other, environment={"NEW": "1"})

    async def scenario(before: FunctionPool, _: Written) -> None:
        async def pids(pool: FunctionPool) -> list[int]:
            return [int((await pool.invoke(name, b"{}")).payload) for name in ("Kept", "Other")]

        first = await pids(before)
        after = FunctionPool({"Kept": moved, "Other": changed}, reload=None)
        await after.start(before)
        try:
            second = await pids(after)
            assert (first[0] == second[0], first[1] == second[1]) == (True, False)
            assert await pids(before) == first
            await before.close()
            wait_until_gone(first[1])
            assert await pids(after) == second
        finally:
            await after.close()
        for pid in second:
            wait_until_gone(pid)

    with_pool(scenario, kept, other)


def test_a_pool_that_took_over_and_ends_leaves_the_one_before_at_work(tmp_path: Path) -> None:
    fn = function(tmp_path, _PID)

    async def scenario(before: FunctionPool, _: Written) -> tuple[bytes, bytes]:
        first = await before.invoke("Fn", b"{}")
        after = FunctionPool({"Fn": fn}, reload=None)
        await after.start(before)
        await after.close()
        return first.payload, (await before.invoke("Fn", b"{}")).payload

    first, second = with_pool(scenario, fn)
    assert first == second


def test_several_clients_of_a_function_that_prints_are_all_answered(tmp_path: Path) -> None:
    code = "def handler(event, context):\n    print('a line', '.' * 100)\n    return event"

    async def scenario(pool: FunctionPool, written: Written) -> None:
        async def client(number: int) -> None:
            for call in range(500):
                event = json.dumps([number, call]).encode()
                assert (await pool.invoke("Fn", event)).payload == event

        await asyncio.gather(*map(client, range(4)))
        await written.has("a line", 2000)
        await written.has("REPORT", 2000)

    with_pool(scenario, function(tmp_path, code))


def test_a_function_sees_the_template_and_lambda_and_nothing_of_the_developer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the developer's")
    monkeypatch.setenv("SOMETHING_ELSE", "the developer's")
    code = "import os\ndef handler(event, context): return dict(os.environ)"
    fn = function(tmp_path, code, environment={"TABLE": "users", "_HANDLER": "mine"}, memory=256)

    async def scenario(pool: FunctionPool, _: Written) -> dict[str, str]:
        seen: dict[str, str] = json.loads((await pool.invoke("Fn", b"{}")).payload)
        return seen

    seen = with_pool(scenario, fn, handed_on={"AWS_PROFILE": "handed on"})
    expected = {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{RUNTIME}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_NAME": "Fn",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/Fn",
        "AWS_PROFILE": "handed on",
        "AWS_REGION": "eu-west-1",
        "LAMBDA_TASK_ROOT": str(tmp_path / "Fn"),
        "TABLE": "users",
        "TZ": ":UTC",
        "_HANDLER": "app.handler",
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert not any("the developer's" in value for value in seen.values())
    assert seen["_X_AMZN_TRACE_ID"].startswith("Root=1-")
    assert not Path(seen["TMPDIR"]).exists(), "its own folder is removed with it"


def test_the_context_is_that_of_lambda(tmp_path: Path) -> None:
    code = """
def handler(event, context):
    left = context.get_remaining_time_in_millis()
    return [0 < left <= 30_000, context.invoked_function_arn, context.function_name, context.memory_limit_in_mb,
            len(context.aws_request_id)]
"""

    async def scenario(pool: FunctionPool, _: Written) -> object:
        return json.loads((await pool.invoke("Fn", b"{}")).payload)

    assert with_pool(scenario, function(tmp_path, code)) == [
        True, "arn:aws:lambda:eu-west-1:123456789012:function:Fn", "Fn", "128", 36
    ]  # fmt: skip


def test_modules_come_from_the_code_then_the_layers_then_the_sdk(tmp_path: Path) -> None:
    layer = tmp_path / "layer" / "python"
    layer.mkdir(parents=True)
    (layer / "shared.py").write_text("PLACE = 'layer'")
    (layer / "only_here.py").write_text("PLACE = 'layer'")
    code = """
import boto3, only_here, shared
def handler(event, context): return [shared.PLACE, only_here.PLACE, bool(boto3.__version__)]
"""
    fn = function(tmp_path, code, layers=(tmp_path / "layer",))
    (tmp_path / "Fn" / "shared.py").write_text("PLACE = 'code'")

    async def scenario(pool: FunctionPool, _: Written) -> object:
        return json.loads((await pool.invoke("Fn", b"{}")).payload)

    assert with_pool(scenario, fn) == ["code", "layer", True]


def test_inline_code_is_the_module_index(tmp_path: Path) -> None:
    fn = function(tmp_path, "", handler="index.handler", inline_code="def handler(event, context): return event")

    async def scenario(pool: FunctionPool, _: Written) -> bytes:
        return (await pool.invoke("Fn", b'{"a": 1}')).payload

    assert with_pool(scenario, fn) == b'{"a": 1}'


def test_a_bootstrap_of_ones_own_can_speak_the_runtime_api(tmp_path: Path) -> None:
    """It is a program of any language: here, one that speaks HTTP with the standard library."""
    bootstrap = f"""#!{sys.executable} -IS
import http.client, os
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    event = api.getresponse()
    body, request_id = event.read(), event.headers["Lambda-Runtime-Aws-Request-Id"]
    api.request("POST", f"/2018-06-01/runtime/invocation/{{request_id}}/response", body[::-1])
    assert (answer := api.getresponse()).status == 202 and answer.read() == b'{{"status":"OK"}}\\n'
"""
    fn = function(tmp_path, "", runtime="provided.al2023", handler="none")
    (tmp_path / "Fn" / "bootstrap").write_text(bootstrap)
    (tmp_path / "Fn" / "bootstrap").chmod(0o755)

    async def scenario(pool: FunctionPool, _: Written) -> list[bytes]:
        return [(await pool.invoke("Fn", event)).payload for event in (b"123", b"456")]

    assert with_pool(scenario, fn) == [b"321", b"654"]


def test_nothing_is_left_when_the_pool_is_closed_not_even_what_functions_have_started(tmp_path: Path) -> None:
    code = """
import os, signal, subprocess, sys
def handler(event, context):
    child = subprocess.Popen([sys.executable, "-IS", "-c", "import signal; signal.pause()"])
    print("pids", os.getpid(), child.pid, os.environ["HOME"], flush=True)
    signal.pause()
"""

    async def scenario(pool: FunctionPool, written: Written) -> tuple[str, asyncio.Task[Invocation]]:
        call = asyncio.create_task(pool.invoke("Fn", b"{}"))
        line = await written.has("pids ")
        await pool.close()
        assert (await call).outcome == "crashed"
        return line, call

    line, _ = with_pool(scenario, function(tmp_path, code))
    parent, child, home = line.split("pids ")[1].split()
    wait_until_gone(int(parent))
    wait_until_gone(int(child))
    assert not Path(home).exists()


def test_nothing_is_left_when_the_gateway_is_killed(tmp_path: Path) -> None:
    """Its functions, busy ones too, what they have started, and their files end with it."""
    code = """
import os, signal, subprocess, sys
def handler(event, context):
    child = subprocess.Popen([sys.executable, "-IS", "-c", "import signal; signal.pause()"])
    print("pids", os.getpid(), child.pid, os.environ["HOME"], flush=True)
    signal.pause()
"""
    function(tmp_path, code)
    gateway = f"""
import asyncio, pathlib
from gatepost.apigateway.functions.pool import FunctionPool
from gatepost.apigateway.model.function import Function
function = Function("Fn", "Fn", "arn", "app.handler", {RUNTIME!r}, pathlib.Path({str(tmp_path / "Fn")!r}), timeout=60)
async def main():
    pool = FunctionPool({{"Fn": function}}, log=lambda text: print(text, flush=True))
    await pool.start()
    await pool.invoke("Fn", b"{{}}")
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", gateway], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        line = next(line for line in running.stdout if "pids " in line)
        running.kill()
    parent, child, home = line.split("pids ")[1].split()
    wait_until_gone(int(parent))
    wait_until_gone(int(child))
    folder = Path(home).parents[1]
    watchdog = [pid for pid in _pids() if str(folder).encode() in _command(pid)]
    for pid in watchdog:
        wait_until_gone(pid)
    assert not folder.exists()


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
