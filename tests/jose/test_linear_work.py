"""The work grows with the input and not faster, counted in instructions and not in seconds."""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest

from gatepost.errors import ConfigurationError, TokenRejected
from gatepost.jose import KeySet, strict_json, verify_compact
from tests.jose.keys_at_hand import key_set, public_jwk, segment, signed_with_the_secret


def steps(action: Callable[[], object]) -> int:
    """Return the number of bytecode instructions that `action` takes in Python code."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with suppress(TokenRejected, ConfigurationError):
            action()
    finally:
        sys.settrace(before)
    return count


TEXTS: dict[str, Callable[[int], str]] = {
    "open arrays": lambda n: "[" * n,
    "open objects": lambda n: '{"a":' * n,
    "closed arrays": lambda n: "[" * n + "]" * n,
    "closed objects": lambda n: '{"a":' * n + "1" + "}" * n,
    "arrays and objects in turn": lambda n: '[{"a":' * n + "1" + "}]" * n,
    "many arrays of the greatest depth": lambda n: "[" + ",".join(["[" * 15 + "]" * 15] * n) + "]",
    "many objects of the greatest depth": lambda n: "[" + ",".join(['{"a":' * 15 + "1" + "}" * 15] * n) + "]",
    "one deep object with many members": lambda n: '{"a":' * 15 + "[" + ",".join(["1"] * n) + "]" + "}" * 15,
    "one deep object with many objects": lambda n: '{"a":' * 14 + "[" + ",".join(["{}"] * n) + "]" + "}" * 14,
    "many numbers": lambda n: "[" + ",".join(["1"] * n) + "]",
    "many members": lambda n: "{" + ",".join(f'"{number}":{number}' for number in range(n)) + "}",
    "many equal members": lambda n: "{" + ",".join(['"a":1'] * n) + "}",
    "a long integer": lambda n: "1" * n,
    "a long fraction": lambda n: "1." + "1" * n,
    "a long exponent": lambda n: "1e-" + "9" * n,
    "quotes": lambda n: '"' * n,
    "backslashes": lambda n: '"' + "\\\\" * n + '"',
    "escaped letters": lambda n: '["' + "\\u0041" * n + '"]',
    "escaped surrogates": lambda n: '["' + "\\ud800" * n + '"]',
    "commas": lambda n: "[" + "," * n + "]",
    "white space": lambda n: " \t\n\r" * n,
    "constants": lambda n: "[" + ",".join(["NaN"] * n) + "]",
}


def _header_of(text: Callable[[int], str]) -> Callable[[int], bytes]:
    return lambda n: signed_with_the_secret(b'{"alg":"HS256","x":' + text(n // 16).encode() + b"}", b"{}")


def _keys_of(text: Callable[[int], str]) -> Callable[[int], str]:
    return lambda n: f'{{"keys":{text(n)}}}'


TOKENS: dict[str, Callable[[int], bytes]] = {
    "dots": lambda n: b"." * n,
    "letters": lambda n: b"A" * n,
    "many segments": lambda n: b"e30." * n,
    "padding": lambda n: b"e30.e30." + b"=" * n,
    "octets outside the alphabet": lambda n: b"\xff" * n,
    "a long payload": lambda n: signed_with_the_secret(b'{"alg":"HS256"}', b"1" * n),
    "a long header": lambda n: signed_with_the_secret(b'{"alg":"HS256","x":"' + b"x" * n + b'"}', b"{}"),
    "a long signature": lambda n: b"eyJhbGciOiJIUzI1NiJ9.e30." + b"AAAA" * n,
    "a long list of critical names": lambda n: signed_with_the_secret(
        b'{"alg":"HS256","crit":[' + b",".join([b'"x"'] * n) + b"]}", b"{}"
    ),
    **{f"a header of {name}": _header_of(text) for name, text in TEXTS.items()},
}
DOCUMENTS: dict[str, Callable[[int], str]] = {
    "objects that are no keys": lambda n: json.dumps({"keys": [{}] * n}),
    "keys of an unknown type": lambda n: json.dumps({"keys": [{"kty": "X", "kid": str(each)} for each in range(n)]}),
    "one key many times": lambda n: json.dumps({"keys": [public_jwk("Ed25519")] * n}),
    "one key under many names": lambda n: json.dumps(
        {"keys": [public_jwk("Ed25519") | {"kid": str(each)} for each in range(n)]}
    ),
    "different keys under one name": lambda n: json.dumps(
        {
            "keys": [
                {"kty": "OKP", "crv": "Ed25519", "kid": "same", "x": segment(each.to_bytes(32, "big")).decode()}
                for each in range(n)
            ]
        }
    ),
    "a long list of purposes": lambda n: json.dumps({"keys": [public_jwk("ES256") | {"key_ops": ["verify"] * n}]}),
    "a long modulus": lambda n: json.dumps({"keys": [{"kty": "RSA", "e": "AQAB", "n": "AQAB" * n}]}),
    "a long name": lambda n: json.dumps({"keys": [public_jwk("ES256") | {"kid": "x" * n}]}),
    **{f"keys of {name}": _keys_of(text) for name, text in TEXTS.items()},
}


def assert_linear(read: Callable[[Any], object], made: Callable[[int], str | bytes], size: int) -> None:
    """Assert that the work is bounded for each octet of the input, and doubles at most when the input does."""
    small, large = made(size), made(2 * size)
    steps(lambda: read(small))  # what is imported or made once does not count
    work = steps(lambda: read(small))
    assert 0 < work <= 250 * len(small) + 5000
    assert steps(lambda: read(large)) <= 2.2 * work + 100


@pytest.mark.parametrize("family", TEXTS)
def test_reading_twice_the_json_is_at_most_twice_the_work(family: str) -> None:
    assert_linear(strict_json.loads, TEXTS[family], 200)


@pytest.mark.parametrize("family", TOKENS)
def test_verifying_twice_the_token_is_at_most_twice_the_work(family: str) -> None:
    keys = key_set("HS256")
    assert_linear(lambda token: verify_compact(token, keys, max_length=1_000_000), TOKENS[family], 2000)


@pytest.mark.parametrize("family", DOCUMENTS)
def test_reading_twice_the_keys_is_at_most_twice_the_work(family: str) -> None:
    assert_linear(KeySet.from_jwks, DOCUMENTS[family], 40)
