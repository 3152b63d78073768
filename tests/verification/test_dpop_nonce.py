"""The nonces of a server (RFC 9449 §8, §9): made from the time and a secret, good for two steps of time."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.errors import ConfigurationError
from gatepost.verification.dpop_nonce import DpopNonces

SECRET = bytes(range(32))
NONCES = DpopNonces(SECRET, step=100)


def test_a_nonce_is_good_in_its_step_and_in_the_next() -> None:
    nonce = NONCES.current(1000)
    assert [now for now in range(800, 1400, 50) if NONCES.accepts(nonce, now)] == [1000, 1050, 1100, 1150]


def test_it_stays_the_same_within_a_step() -> None:
    assert NONCES.current(1000) == NONCES.current(1099.9)
    assert NONCES.current(1000) != NONCES.current(1100)


def test_servers_with_one_secret_accept_each_others() -> None:
    assert DpopNonces(SECRET, step=100).accepts(NONCES.current(1000), 1000)
    assert not DpopNonces(bytes(32), step=100).accepts(NONCES.current(1000), 1000)


@pytest.mark.parametrize(
    "nonce", ["", "a", "é", "\ud800", NONCES.current(1000) + "a", NONCES.current(1000)[:-1]], ids=ascii
)
def test_another_text_is_not_accepted(nonce: str) -> None:
    assert not NONCES.accepts(nonce, 1000)


@pytest.mark.parametrize(
    ("secret", "step", "message"),
    [
        (bytes(31), 100, "at least 32 octets"),
        (SECRET, 0, "step is a number from 1 to 86,400, not 0"),
        (SECRET, float("inf"), "step"),
        (SECRET, "150", "step"),
    ],
)
def test_settings_that_make_no_sense_are_refused(secret: bytes, step: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        DpopNonces(secret, step=step)


@given(st.floats(0, 2**40), st.floats(0, 200))
def test_a_nonce_is_never_refused_before_a_step_has_passed(made: float, passed: float) -> None:
    if passed < 100:
        assert NONCES.accepts(NONCES.current(made), made + passed)
