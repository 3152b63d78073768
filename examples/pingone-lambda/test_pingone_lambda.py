"""The example over sockets: an issuer in PingOne's shape, the gateway with the template, and a browser's preflight."""

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from gatepost.testing import Fault, LocalIssuer
from tests.examples.gateway_run import Answer, Served, run_local, served
from tests.examples.sam import sam_build
from tests.examples.templates import complaints, translated

HERE = Path(__file__).parent
TEMPLATE = HERE / "template.yaml"
AUDIENCE = "https://api.example.com"


@pytest.fixture(scope="module")
def pingone() -> Iterator[LocalIssuer]:
    with LocalIssuer("pingone", audience=AUDIENCE) as running:
        yield running


@pytest.fixture(scope="module")
def api(pingone: LocalIssuer) -> Iterator[Served]:
    with served(TEMPLATE, parameters(pingone)) as running:
        yield running


def parameters(pingone: LocalIssuer) -> dict[str, str]:
    return {"PingOneIssuer": pingone.identifier, "PingOneJwksUrl": pingone.jwks_uri, "Audience": AUDIENCE}


def user(api: Served, token: str | None) -> Answer:
    return api.ask("GET", "/prod/user", {} if token is None else {"Authorization": f"Bearer {token}"})


def test_a_user_is_greeted_as_the_seed_application_does_it(api: Served, pingone: LocalIssuer) -> None:
    before = int(time.time())
    answer = user(api, pingone.mint(sub="alice", scope="openid profile email"))
    assert answer.status == 200
    body = json.loads(answer.body)
    assert before <= body.pop("timestamp") <= time.time()
    assert body == {
        "success": True,
        "message": "JWT verification successful - Connection established",
        "user": "alice",
        "scope": "openid profile email",
    }
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "application/json"


def test_a_token_that_is_not_good_is_answered_with_401_that_a_page_can_read(api: Served, pingone: LocalIssuer) -> None:
    with LocalIssuer("pingone", audience=AUDIENCE) as other:
        bad = {
            "none": None,
            "garbage": "garbage",
            "expired": pingone.mint(exp=int(time.time()) - 1),
            "another audience": pingone.mint(aud=["https://other.example.com"]),
            "another issuer": other.mint(),
            "another issuer's, in this one's name": other.mint(iss=pingone.identifier),
            "an ID token": pingone.mint_with(kind="id"),
        }
    for name, token in bad.items():
        answer = user(api, token)
        assert (answer.status, answer.body) == (401, '{"message":"Unauthorized"}'), name
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_browsers_preflight_needs_no_token(api: Served) -> None:
    answer = api.ask(
        "OPTIONS",
        "/prod/user",
        {
            "Origin": "https://app.example.com",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert "GET" in answer.headers["access-control-allow-methods"]


def test_no_token_and_no_claim_gets_into_the_log(api: Served, pingone: LocalIssuer) -> None:
    token = pingone.mint(sub="somebody-in-particular")
    assert user(api, token).status == 200
    bad = pingone.mint(aud=["https://other.example.com"], sub="somebody-else")
    assert user(api, bad).status == 401
    api.wait_for("REPORT RequestId")
    for secret in (token, bad, token.split(".")[1], bad.split(".")[2], "somebody"):
        assert secret not in api.log


def test_without_keys_nothing_is_said_about_the_token() -> None:
    with LocalIssuer("pingone", audience=AUDIENCE) as down:
        down.fail(Fault.REFUSED)
        with served(TEMPLATE, parameters(down)) as api:
            assert user(api, down.mint()).status == 500


def test_the_token_script_prints_where_to_sign_on(tmp_path: Path) -> None:
    pending = tmp_path / "pending"
    ended = script({"CLIENT_ID": "my client", "ENVIRONMENT_ID": "env", "REGION": "eu", "PENDING": str(pending)})
    assert ended.returncode == 0
    url, _, query = ended.stdout.strip().partition("?")
    assert url == "https://auth.pingone.eu/env/as/authorize"
    asked = dict(parse_qsl(query))
    assert asked["client_id"] == "my client"
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == "http://localhost:3000/callback"
    assert asked["scope"] == "openid profile email"
    assert asked["code_challenge_method"] == "S256"
    assert stat.S_IMODE(pending.stat().st_mode) == 0o600


def test_the_token_script_exchanges_a_code_and_never_shows_the_secret(pingone: LocalIssuer, tmp_path: Path) -> None:
    settings = {
        "CLIENT_ID": pingone.client_id,
        "CLIENT_SECRET": "s3cr3t",
        "AUTH_URL": pingone.identifier,
        "PENDING": str(tmp_path / "pending"),
    }
    for begun in (False, True):
        if begun:
            assert script(settings).returncode == 0
        ended = script(settings, "the-code")
        assert ended.returncode == 1
        assert ended.stderr.startswith("PingOne gave no token: ")
        assert ("no sign-on was begun" in ended.stderr) is not begun
        assert "s3cr3t" not in ended.stdout + ended.stderr
    missing = script({"CLIENT_ID": "x"})
    assert missing.returncode != 0
    assert "ENVIRONMENT_ID" in missing.stderr


def script(settings: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {"PATH": path, **settings}
    return subprocess.run(
        ["sh", str(HERE / "get_token.sh"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        timeout=30,
    )


def test_it_runs_in_one_command() -> None:
    ended = run_local(HERE / "local.sh")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "HTTP/1.1 401 Unauthorized" in ended.stdout
    assert "HTTP/1.1 200 OK" in ended.stdout
    assert '"user": ' in ended.stdout


def test_aws_tools_accept_the_template(pingone: LocalIssuer) -> None:
    assert complaints(TEMPLATE) == ""
    resources = translated(TEMPLATE, parameters(pingone))["Resources"]
    (definition,) = (each for each in resources.values() if each["Type"] == "AWS::ApiGateway::RestApi")
    body = definition["Properties"]["Body"]
    assert "security" not in body["paths"]["/user"]["options"]
    assert body["paths"]["/user"]["get"]["security"] == [{"PingOne": []}]


def test_sam_builds_it(tmp_path: Path) -> None:
    built = sam_build(TEMPLATE, tmp_path)
    assert {"jwt_authorizer.py", "gatepost", "cryptography"} <= {
        path.name for path in (built / "JwtAuthorizer").iterdir()
    }
    assert (built / "UserInfo" / "user_info.py").exists()
