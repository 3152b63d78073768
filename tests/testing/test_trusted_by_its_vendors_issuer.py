"""Every vendor end to end: a local issuer, real discovery and keys over HTTP, the vendor's rules, the verifier."""

from collections.abc import Iterator

import pytest

from gatepost import JwksUrl, Reason, TokenRejected, Verifier
from gatepost.testing import LocalIssuer, TurnableClock
from gatepost.testing.shapes import NAMES, shape_of
from gatepost.testing.shapes.shape import Kind

KINDS: tuple[Kind, ...] = ("access", "client_credentials")
ALL_KINDS = [(vendor, kind) for vendor in NAMES for kind in shape_of(vendor).kinds if kind != "id"]

TELLING_APART = [vendor for vendor in NAMES if vendor != "google"]


@pytest.fixture
def running(request: pytest.FixtureRequest) -> Iterator[LocalIssuer]:
    with LocalIssuer(request.param, clock=TurnableClock(1_790_000_000)) as issuer:
        yield issuer


@pytest.mark.parametrize(("running", "kind"), ALL_KINDS, indirect=["running"])
def test_its_access_tokens_are_verified_through_discovery(running: LocalIssuer, kind: Kind) -> None:
    verifier = Verifier(running.issuer(), clock=running.clock)
    token = verifier.verify(running.mint_with(kind=kind))
    assert token.issuer == running.identifier
    if not (running.vendor == "entra" and kind == "client_credentials"):  # application permissions are roles
        assert token.scopes >= {"read", "write"}
    assert token.client_id == running.client_id


@pytest.mark.parametrize("running", NAMES, indirect=True)
def test_its_id_tokens_are_verified_as_such(running: LocalIssuer) -> None:
    verifier = Verifier(running.issuer(token_type="id"), clock=running.clock)
    token = verifier.verify(running.mint_with({"nonce": "n"}, kind="id"), nonce="n")
    assert token.audience == (running.client_id,)


@pytest.mark.parametrize("running", [vendor for vendor in NAMES if vendor != "google"], indirect=True)
def test_its_id_tokens_never_pass_as_access_tokens_even_for_the_same_audience(running: LocalIssuer) -> None:
    verifier = Verifier(running.issuer(audience=running.client_id), clock=running.clock)
    with pytest.raises(TokenRejected) as caught:
        verifier.verify(running.mint_with(kind="id"))
    assert caught.value.reason in {Reason.WRONG_TYPE, Reason.MISSING_CLAIM}


@pytest.mark.parametrize("running", TELLING_APART, indirect=True)
def test_its_access_tokens_never_pass_as_id_tokens(running: LocalIssuer) -> None:
    verifier = Verifier(running.issuer(token_type="id", audience=None), clock=running.clock)
    for kind in KINDS:
        with pytest.raises(TokenRejected) as caught:
            verifier.verify(running.mint_with(kind=kind))
        assert caught.value.reason in {Reason.WRONG_TYPE, Reason.MISSING_CLAIM}


@pytest.mark.parametrize("running", NAMES, indirect=True)
def test_its_tokens_expire_by_its_clock(running: LocalIssuer) -> None:
    verifier = Verifier(running.issuer(), clock=running.clock)
    token = running.mint()
    verifier.verify(token)
    running.clock.advance(shape_of(running.vendor).lifetime + 6)
    with pytest.raises(TokenRejected) as caught:
        verifier.verify(token)
    assert caught.value.reason is Reason.EXPIRED


@pytest.mark.parametrize("running", NAMES, indirect=True)
def test_its_tokens_are_not_for_another_audience(running: LocalIssuer) -> None:
    verifier = Verifier(running.issuer(audience="https://other.example.com"), clock=running.clock)
    with pytest.raises(TokenRejected) as caught:
        verifier.verify(running.mint())
    assert caught.value.reason is Reason.WRONG_AUDIENCE


@pytest.mark.parametrize("running", ["pingone", "wso2"], indirect=True)
def test_its_keys_are_found_without_discovery_too(running: LocalIssuer) -> None:
    verifier = Verifier(running.issuer(keys=JwksUrl(running.jwks_uri)), clock=running.clock)
    verifier.verify(running.mint())


def test_with_tls_its_issuer_trusts_its_certificate() -> None:
    with LocalIssuer("wso2", tls=True) as issuer:
        Verifier(issuer.issuer(), clock=issuer.clock).verify(issuer.mint())


def test_an_issuer_can_be_as_the_test_wants_it() -> None:
    with LocalIssuer("pingone", algorithm="ES256") as issuer:
        assert issuer.issuer(leeway=3, audience=None).leeway == 3
        assert issuer.issuer(audience=None).audience is None
        assert issuer.issuer().algorithms == {"ES256"}
