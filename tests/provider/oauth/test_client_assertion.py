"""Assertions of clients (RFC 7523 §3, PingOne "Create a client secret JWT")."""

import json
from typing import Any

import pytest

from gatepost.identity.applications import Application
from gatepost.jose import SigningKey, base64url
from gatepost.provider.oauth import client_keys
from gatepost.trust.fetch import FetchFailed
from gatepost.trust.fetch import Response as Fetched
from tests.provider.oauth.conftest import BEGINNING, JWT_BEARER, Answer, Served

NOW = int(BEGINNING)
KEY = SigningKey.generate("RS256", kid="one")
EC_KEY = SigningKey.generate("ES256", kid="two")


def _worker(served: Served, **members: Any) -> Application:
    application = served.application(
        type="SERVICE",
        grantTypes=["CLIENT_CREDENTIALS"],
        redirectUris=[],
        **{"tokenEndpointAuthMethod": "CLIENT_SECRET_JWT", **members},
    )
    served.grant(application, served.resource("read"))
    return application


def _ask(served: Served, assertion: str, **form: Any) -> Answer:
    whole = {"client_assertion_type": JWT_BEARER, "client_assertion": assertion, **form}
    return served.post("token", grant_type="client_credentials", **whole)


def _jwks(*keys: SigningKey) -> str:
    return json.dumps({"keys": [key.to_jwk() for key in keys]})


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_secret_signs_with_each_algorithm(served: Served, algorithm: str) -> None:
    application = _worker(served)
    assert _ask(served, served.assertion(application, algorithm=algorithm)).status == 200


@pytest.mark.parametrize("key", [KEY, EC_KEY], ids=["RS256", "ES256"])
def test_a_private_key_signs(served: Served, key: SigningKey) -> None:
    application = _worker(served, tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwks=_jwks(KEY, EC_KEY))
    assert _ask(served, served.assertion(application, key=key)).status == 200


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256", "PS384", "PS512"])
def test_a_private_key_without_a_named_algorithm_signs_with_each(served: Served, algorithm: str) -> None:
    key = SigningKey.from_pem(KEY.to_private_pem(), algorithm, kid="one")
    jwk = {name: value for name, value in KEY.to_jwk().items() if name != "alg"}
    application = _worker(
        served, tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwks=str({"keys": [jwk]}).replace("'", '"')
    )
    assert _ask(served, served.assertion(application, key=key)).status == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "ISSUER"},
        {"aud": ["https://elsewhere.example", "TOKEN"]},
        {"exp": NOW + 3600},
        {"exp": NOW + 1},
        {"nbf": NOW},
        {"nbf": NOW - 1000},
        {"iat": "whatever", "custom1": {"a": [1]}},
        {"exp": NOW + 30.5},
    ],
    ids=repr,
)
def test_an_assertion_that_keeps_the_rules_is_good(served: Served, claims: dict[str, Any]) -> None:
    assert _ask(served, served.assertion(_worker(served), **_filled(served, claims))).status == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": None},
        {"iss": "somebody-else"},
        {"sub": None},
        {"sub": "somebody-else"},
        {"aud": None},
        {"aud": "https://elsewhere.example"},
        {"aud": "TOKEN/"},
        {"aud": "INTROSPECT"},
        {"aud": []},
        {"aud": ["TOKEN", 1]},
        {"aud": {"TOKEN": 1}},
        {"exp": None},
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": NOW + 3606},
        {"exp": str(NOW + 100)},
        {"exp": True},
        {"nbf": NOW + 60},
        {"nbf": "soon"},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 1025},
    ],
    ids=repr,
)
def test_an_assertion_that_breaks_a_rule_is_refused(served: Served, claims: dict[str, Any]) -> None:
    answer = _ask(served, served.assertion(_worker(served), **_filled(served, claims)))
    assert answer.error == "401 invalid_client"


def _filled(served: Served, claims: dict[str, Any]) -> dict[str, Any]:
    names = {"ISSUER": served.issuer, "TOKEN": f"{served.issuer}/token", "INTROSPECT": f"{served.issuer}/introspect"}

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            for name, url in names.items():
                value = value.replace(name, url)
            return value
        return [fill(each) for each in value] if isinstance(value, list) else value

    return {name: fill(value) for name, value in claims.items()}


@pytest.mark.parametrize("typ", ["at+jwt", "dpop+jwt", "logout+jwt"])
def test_a_jwt_of_another_kind_is_no_assertion(served: Served, typ: str) -> None:
    application = _worker(served)
    assert _ask(served, served.assertion(application, header={"typ": typ})).error == "401 invalid_client"


def test_an_assertion_signed_with_something_else_is_refused(served: Served) -> None:
    application = _worker(served)
    other = SigningKey.from_secret(b"x" * 64)
    public_as_secret = SigningKey.from_secret(KEY.public.to_pem().encode())
    with_key = served.changed(_worker(served), tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwks=_jwks(KEY))
    by_secret = SigningKey.from_secret(served.secret(with_key.id).encode())
    for assertion in (
        served.assertion(application, key=other),
        served.assertion(application, key=KEY),
        served.assertion(with_key, key=EC_KEY),
        served.assertion(with_key, key=public_as_secret),
        served.assertion(with_key, key=by_secret),
    ):
        assert _ask(served, assertion).error == "401 invalid_client"


def test_an_assertion_without_a_signature_is_refused(served: Served) -> None:
    application = _worker(served)
    _, payload, _ = served.assertion(application).split(".")
    header = base64url.encode(b'{"alg":"none"}').decode()
    for assertion in (f"{header}.{payload}.", f"{header}.{payload}", "", ".", "..", "a.b.c", payload):
        assert _ask(served, assertion).error == "401 invalid_client"


def test_the_type_has_to_be_said(served: Served) -> None:
    application = _worker(served)
    answer = _ask(served, served.assertion(application), client_assertion_type="urn:else")
    assert answer.error == "400 invalid_request"


def test_client_id_may_stand_beside_it_and_is_the_same(served: Served) -> None:
    application, other = _worker(served), _worker(served)
    assert _ask(served, served.assertion(application), client_id=application.id).status == 200
    assert _ask(served, served.assertion(application), client_id=other.id).error == "401 invalid_client"


def test_a_jti_counts_once_per_client_and_endpoint(served: Served) -> None:
    application, other = _worker(served), _worker(served)
    assertion = served.assertion(application, jti="one")
    answer = _ask(served, assertion)
    assert answer.status == 200
    assert _ask(served, assertion).error == "401 invalid_client"
    assert _ask(served, served.assertion(application, jti="one", exp=NOW + 400)).error == "401 invalid_client"
    assert _ask(served, served.assertion(other, jti="one")).status == 200
    # the workflow sends the very same JWT to another endpoint
    form = {"client_assertion_type": JWT_BEARER, "client_assertion": assertion}
    first = served.post("introspect", token=answer.json["access_token"], **form)
    assert first.json["active"] is True
    assert served.post("introspect", token=answer.json["access_token"], **form).error == "401 invalid_client"


def test_an_assertion_without_jti_may_be_repeated(served: Served) -> None:
    assertion = served.assertion(_worker(served))
    assert [_ask(served, assertion).status for _ in range(3)] == [200, 200, 200]


def test_an_assertion_for_the_called_endpoint_is_good_there(served: Served) -> None:
    application = _worker(served)
    assertion = served.assertion(application, aud=f"{served.issuer}/introspect")
    form = {"client_assertion_type": JWT_BEARER, "client_assertion": assertion}
    assert served.post("introspect", token="x", **form).json == {"active": False}


class _Site:
    """Answers for a client's `jwksUrl`."""

    def __init__(self, *keys: SigningKey) -> None:
        self.keys = keys
        self.up = True
        self.asked = 0

    def fetch(self, url: str, *, etag: str | None = None) -> Fetched:
        self.asked += 1
        if not self.up:
            raise FetchFailed(f"{url} is down")
        return Fetched(200, _jwks(*self.keys).encode())


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> _Site:
    made = _Site(KEY)
    monkeypatch.setattr(client_keys, "PublicFetcher", lambda: made)
    client_keys._live.cache_clear()
    return made


def test_keys_are_fetched_once_and_kept(served: Served, site: _Site) -> None:
    url = "https://client.example.com/jwks"
    application = _worker(served, tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwksUrl=url)
    assert [_ask(served, served.assertion(application, key=KEY)).status for _ in range(3)] == [200] * 3
    assert site.asked == 1
    assert _ask(served, served.assertion(application, key=EC_KEY)).error == "401 invalid_client"


def test_keys_that_cannot_be_fetched_are_no_fault_of_the_client(served: Served, site: _Site) -> None:
    site.up = False
    url = "https://client.example.com/jwks"
    application = _worker(served, tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwksUrl=url)
    answer = _ask(served, served.assertion(application, key=KEY))
    assert answer.error == "503 temporarily_unavailable"
    assert int(answer.headers["retry-after"]) > 0
