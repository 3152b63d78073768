"""Introspection (RFC 7662): asked once, remembered no longer than is safe, and closed when it fails."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, TypeAlias

import pytest

from gatepost.errors import ConfigurationError, KeysUnavailable, Reason, TokenRejected
from gatepost.trust.fetch import FetchFailed
from gatepost.verification import VerifiedToken
from gatepost.verification.client_authentication import ClientSecretPost
from gatepost.verification.introspection import Introspection, is_opaque
from tests.verification.asking import ENDPOINT, TOKEN, Clock, FakePoster, active, introspection
from tests.verification.minting import AUDIENCE, ISSUER, NOW

Ask: TypeAlias = Callable[..., VerifiedToken]

INACTIVE = b'{"active": false}'
DOWN = FetchFailed("https://issuer.example/introspect answered with status 500", status=500)


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Asks about a token in one of the two ways."""
    if request.param == "sync":
        return lambda api, token=TOKEN: api.verify(token)
    return lambda api, token=TOKEN: asyncio.run(api.verify_async(token))


def refusal(action: Callable[[], object]) -> Reason:
    with pytest.raises(TokenRejected) as caught:
        action()
    return caught.value.reason


def test_an_active_token_is_verified(ask: Ask) -> None:
    poster = FakePoster(lambda _: active(cnf={"jkt": "a"}))
    api = introspection(poster)
    token = ask(api)
    assert (token.issuer, token.subject, token.scopes) == (ISSUER, "alice", frozenset({"read", "write"}))
    assert (token.header, token.claims["cnf"]) == ({}, {"jkt": "a"})
    assert poster.asked == [
        {
            "token": TOKEN,
            "token_type_hint": "access_token",
            "client_id": "client-1",
            "client_secret": "s3cret",
        }
    ]


def test_a_token_may_be_given_as_bytes(ask: Ask) -> None:
    assert ask(introspection(FakePoster(lambda _: active())), TOKEN.encode()).subject == "alice"


def test_the_issuer_is_that_of_the_setting_whatever_the_answer_leaves_out(ask: Ask) -> None:
    api = introspection(FakePoster(lambda _: b'{"active":true,"exp":%d}' % (NOW + 1)), audience=None)
    assert (ask(api).issuer, api.issuer) == (ISSUER, ISSUER)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", Reason.MALFORMED),
        ("a b", Reason.MALFORMED),
        ("a\n", Reason.MALFORMED),
        ("ä", Reason.MALFORMED),
        (b"\xff", Reason.MALFORMED),
        ("a=b", Reason.MALFORMED),
        (None, Reason.MALFORMED),
        ("a" * 16_385, Reason.TOO_LARGE),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_what_is_no_token_is_not_asked_about(ask: Ask, token: Any, reason: Reason) -> None:
    poster = FakePoster(lambda _: active())
    assert refusal(lambda: ask(introspection(poster), token)) is reason
    assert poster.asked == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (INACTIVE, Reason.INACTIVE),
        (active(aud="https://other.example"), Reason.WRONG_AUDIENCE),
        (active(exp=NOW), Reason.EXPIRED),
        (active(iss="https://evil.example"), Reason.WRONG_ISSUER),
    ],
    ids=["inactive", "audience", "expired", "issuer"],
)
def test_a_token_that_is_not_good_is_refused_and_asked_about_again_soon(
    ask: Ask, answer: bytes, reason: Reason
) -> None:
    poster, clock = FakePoster(lambda _: answer), Clock()
    api = introspection(poster, clock=clock)
    errors = []
    for passed, times in ((0, 1), (1.9, 1), (2, 2)):
        clock.now = NOW + passed
        with pytest.raises(TokenRejected) as caught:
            ask(api)
        errors.append(caught.value)
        assert (caught.value.reason, len(poster.asked)) == (reason, times)
    assert errors[0] is not errors[1]


def test_a_claim_at_fault_is_named(ask: Ask) -> None:
    with pytest.raises(TokenRejected) as caught:
        ask(introspection(FakePoster(lambda _: active(exp=NOW))))
    assert caught.value.claim == "exp"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (DOWN, "answered with status 500$"),
        (FetchFailed("it answered with status 401", status=401), "it does not accept how the client authenticates$"),
        (b"<html>", "its answer is not a strict JSON object$"),
        (b'{"active": "true"}', "by true or false"),
    ],
    ids=["down", "unauthorized", "no JSON", "unclear"],
)
def test_without_a_clear_answer_nothing_can_be_said(ask: Ask, answer: Any, message: str) -> None:
    poster, clock = FakePoster(lambda _: answer), Clock()
    api = introspection(poster, clock=clock)
    for passed, times in ((0, 1), (1.9, 1), (2, 2)):
        clock.now = NOW + passed
        with pytest.raises(KeysUnavailable, match=message) as caught:
            ask(api)
        assert len(poster.asked) == times
        assert caught.value.retry_after == 5
        assert TOKEN not in f"{caught.value} {caught.value!r}"
        assert "s3cret" not in f"{caught.value} {caught.value!r}"


def test_a_good_token_is_remembered_for_a_while(ask: Ask) -> None:
    poster, clock = FakePoster(lambda _: active()), Clock()
    api = introspection(poster, clock=clock)
    first = ask(api)
    clock.now = NOW + 59.9
    assert ask(api) is first
    clock.now = NOW + 60
    ask(api)
    assert len(poster.asked) == 2


def test_it_is_never_remembered_beyond_its_end(ask: Ask) -> None:
    poster, clock = FakePoster(lambda _: active(exp=NOW + 10)), Clock()
    api = introspection(poster, clock=clock, max_age=3600)
    ask(api)
    clock.now = NOW + 9.9
    ask(api)
    assert len(poster.asked) == 1
    clock.now = NOW + 10
    assert refusal(lambda: ask(api)) is Reason.EXPIRED
    assert len(poster.asked) == 2


def test_time_that_turns_back_makes_no_token_good_too_early(ask: Ask) -> None:
    poster, clock = FakePoster(lambda _: active(nbf=NOW)), Clock()
    api = introspection(poster, clock=clock)
    ask(api)
    clock.now = NOW - 1
    assert refusal(lambda: ask(api)) is Reason.NOT_YET_VALID


def test_nothing_is_remembered_where_nothing_shall_be(ask: Ask) -> None:
    for options in ({"cache_size": None}, {"max_age": 0}):
        poster = FakePoster(lambda _: active())
        api = introspection(poster, **options)
        ask(api)
        ask(api)
        assert len(poster.asked) == 2
    poster = FakePoster(lambda _: INACTIVE)
    api = introspection(poster, refusal_age=0)
    for _ in range(2):
        assert refusal(lambda: ask(api)) is Reason.INACTIVE
    assert len(poster.asked) == 2


def test_what_is_remembered_is_bounded(ask: Ask) -> None:
    poster = FakePoster(lambda form: active() if form["token"].startswith("good") else INACTIVE)
    api = introspection(poster, cache_size=2)
    for number in (1, 2, 3):
        ask(api, f"good-{number}")
    for number in range(1100):
        refusal(lambda: api.verify(f"bad-{number}"))  # noqa: B023
    assert len(api._refusals) == 1024
    for token in ("good-3", "good-2", "good-1", "bad-1099", "bad-0"):
        before = len(poster.asked)
        if token.startswith("good"):
            ask(api, token)
        else:
            refusal(lambda: ask(api, token))  # noqa: B023
        assert (len(poster.asked) > before) == (token in {"good-1", "bad-0"})


def test_many_who_ask_about_one_token_ask_once() -> None:
    asked, answered = Event(), Event()

    def answering(_: object) -> bytes:
        asked.set()
        assert answered.wait(10)
        return active()

    poster = FakePoster(answering)
    api = introspection(poster)

    async def wait_for_it() -> list[VerifiedToken]:
        tasks = [asyncio.create_task(api.verify_async(TOKEN)) for _ in range(5)]
        await asyncio.to_thread(asked.wait, 10)
        tasks[0].cancel()
        asyncio.get_running_loop().call_soon(answered.set)
        return await asyncio.gather(*tasks[1:])

    with ThreadPoolExecutor(1) as thread:
        tokens = asyncio.run(wait_for_it())
        tokens.append(thread.submit(api.verify, TOKEN).result(10))
    assert len({id(token) for token in tokens}) == 1
    assert len(poster.asked) == 1


def test_threads_that_ask_meanwhile_wait_for_the_same_answer() -> None:
    asked, answered = Event(), Event()

    def answering(_: object) -> bytes:
        asked.set()
        assert answered.wait(10)
        return active()

    poster = FakePoster(answering)
    api = introspection(poster)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(api.verify, TOKEN)
        assert asked.wait(10)
        flight, is_first = api._flights.join(TOKEN)
        second = threads.submit(api.verify, TOKEN)
        answered.set()
        assert (first.result(10), is_first) == (flight.result(10), False)
        assert second.result(10) is first.result(10)
    assert len(poster.asked) == 1


def test_an_answer_that_does_not_come_in_time_is_none(ask: Ask) -> None:
    api = introspection(FakePoster(lambda _: active()), total_timeout=0.001)
    api._wait_limit = 0.001
    api._flights.join(TOKEN)
    with pytest.raises(KeysUnavailable, match="was not answered"):
        ask(api)


def test_whatever_goes_wrong_nobody_waits_for_ever() -> None:
    def answering(_: object) -> bytes:
        raise ZeroDivisionError

    api = introspection(FakePoster(answering))
    with pytest.raises(ZeroDivisionError):
        api.verify(TOKEN)
    with pytest.raises(ZeroDivisionError):
        api.verify(TOKEN)


def test_a_loop_that_is_about_to_end_asks_no_more() -> None:
    api = introspection(FakePoster(lambda _: active()))

    async def too_late() -> None:
        await asyncio.get_running_loop().shutdown_default_executor()
        await api.verify_async(TOKEN)

    with pytest.raises(KeysUnavailable, match="was not answered"):
        asyncio.run(too_late())
    assert api.verify(TOKEN).subject == "alice"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_process_does_not_wait_for_what_its_parent_asked() -> None:
    api = introspection(FakePoster(lambda _: active()))
    flight, first = api._flights.join(TOKEN)
    assert first
    api._flights.forget_parent()
    assert api.verify(TOKEN).subject == "alice"
    api._flights.land(TOKEN, flight, api.verify(TOKEN))
    assert flight.done()


@pytest.mark.parametrize(
    ("endpoint", "options", "message"),
    [
        ("http://issuer.example/introspect", {}, "plain http"),
        ("issuer.example", {}, "not a URL"),
        (ENDPOINT, {"max_age": -1}, "max_age is a number from 0 to 86,400"),
        (ENDPOINT, {"refusal_age": 11}, "refusal_age is a number from 0 to 10"),
        (ENDPOINT, {"total_timeout": 0}, "total_timeout"),
        (ENDPOINT, {"connect_timeout": 0}, "connect_timeout"),
        (ENDPOINT, {"max_bytes": 0}, "max_bytes"),
        (ENDPOINT, {"cache_size": 0}, "token_cache is a number of entries"),
        (ENDPOINT, {"leeway": -1}, "leeway"),
        (ENDPOINT, {"issuer": ""}, "identifier"),
        (ENDPOINT, {"audience": ()}, "audience is empty"),
        (ENDPOINT, {"ca_file": "/nowhere/ca.pem"}, "does not exist"),
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_refused(endpoint: str, options: dict[str, Any], message: str) -> None:
    client = ClientSecretPost("client-1", "s3cret")
    settings: dict[str, Any] = {"issuer": ISSUER, "audience": AUDIENCE, "client": client, **options}
    with pytest.raises(ConfigurationError, match=message):
        Introspection(endpoint, **settings)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8080/introspect", "http://idp.internal/introspect?a=b"])
def test_plain_http_is_for_loopback_and_named_hosts(endpoint: str) -> None:
    client = ClientSecretPost("client-1", "s3cret")
    api = Introspection(endpoint, issuer=ISSUER, audience=None, client=client, http_hosts=("idp.internal",))
    assert api.issuer == ISSUER


def test_its_issuer_has_no_keys() -> None:
    api = introspection(FakePoster(lambda _: active()))
    with pytest.raises(ConfigurationError, match="are introspected"):
        api._issuer.keys.open(ISSUER, NOW)  # type: ignore[union-attr]


@pytest.mark.parametrize(("token", "opaque"), [("opaque", True), ("a.b", True), ("a.b.c", False), ("a.b.c.d.e", True)])
def test_a_token_of_another_form_than_a_signed_jwt_is_opaque(token: str, opaque: bool) -> None:
    assert is_opaque(token) is opaque
