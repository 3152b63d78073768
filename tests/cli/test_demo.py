"""`gatepost demo`: the main job, end to end."""

import re
import shlex
import socket
import time

import pytest
import urllib3

from gatepost.cli import demo_client, demo_table
from gatepost.cli.demo_story import Step
from gatepost.cli.demo_table import Answer
from tests.cli.conftest import Run
from tests.cli.test_issuer import ask_for_token, running, stop

# What was sent, and what has to come back; as issue 2 lists it.
STORY = [
    ("a good token", "200"),
    ("no token at all", "401"),
    ("garbage in place of a token", "401 malformed"),
    ("the good token, an hour later", "401 expired"),
    ("a fresh one", "200"),
    ("a token for another API", "401 wrong_audience"),
    ("a token of another environment", "401 wrong_issuer"),
    ("the fresh one, with a tampered scope", "401 bad_signature"),
    ("HS256, signed with the public key", "401 unsupported_algorithm"),
    ("a token of a new key (keys rotated)", "200"),
    ("issuer down: a token of the known key", "200"),
    ("issuer down: a token of a newer key", "503 keys_unavailable"),
    ("issuer back: the same token again", "200"),
]


def test_every_answer_is_the_expected_one(run: Run) -> None:
    started = time.monotonic()
    ended = run("demo", "--once")
    assert (ended.status, ended.err) == (0, "")
    cells = [re.split(r"  +", line.strip()) for line in ended.out.splitlines()]
    table = [line for line in cells if len(line) == 4][1:]
    assert [(sent, answer) for sent, _, answer, _ in table] == STORY
    assert all(expected == answer for _, expected, answer, _ in table)
    assert f"{len(STORY)} of {len(STORY)} answers are as expected." in ended.out
    assert time.monotonic() - started < 20  # nothing in it is waited for


def test_in_a_terminal_of_80_columns_the_table_fits(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("demo", "--once").out.splitlines()
    table = lines[lines.index("") :]
    assert max(map(len, table)) <= 80
    for sent, answer in STORY:
        assert any(sent in line and answer in line for line in table), sent


def test_an_answer_that_was_not_expected_fails_the_demo(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_door(url: str, step: Step) -> Answer:
        return Answer(200, None, "welcome")

    monkeypatch.setattr(demo_client, "send", open_door)
    ended = run("demo", "--once")
    assert ended.status == 1
    assert "NOT AS EXPECTED" in ended.out
    assert f"5 of {len(STORY)} answers are as expected." in ended.out


@pytest.mark.parametrize(
    ("answer", "good"),
    [
        (Answer(401, "expired", ""), True),
        (Answer(401, "malformed", ""), False),
        (Answer(403, "expired", ""), False),
        (Answer(401, "expired", "", "a 401 without a challenge"), False),
    ],
)
def test_status_reason_and_form_all_count(answer: Answer, good: bool) -> None:
    assert demo_table.as_expected(Step("", "token", 401, "expired"), answer) is good


def test_then_it_serves_until_ctrl_c_and_its_lines_can_be_copied(run: Run) -> None:
    with running("demo", until="gatepost inspect") as (process, printed):
        lines = [line.strip() for line in printed.splitlines() if line.startswith("  curl ")]
        good, none, spoiled, fresh = (shlex.split(line) for line in lines)
        assert request(good).status == 200
        refused = request(none)
        assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        refused = request(spoiled)
        assert refused.status == 401
        assert refused.json()["reason"] == "bad_signature"
        assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
        client_id, secret = fresh[fresh.index("-u") + 1].split(":")
        token = ask_for_token(fresh[-1], client_id, secret).json()["access_token"]
        answer = urllib3.request("GET", none[-1], headers={"Authorization": f"Bearer {token}"})
        assert (answer.status, answer.json()["user"]) == (200, client_id)
        arguments = printed.partition("gatepost inspect ")[2].split()
        assert run("inspect", *arguments).out.split()[0] == "VERIFIED"
        assert stop(process) == (130, "")


def request(curl: list[str]) -> urllib3.BaseHTTPResponse:
    """Send what a curl line would send."""
    headers = dict([curl[curl.index("-H") + 1].split(": ")]) if "-H" in curl else {}
    return urllib3.request("GET", curl[-1], headers=headers)


@pytest.mark.parametrize("option", ["--port", "--issuer-port"])
def test_a_port_that_is_taken_is_one_line(run: Run, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("demo", "--once", option, str(port))
    assert ended.status == 2
    assert f"port {port} cannot be used" in ended.err
    assert option in ended.err
    assert ended.err.count("\n") == 1
