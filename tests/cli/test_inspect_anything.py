"""Whatever is inspected, there is an answer: no traceback, and nothing that a terminal acts on."""

import base64
import io
import json
from contextlib import redirect_stderr, redirect_stdout

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gatepost.cli import main

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
NAMES = st.sampled_from(["iss", "aud", "exp", "nbf", "iat", "sub", "scope", "typ", "nonce", "auth_time", "events"])
PARAMETERS = st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "jku", "b64", "enc"])


def segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def inspect(token: str) -> None:
    for more in ((), ("--json",)):
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = main(["inspect", *more, "--", token])
        assert status in {0, 1, 2}
        assert err.getvalue().count("\n") == (status == 2)
        assert all(line.isprintable() for line in out.getvalue().split("\n"))
        if more and status != 2:
            json.loads(out.getvalue(), parse_constant=lambda name: 1 / 0)


@given(st.text())
@example("..")
@example("\udcff.\udcff.")
@settings(deadline=None, max_examples=50)
def test_any_text(token: str) -> None:
    inspect(token)


@given(st.binary(), st.binary(), st.binary())
@example(b"{}", b'{"exp":1e999}', b"x")
@example(b"{}", b'{"exp":' + b"9" * 400 + b"}", b"x")
@example(b"{}", b'{"exp":NaN,"iat":-Infinity}', b"x")
@example(b"{}", b'{"a":' * 900 + b"1" + b"}" * 900, b"x")
@example(b"{}", b'{"a":"\\ud800"}', b"x")
@settings(deadline=None, max_examples=50)
def test_any_bytes_in_the_three_parts(header: bytes, payload: bytes, signature: bytes) -> None:
    inspect(f"{segment(header)}.{segment(payload)}.{segment(signature)}")


@given(st.dictionaries(PARAMETERS, JSON), st.dictionaries(NAMES, JSON))
@settings(deadline=None, max_examples=100)
def test_any_values_of_any_type(header: dict[str, object], payload: dict[str, object]) -> None:
    inspect(f"{segment(json.dumps(header).encode())}.{segment(json.dumps(payload).encode())}.AAAA")
