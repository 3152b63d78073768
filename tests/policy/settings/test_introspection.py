"""`[issuers.NAME.introspection]`: opaque tokens."""

import json
from collections.abc import Callable

import pytest

from gatepost.jose import SigningKey
from gatepost.policy.policy_file import PolicySettings
from gatepost.verification.client_authentication import ClientSecretBasic, ClientSecretPost, PrivateKeyJwt
from tests.policy.conftest import ROUTE, Complaints, Write

Settings = Callable[..., PolicySettings]

ISSUER = "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\n"
ASKING = "[issuers.a.introspection]\nendpoint = 'https://a.example/introspect'\nclient_id = 'api'\n"
ENVIRON = {"SECRET": "hush"}


def test_an_issuers_opaque_tokens_are_asked_about(settings: Settings) -> None:
    text = ISSUER + "jwt = false\n" + ASKING + "client_secret_env = 'SECRET'\ncache = 0\nmax_age = '30s'\n"
    found = settings(text + ROUTE, ENVIRON)
    trusted = found.trusted["a"]
    asking = trusted.introspection
    assert asking is not None
    assert (asking.endpoint, asking.client) == ("https://a.example/introspect", ClientSecretBasic("api", "hush"))
    assert (asking.cache, asking.max_age, asking.refusal_age) == (None, 30, 2)
    assert found.issuers == {}
    policy = found.policy()
    assert policy.verifier is None


def test_jwts_and_opaque_tokens_go_together(settings: Settings) -> None:
    found = settings(ISSUER + ASKING + "client_secret_env = 'SECRET'\nrefusal_age = 1\n" + ROUTE, ENVIRON)
    assert list(found.issuers) == ["a"]
    asking = found.trusted["a"].introspection
    assert asking is not None
    assert (asking.cache, asking.max_age, asking.refusal_age) == (1024, 60, 1)


def test_a_client_proves_who_it_is_in_three_ways(settings: Settings, write: Write) -> None:
    key = SigningKey.generate("ES256")
    write("hush\n", "secret")
    write(key.to_private_pem(), "key.pem")
    write(json.dumps(key.to_private_jwk()), "key.json")
    clients = []
    for way in (
        "client_secret_file = 'secret'\nclient_authentication = 'post'",
        "client_secret_file = 'secret'\nclient_authentication = 'basic'",
        "client_key_file = 'key.pem'",
        "client_key_file = 'key.json'\nclient_authentication = 'private_key_jwt'",
    ):
        asking = settings(ISSUER + ASKING + way + "\n" + ROUTE).trusted["a"].introspection
        assert asking is not None
        clients.append(asking.client)
    assert clients[:2] == [ClientSecretPost("api", "hush"), ClientSecretBasic("api", "hush")]
    assert [type(client) for client in clients[2:]] == [PrivateKeyJwt, PrivateKeyJwt]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (ASKING, 4, 'lacks "client_secret_env" or "client_secret_file"'),
        (ASKING + "client_authentication = 'private_key_jwt'", 4, 'lacks "client_key_file"'),
        (ASKING + "client_authentication = 'digest'\nclient_secret_env = 'SECRET'", 7, "one of basic, post"),
        (ASKING + "client_secret_env = 'NO'", 7, '"NO" is not set'),
        (ASKING + "client_secret = 'hush'", 7, "no secret belongs into the file"),
        (ASKING + "client_secret_env = 'ODD'", 7, "is not UTF-8"),
        (ASKING + "client_secret_env = 'SECRET'\nclient_key_file = 'key'", 4, "contradict each other"),
        (ASKING + "client_key_file = 'key'\nclient_authentication = 'post'", 4, "contradict each other"),
        (ASKING + "client_key_file = 'no'", 7, "cannot be read"),
        (ASKING + "client_key_file = 'key'", 7, "neither PEM nor a JWK"),
        (ASKING + "client_key_file = 'public.pem'", 7, "is not a private key"),
        (ASKING + "client_secret_env = 'SECRET'\nmaxage = 1", 8, 'did you mean "max_age"?'),
        (ASKING + "client_secret_env = 'SECRET'\nrefusal_age = '1h'", 8, "refusal_age"),
        (ASKING.replace("https:", "http:") + "client_secret_env = 'SECRET'", 5, "plain http"),
        ("[issuers.a.introspection]\nclient_id = 'api'\nclient_secret_env = 'SECRET'", 4, 'lacks "endpoint"'),
        ("[issuers.a.introspection]\nendpoint = 'https://a'\nclient_secret_env = 'SECRET'", 4, 'lacks "client_id"'),
        ("jwt = false", 4, "without JWTs [issuers.a] needs [issuers.a.introspection]"),
        ("introspection = 1", 4, "is a table: [issuers.a.introspection]"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) and "\n" not in value else "",
)
def test_what_is_wrong_is_told_with_its_line(
    complaints: Complaints, write: Write, text: str, line: int, words: str
) -> None:
    write("nonsense", "key")
    write(SigningKey.generate("ES256").public.to_pem(), "public.pem")
    said = complaints(f"{ISSUER}{text}\n{ROUTE}", {**ENVIRON, "ODD": "\udcff"})
    assert any(each.startswith(f"gatepost.toml:{line}: ") and words in each for each in said), said
    assert "hush" not in "\n".join(said)


def test_one_route_asks_one_issuer(complaints: Complaints) -> None:
    a = ISSUER + ASKING + "client_secret_env = 'SECRET'\n"
    both = a + a.replace("issuers.a", "issuers.b").replace("https://a.", "https://b.")
    assert complaints(both + "[[routes]]\nmatch = 'GET /a'\n", ENVIRON) == [
        'gatepost.toml:16: opaque tokens of "a" and "b" cannot be told apart on one route; name one under issuers'
    ]
    assert complaints(both + "[[routes]]\nmatch = 'GET /a'\nissuers = ['b']\n", ENVIRON) == []
    assert complaints(both + ROUTE, ENVIRON) == []
