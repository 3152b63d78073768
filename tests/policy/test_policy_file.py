"""`gatepost.toml`: what it may say, and what is said about everything else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gatepost.errors import ConfigurationError
from gatepost.jose import SigningKey, sign_compact
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.policy_file import PolicySettings, load, read
from gatepost.policy.settings.problem import PolicyFileError, Problem
from gatepost.policy.settings.watched_files import WatchedFiles
from tests.policy.conftest import ROUTE, Complaints, Write

Settings = Callable[..., PolicySettings]

ENVIRONMENT = "2c1e3a54-8f0b-4f7d-9d5c-1a2b3c4d5e6f"

EXAMPLE = f"""\
token_cache = 10
resource_metadata = "https://api.example.com/.well-known/oauth-protected-resource"

[issuers.pingone]
vendor = "pingone"
environment = "{ENVIRONMENT}"
region = "eu"
audience = ["https://api.example.com"]

[issuers.partner]
issuer = "https://is.partner.example/oauth2/token"
audience = "client-id"

[[routes]]
match = "GET,HEAD /user"
issuers = ["pingone"]
scopes = ["profile"]
max_auth_age = "5m"
claims = {{ "realm_access.roles" = "admin" }}
forward = {{ "X-User" = "sub", "X-Scopes" = "scope" }}

[[routes]]
match = "* /health"
public = true

[[routes]]
match = "POST /orders/{{id}}"
any_scope = ["a", "b"]
acr = ["gold"]
claims = {{ level = [1, 2.5], vip = true }}
dpop = "required"
mtls = "off"
"""


def test_the_example_means_what_it_says(settings: Settings) -> None:
    found = settings(EXAMPLE)
    assert found.token_cache == 10
    assert found.resource_metadata == "https://api.example.com/.well-known/oauth-protected-resource"
    pingone, partner = found.issuers["pingone"], found.issuers["partner"]
    assert pingone.identifier == f"https://auth.pingone.eu/{ENVIRONMENT}/as"
    assert pingone.audience == ("https://api.example.com",)
    assert partner.identifier == "https://is.partner.example/oauth2/token"
    assert partner.audience == ("client-id",)
    (user, demands), (health, public), (_, order) = found.routes
    assert (user.text, health.text) == ("GET,HEAD /user", "* /health")
    assert (demands.issuers, demands.scopes, demands.max_auth_age) == (("pingone",), ("profile",), 300)
    assert demands.claims == (("realm_access.roles", ("admin",)),)
    assert demands.forward == (("X-User", "sub"), ("X-Scopes", "scope"))
    assert public.public
    assert (order.any_scope, order.acr, order.dpop, order.mtls) == (("a", "b"), ("gold",), "required", "off")
    assert order.claims == (("level", (1, 2.5)), ("vip", (True,)))


def test_a_loaded_policy_decides(write: Write) -> None:
    policy = load(write(EXAMPLE), environ={})
    assert policy.check(AccessRequest("GET", "/health")).allowed
    assert not policy.check(AccessRequest("GET", "/user")).allowed
    assert policy.forwardable == ("X-User", "X-Scopes")


# Each text is put below a good route; the complaint's line counts within it, from 1.
WRONG = [
    ("[[routes]]\nmatch = 'GET /a'\nscope = ['a']", 3, 'unknown key "scope" in [[routes]]; did you mean "scopes"?'),
    ("[[routes]]\nmatch = 'GET /a'\nxyz = 1", 3, 'unknown key "xyz" in [[routes]]; known are acr, any_scope, claims'),
    ("[isuers]", 1, 'unknown key "isuers" in the top level of the file; did you mean "issuers"?'),
    ("[[routes]]\npublic = true", 1, '[[routes]] lacks "match", such as match = "GET /user"'),
    ("[[routes]]\nmatch = 7\npublic = true", 2, '"match" in [[routes]] is a string that is not empty'),
    ("[[routes]]\nmatch = 'GET user'\npublic = true", 2, "match is methods and a path"),
    ("[[routes]]\nmatch = 'GET /a'\npublic = 'yes'", 3, '"public" in [[routes]] is true or false'),
    ("[[routes]]\nmatch = 'GET /a'", 1, "the route is not public, and there is no issuer to trust"),
    ("[[routes]]\nmatch = 'GET /a'\npublic = true\nscopes = ['a']", 4, '"scopes" means nothing on a public route'),
    ("[issuers]\na = 1", 2, '"a" in [issuers.NAME] is a table: [issuers.a]'),
    ("[issuers.a]\nvendor = 'pingon'\naudience = 'x'", 2, 'unknown vendor "pingon"; did you mean "pingone"?'),
    ("[issuers.a]\naudience = 'x'", 1, "[issuers.a] says not who it is"),
    ("[issuers.a]\nissuer = 1\naudience = 'x'", 2, '"issuer" in [issuers.a] is a string that is not empty'),
    ("[issuers.a]\nissuer = 'https://a.example'", 1, '[issuers.a] lacks "audience"'),
    ("[issuers.a]\nissuer = 'https://a.example'\nany_audience = false", 1, '[issuers.a] lacks "audience"'),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nany_audience = true",
        4,
        '"audience" and "any_audience" contradict each other',
    ),
    ("[issuers.a]\nvendor = 'pingone'\naudience = 'x'", 1, '[issuers.a] lacks "environment", which the vendor pingone'),
    ("[issuers.a]\nvendor = 'keycloak'\naudience = 'x'", 1, '[issuers.a] lacks "base_url", which the vendor keycloak'),
    (
        "[issuers.a]\nvendor = 'google'\nissuer = 'x'\naudience = 'x'",
        3,
        '"vendor" and "issuer" both say who is trusted',
    ),
    ("[issuers.a]\nvendor = 'pingone'\nenvironment = 'x'\naudience = 'x'", 3, "environment_id is a UUID"),
    (
        f"[issuers.a]\nvendor = 'pingone'\nenvironment = '{ENVIRONMENT}'\nenvironment_id = 'x'\naudience = 'x'",
        4,
        '"environment" and "environment_id" are the same',
    ),
    (
        f"[issuers.a]\nvendor = 'pingone'\nenvironment = '{ENVIRONMENT}'\nregion = 'us'\naudience = 'x'",
        4,
        '"region" in [issuers.a] is one of com, eu, ca',
    ),
    (
        f"[issuers.a]\nvendor = 'entra'\ntenant = '{ENVIRONMENT}'\nversion = 3\naudience = 'x'",
        4,
        '"version" is one of 1, 2',
    ),
    ("[issuers.a]\nvendor = 'okta'\ndomain = '??'\naudience = 'x'", 3, "domain is the address of the server"),
    ("[issuers.a]\nissuer = 'nonsense'\naudience = 'x'", 2, "is not a URL"),
    ("[issuers.a]\nissuer = 'http://a.example'\naudience = 'x'", 2, "http_hosts = ["),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = []",
        3,
        '"audience" in [issuers.a] is a list of at least one',
    ),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = [\n'x',\n'']", 5, '"audience" is a list of strings'),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nalgorithms = ['RS256', 'RS265']",
        4,
        'unknown algorithm "RS265"',
    ),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nalgorithms = 'RS256'", 4, "is a list: algorithms = ["),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nalgorithms = ['HS256']", 4, 'secret_env = "NAME" or'),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nleeway = 'soon'", 4, "is a span of time"),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\ntoken_type = 'refresh'", 4, "one of access, id, any"),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nsecret = 'hush'",
        4,
        "no secret belongs into the file",
    ),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nclient_secret = 'hush'",
        4,
        "no secret belongs into the file",
    ),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nsecret_env = 'NO'", 4, '"NO" is not set, or empty'),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nsecret_env = 'SHORT'", 4, "at least 32"),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nsecret_file = 'no'",
        4,
        "cannot be read: No such file",
    ),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nsecret_file = 'empty'", 4, "is empty"),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nsecret_file = 'x'\nsecret_env = 'SHORT'",
        4,
        '"secret_env" and "secret_file" both say where',
    ),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\njwks_url = 'https://a.example/k'\njwks_file = 'x'",
        5,
        '"jwks_url" and "jwks_file" both say where the keys are',
    ),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\njwks_url = 'http://a.example/k'", 4, "plain http"),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\njwks_file = 'no'", 4, "cannot be read"),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nca_file = 'no'", 4, "there is no file"),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nsecret_env = 'LONG'\nhttp_hosts = ['a']",
        5,
        '"http_hosts" is for keys that are fetched; "secret_env" needs no fetching',
    ),
    ("[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nfetch = 1", 4, "is a table: [issuers.a.fetch]"),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\n[issuers.a.fetch]\ntotal_timout = 1",
        5,
        'unknown key "total_timout" in [issuers.a.fetch]; did you mean "total_timeout"?',
    ),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\n[issuers.a.fetch]\nmin_age = '2h'\nmax_age = '1h'",
        5,
        "min_age is at most max_age",
    ),
    (
        "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\n[issuers.b]\nissuer = 'https://a.example'\nany_audience=true",
        4,
        '"https://a.example" is the issuer "a" already',
    ),
    ("[[routes]]\nmatch = 'GET /a'\nissuers = ['nobody']", 3, 'unknown issuer "nobody"; there is none'),
    ("[[routes]]\nmatch = 'GET /a'\nscopes = 'a b'\npublic = true", 3, 'is a list: scopes = ["…"]'),
    ("[[routes]]\nmatch = 'GET /a'\nscopes = ['a b']", 3, "without blanks"),
    ("[[routes]]\nmatch = 'GET /a'\nacr = ['a\"b']", 3, "without blanks, quotes"),
    ("[[routes]]\nmatch = 'GET /a'\nscopes = []", 3, "leave it out"),
    ("[[routes]]\nmatch = 'GET /a'\nmax_auth_age = '5 minutes'", 3, "is a span of time"),
    ("[[routes]]\nmatch = 'GET /a'\ndpop = 'requird'", 3, '"dpop" in [[routes]] is one of off, allowed, required'),
    ("[[routes]]\nmatch = 'GET /a'\nclaims = 'admin'", 3, '"claims" in [[routes]] is a table'),
    ("[[routes]]\nmatch = 'GET /a'\nclaims.a.b = 'admin'", 3, "a claim's path stands in quotes"),
    ("[[routes]]\nmatch = 'GET /a'\nclaims = { a = [] }", 3, 'the claim "a" wants a string'),
    ("[[routes]]\nmatch = 'GET /a'\nclaims = { a = ['x', 2020-01-01] }", 3, 'the claim "a" wants a string'),
    ("[[routes]]\nmatch = 'GET /a'\nclaims = { a = nan }", 3, 'the claim "a" wants a string'),
    ("[[routes]]\nmatch = 'GET /a'\nforward = ['X-User']", 3, '"forward" in [[routes]] is a table'),
    ("[[routes]]\nmatch = 'GET /a'\nforward = { X_User = 'sub' }", 3, 'write "X-User"'),
    ("[[routes]]\nmatch = 'GET /a'\nforward = { 'X User' = 'sub' }", 3, "no header that every server hands on"),
    ("[[routes]]\nmatch = 'GET /a'\nforward = { Authorization = 'sub' }", 3, "has another meaning"),
    ("[[routes]]\nmatch = 'GET /a'\nforward = { X-A = 'a', x-a = 'b' }", 3, "stands there twice"),
    ("[[routes]]\nmatch = 'GET /a'\nforward = { X-Forwarded-For = 'sub' }", 3, "has another meaning"),
    ("[[routes]]\nmatch = 'GET /a'\nforward = { X-A = 1 }", 3, '"X-A" in forward = { … } is a string'),
    (
        "[[routes]]\nmatch = 'GET /{x}'\npublic = true\n[[routes]]\nmatch = 'GET /{y}'\npublic = true",
        5,
        "match the same",
    ),
    ("[[routes]]\nmatch = 'GET ${NO}'\npublic = true", 2, "the environment variable NO is not set"),
]


@pytest.mark.parametrize(("text", "line", "words"), WRONG, ids=[f"{words[:50]}" for _, _, words in WRONG])
def test_what_is_wrong_is_told_with_its_line(
    complaints: Complaints, write: Write, text: str, line: int, words: str
) -> None:
    write("", "empty")
    said = complaints(f"{ROUTE}{text}\n", {"SHORT": "short", "LONG": "x" * 32})
    place = f"gatepost.toml:{line + 3}: "
    assert any(each.startswith(place) and words in each for each in said), said


def test_everything_wrong_is_told_at_once_in_order_and_without_values(complaints: Complaints, write: Write) -> None:
    write("[[routes]]\nmatch = 'GET /more'\npublic = 1\n", "more.toml")
    said = complaints(
        "include = ['more.toml']\nnonsense = 'hunter2'\n[issuers.a]\nclient_secret = 'hunter2'\nleeway = 'hunter2'\n"
        "[[routes]]\nmatch = 'GET /a'\nscopes = 'hunter2'\ndpop = 'hunter2'\nmax_auth_age = 'hunter2'\n"
    )
    assert [each.partition(": ")[0] for each in said] == [
        "gatepost.toml:2",
        "gatepost.toml:3",
        "gatepost.toml:3",
        "gatepost.toml:4",
        "gatepost.toml:5",
        "gatepost.toml:8",
        "gatepost.toml:9",
        "gatepost.toml:10",
        "more.toml:3",
    ]
    assert "hunter2" not in "\n".join(said)


def test_a_header_is_written_alike_in_all_routes(complaints: Complaints) -> None:
    issuer = "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\n"
    route = "[[routes]]\nmatch = 'GET /{}'\nforward = {{ {} = 'sub' }}\n"
    assert complaints(issuer + route.format("a", "X-User") + route.format("b", "X-USER")) == [
        'gatepost.toml:9: the header "X-USER" is "X-User" in another route; write it so'
    ]
    assert complaints(issuer + route.format("a", "X-User") + route.format("b", "X-User")) == []


def test_a_missing_variable_is_told_once(complaints: Complaints) -> None:
    said = complaints(ROUTE + "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\njwks_url = '${NO}'\n")
    assert said == [
        "gatepost.toml:7: the environment variable NO is not set; set it, or write ${NO:-default}",
    ]


@pytest.mark.parametrize(
    "text", ["", "token_cache = 1\n", "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\n"]
)
def test_a_file_without_routes_is_no_policy(complaints: Complaints, text: str) -> None:
    assert complaints(text) == ["gatepost.toml: there is no [[routes]], so that every request would be refused"]


def test_the_environment_fills_values(settings: Settings) -> None:
    text = (
        "[issuers.a]\nvendor = 'pingone'\nenvironment = '${ENV}'\nregion = '${REGION:-eu}'\naudience = ['${API}/v1']\n"
    )
    text += "leeway = '${LEEWAY}'\n" + ROUTE
    issuer = settings(text, {"ENV": ENVIRONMENT, "API": "https://api", "LEEWAY": "7"}).issuers["a"]
    assert issuer.identifier == f"https://auth.pingone.eu/{ENVIRONMENT}/as"
    assert (issuer.audience, issuer.leeway) == (("https://api/v1",), 7)


def test_all_options_of_an_issuer_can_be_set(settings: Settings) -> None:
    text = """
[issuers.a]
issuer = "https://a.example"
any_audience = true
algorithms = ["ES256", "EdDSA"]
token_type = "id"
leeway = 5
required_claims = ["email"]
max_token_age = "1h"
aliases = ["https://b.example"]
client_id_as_audience = true
require_at_jwt = true
http_hosts = ["a.internal"]
fetch = { total_timeout = "5s", max_bytes = 1000, max_age = "10m" }
"""
    issuer = settings(text + ROUTE).issuers["a"]
    assert issuer.audience is None
    assert issuer.algorithms == {"ES256", "Ed25519", "Ed448"}
    assert (issuer.token_type, issuer.leeway, issuer.max_token_age) == ("id", 5, 3600)
    assert (issuer.required_claims, issuer.aliases) == (("email",), ("https://b.example",))
    assert (issuer.client_id_as_audience, issuer.require_at_jwt) == (True, True)
    keys = issuer.keys
    assert getattr(keys, "http_hosts") == ("a.internal",)  # noqa: B009  # the union's other members have none
    assert getattr(keys, "total_timeout") == 5  # noqa: B009
    assert getattr(keys, "max_age") == 600  # noqa: B009


def test_a_vendors_own_place_of_keys_is_fetched_as_the_file_says(settings: Settings, write: Write) -> None:
    write("certificates", "ca.pem")
    text = "[issuers.a]\nvendor = 'wso2'\nbase_url = 'https://is.example:9443'\naudience = 'x'\nca_file = 'ca.pem'\n"
    keys = settings(text + ROUTE).issuers["a"].keys
    assert getattr(keys, "url") == "https://is.example:9443/oauth2/jwks"  # noqa: B009
    assert str(getattr(keys, "ca_file")).endswith("/ca.pem")  # noqa: B009
    text = "[issuers.a]\nvendor = 'pingfederate'\nbase_url = 'https://f.example'\naudience = 'x'\nca_file = 'ca.pem'\n"
    assert type(settings(text + ROUTE).issuers["a"].keys).__name__ == "Discovery"


def test_pingfederates_own_parameter_issuer_is_its_own(settings: Settings) -> None:
    text = "[issuers.a]\nvendor = 'pingfederate'\nbase_url = 'https://f.example'\nissuer = 'https://pf'\n"
    text += "jwks_path = '/pf/JWKS'\naudience = 'x'\n"
    assert settings(text + ROUTE).issuers["a"].identifier == "https://pf"


def test_entras_version_is_a_number(settings: Settings) -> None:
    text = f"[issuers.a]\nvendor = 'entra'\ntenant = '{ENVIRONMENT}'\nversion = 1\naudience = 'x'\n"
    assert settings(text + ROUTE).issuers["a"].identifier == f"https://sts.windows.net/{ENVIRONMENT}/"


def test_keys_come_from_a_url_a_file_or_a_secret(settings: Settings, write: Write, tmp_path: Path) -> None:
    write(SigningKey.generate("ES256").public.to_pem(), "key.pem")
    write(b"s" * 32, "secret")
    text = """
[issuers.url]
issuer = "https://a.example"
audience = "x"
jwks_url = "https://keys.example/jwks"
[issuers.file]
issuer = "https://b.example"
audience = "x"
jwks_file = "key.pem"
[issuers.env]
issuer = "https://c.example"
audience = "x"
secret_env = "SECRET"
[issuers.secret]
issuer = "https://d.example"
audience = "x"
secret_file = "secret"
algorithms = ["HS256"]
"""
    files = WatchedFiles()
    issuers = read(write(text + ROUTE), environ={"SECRET": "e" * 64}, files=files).issuers
    assert getattr(issuers["url"].keys, "url") == "https://keys.example/jwks"  # noqa: B009
    assert Path(getattr(issuers["file"].keys, "path")) == tmp_path / "key.pem"  # noqa: B009
    assert issuers["env"].algorithms == {"HS256", "HS384", "HS512"}
    assert issuers["secret"].algorithms == {"HS256"}
    assert {path.name for path in files.paths} == {"gatepost.toml", "secret"}


def test_a_token_signed_with_the_secret_is_let_in(write: Write) -> None:
    text = "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nsecret_env = 'SECRET'\n"
    text += "[[routes]]\nmatch = 'GET /'\n"
    policy = load(write(text), environ={"SECRET": "e" * 32}, clock=lambda: 1000)
    claims = {"iss": "https://a.example", "aud": "x", "exp": 1001}
    for secret, good in ((b"e" * 32, True), (b"f" * 32, False)):
        token = sign_compact(claims, SigningKey.from_secret(secret))
        assert policy.check(AccessRequest("GET", "/", authorization=(f"Bearer {token}",))).allowed is good


def test_the_token_cache_is_the_files_unless_the_caller_says_otherwise(settings: Settings) -> None:
    assert settings(ROUTE).token_cache == 1024
    assert settings("token_cache = 0\n" + ROUTE).token_cache is None
    assert settings("token_cache = 7\n" + ROUTE).token_cache == 7
    policy = settings(EXAMPLE).policy(token_cache=None)
    assert policy.verifier is not None


@pytest.mark.parametrize("value", ["-1", "1.5", "true", "'7'"])
def test_the_token_cache_is_a_whole_number(complaints: Complaints, value: str) -> None:
    assert complaints(f"token_cache = {value}\n{ROUTE}") == [
        'gatepost.toml:1: "token_cache" in the top level of the file is a whole number, 0 or more'
    ]


def test_the_metadata_is_a_url_that_can_stand_in_a_challenge(complaints: Complaints) -> None:
    for value in ("nonsense", "https://a b", 'https://a"b', "ftp://a"):
        assert complaints(f"resource_metadata = '{value}'\n{ROUTE}") == [
            'gatepost.toml:1: "resource_metadata" is a URL that begins with https://'
        ]


def test_a_problem_without_a_line_is_about_the_file() -> None:
    error = PolicyFileError([Problem("a.toml", 0, "is odd"), Problem("a.toml", 3, "is odd too")])
    assert str(error) == "a.toml: is odd\na.toml:3: is odd too"
    assert isinstance(error, ConfigurationError)
