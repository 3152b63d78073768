"""The signed statement to the upstream."""

import json

import pytest

from gatepost.errors import TokenRejected
from gatepost.gates.authz.identity_token import LIFETIME, TYPE, IdentityTokens
from gatepost.jose import KeySet, SigningKey, verify_compact
from gatepost.trust.issuer import Issuer
from gatepost.verification import Verifier
from tests.gates.authz.in_process import ISSUER, NOW, InProcess, bearer, token

HEADER = "X-Gatepost-Identity"


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asked(clock: Clock) -> InProcess:
    return InProcess(identity=IdentityTokens(SigningKey.generate("ES256"), clock=clock))


def keys(asked: InProcess) -> KeySet:
    got = asked.ask("/jwks")
    assert (got.status, got.value("Content-Type")) == (200, "application/jwk-set+json")
    assert "d" not in json.loads(got.body)["keys"][0]
    return KeySet.from_jwks(got.body)


def test_it_says_whose_request_it_is_and_is_signed_with_the_published_key(asked: InProcess) -> None:
    signed = asked.forward("GET", "/user", [bearer(token(client_id="app"))]).value(HEADER)
    found = verify_compact(signed, keys(asked))
    assert found.header["typ"] == TYPE
    assert json.loads(found.payload) == {
        "iss": "gatepost",
        "aud": "api.example.com",
        "sub": "alice",
        "client_id": "app",
        "scope": "read",
        "idp": ISSUER,
        "iat": int(NOW),
        "exp": int(NOW) + LIFETIME,
    }


def test_on_a_public_route_it_says_only_that_the_request_came_through_the_gate(asked: InProcess) -> None:
    signed = asked.forward("GET", "/health").value(HEADER)
    assert "sub" not in json.loads(verify_compact(signed, keys(asked)).payload)


def test_a_refused_request_gets_none(asked: InProcess) -> None:
    assert asked.forward("GET", "/user").value(HEADER) == ""


def test_it_passes_nowhere_as_an_access_token(asked: InProcess) -> None:
    signed = asked.forward("GET", "/user", [bearer(token())]).value(HEADER)
    trusting = Issuer("gatepost", audience="api.example.com", keys=keys(asked))
    with pytest.raises(TokenRejected):
        Verifier(trusting, clock=lambda: NOW).verify(signed)


def test_it_is_used_for_half_of_its_life_and_by_nobody_else(asked: InProcess, clock: Clock) -> None:
    def of(subject: str) -> str:
        return asked.forward("GET", "/user", [bearer(token(sub=subject))]).value(HEADER)

    first = of("alice")
    assert of("bob") != first
    assert of("alice") == first
    clock.now += LIFETIME / 2
    assert of("alice") != first


def test_without_it_there_is_no_key_set() -> None:
    assert InProcess().ask("/jwks").status == 404
