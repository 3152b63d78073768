"""What comes of a call: as on AWS, whatever the function does."""

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from gatepost.apigateway.functions.failures import MAX_EVENT, MAX_RESPONSE
from gatepost.apigateway.functions.pool import FunctionPool
from gatepost.apigateway.invoking import Invocation
from tests.apigateway.functions.world import Written, function, with_pool

_DOES = """
import os, signal, sys, time

def handler(event, context):
    return eval(event["do"])

def raise_(kind, *arguments):
    raise kind(*arguments)

def fill(mebibytes):
    full = b"x" * (mebibytes << 20)
    time.sleep(60)
    return len(full)
"""


def _call(folder: Path, do: str, **settings: Any) -> tuple[Invocation, Invocation, str]:
    """Return what came of a call, then of an innocent one, and what was written."""

    async def scenario(pool: FunctionPool, written: Written) -> tuple[Invocation, Invocation, str]:
        first = await pool.invoke("Fn", json.dumps({"do": do}).encode())
        return first, await pool.invoke("Fn", b'{"do": "42"}'), str(written)

    return with_pool(scenario, function(folder, _DOES, **settings))


@pytest.mark.parametrize(
    ("do", "payload"),
    [
        ("None", b"null"),
        ("{'statusCode': 200}", b'{"statusCode": 200}'),
        ("'text'", b'"text"'),
        ("b'bytes as they are'", b"bytes as they are"),
        ("'x' * 300_000", b'"' + b"x" * 300_000 + b'"'),
        (f"'x' * {MAX_RESPONSE - 2}", b'"' + b"x" * (MAX_RESPONSE - 2) + b'"'),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_a_handler_returns_is_the_answer(tmp_path: Path, do: str, payload: bytes) -> None:
    answer, after, _ = _call(tmp_path, do)
    assert (answer.outcome, answer.payload) == ("answered", payload)
    assert after.payload == b"42"


@pytest.mark.parametrize(
    ("do", "kind", "message"),
    [
        ("raise_(Exception, 'Unauthorized')", "Exception", "Unauthorized"),
        ("raise_(KeyError, 'a')", "KeyError", "'a'"),
        ("{1, 2}", "Runtime.MarshalError", "Unable to marshal response: Object of type set is not JSON serializable"),
    ],
)
def test_what_a_handler_raises_is_the_error(tmp_path: Path, do: str, kind: str, message: str) -> None:
    answer, after, written = _call(tmp_path, do)
    error = json.loads(answer.payload)
    assert (answer.outcome, error["errorType"], error["errorMessage"]) == ("raised", kind, message)
    assert "Traceback" in written
    assert after.payload == b"42"


@pytest.mark.parametrize(
    ("do", "end"),
    [
        ("os._exit(3)", "Runtime exited with error: exit status 3"),
        ("os._exit(0)", "Runtime exited without providing a reason"),
        ("sys.exit(1)", "Runtime exited with error: exit status 1"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "Runtime exited with error: signal: killed"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "Runtime exited with error: signal: segmentation fault"),
        ("os.abort()", "Runtime exited with error: signal: aborted"),
    ],
)
def test_a_process_that_ends_is_an_error_and_the_next_call_gets_a_new_one(tmp_path: Path, do: str, end: str) -> None:
    answer, after, written = _call(tmp_path, do)
    error = json.loads(answer.payload)
    request_id = error["errorMessage"].split()[1]
    assert answer.outcome == "crashed"
    assert error == {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {request_id} Error: {end}"}
    assert f"[Fn] RequestId: {request_id} Error: {end}" in written
    assert "Status: error\tError Type: Runtime.ExitError" in written
    assert after.payload == b"42"


def test_a_function_that_takes_too_long_is_killed_when_its_time_is_over(tmp_path: Path) -> None:
    answer, after, written = _call(tmp_path, "time.sleep(60)", timeout=0.3)
    error = json.loads(answer.payload)
    request_id = error["errorMessage"].split()[1]
    assert answer.outcome == "timed out"
    assert error == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request_id} Error: Task timed out after 0.30 seconds",
    }
    assert f"Z {request_id} Task timed out after 0.30 seconds" in written
    assert "Status: timeout" in written
    assert after.payload == b"42"


def test_a_function_that_uses_too_much_memory_is_killed(tmp_path: Path) -> None:
    answer, after, written = _call(tmp_path, "fill(200)")
    error = json.loads(answer.payload)
    assert (answer.outcome, error["errorType"]) == ("crashed", "Runtime.OutOfMemory")
    assert error["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    assert "Error Type: Runtime.OutOfMemory" in written
    assert after.payload == b"42"


def test_a_response_beyond_the_limit_is_an_error(tmp_path: Path) -> None:
    answer, after, _ = _call(tmp_path, f"'x' * {MAX_RESPONSE - 1}")
    assert answer.outcome == "too large"
    assert json.loads(answer.payload) == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes).",
    }
    assert after.payload == b"42"


def test_an_event_beyond_the_limit_reaches_no_function(tmp_path: Path) -> None:
    async def scenario(pool: FunctionPool, written: Written) -> Invocation:
        answer = await pool.invoke("Fn", b" " * (MAX_EVENT + 1))
        assert not written.lines
        return answer

    answer = with_pool(scenario, function(tmp_path, _DOES))
    assert (answer.outcome, json.loads(answer.payload)["errorType"]) == ("too large", "RequestTooLargeException")


@pytest.mark.parametrize(
    ("code", "settings", "kind", "message"),
    [
        ("import missing", {}, "Runtime.ImportModuleError", "Unable to import module 'app': No module named 'missing'"),
        ("import typer", {}, "Runtime.ImportModuleError", "Unable to import module 'app': No module named 'typer'"),
        ("def handler(:", {}, "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("", {}, "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("", {"handler": "app"}, "Runtime.MalformedHandlerName", "Bad handler 'app'"),
        ("1 / 0", {}, "ZeroDivisionError", "division by zero"),
        ("import os; os._exit(5)", {}, "Runtime.ExitError", "Error: Runtime exited with error: exit status 5"),
        ("import time; time.sleep(60)", {}, "Sandbox.Timedout", "Error: Task timed out after 1.00 seconds"),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_a_function_that_cannot_be_initialised_answers_with_why(
    tmp_path: Path, code: str, settings: dict[str, str], kind: str, message: str
) -> None:
    async def scenario(pool: FunctionPool, _: Written) -> tuple[Invocation, ...]:
        return tuple(await asyncio.gather(*(pool.invoke("Fn", b"{}") for _ in range(3))))

    slow = "sleep" in code
    answers = with_pool(
        scenario, function(tmp_path, code, **settings), concurrency=1, init_timeout=1.0 if slow else 30.0
    )
    for answer in answers:
        error = json.loads(answer.payload)
        assert (answer.outcome, error["errorType"]) == ("failed to start", kind)
        assert message in error["errorMessage"]


def test_whoever_waits_no_longer_gets_his_answer_while_the_function_goes_on(tmp_path: Path) -> None:
    code = """
import sys
def handler(event, context):
    if not event:
        return
    print("waiting", flush=True)
    open(event["gate"]).read()
    print("went on")
"""
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    async def scenario(pool: FunctionPool, written: Written) -> Invocation:
        await pool.invoke("Fn", b"{}")  # a call that nobody waits for any more is not begun
        answer = await pool.invoke("Fn", json.dumps({"gate": str(gate)}).encode(), limit=0.2)
        await written.has("waiting")
        gate.write_text("go")
        await written.has("went on")
        await written.has("REPORT", 2)
        return answer

    answer = with_pool(scenario, function(tmp_path, code))
    assert answer.outcome == "timed out"
    assert b"Task timed out after 0.20 seconds" in answer.payload


def test_a_caller_that_is_cancelled_takes_nothing_with_it(tmp_path: Path) -> None:
    async def scenario(pool: FunctionPool, written: Written) -> Invocation:
        caller = asyncio.create_task(pool.invoke("Fn", b'{"do": "print(\'working\')"}'))
        await written.has("START")
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        return await pool.invoke("Fn", b'{"do": "42"}')

    assert with_pool(scenario, function(tmp_path, _DOES), concurrency=1).payload == b"42"


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_function_that_is_killed_mid_request_a_hundred_times_answers_each_time(tmp_path: Path) -> None:
    code = """
import os, signal
def handler(event, context):
    if event == "alive":
        return "alive"
    print("pid", os.getpid(), flush=True)
    signal.pause()
"""
    times = 100

    async def one(pool: FunctionPool) -> Invocation:
        return await pool.invoke("Fn", b'"wait"')

    async def scenario(pool: FunctionPool, written: Written) -> None:
        assert (await pool.invoke("Fn", b'"alive"')).payload == b'"alive"'
        open_before = _open_files()
        calls = [asyncio.create_task(one(pool)) for _ in range(times)]
        for number in range(1, times + 1):
            line = await written.has("pid ", number)
            os.kill(int(line.split()[-1]), signal.SIGKILL)
        for answer in await asyncio.gather(*calls):
            assert (answer.outcome, b"signal: killed" in answer.payload) == ("crashed", True)
        assert (await pool.invoke("Fn", b'"alive"')).payload == b'"alive"'
        assert _open_files() <= open_before + 4 * 5  # four processes may be there now, not one

    with_pool(scenario, function(tmp_path, code), concurrency=4)
