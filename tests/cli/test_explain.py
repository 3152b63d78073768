"""`gatepost explain`: what a policy decides, and why."""

import base64
import hashlib
import json
import time
from pathlib import Path

import pytest

from gatepost.jose import SigningKey, sign_compact
from gatepost.testing import Fault, LocalIssuer
from tests.cli.conftest import AUDIENCE, Run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local: LocalIssuer) -> Path:
    """Return a folder with a policy, which is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gatepost.toml").write_text(
        f"""
resource_metadata = "https://api.example.com/.well-known/oauth-protected-resource"
[issuers.main]
issuer = "{local.identifier}"
audience = "{AUDIENCE}"
[[routes]]
match = "GET /user"
scopes = ["profile"]
forward = {{ X-User = "sub", X-Email = "email" }}
[[routes]]
match = "* /health"
public = true
"""
    )
    return tmp_path


def test_an_allowed_request_says_so_first(run: Run, folder: Path, local: LocalIssuer) -> None:
    token = local.mint(scope="profile", sub="alice")
    ended = run("explain", "--request", "GET /user", "--token", token)
    assert (ended.status, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "allow"
    assert lines[1].split() == ["passed", "route", "GET", "/user"]
    assert all(line.startswith("  passed  ") for line in lines[1:-2])
    assert lines[-2:] == ["  upstream gets  X-User: alice", "  upstream never gets  X-Email"]


def test_a_refused_request_says_with_what_and_why(run: Run, folder: Path, local: LocalIssuer) -> None:
    ended = run("explain", "--policy", "gatepost.toml", "--request", "GET /user", "--token", local.mint(scope="other"))
    assert (ended.status, ended.err) == (1, "")
    lines = ended.out.splitlines()
    assert lines[0] == "deny 403 insufficient_scope"
    assert lines[-3].split(maxsplit=2) == ["failed", "scopes", "all of: profile"]
    assert lines[-2] == "  The token does not carry what this request needs."
    assert lines[-1].startswith('  client gets  WWW-Authenticate: Bearer error="insufficient_scope"')


@pytest.mark.parametrize(
    ("request_line", "first"),
    [
        ("GET /user", "deny 401 missing_token"),
        ("GET /health", "allow"),
        ("POST /health?x=1", "allow"),
        ("GET /nowhere", "deny 403 no_route"),
        ("GET /health/..%2fuser", "deny 400 unclear_path"),
        ("get /health", "deny 403 no_route"),
    ],
)
def test_the_first_line_is_the_decision(run: Run, folder: Path, request_line: str, first: str) -> None:
    ended = run("explain", "--request", request_line)
    assert ended.out.splitlines()[0] == first
    assert ended.status == (0 if first == "allow" else 1)


def test_the_token_can_come_by_standard_input_or_in_a_header(run: Run, folder: Path, local: LocalIssuer) -> None:
    token = local.mint(scope="profile")
    asked = ("explain", "--request", "GET /user")
    assert run(*asked, "--token", "-", stdin=token.encode() + b"\n").status == 0
    assert run(*asked, "--header", f"authorization: Bearer {token}").status == 0
    twice = run(*asked, "--header", f"Authorization: Bearer {token}", "--header", "Authorization: Basic x")
    assert twice.out.startswith("deny 400 bad_request\n")


def test_a_proof_makes_the_token_one_of_its_scheme(run: Run, folder: Path, local: LocalIssuer) -> None:
    ended = run("explain", "--request", "GET /user", "--token", local.mint(scope="profile"), "--header", "DPoP: a.b.c")
    assert ended.status == 1
    assert ended.out.startswith("deny 401 ")


def test_a_bound_token_needs_its_proof_or_its_certificate(run: Run, folder: Path, local: LocalIssuer) -> None:
    key = SigningKey.generate("ES256")
    token = local.mint(scope="profile", cnf={"jkt": key.thumbprint()})
    url = "https://api.example.com/user"
    ath = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
    claims = {"htm": "GET", "htu": url, "iat": int(time.time()), "jti": "1", "ath": ath}
    proof = sign_compact(claims, key, header={"typ": "dpop+jwt", "jwk": key.to_jwk(), "kid": None})
    asked = ("explain", "--request", "GET /user", "--token", token)
    assert run(*asked).out.startswith("deny 401 ")
    ended = run(*asked, "--header", f"DPoP: {proof}", "--url", url)
    assert ended.status == 0, ended.out
    (folder / "client.pem").write_text("nonsense")
    assert run(*asked, "--certificate", "client.pem").status == 1
    assert run(*asked, "--certificate", "nowhere.pem").err.startswith("gatepost: nowhere.pem cannot be read")


def test_json_is_for_programs(run: Run, folder: Path, local: LocalIssuer) -> None:
    allowed = run("explain", "--request", "GET /user", "--token", local.mint(scope="profile", sub="alice"), "--json")
    document = json.loads(allowed.out)
    assert (allowed.status, document["decision"], document["route"]) == (0, "allow", "GET /user")
    assert document["upstream_headers"] == {"X-User": "alice", "X-Email": ""}
    assert document["trace"][0] == {"check": "route", "passed": True, "detail": "GET /user"}
    denied = run("explain", "--request", "GET /user", "--json")
    document = json.loads(denied.out)
    assert denied.status == 1
    assert (document["decision"], document["status"], document["reason"]) == ("deny", 401, "missing_token")
    assert document["response_headers"][0][0] == "WWW-Authenticate"


def test_nothing_secret_is_printed(run: Run, folder: Path, local: LocalIssuer) -> None:
    token = local.mint(scope="other", sub="secret-sub", jti="secret-jti", email="secret@example.com")
    for more in ((), ("--json",)):
        ended = run("explain", "--request", "GET /user", "--token", token, *more)
        assert "secret" not in ended.out
        assert token not in ended.out
        assert token.rpartition(".")[2] not in ended.out


def test_keys_that_cannot_be_had_are_a_decision_too(run: Run, tmp_path: Path) -> None:
    with LocalIssuer(audience=AUDIENCE) as issuer:
        policy = tmp_path / "p.toml"
        policy.write_text(
            f"[issuers.a]\nissuer = '{issuer.identifier}'\naudience = '{AUDIENCE}'\n[[routes]]\nmatch = 'GET /'\n"
        )
        issuer.fail(Fault.REFUSED)
        ended = run("explain", "--policy", str(policy), "--request", "GET /", "--token", issuer.mint())
    assert ended.status == 1
    assert ended.out.startswith("deny 503 keys_unavailable\n")
    assert "Retry-After" in ended.out


def test_a_claim_cannot_run_the_terminal(run: Run, folder: Path, local: LocalIssuer) -> None:
    ended = run("explain", "--request", "GET /user\x1b[2J", "--token", local.mint(scope="profile", sub="\x1b[2J"))
    assert ended.out.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--request"),
        (("--request", "GET"), "a method and a path"),
        (("--request", "GET /", "--header", "nonsense"), "a name, a colon"),
        (("--request", "GET /", "--header", ": x"), "a name, a colon"),
        (("--request", "GET /", "--token", ""), "the token is empty"),
        (("--request", "GET /", "--token", "x", "--header", "Authorization: y"), "keep one"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_question_that_makes_no_sense_is_one_line(
    run: Run, folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    ended = run("explain", *arguments)
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert words in ended.err


def test_a_policy_that_cannot_be_used_is_told_line_by_line(run: Run, folder: Path) -> None:
    (folder / "gatepost.toml").write_text("nonsense = 1\nmore = 2\n")
    ended = run("explain", "--request", "GET /")
    assert (ended.status, ended.out) == (2, "")
    assert [line.partition(": ")[0] for line in ended.err.splitlines()] == ["gatepost.toml:1", "gatepost.toml:2"]
