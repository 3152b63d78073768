"""The log of what an issuer was asked."""

from threading import Thread

from gatepost.testing import Endpoint
from gatepost.testing.request_log import RequestLog, ServedRequest

JWKS = ServedRequest("GET", "/jwks", Endpoint.JWKS)
NOWHERE = ServedRequest("GET", "/favicon.ico", None)


def test_requests_are_counted_by_endpoint_and_in_all() -> None:
    log = RequestLog()
    log.add(JWKS)
    log.add(NOWHERE)
    log.add(JWKS)
    assert log.count(Endpoint.JWKS) == 2
    assert log.count(Endpoint.TOKEN) == 0
    assert log.count() == len(log) == 3
    assert log.paths == ["/jwks", "/favicon.ico", "/jwks"]


def test_it_can_be_cleared() -> None:
    log = RequestLog()
    log.add(JWKS)
    log.clear()
    assert list(log) == []


def test_a_test_can_wait_for_a_request() -> None:
    log = RequestLog()
    thread = Thread(target=log.add, args=(JWKS,))
    thread.start()
    assert log.wait_for(1, Endpoint.JWKS)
    thread.join()


def test_waiting_ends_when_nothing_comes() -> None:
    assert not RequestLog().wait_for(1, timeout=0)
