"""Copies of the policy's headers go, in every spelling that some server takes for the same name."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gatepost.gates.forwarding import Forwarding, forwarding

NAMES = ("X-User", "X-Role")


def test_every_spelling_of_a_name_goes() -> None:
    spellings = [b"x-user", b"X-User", b"x_user", b"X_USER", b"x.user", b"x!user", b"x-role"]
    incoming = [(name, b"root") for name in spellings] + [(b"x-users", b"kept"), (b"host", b"kept")]
    assert Forwarding(NAMES).headers(incoming, {"X-User": "user-1", "X-Role": ""}) == [
        (b"x-users", b"kept"),
        (b"host", b"kept"),
        (b"x-user", b"user-1"),
    ]


def test_the_same_in_a_wsgi_environment() -> None:
    environ: dict[str, Any] = {"HTTP_X_USER": "root", "HTTP_X.ROLE": "root", "HTTP_HOST": "kept", "X_USER": "kept"}
    Forwarding(NAMES).environ(environ, {"X-User": "user-1", "X-Role": ""})
    assert environ == {"HTTP_X_USER": "user-1", "HTTP_HOST": "kept", "X_USER": "kept"}


def test_a_policy_that_sets_nothing_takes_nothing() -> None:
    environ: dict[str, Any] = {"HTTP_X_USER": "kept"}
    forwarding(()).environ(environ, {})
    assert environ == {"HTTP_X_USER": "kept"}
    assert forwarding(()).headers([(b"x-user", b"kept")], {}) == [(b"x-user", b"kept")]


@given(st.text(alphabet="-_.!#~*", min_size=1, max_size=1), st.sampled_from(["x{}user", "X{}USER", "x{}User"]))
def test_no_separator_makes_another_header_of_it(separator: str, name: str) -> None:
    assert Forwarding(NAMES).is_copy(name.format(separator))


def test_what_replaces_the_headers_is_made_once() -> None:
    assert forwarding(NAMES) is forwarding(NAMES)
