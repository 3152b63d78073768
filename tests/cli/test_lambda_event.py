"""`gatepost lambda event`: events as API Gateway sends them."""

import json

import pytest

from gatepost.apigateway.events.samples import KINDS
from tests.cli.conftest import Run


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_is_printed_and_named_in_the_help(run: Run, kind: str) -> None:
    ended = run("lambda", "event", kind)
    assert ended.status == 0
    assert isinstance(json.loads(ended.out), dict)
    assert f"  {kind} " in run("lambda", "event", "--help").out


def test_the_request_can_be_described(run: Run) -> None:
    ended = run(
        "lambda", "event", "http-v2", "--method", "post", "--path", "/pets", "--query", "a=1", "--body", "{}",
        "--header", "X-Mine: yes", "--token", "-", stdin=b"a.b.c\n",
    )  # fmt: skip
    event = json.loads(ended.out)
    assert event["routeKey"] == "POST /pets"
    assert (event["rawQueryString"], event["body"]) == ("a=1", "{}")
    assert (event["headers"]["x-mine"], event["headers"]["authorization"]) == ("yes", "Bearer a.b.c")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("http-v9",), "there is no event 'http-v9'; there are rest-token, "),
        (("http-v2", "--path", "user"), "a path begins with a slash"),
        (("http-v2", "--header", "no colon"), "a header is written as 'Name: value'"),
    ],
)
def test_what_cannot_be_made_ends_with_a_line_and_2(run: Run, arguments: tuple[str, ...], words: str) -> None:
    ended = run("lambda", "event", *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert words in ended.err
