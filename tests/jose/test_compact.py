"""Compact JWS (RFC 7515 §7.1): two dots, the length first, the algorithm bound to the key."""

import json
from typing import Any

import pytest

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import KeySet, SigningKey, base64url, compact, sign_compact, verify_compact
from tests.jose.keys_at_hand import ALGORITHMS, SECRET, key_set, signing_key

PAYLOAD = b'{"sub":"alice"}'


def refusal(token: Any, keys: KeySet, **options: Any) -> Reason:
    with pytest.raises(TokenRejected) as caught:
        verify_compact(token, keys, **options)
    return caught.value.reason


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_says_its_header_its_payload_and_its_key(algorithm: str) -> None:
    key = signing_key(algorithm)
    token = sign_compact(PAYLOAD, key, header={"typ": "JWT"})
    for given in (token, token.encode()):
        jws = verify_compact(given, key.key_set())
        assert jws.payload == PAYLOAD
        assert jws.key_id == key.kid
        expected = {"alg": algorithm, "typ": "JWT"} | ({} if key.kid is None else {"kid": key.kid})
        assert jws.header == expected


@pytest.mark.parametrize("algorithm", ["Ed25519", "Ed448"])
def test_an_edwards_curve_token_may_say_eddsa(algorithm: str) -> None:
    key = signing_key(algorithm)
    token = sign_compact(PAYLOAD, key, header={"alg": "EdDSA"})
    assert verify_compact(token, key.key_set()).header["alg"] == "EdDSA"
    for allowed in (("EdDSA",), (algorithm,)):
        assert verify_compact(token, key.key_set(), algorithms=allowed).payload == PAYLOAD
    other = "Ed448" if algorithm == "Ed25519" else "Ed25519"
    assert refusal(token, key.key_set(), algorithms=(other,)) is Reason.UNSUPPORTED_ALGORITHM


def test_a_payload_may_be_empty() -> None:
    key = signing_key("ES256")
    assert verify_compact(sign_compact(b"", key), key.key_set()).payload == b""


def test_the_result_cannot_be_changed() -> None:
    key = signing_key("ES256")
    jws = verify_compact(sign_compact(PAYLOAD, key), key.key_set())
    with pytest.raises(AttributeError):
        jws.payload = b""
    with pytest.raises(TypeError):
        jws.header["alg"] = "none"


@pytest.mark.parametrize("token", [None, 1, 1.5, [], {}, True, bytearray(b"a.b.c"), memoryview(b"a.b.c")], ids=repr)
def test_what_is_no_text_is_malformed(token: object) -> None:
    assert refusal(token, key_set("ES256")) is Reason.MALFORMED


@pytest.mark.parametrize("token", ["", ".", "..", "...", "a", "a.b", ".b.c", "a.b.c.d", "a.b.c.d.e", "e30..", "é.é.é"])
def test_a_token_has_a_header_and_exactly_two_dots(token: str) -> None:
    assert refusal(token, key_set("ES256")) is Reason.MALFORMED
    assert refusal(token.encode(), key_set("ES256")) is Reason.MALFORMED


def test_the_length_is_checked_before_anything_else() -> None:
    keys = key_set("ES256")
    for token in ("é" * 16385, "." * 16385, b"\xff" * 16385, b"." * 5_000_000):
        assert refusal(token, keys) is Reason.TOO_LARGE
    assert refusal("." * 16384, keys) is Reason.MALFORMED


def test_the_greatest_length_is_a_setting() -> None:
    key = signing_key("ES256")
    token = sign_compact(b"x" * 20_000, key)
    assert refusal(token, key.key_set()) is Reason.TOO_LARGE
    assert verify_compact(token, key.key_set(), max_length=len(token)).payload == b"x" * 20_000
    assert refusal(token, key.key_set(), max_length=len(token) - 1) is Reason.TOO_LARGE


@pytest.mark.parametrize("place", [0, 1, 2], ids=["header", "payload", "signature"])
@pytest.mark.parametrize("extra", [b"=", b" ", b"\n", b"+", b"/", b"\0", b"\xff", b"%2e"], ids=repr)
def test_a_segment_that_is_no_base64url_is_malformed(place: int, extra: bytes) -> None:
    key = signing_key("ES256")
    segments = sign_compact(b"123456", key, header={"kid": None, "x": "12"}).encode().split(b".")
    segments[place] += extra
    token = b".".join(segments)
    assert refusal(token, key.key_set()) is Reason.MALFORMED


def test_an_algorithm_that_no_key_has_is_unsupported() -> None:
    token = sign_compact(PAYLOAD, signing_key("ES256"))
    assert refusal(token, key_set("RS256")) is Reason.UNSUPPORTED_ALGORITHM
    assert refusal(token, KeySet([])) is Reason.UNSUPPORTED_ALGORITHM


def test_an_algorithm_that_is_not_accepted_is_unsupported_although_there_is_a_key() -> None:
    key = signing_key("ES256")
    token = sign_compact(PAYLOAD, key)
    assert refusal(token, key.key_set(), algorithms=("RS256", "PS256")) is Reason.UNSUPPORTED_ALGORITHM
    assert refusal(token, key.key_set(), algorithms=()) is Reason.UNSUPPORTED_ALGORITHM


def test_eddsa_over_a_curve_that_is_not_accepted_is_unsupported() -> None:
    ed25519, ed448 = signing_key("Ed25519"), signing_key("Ed448")
    keys = KeySet([ed25519.public, ed448.public])
    token = sign_compact(PAYLOAD, ed448, header={"alg": "EdDSA"})
    assert refusal(token, keys, algorithms=("Ed25519",)) is Reason.UNSUPPORTED_ALGORITHM


def test_a_key_that_is_not_in_the_set_is_unknown() -> None:
    token = sign_compact(PAYLOAD, signing_key("ES256"), header={"kid": "another"})
    assert refusal(token, key_set("ES256")) is Reason.UNKNOWN_KEY


def test_the_signature_of_another_key_is_bad() -> None:
    stranger = SigningKey.generate("ES256", kid=signing_key("ES256").kid)
    assert refusal(sign_compact(PAYLOAD, stranger), key_set("ES256")) is Reason.BAD_SIGNATURE


def test_an_unknown_algorithm_cannot_be_accepted() -> None:
    with pytest.raises(ConfigurationError, match="unknown algorithm 'none'"):
        verify_compact("a.b.c", key_set("ES256"), algorithms=("none",))


def test_claims_are_written_as_compact_json_in_utf8() -> None:
    token = sign_compact({"sub": "Ålice", "n": [1, 2]}, signing_key("ES256"))
    assert base64url.decode(token.split(".")[1].encode()) == '{"sub":"Ålice","n":[1,2]}'.encode()


def test_the_header_names_the_key_unless_told_otherwise() -> None:
    key = signing_key("ES256")

    def header_of(**header: object) -> Any:
        return json.loads(base64url.decode(sign_compact(PAYLOAD, key, header=header).split(".")[0].encode()))

    assert header_of() == {"alg": "ES256", "kid": key.kid}
    assert header_of(typ="at+jwt", kid="another") == {"alg": "ES256", "kid": "another", "typ": "at+jwt"}
    assert header_of(kid=None) == {"alg": "ES256"}


def test_a_secret_without_a_name_names_none() -> None:
    token = sign_compact(PAYLOAD, SigningKey.from_secret(SECRET))
    assert base64url.decode(token.split(".")[0].encode()) == b'{"alg":"HS256"}'


@pytest.mark.parametrize("alg", ["none", "RS256", "HS256", "", None, "EdDSA"], ids=repr)
def test_a_key_signs_under_no_other_algorithm(alg: str | None) -> None:
    with pytest.raises(ConfigurationError, match="the key is bound to ES256"):
        sign_compact(PAYLOAD, signing_key("ES256"), header={"alg": alg})


UNSPEAKABLE: dict[str, object] = {
    "not a number": float("nan"),
    "infinity": float("inf"),
    "a set": {1},
    "bytes": b"x",
    "an object": object(),
    "a lone surrogate": "\ud800",
}


@pytest.mark.parametrize("value", UNSPEAKABLE.values(), ids=UNSPEAKABLE)
def test_what_json_cannot_express_is_not_signed(value: object) -> None:
    for options in ({"payload": {"x": value}}, {"payload": b"", "header": {"x": value}}):
        arguments: Any = options
        with pytest.raises(ConfigurationError, match="JSON cannot express"):
            sign_compact(key=signing_key("ES256"), **arguments)


def test_a_token_is_taken_apart_at_its_dots() -> None:
    for token in ("abc.de.f", b"abc.de.f"):
        assert compact.take_apart(token) == (b"abc", b"de", b"f", b"abc.de")
    assert compact.take_apart("a..") == (b"a", b"", b"", b"a.")


def test_what_was_said_does_not_show() -> None:
    key = signing_key("ES256")
    jws = verify_compact(sign_compact(PAYLOAD, key, header={"kid": None, "x": "canary"}), key.key_set())
    assert repr(jws) == str(jws) == f"Jws(key_id={key.kid!r})"
