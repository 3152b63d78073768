"""`gatepost policy check` and `gatepost policy test`."""

import json
from pathlib import Path

import pytest

from gatepost.testing import LocalIssuer
from tests.cli.conftest import AUDIENCE, Run

POLICY = """\
[issuers.main]
issuer = "https://issuer.example"
audience = ["https://api.example.com"]
required_claims = ["client_id"]

[issuers.vendor]
vendor = "cognito"
user_pool = "eu-west-1_AbCd12345"
audience = "client"

[issuers.shared]
issuer = "https://shared.example"
any_audience = true
secret_env = "GATEPOST_TEST_SECRET"

[issuers.opaque]
issuer = "https://opaque.example"
audience = "x"
jwt = false
[issuers.opaque.introspection]
endpoint = "https://opaque.example/introspect"
client_id = "api"
client_secret_env = "GATEPOST_TEST_SECRET"

[[routes]]
match = "* /{rest+}"
issuers = ["opaque"]
dpop = "off"

[[routes]]
match = "GET /user"
issuers = ["main"]
scopes = ["profile", "email"]
max_auth_age = "5m"
acr = ["gold", "silver"]
claims = { "realm_access.roles" = ["admin", "root"], vip = true }
forward = { X-User = "sub" }

[[routes]]
match = "GET /shared"
issuers = ["shared", "vendor"]
any_scope = ["a", "b"]

[[routes]]
match = "GET /mine"
issuers = ["main"]

[[routes]]
match = "* /health"
public = true
"""

CASES = """\
[[cases]]
name = "an admin"
request = "GET /user"
issuer = "main"
claims = { scope = "profile email", auth_time = "-2m", acr = "gold", vip = true, realm_access = { roles = ["root"] } }
expect = "allow"
route = "GET /user"
headers = { X-User = "test" }

[[cases]]
request = "GET /user"
issuer = "main"
claims = { scope = "profile email", auth_time = "-6m", acr = "gold", vip = true, realm_access = { roles = ["root"] } }
expect = "deny 401 insufficient_authentication"

[[cases]]
request = "GET /user"
issuer = "main"
claims = { scope = "profile" }
expect = "deny 403 insufficient_scope"

[[cases]]
request = "GET /user"
expect = "deny 401 missing_token"

[[cases]]
request = "GET /user"
token = "a.b.c"
expect = "deny 401"

[[cases]]
request = "GET /mine"
issuer = "main"
claims = { exp = "-1s" }
expect = "deny 401 expired"

[[cases]]
request = "GET /mine"
issuer = "main"
claims = { exp = "+1h", nbf = "soon" }
expect = "deny 401 bad_claim"

[[cases]]
request = "GET /mine"
issuer = "main"
claims = { nbf = "-1 s" }
expect = "deny 401 bad_claim"

[[cases]]
request = "GET /mine"
issuer = "main"
claims = {}
without = ["client_id"]
expect = "deny 401 missing_claim"

[[cases]]
request = "GET /shared"
issuer = "shared"
claims = { scope = "b" }
expect = "allow"

[[cases]]
request = "GET /shared"
issuer = "vendor"
claims = { scope = "b" }
expect = "allow"

[[cases]]
request = "GET /shared/"
issuer = "main"
claims = { scope = "b" }
expect = "deny 401 wrong_issuer"

[[cases]]
request = "DELETE /anything"
issuer = "opaque"
claims = {}
expect = "allow"

[[cases]]
request = "GET /health/../user"
expect = "deny 400 unclear_path"

[[cases]]
request = "GET /health"
expect = "allow"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a policy and its cases, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GATEPOST_TEST_SECRET", "s" * 32)
    (tmp_path / "gatepost.toml").write_text(POLICY)
    (tmp_path / "cases.toml").write_text(CASES)
    return tmp_path


def test_a_good_file_is_listed_route_by_route(run: Run, folder: Path) -> None:
    ended = run("policy", "check", "gatepost.toml")
    assert (ended.status, ended.err) == (0, "")
    header, *rows = ended.out.splitlines()
    assert header.split() == ["Route", "Tokens", "of", "Demands", "Forwards"]
    assert [" ".join(row.split()[:2]) for row in rows] == [
        "* /health",
        "GET /mine",
        "GET /shared",
        "GET /user",
        "* /{rest+}",
    ]
    assert rows[0].split() == ["*", "/health", "public"]
    assert "a good token" in rows[1]
    assert "shared, vendor" in rows[2]
    assert "one scope of a b" in rows[2]
    for words in ("scopes profile email", "sign-on within 5m", "acr gold or silver", "vip = true", "= admin or root"):
        assert words in rows[3]
    assert rows[3].endswith("X-User")
    assert "dpop off" in rows[4]


def test_the_list_is_json_for_programs(run: Run, folder: Path) -> None:
    ended = run("policy", "check", "gatepost.toml", "--json")
    routes = json.loads(ended.out)["routes"]
    assert routes[0] == {"match": "* /health", "issuers": [], "demands": ["public"], "forwards": []}
    assert len(routes) == 5


def test_a_head_that_is_public_beside_a_get_that_is_not_is_noted(run: Run, folder: Path) -> None:
    open_to_all = '[[routes]]\nmatch = "* /{rest+}"\npublic = true\n'
    (folder / "gatepost.toml").write_text(POLICY.replace("* /{rest+}", "* /other/{rest+}") + open_to_all)
    ended = run("policy", "check", "gatepost.toml")
    assert ended.status == 0
    assert [line.split("'")[1] for line in ended.err.splitlines()] == ["GET /user", "GET /shared", "GET /mine"]
    assert all(line.startswith("note: ") and "'* /{rest+}'" in line for line in ended.err.splitlines())


def test_a_broken_file_is_a_line_for_each_problem(run: Run, folder: Path) -> None:
    (folder / "gatepost.toml").write_text(POLICY.replace("scopes", "scope").replace("max_auth_age", "max_age"))
    ended = run("policy", "check", "gatepost.toml")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.splitlines() == [
        'gatepost.toml:33: unknown key "scope" in [[routes]]; did you mean "scopes"?',
        'gatepost.toml:34: unknown key "max_age" in [[routes]]; did you mean "max_auth_age"?',
    ]


def test_a_file_that_is_not_there_is_a_problem(run: Run, folder: Path) -> None:
    ended = run("policy", "check", "nowhere.toml")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == "nowhere.toml: the file cannot be read: No such file or directory\n"


def test_text_of_the_file_cannot_run_the_terminal(run: Run, folder: Path) -> None:
    (folder / "gatepost.toml").write_text('"\\u001b[2J\\u202e" = 1\n' + POLICY)
    ended = run("policy", "check", "gatepost.toml")
    assert ended.err.replace("\n", "").isprintable()


def test_decisions_as_expected_are_counted(run: Run, folder: Path) -> None:
    ended = run("policy", "test", "gatepost.toml", "cases.toml")
    assert (ended.status, ended.out, ended.err) == (0, "15 of 15 decisions are as expected.\n", "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            ('expect = "allow"\nroute', 'expect = "deny"\nroute'),
            ("cases.toml:1 an admin", "GET /user", "deny", "allow"),
        ),
        (('route = "GET /user"', 'route = "GET /mine"'), ("the route is GET /user",)),
        (('X-User = "test"', 'X-User = "root"'), ("the upstream gets another X-User",)),
        (("deny 401 insufficient_auth", "deny 403 insufficient_auth"), ("authentication: recent",)),
        (("deny 401 missing_token", "deny 403"), ("deny 403", "deny 401 missing_token", "there is none")),
        (("deny 400 unclear_path", "allow"), ("deny 400 unclear_path", "route: unclear_path")),
    ],
    ids=["allow", "route", "headers", "reason", "status", "path"],
)
def test_a_decision_that_is_not_as_expected_is_a_row(
    run: Run, folder: Path, change: tuple[str, str], words: tuple[str, ...]
) -> None:
    (folder / "cases.toml").write_text(CASES.replace(*change, 1))
    ended = run("policy", "test", "gatepost.toml", "cases.toml")
    assert (ended.status, ended.err) == (1, "")
    lines = ended.out.splitlines()
    assert lines[0].split() == ["Case", "Request", "Expected", "Decision", "Why"]
    assert all(word in lines[1] for word in words), lines[1]
    assert lines[2:] == ["14 of 15 decisions are as expected."]


def test_all_cases_are_json_for_programs(run: Run, folder: Path) -> None:
    (folder / "cases.toml").write_text(CASES.replace("deny 400 unclear_path", "allow"))
    ended = run("policy", "test", "gatepost.toml", "cases.toml", "--json")
    assert ended.status == 1
    cases = json.loads(ended.out)["cases"]
    assert [case["as_expected"] for case in cases].count(False) == 1
    assert cases[0] == {
        "place": "cases.toml:1",
        "name": "an admin",
        "request": "GET /user",
        "expected": "allow",
        "decision": "allow",
        "as_expected": True,
        "why": "",
    }


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 0, "there is no [[cases]]"),
        ("[[case]]", 1, 'unknown key "case" in the top level of the file; did you mean "cases"?'),
        ("[[cases]]\nexpect = 'allow'", 1, 'lacks "request"'),
        ("[[cases]]\nrequest = '/user'\nexpect = 'allow'", 2, "is a method and a path"),
        ("[[cases]]\nrequest = 'GET /user'", 1, 'lacks "expect"'),
        ("[[cases]]\nrequest = 'GET /user'\nexpect = 'deny missing_token'", 3, '"expect" is "allow"'),
        ("[[cases]]\nrequest = 'GET /user'\nexpect = 'allow'\nissuer = 'mian'", 4, 'did you mean "main"?'),
        ("[[cases]]\nrequest = 'GET /user'\nexpect = 'allow'\nclaims = {}", 4, "say whose claims these are"),
        ("[[cases]]\nrequest = 'GET /user'\nexpect = 'allow'\nroute = 'GET /usr'", 4, 'did you mean "GET /user"?'),
        ("[[cases]]\nrequest = 'GET /user'\nexpect = 'allow'\nclaim = {}", 4, 'did you mean "claims"?'),
        ("[[cases]]\nrequest = 'GET /user'\nexpect = 'allow'\nheaders = 1", 4, "is a table"),
        (
            "[[cases]]\nrequest = 'GET /user'\nexpect = 'allow'\nissuer = 'main'\ntoken = 'x'\nclaims = {}",
            5,
            "keep one",
        ),
        (
            "[[cases]]\nrequest = 'GET /user'\nexpect = 'allow'\nissuer = 'main'\n[cases.claims]\na.b = [2020-01-01]",
            6,
            "nothing that JSON can say",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) and "\n" not in value else "",
)
def test_cases_that_make_no_sense_are_told_with_their_line(
    run: Run, folder: Path, text: str, line: int, words: str
) -> None:
    (folder / "cases.toml").write_text(text + "\n")
    ended = run("policy", "test", "gatepost.toml", "cases.toml")
    assert (ended.status, ended.out) == (2, "")
    place = f"cases.toml:{line}: " if line else "cases.toml: "
    assert any(each.startswith(place) and words in each for each in ended.err.splitlines()), ended.err


def test_a_broken_policy_is_not_tested(run: Run, folder: Path) -> None:
    (folder / "gatepost.toml").write_text("nonsense = 1")
    ended = run("policy", "test", "gatepost.toml", "cases.toml")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("gatepost.toml:1: ")


def test_a_real_token_meets_the_real_keys(run: Run, folder: Path, local: LocalIssuer) -> None:
    policy = f"[issuers.main]\nissuer = '{local.identifier}'\naudience = '{AUDIENCE}'\n[[routes]]\nmatch = 'GET /'\n"
    (folder / "gatepost.toml").write_text(policy)
    cases = "[[cases]]\nrequest = 'GET /'\nexpect = 'allow'\n"
    (folder / "cases.toml").write_text(f"{cases}token = '{local.mint()}'\n{cases}claims = {{}}\n")
    assert run("policy", "test", "gatepost.toml", "cases.toml").out == "2 of 2 decisions are as expected.\n"
