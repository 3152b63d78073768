"""The example over sockets: an issuer in WSO2's shape, the gateway with the template, and a browser's preflight."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepost.testing import LocalIssuer
from tests.examples.gateway_run import Answer, Served, run_local, served
from tests.examples.sam import sam_build
from tests.examples.templates import complaints, translated

HERE = Path(__file__).parent
TEMPLATE = HERE / "template.yaml"


@pytest.fixture(scope="module")
def wso2() -> Iterator[LocalIssuer]:
    with LocalIssuer("wso2") as running:
        yield running


@pytest.fixture(scope="module")
def api(wso2: LocalIssuer) -> Iterator[Served]:
    with served(TEMPLATE, parameters(wso2)) as running:
        yield running


def parameters(wso2: LocalIssuer) -> dict[str, str]:
    return {"Issuer": wso2.identifier, "ClientId": wso2.client_id}


def hello(api: Served, token: str | None) -> Answer:
    return api.ask("GET", "/hello", {} if token is None else {"Authorization": f"Bearer {token}"})


def test_a_user_of_the_application_is_greeted(api: Served, wso2: LocalIssuer) -> None:
    answer = hello(api, wso2.mint(sub="alice"))
    assert answer.status == 200
    assert json.loads(answer.body) == {"message": "Hello!", "user": "alice", "application": wso2.client_id}


def test_a_token_that_is_not_good_is_answered_with_401_and_the_reason(api: Served, wso2: LocalIssuer) -> None:
    missing = hello(api, None)
    assert (missing.status, missing.body) == (401, '{"message":"Unauthorized"}')
    assert missing.headers["www-authenticate"] == "Bearer"
    wrong = hello(api, wso2.mint(aud="another-application"))
    assert (wrong.status, wrong.body) == (401, '{"message":"Unauthorized"}')
    assert wrong.headers["www-authenticate"] == (
        'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"'
    )
    assert hello(api, wso2.mint(exp=int(time.time()) - 1)).status == 401
    assert hello(api, "garbage").status == 401


def test_a_browsers_preflight_needs_no_token(api: Served) -> None:
    answer = api.ask(
        "OPTIONS",
        "/hello",
        {
            "Origin": "https://app.example.com",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert (answer.status, answer.body) == (204, "")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "authorization"


def test_no_other_route_is_there(api: Served, wso2: LocalIssuer) -> None:
    answer = api.ask("GET", "/other", {"Authorization": f"Bearer {wso2.mint()}"})
    assert (answer.status, answer.body) == (404, '{"message":"Not Found"}')


def test_no_token_gets_into_the_log(api: Served, wso2: LocalIssuer) -> None:
    token = wso2.mint()
    assert hello(api, token).status == 200
    assert token not in api.log
    assert token.split(".")[1] not in api.log


def test_it_runs_in_one_command() -> None:
    ended = run_local(HERE / "local.sh")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "HTTP/1.1 401 Unauthorized" in ended.stdout
    assert "HTTP/1.1 200 OK" in ended.stdout
    assert '"message": "Hello!"' in ended.stdout


def test_aws_tools_accept_the_template(wso2: LocalIssuer) -> None:
    assert complaints(TEMPLATE) == ""
    resources = translated(TEMPLATE, parameters(wso2))["Resources"]
    (definition,) = (each for each in resources.values() if each["Type"] == "AWS::ApiGatewayV2::Api")
    assert definition["Properties"]["FailOnWarnings"] is True
    assert definition["Properties"]["Body"]["paths"]["/hello"]["get"]["security"] == [{"WSO2": []}]


def test_sam_builds_it(tmp_path: Path) -> None:
    assert {path.name for path in (sam_build(TEMPLATE, tmp_path) / "Hello").iterdir()} == {"app.py"}
