"""Traps of issuers, for `gatepost gateway check`."""

from collections.abc import Iterator

import pytest

from gatepost.apigateway.authorizers.issuer_check import IssuerTrap, issuer_notices, issuer_traps
from gatepost.apigateway.model.api import Application
from gatepost.apigateway.model.authorizer import JwtAuthorizer
from gatepost.apigateway.model.place import Place
from gatepost.testing import Endpoint, Fault, LocalIssuer
from tests.apigateway.authorizers.world import PATIENCE, http_api, rest_api, token_authorizer

PLACE = Place("template.yaml", 12, "Api", "Properties.Auth")


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with LocalIssuer("generic", tls=True) as running:
        yield running


def traps(issuer: LocalIssuer, identifier: str | None = None) -> tuple[IssuerTrap, ...]:
    application = trusting(identifier or issuer.identifier)
    return issuer_traps(application, ca_file=issuer.ca_file, time_limit=PATIENCE)


def trusting(identifier: str) -> Application:
    authorizer = JwtAuthorizer("Jwt", identifier, ("x",), place=PLACE)
    return Application((http_api(authorizer), http_api(authorizer)), {})


def test_a_good_issuer_holds_no_trap(issuer: LocalIssuer) -> None:
    assert traps(issuer) == ()


@pytest.mark.parametrize(
    ("fault", "endpoint", "name"),
    [
        (Fault.NOT_FOUND, Endpoint.DISCOVERY, "issuer-without-discovery"),
        (Fault.WRONG_ISSUER, Endpoint.DISCOVERY, "issuer-mismatch"),
        (Fault.TOO_LARGE, Endpoint.JWKS, "issuer-without-keys"),
    ],
)
def test_an_issuer_that_fails_is_one_trap_however_many_apis_trust_it(
    issuer: LocalIssuer, fault: Fault, endpoint: Endpoint, name: str
) -> None:
    issuer.fail(fault, at=endpoint)
    (trap,) = traps(issuer)
    assert (trap.place, trap.name) == (PLACE, name)
    assert trap.message
    assert trap.remedy


def test_a_trailing_slash_too_many_is_told(issuer: LocalIssuer) -> None:
    (trap,) = traps(issuer, issuer.identifier + "/")
    assert "trailing slash" in trap.message


def test_an_issuer_without_rsa_keys() -> None:
    with LocalIssuer("generic", algorithm="ES256", tls=True) as issuer:
        (trap,) = traps(issuer)
    assert trap.name == "issuer-without-rsa-keys"
    assert "ES256" in trap.message


def test_plain_http_is_a_notice_on_this_machine_and_a_trap_elsewhere() -> None:
    with LocalIssuer("generic") as issuer:
        assert traps(issuer) == ()
        (notice,) = issuer_notices(trusting(issuer.identifier))
        assert notice.startswith(f"{PLACE}: the issuer {issuer.identifier} is asked by plain http")
        assert [trap.name for trap in traps(issuer, "http://idp.example")] == ["plain-http-issuer"]
        assert issuer_notices(trusting("http://idp.example")) == ()
        assert issuer_notices(trusting("https://idp.example")) == ()


def test_an_application_without_issuers_asks_nobody() -> None:
    assert issuer_traps(Application((rest_api(token_authorizer()),), {})) == ()


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("http://idp.example", "plain-http-issuer"),
        ("http://[half", "issuer-that-may-not-be-asked"),
        ("https://idp.example/#a", "issuer-that-may-not-be-asked"),
        ("http://idp.example/#a", "issuer-that-may-not-be-asked"),
    ],
)
def test_an_issuer_that_may_not_be_asked_is_a_trap(issuer: LocalIssuer, identifier: str, name: str) -> None:
    (trap,) = traps(issuer, identifier)
    assert trap.name == name
    assert "http_hosts" not in trap.message
    assert issuer_notices(trusting(identifier)) == ()
