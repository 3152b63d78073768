"""Discovery and keys over loopback: faults, time limits, two hours, rotation, one fetch at a time."""

import asyncio
import json
import time
from collections.abc import Iterator

import pytest

from gatepost.apigateway.authorizers.discovery_document import TIME_LIMIT, make_fetcher
from gatepost.apigateway.authorizers.issuer_keys import KEPT_FOR, UNKNOWN_KEY_COOLDOWN
from gatepost.apigateway.exchange import Exchange
from gatepost.apigateway.model.api import Api
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import JwtAuthorizer
from gatepost.apigateway.model.place import TemplateError
from gatepost.testing import Endpoint, Fault, LocalIssuer, TurnableClock
from gatepost.trust.fetch import FetchFailed, Response
from tests.apigateway.authorizers.world import PATIENCE, Gatekeeper, exchange, http_api, refused, run
from tests.end_to_end.real_parts.loopback_http import Answer, loopback_http

AUDIENCE = "https://api.example.com"
DISCOVERY_FAILED = "invalid_token: OIDC discovery endpoint communication error"
JWKS_FAILED = "invalid_token: JWKS communication error"
UNKNOWN_KEY = "invalid_token: the token does not have a known key id"


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with LocalIssuer("generic", audience=AUDIENCE, lifetime=100_000, clock=TurnableClock(1_700_000_000)) as running:
        yield running


def api(issuer: LocalIssuer) -> Api:
    return http_api(JwtAuthorizer("Jwt", issuer.identifier, (AUDIENCE,)))


def ask(keeper: Gatekeeper, token: str) -> Exchange:
    return keeper.ask({"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize(
    "fault",
    [Fault.SERVER_ERROR, Fault.NOT_FOUND, Fault.GARBAGE, Fault.TOO_LARGE, Fault.REDIRECT, Fault.CUT_OFF],
)
@pytest.mark.parametrize(
    ("endpoint", "expected"), [(Endpoint.DISCOVERY, DISCOVERY_FAILED), (Endpoint.JWKS, JWKS_FAILED)]
)
def test_a_document_that_cannot_be_had_is_a_401_and_the_next_request_tries_again(
    issuer: LocalIssuer, fault: Fault, endpoint: Endpoint, expected: str
) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    issuer.fail(fault, at=endpoint)
    made = ask(keeper, issuer.mint())
    assert refused(made).authorizer_error == expected
    assert made.steps[-1].name == "keys"
    issuer.heal()
    assert ask(keeper, issuer.mint()).failure is None
    assert issuer.requests.count(Endpoint.DISCOVERY) == 2  # the keys may have moved: their place is asked for again


@pytest.mark.parametrize(("octets", "taken"), [(150_000, True), (150_001, False)])
def test_a_document_has_150000_octets_at_most(octets: int, taken: bool) -> None:
    with loopback_http(lambda _: Answer(200, b" " * octets)) as url:
        fetcher = make_fetcher(time_limit=PATIENCE)
        if taken:
            assert len(fetcher.fetch(url).body) == octets
        else:
            with pytest.raises(FetchFailed):
                fetcher.fetch(url)


def test_an_issuer_that_is_down(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    token = issuer.mint()
    issuer.fail(Fault.REFUSED)
    assert refused(ask(keeper, token)).authorizer_error == DISCOVERY_FAILED


def test_a_slow_answer_is_given_up_after_a_second_and_a_half_while_the_loop_goes_on(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock, time_limit=TIME_LIMIT)
    token = issuer.mint()
    issuer.fail(Fault.SLOW, at=Endpoint.JWKS)
    made = exchange(keeper.api, {"Authorization": token})
    beats = 0

    async def decide() -> None:
        nonlocal beats
        waiting = asyncio.ensure_future(keeper.authorizing.authorize(made))
        while not waiting.done():
            await asyncio.wait({waiting}, timeout=0.01)
            beats += 1

    began = time.monotonic()
    run(decide())
    assert refused(made).authorizer_error == JWKS_FAILED
    assert 1.4 < time.monotonic() - began < PATIENCE / 2
    assert beats > 20


def test_keys_are_kept_for_two_hours_and_not_longer(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    token = issuer.mint()
    assert ask(keeper, token).failure is None
    issuer.fail(Fault.SERVER_ERROR)
    issuer.clock.advance(KEPT_FOR - 1)
    assert ask(keeper, token).failure is None
    assert ask(keeper, issuer.mint()).failure is None
    issuer.clock.advance(1)
    assert refused(ask(keeper, token)).authorizer_error == DISCOVERY_FAILED
    issuer.heal()
    assert ask(keeper, token).failure is None
    assert issuer.requests.count(Endpoint.JWKS) == 2


def test_a_key_that_the_issuer_removed_lives_for_the_rest_of_the_two_hours(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    old = issuer.mint()
    assert ask(keeper, old).failure is None
    issuer.rotate_keys()
    issuer.clock.advance(KEPT_FOR - 1)
    assert ask(keeper, old).failure is None
    issuer.clock.advance(1)
    assert refused(ask(keeper, old)).authorizer_error == UNKNOWN_KEY
    assert ask(keeper, issuer.mint()).failure is None


def test_an_unknown_key_has_the_keys_fetched_again_where_that_is_assumed(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    assert ask(keeper, issuer.mint()).failure is None
    issuer.rotate_keys(keep_old=True)
    assert ask(keeper, issuer.mint()).failure is None
    assert issuer.requests.count(Endpoint.JWKS) == 2
    assert issuer.requests.count(Endpoint.DISCOVERY) == 1


def test_a_token_that_was_verified_goes_with_its_key(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    old = issuer.mint()
    assert ask(keeper, old).failure is None
    issuer.rotate_keys()
    assert ask(keeper, issuer.mint()).failure is None
    assert refused(ask(keeper, old)).authorizer_error == UNKNOWN_KEY


@pytest.mark.parametrize("kid", [None, "another"])
def test_a_key_of_no_name_or_another_is_not_tried(issuer: LocalIssuer, kid: str | None) -> None:
    jwk = issuer.signing_key.to_jwk()
    del jwk["kid"]
    key_set = {"keys": [jwk if kid is None else jwk | {"kid": kid}]}
    documents = {
        issuer.discovery_url: {"issuer": issuer.identifier, "jwks_uri": issuer.jwks_uri},
        issuer.jwks_uri: key_set,
    }

    class Documents:
        def fetch(self, url: str, *, etag: str | None = None) -> Response:
            return Response(200, json.dumps(documents[url]).encode())

    keeper = Gatekeeper(api(issuer), clock=issuer.clock, fetcher=Documents())
    assert refused(ask(keeper, issuer.mint())).authorizer_error == UNKNOWN_KEY


def test_an_unknown_key_waits_for_the_two_hours_where_that_is_assumed(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock, assumptions=Assumptions(refetch_unknown_key=False))
    assert ask(keeper, issuer.mint()).failure is None
    issuer.rotate_keys()
    assert refused(ask(keeper, issuer.mint())).authorizer_error == UNKNOWN_KEY
    assert issuer.requests.count(Endpoint.JWKS) == 1


def test_a_flood_of_unknown_keys_has_them_fetched_once_in_a_while(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    assert ask(keeper, issuer.mint()).failure is None
    for number in range(20):
        ask(keeper, issuer.mint_with(header={"kid": f"nobody-{number}"}))
    assert issuer.requests.count(Endpoint.JWKS) == 2
    issuer.clock.advance(UNKNOWN_KEY_COOLDOWN)
    ask(keeper, issuer.mint_with(header={"kid": "nobody"}))
    assert issuer.requests.count(Endpoint.JWKS) == 3


def test_requests_that_come_together_wait_for_one_fetch(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    all_made = [exchange(keeper.api, {"Authorization": issuer.mint()}) for _ in range(20)]

    async def decide() -> None:
        await asyncio.gather(*(keeper.authorizing.authorize(made) for made in all_made))

    run(decide())
    assert all(made.failure is None for made in all_made)
    assert (issuer.requests.count(Endpoint.DISCOVERY), issuer.requests.count(Endpoint.JWKS)) == (1, 1)


def test_one_who_goes_away_takes_the_fetch_of_the_others_not_with_him(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    issuer.fail(Fault.SLOW, at=Endpoint.JWKS)
    first, second = (exchange(keeper.api, {"Authorization": issuer.mint()}) for _ in range(2))

    async def decide() -> None:
        going = asyncio.ensure_future(keeper.authorizing.authorize(first))
        staying = asyncio.ensure_future(keeper.authorizing.authorize(second))
        assert await asyncio.to_thread(issuer.requests.wait_for, 1, Endpoint.JWKS)
        going.cancel()
        issuer.heal()
        await staying

    run(decide())
    assert second.failure is None


def test_what_is_on_its_way_is_given_up_at_the_end(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    issuer.fail(Fault.SLOW, at=Endpoint.JWKS)
    made = exchange(keeper.api, {"Authorization": issuer.mint()})

    async def decide() -> None:
        waiting = asyncio.ensure_future(keeper.authorizing.authorize(made))
        assert await asyncio.to_thread(issuer.requests.wait_for, 1, Endpoint.JWKS)
        keeper.authorizing.close()
        await asyncio.wait({waiting})

    run(decide())
    assert made.identity is None


# ── At the start ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_issuer_without_discovery_keeps_the_gateway_from_starting(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer))
    issuer.fail(Fault.NOT_FOUND, at=Endpoint.DISCOVERY)
    with pytest.raises(TemplateError) as caught:
        run(keeper.authorizing.start())
    assert (
        f"Invalid issuer: {issuer.identifier}. Issuer must have a valid discovery endpoint ended with "
        "'/.well-known/openid-configuration'"
    ) in str(caught.value)


def test_it_is_a_notice_where_that_is_asked_for_and_requests_are_refused_as_on_aws(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    issuer.fail(Fault.NOT_FOUND, at=Endpoint.DISCOVERY)
    run(keeper.authorizing.start(allow_unreachable=True))
    assert any("Invalid issuer" in notice for notice in keeper.authorizing.notices)
    assert refused(ask(keeper, issuer.mint())).authorizer_error == DISCOVERY_FAILED


def test_a_jwks_that_fails_later_is_no_matter_of_the_start(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    issuer.fail(Fault.SERVER_ERROR, at=Endpoint.JWKS)
    run(keeper.authorizing.start())
    assert refused(ask(keeper, issuer.mint())).authorizer_error == JWKS_FAILED


def test_plain_http_on_loopback_is_a_notice_and_elsewhere_an_error(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer))
    run(keeper.authorizing.start())
    assert any("plain http" in notice for notice in keeper.authorizing.notices)
    elsewhere = Gatekeeper(http_api(JwtAuthorizer("Jwt", "http://idp.example", (AUDIENCE,))))
    with pytest.raises(TemplateError, match=r"plain http.*use https, or an issuer on this machine$"):
        run(elsewhere.authorizing.start(allow_unreachable=True))


def test_tls_is_verified_against_the_ca_file() -> None:
    clock = TurnableClock(1_700_000_000)
    with LocalIssuer("generic", audience=AUDIENCE, clock=clock, tls=True) as issuer:
        trusting = Gatekeeper(api(issuer), clock=clock, ca_file=issuer.ca_file)
        assert ask(trusting, issuer.mint()).failure is None
        assert trusting.authorizing.notices == ()
        distrusting = Gatekeeper(api(issuer), clock=clock)
        assert refused(ask(distrusting, issuer.mint())).authorizer_error == DISCOVERY_FAILED


def test_the_documents_own_issuer_is_not_compared(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    issuer.fail(Fault.WRONG_ISSUER, at=Endpoint.DISCOVERY)
    assert ask(keeper, issuer.mint()).failure is None
