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
from gatepost.testing import LocalIssuer
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


def test_functions_get_what_is_handed_on_and_nothing_else(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"MINE": "of the developer", "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE"}
    for name, value in {**named, "OTHER": "private"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    template.write_text(
        TEMPLATE.replace(
            'return {"statusCode": 200, "body": "hello"}',
            "import os; return {name: os.environ.get(name) for name in ('MINE', 'AWS_ACCESS_KEY_ID', 'OTHER')}",
        )
    )
    port = free_port()
    with gateway(template, "--port", str(port), "--pass-env", "MINE", "--aws-credentials") as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            with urllib3.PoolManager(retries=False, timeout=PATIENCE) as http:
                found = http.request("GET", f"http://127.0.0.1:{port}/hello").json()
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)
    assert found == {**named, "OTHER": None}


def test_a_variable_that_is_not_there_is_told(run: Run, template: Path) -> None:
    ended = run("gateway", "--template", str(template), "--pass-env", "NOT_THERE")
    assert ended.status == 2
    assert ended.err == "gatepost: --pass-env NOT_THERE: there is no such variable in this environment\n"


def test_what_is_otherwise_than_on_aws_is_told_at_the_start(template: Path) -> None:
    template.write_text(TEMPLATE.replace(f"python3.{sys.version_info.minor}", "python3.99"))
    with gateway(template, "--port", "0") as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
        finally:
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=PATIENCE)
    assert err.startswith("notice: Hello runs under Python ")


IAM = """
  Guarded:
    Type: AWS::Serverless::HttpApi
    Properties: {Auth: {EnableIamAuthorizer: true, DefaultAuthorizer: AWS_IAM}}
"""


def test_iam_routes_are_refused_at_the_start_unless_a_principal_is_named(run: Run, template: Path) -> None:
    text = TEMPLATE.replace("Path: /hello", "ApiId: !Ref Guarded, Path: /hello") + IAM
    template.write_text(
        text.replace('{"statusCode": 200, "body": "hello"}', 'event["requestContext"]["authorizer"]["iam"]["userArn"]')
    )
    refused = run("gateway", "--template", str(template), "--port", "0")
    assert refused.status == 2
    assert "--allow-iam arn:aws:iam::123456789012:user/NAME" in refused.err
    principal = "arn:aws:iam::123456789012:user/me"
    port = free_port()
    with gateway(template, "--port", str(port), "--allow-iam", principal, "--trace") as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            with urllib3.PoolManager(retries=False, timeout=PATIENCE) as http:
                answer = http.request("GET", f"http://127.0.0.1:{port}/hello")
        finally:
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=PATIENCE)
    assert (answer.status, answer.data.decode()) == (200, principal)
    assert f"AWS_IAM, taken as {principal} by --allow-iam: no signature checked" in out


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
    assert (ended.status, json.loads(ended.out)) == (0, {"traps": [], "notices": []})


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


CONFLICT = """
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default}}
  To:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Api, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "https://a.example"}
  One:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: "GET /{id}", Target: !Sub "integrations/${To}"}
  Two:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: "GET /{name}", Target: !Sub "integrations/${To}"}
"""


def test_routes_that_take_the_same_requests_are_told_by_check_too(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(CONFLICT)
    for command, status in (("gateway",), 2), (("gateway", "check", "--offline"), 1):
        ended = run(*command, "--template", str(file))
        assert (ended.status, ended.out) == (status, "")
        assert ended.err == (
            f"{file}:13: Two.Properties: GET /{{name}} matches the same requests as GET /{{id}}: remove one\n"
        )


JWT = """
  Guarded:
    Type: AWS::Serverless::HttpApi
    Properties:
      FailOnWarnings: true
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: {issuer: "ISSUER", audience: [a]}
"""


def test_an_http_issuer_on_this_machine_is_a_notice_and_no_trap(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    guarded = TEMPLATE.replace("Path: /hello", "ApiId: !Ref Guarded, Path: /hello") + JWT
    with LocalIssuer("generic") as issuer:
        file.write_text(guarded.replace("ISSUER", issuer.identifier))
        ended = run("gateway", "check", "--template", str(file))
        as_json = run("gateway", "check", "--template", str(file), "--json")
    assert (ended.status, ended.out) == (0, "No trap was found.\n")
    assert ended.err.startswith(f"notice: {file}:")
    assert f"the issuer {issuer.identifier} is asked by plain http" in ended.err
    assert (json.loads(as_json.out)["traps"], len(json.loads(as_json.out)["notices"])) == ([], 1)


def test_an_http_issuer_elsewhere_is_one_trap_and_not_two(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    guarded = TEMPLATE.replace("Path: /hello", "ApiId: !Ref Guarded, Path: /hello") + JWT
    file.write_text(guarded.replace("ISSUER", "http://idp.example"))
    ended = run("gateway", "check", "--template", str(file), "--json")
    assert ended.status == 1
    assert [trap["name"] for trap in json.loads(ended.out)["traps"]] == ["plain-http-issuer"]


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
