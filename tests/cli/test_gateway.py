"""`gatepost gateway` and `gatepost gateway check`, as a user calls them."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import urllib3

from gatepost.cli.failure import Failure
from gatepost.cli.gateway_assumptions import read_assumptions
from tests.cli.conftest import Run

PATIENCE = 30
TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: |
        def handler(event, context):
            print("\\x1b[31mred")
            return {"statusCode": 200, "body": "hello"}
      Handler: index.handler
      Runtime: PYTHON
      Events:
        Get: {Type: HttpApi, Properties: {Path: /hello, Method: GET}}
""".replace("PYTHON", f"python3.{sys.version_info.minor}")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    return file


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def gateway(template: Path, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "gatepost", "gateway", "--template", str(template), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_says_what_it_serves_serves_it_and_ends_on_a_signal(
    template: Path, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    log = tmp_path / "trace.jsonl"
    port = free_port()
    with gateway(template, "--port", str(port), "--trace", "--trace-log", str(log)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"ServerlessHttpApi (HTTP API): http://127.0.0.1:{port}\n"
        assert process.stdout.readline() == "  GET  /hello  Hello  open\n"
        assert process.stdout.readline().endswith(f"http://127.0.0.1:{port}/_gatepost/trace\n")
        with urllib3.PoolManager(retries=False, timeout=PATIENCE) as http:
            assert http.request("GET", f"http://127.0.0.1:{port}/hello?token=secret").data == b"hello"
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == status
    assert "200 GET /hello" in out
    assert "✓ route" in out
    assert "secret" not in out
    assert "[Hello] START RequestId: " in out
    assert "\\u001b[31mred" in out
    assert "\x1b" not in out
    assert err == ""
    (line,) = log.read_text().splitlines()
    assert json.loads(line)["path"] == "/hello"


def test_a_template_that_cannot_be_served_is_told_line_by_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE.replace("/hello, Method: GET", "/hello, Method: GET, Auth: {Authorizer: Nobody}"))
    for command, status in (("gateway",), 2), (("gateway", "check"), 1):
        ended = run(*command, "--template", str(file))
        assert (ended.status, ended.out) == (status, "")
        assert str(file) in ended.err
        assert "Nobody" in ended.err
        assert "Traceback" not in ended.err


def test_a_missing_template_is_told(run: Run, tmp_path: Path) -> None:
    ended = run("gateway", "--template", str(tmp_path / "none.yaml"))
    assert ended.status == 2
    assert "none.yaml" in ended.err
    assert run("gateway").err == "gatepost: which template? name it: --template template.yaml\n"


def test_a_port_that_is_taken_is_told(run: Run, template: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run("gateway", "--template", str(template), "--port", str(port))
    assert ended.status == 2
    assert f"port {port} cannot be used" in ended.err
    assert "--port" in ended.err


def test_an_unknown_api_is_told(run: Run, template: Path) -> None:
    ended = run("gateway", "--template", str(template), "--api", "Other")
    assert ended.status == 2
    assert "it has ServerlessHttpApi" in ended.err


def test_check_finds_nothing_in_a_good_template(run: Run, template: Path) -> None:
    assert run("gateway", "check", "--template", str(template)) == (0, "No trap was found.\n", "")
    ended = run("gateway", "check", "--template", str(template), "--json")
    assert (ended.status, json.loads(ended.out)) == (0, {"traps": []})


def test_check_names_each_trap_with_its_remedy(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(
        TEMPLATE.replace("HttpApi", "Api").replace("Path:", "RestApiId: !Ref Rest, Path:")
        + """
  Authorize:
    Type: AWS::Serverless::Function
    Properties: {InlineCode: "pass", Handler: index.handler, Runtime: PYTHON}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Cors: "'*'"
      Auth:
        DefaultAuthorizer: Token
        Authorizers:
          Token: {FunctionArn: !GetAtt Authorize.Arn}
""".replace("PYTHON", f"python3.{sys.version_info.minor}")
    )
    ended = run("gateway", "check", "--template", str(file), "--offline")
    assert ended.status == 1
    assert "authorized-preflight: " in ended.out
    assert "AddDefaultAuthorizerToCorsPreflight: false" in ended.out
    ended = run("gateway", "check", "--template", str(file), "--offline", "--json")
    assert "authorized-preflight" in {trap["name"] for trap in json.loads(ended.out)["traps"]}


def test_what_aws_leaves_open_can_be_set() -> None:
    made = read_assumptions(["leeway=5", "require-exp=false", "route_arn=route", "preflight_status=200"])
    assert (made.leeway, made.require_exp, made.route_arn, made.preflight_status) == (5, False, "route", 200)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("unknown=1", "where NAME is one of: leeway, "),
        ("leeway", "NAME=VALUE"),
        ("leeway=x", "leeway is a number"),
        ("leeway=-1", "from 0 on"),
        ("leeway=nan", "from 0 on"),
        ("require_exp=maybe", "true or false"),
        ("route_arn=other", "one of: request, route"),
        ("preflight_status=2.5", "is a number"),
    ],
)
def test_a_setting_that_makes_no_sense_is_told(setting: str, told: str) -> None:
    with pytest.raises(Failure, match=told):
        read_assumptions([setting])
