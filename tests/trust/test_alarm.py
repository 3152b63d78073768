"""Giving a fetch up in time."""

import threading

import pytest

from gatepost.errors import KeysUnavailable
from gatepost.trust.alarm import never, ring
from gatepost.trust.fetch import Response
from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.key_source import Cause

ISSUER = "https://issuer.example"


def test_it_rings_in_a_thread_that_does_not_keep_the_process_from_ending() -> None:
    rung = threading.Event()
    seen: list[threading.Thread] = []

    def call() -> None:
        seen.append(threading.current_thread())
        rung.set()

    ring(0, call)
    assert rung.wait(5)
    assert seen[0].daemon


def test_it_can_be_called_off() -> None:
    off = ring(3600, pytest.fail)
    off()
    for thread in threading.enumerate():
        if thread.name == "gatepost-alarm":
            thread.join(5)
            assert not thread.is_alive()


def test_what_waits_for_no_network_takes_its_time() -> None:
    never(0, pytest.fail)()


def test_a_name_server_that_never_answers_holds_nobody_longer_than_the_limit() -> None:
    go_on = threading.Event()

    class Hanging:
        def fetch(self, url: str, *, etag: str | None = None) -> Response:
            go_on.wait(30)
            return Response(200, b"")

    live = JwksUrl(f"{ISSUER}/jwks", fetcher=Hanging(), total_timeout=0.01).open(ISSUER, 0)
    answer = live.refresh(0, Cause.COLD)
    with pytest.raises(KeysUnavailable, match="no answer within"):
        answer.result(live.wait_limit + 5)
    go_on.set()
