"""What is written: START, END and REPORT lines as AWS has them, and the function's own between them."""

import json
import re
from pathlib import Path

import pytest
import uvloop

from gatepost.apigateway.functions.function_log import FunctionLog, Report, moment
from gatepost.apigateway.functions.pool import FunctionPool
from tests.apigateway.functions.world import Written, function, with_pool

_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_REPORT = (
    rf"REPORT RequestId: {_ID}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\t"
    r"Max Memory Used: [1-9]\d* MB\t"
)


def test_each_call_is_framed_by_its_lines(tmp_path: Path) -> None:
    code = """
import sys
print("while it starts")
def handler(event, context):
    print("to standard output")
    print("to standard error, without an end", end="", file=sys.stderr)
"""

    async def scenario(pool: FunctionPool, written: Written) -> list[str]:
        await pool.invoke("Fn", b"{}")
        await pool.invoke("Fn", b"{}")
        return written.lines

    call = [
        rf"START RequestId: {_ID} Version: \$LATEST",
        "to standard output",
        "to standard error, without an end",
        rf"END RequestId: {_ID}",
    ]
    expected = ["while it starts", *call, _REPORT + r"Init Duration: \d+\.\d\d ms\t", *call, _REPORT]
    lines = with_pool(scenario, function(tmp_path, code))
    assert len(lines) == len(expected)
    for line, pattern in zip(lines, expected, strict=True):
        assert re.fullmatch(rf"\[Fn\] {pattern}", line), line


def test_a_process_that_is_not_needed_any_more_has_not_failed(tmp_path: Path) -> None:
    async def scenario(_: FunctionPool, written: Written) -> Written:
        return written

    slow = function(tmp_path, "import time; time.sleep(60)")
    assert "INIT_REPORT" not in str(with_pool(scenario, slow, warm=True))


def test_lines_are_json_documents_when_wanted(tmp_path: Path) -> None:
    async def scenario(pool: FunctionPool, written: Written) -> list[str]:
        await pool.invoke("Fn", b"{}")
        return written.lines

    code = "def handler(event, context): print('one\"two')"
    documents = [json.loads(line) for line in with_pool(scenario, function(tmp_path, code), log_form="json")]
    assert {document["function"] for document in documents} == {"Fn"}
    assert len({document["requestId"] for document in documents}) == 1
    assert documents[1]["line"] == 'one"two'


def test_a_function_that_writes_more_than_a_pipe_holds_is_not_held_up(tmp_path: Path) -> None:
    code = "def handler(event, context):\n    for n in range(40_000): print('line', n, '.' * 80)"

    async def scenario(pool: FunctionPool, written: Written) -> list[str]:
        assert (await pool.invoke("Fn", b"{}")).outcome == "answered"
        return written.lines

    lines = with_pool(scenario, function(tmp_path, code))
    assert [line.split()[2] for line in lines if " line " in line] == [str(n) for n in range(40_000)]


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([b"a\nb\n"], ["a", "b"]),
        ([b"a", b"b\n"], ["ab"]),
        ([b"one record\rof several lines\n"], ["one record", "of several lines"]),
        ([b"a\r\nb\r\n"], ["a", "b"]),
        ([b"\xc3", b"\xa9\n"], ["é"]),
        ([b"\xff\n"], ["\ufffd"]),
        ([b"no end"], ["no end"]),
        ([b"x" * 70_000, b"y"], ["x" * 70_000, "y"]),
        (["\u00a0\u00a0raise".encode()[:3], "\u00a0\u00a0raise\n".encode()[3:]], ["  raise"]),
        (["\u00a0end".encode()], [" end"]),
        ([], []),
    ],
)
def test_output_becomes_lines_however_it_comes(pieces: list[bytes], lines: list[str]) -> None:
    written: list[str] = []
    log = FunctionLog("F", written.append)
    for piece in pieces:
        log.output(piece)
    log.end()
    assert "\n".join(written) == "\n".join(f"[F] {line}" for line in lines)


@pytest.mark.parametrize(
    ("report", "parts"),
    [
        (Report("id", 12.345, 128, 30 << 20), ["12.35 ms", "13 ms", "128 MB", "30 MB"]),
        (
            Report("id", 1.0, 256, (30 << 20) + 1, 99.5, "error", "Runtime.ExitError"),
            [
                "1.00 ms",
                "101 ms",
                "256 MB",
                "31 MB",
                "Init Duration: 99.50 ms",
                "Status: error",
                "Error Type: Runtime.ExitError",
            ],
        ),
        (
            Report("id", 3000, 128, 0, status="timeout"),
            ["3000.00 ms", "3000 ms", "128 MB", "0 MB", "Status: timeout"],
        ),
    ],
    ids=["warm", "cold and ended", "timed out"],
)
def test_the_report_line_is_that_of_aws(report: Report, parts: list[str]) -> None:
    names = ["Duration: ", "Billed Duration: ", "Memory Size: ", "Max Memory Used: ", "", "", ""]
    named = [name + part for name, part in zip(names, parts, strict=False)]
    assert str(report) == "\t".join(["REPORT RequestId: id", *named, ""])


def test_a_duration_has_two_decimals_whatever_the_clock_of_the_loop(tmp_path: Path) -> None:
    async def scenario(pool: FunctionPool, written: Written) -> list[str]:
        for _ in range(20):
            await pool.invoke("Fn", b"{}")
        return [line for line in written.lines if "REPORT" in line]

    lines = with_pool(scenario, function(tmp_path, "def handler(event, context): pass"), loop=uvloop.new_event_loop)
    durations = [re.findall(r"Duration: \d+\.(\d\d) ms", line) for line in lines]
    assert {decimals for found in durations for decimals in found} != {"00"}


def test_moments_are_written_in_utc_with_milliseconds() -> None:
    assert moment(1_772_366_400.1239) == "2026-03-01T12:00:00.123Z"
