"""Properties: no altered token passes, and no input at all ends in anything but a result or the one error."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import Jws, KeySet, base64url, sign_compact, strict_json, verify_compact
from tests.jose.keys_at_hand import (
    ALGORITHMS,
    ASYMMETRIC,
    SECRET,
    every_key,
    key_set,
    public_jwk,
    segment,
    signed_with_the_secret,
    signing_key,
    valid_token,
)

# The first example of an algorithm makes its key, which no deadline and no health check is about.
quick = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def result(token: str | bytes, keys: KeySet) -> Jws | Reason:
    """Return what `token` says, or the reason of its refusal; any other exception fails the test."""
    try:
        return verify_compact(token, keys)
    except TokenRejected as refusal:
        return refusal.reason


# --- No altered token passes ---


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@quick
@given(payload=st.binary(max_size=64), data=st.data())
def test_any_one_changed_bit_of_a_valid_token_refuses_it(algorithm: str, payload: bytes, data: st.DataObject) -> None:
    token = bytearray(sign_compact(payload, signing_key(algorithm)).encode())
    assert verify_compact(bytes(token), key_set(algorithm)).payload == payload
    bit = data.draw(st.integers(0, 8 * len(token) - 1), label="bit")
    token[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TokenRejected):
        verify_compact(bytes(token), key_set(algorithm))


def test_each_single_bit_of_one_token_matters() -> None:
    token = valid_token("HS256")
    for bit in range(8 * len(token)):
        altered = bytearray(token)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TokenRejected):
            verify_compact(bytes(altered), key_set("HS256"))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@quick
@given(data=st.data())
def test_a_valid_token_that_is_cut_lengthened_or_doubled_anywhere_is_refused(
    algorithm: str, data: st.DataObject
) -> None:
    token = valid_token(algorithm)
    cut = data.draw(st.integers(0, len(token) - 1), label="cut")
    extra = data.draw(
        st.binary(min_size=1, max_size=3) | st.sampled_from([b".", b"A", b"=", b" ", b"\n"]), label="extra"
    )
    for altered in (token[:cut], token[cut + 1 :], token[:cut] + extra + token[cut:], token + extra, token * 2):
        assert altered == token or isinstance(result(altered, key_set(algorithm)), Reason)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@quick
@given(signature=st.binary(max_size=200) | st.integers(0, 5000).map(bytes))
def test_any_other_octets_in_place_of_the_signature_are_refused(algorithm: str, signature: bytes) -> None:
    signing_input = valid_token(algorithm).rpartition(b".")[0]
    assert isinstance(result(signing_input + b"." + segment(signature), key_set(algorithm)), Reason)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_with_a_zero_octet_more_anywhere_is_refused(algorithm: str) -> None:
    signing_input, _, text = valid_token(algorithm).rpartition(b".")
    signature = base64url.decode(text)
    for place in {0, 1, len(signature) // 2, len(signature)}:
        longer = signature[:place] + b"\0" + signature[place:]
        assert result(signing_input + b"." + segment(longer), key_set(algorithm)) is Reason.BAD_SIGNATURE


# --- Nothing at all breaks it ---

hostile_numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([2**53, 2**53 + 1, -(2**53) - 1, 10**400, 1e308, float("inf"), float("nan"), -0.0, True]),
)
hostile_texts = st.one_of(
    st.text(st.characters(), max_size=12),  # surrogates among them
    st.sampled_from(["", "\x00", "\ud800", "\udc00\ud800", "\ufeff", "../../etc/passwd", "' OR 1=1 --", "a" * 5000]),
)
hostile_values = st.recursive(
    st.none() | st.booleans() | hostile_numbers | hostile_texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(hostile_texts, inner, max_size=4),
    max_leaves=12,
)
hostile_documents = st.one_of(
    st.builds(json.dumps, hostile_values, ensure_ascii=st.booleans()),
    st.integers(1, 3000).map(lambda depth: "[" * depth),
    st.integers(1, 3000).map(lambda depth: "[" * depth + "]" * depth),
    st.integers(1, 700).map(lambda depth: '{"a":' * depth + "1" + "}" * depth),
    st.integers(1, 6000).map(lambda digits: "1" * digits),
    st.integers(1, 3000).map(lambda digits: "-1." + "9" * digits + "e-" + "9" * digits),
    st.text(st.sampled_from('{}[]":,\\u0dD8eE+-.1truefalsnNaInfity \t\n\r\x00\ufeff'), max_size=60),
).map(lambda text: text.encode("utf-8", "surrogatepass"))
hostile_octets = hostile_documents | st.binary(max_size=60)

names = st.sampled_from([*ALGORITHMS, "EdDSA", "none", "nOnE", "None", "HS512", "ES384", "RS1", "hs256", ""])
hostile_headers = st.builds(
    lambda members, text: json.dumps(members | {"alg": text} if text is not None else members).encode(),
    st.fixed_dictionaries(
        {},
        optional={
            "alg": names | hostile_values,
            "kid": hostile_values,
            "typ": st.sampled_from(["JWT", "at+jwt", "dpop+jwt"]) | hostile_values,
            "cty": hostile_values,
            "crit": st.sampled_from([[], ["b64"], ["exp"], ["alg", "alg"], "b64", None]) | hostile_values,
            "b64": st.booleans() | hostile_values,
            "zip": st.just("DEF") | hostile_values,
            "enc": st.just("A128GCM") | hostile_values,
            "jwk": hostile_values | st.just({"kty": "oct", "k": segment(SECRET).decode()}),
            "jku": st.just("file:///etc/passwd") | hostile_values,
            "x5c": hostile_values,
            "x5u": hostile_values,
            "p2c": hostile_values,
        },
    ),
    st.sampled_from(["HS256", None]),
)

some_keys = st.sampled_from([*ALGORITHMS, "all"]).map(lambda name: every_key() if name == "all" else key_set(name))


@quick
@given(token=st.binary(max_size=300), keys=some_keys)
def test_any_bytes_give_a_result_or_a_refusal(token: bytes, keys: KeySet) -> None:
    assert isinstance(result(token, keys), Reason)


@quick
@given(token=st.text(st.characters(), max_size=300), keys=some_keys)
def test_any_text_gives_a_result_or_a_refusal(token: str, keys: KeySet) -> None:
    assert isinstance(result(token, keys), Reason)


@quick
@given(
    token=st.text(st.sampled_from('eyJhbGciOiJub25lIn0AZ09-_.=+/ {}"\n\x00é'), max_size=200),
    keys=some_keys,
)
def test_any_text_that_looks_like_a_token_gives_a_result_or_a_refusal(token: str, keys: KeySet) -> None:
    assert isinstance(result(token, keys), Reason)
    assert isinstance(result(token.encode(), keys), Reason)


@quick
@given(
    segments=st.lists(hostile_octets.map(segment) | st.binary(max_size=20), max_size=6),
    keys=some_keys,
)
def test_any_segments_joined_by_dots_give_a_result_or_a_refusal(segments: list[bytes], keys: KeySet) -> None:
    assert isinstance(result(b".".join(segments), keys), Reason)


@settings(quick, max_examples=200)
@given(header=hostile_headers | hostile_octets, payload=hostile_octets)
def test_a_token_with_any_header_and_a_right_signature_gives_a_result_or_a_refusal(
    header: bytes, payload: bytes
) -> None:
    verified = result(signed_with_the_secret(header, payload), key_set("HS256"))
    if isinstance(verified, Jws):
        assert verified.payload == payload
        assert verified.header == json.loads(header)
        assert verified.header["alg"] == "HS256"
        assert verified.header.keys().isdisjoint({"b64", "crit", "jwk"})


@quick
@given(header=hostile_headers, payload=hostile_octets, signature=st.binary(max_size=70), keys=some_keys)
def test_a_token_with_any_header_and_any_signature_is_refused(
    header: bytes, payload: bytes, signature: bytes, keys: KeySet
) -> None:
    token = b".".join(map(segment, (header, payload, signature)))
    assert isinstance(result(token, keys), Reason)


@settings(quick, max_examples=200)
@given(document=hostile_octets)
def test_any_bytes_are_json_in_the_strict_sense_or_malformed(document: bytes) -> None:
    try:
        value = strict_json.loads(document)
    except TokenRejected:
        return
    assert value == json.loads(document)
    assert strict_json.loads(json.dumps(value, ensure_ascii=False)) == value


# --- Nor does any key set ---

jwk_values = st.one_of(
    hostile_values,
    st.sampled_from(["RSA", "EC", "OKP", "AKP", "P-256", "P-521", "Ed448", "RS256", "ES256", "sig", "enc", "AQAB"]),
    st.binary(max_size=300).map(lambda octets: segment(octets).decode()),
)


@st.composite
def altered_jwks(draw: st.DrawFn) -> dict[str, object]:
    """A public key of which some members are gone, or say something else, or were not there before."""
    jwk = public_jwk(draw(st.sampled_from(ASYMMETRIC)))
    members = st.sampled_from([*jwk, *jwk, "key_ops", "x5c", "crv", "d", "k"])
    for name in draw(st.lists(members, min_size=1, max_size=2)):
        if draw(st.integers(0, 4)):
            jwk[name] = draw(jwk_values)
        else:
            jwk.pop(name, None)
    return jwk


documents = st.one_of(
    hostile_octets,
    hostile_octets.map(lambda inner: b'{"keys":' + inner + b"}"),
    hostile_octets.map(lambda inner: b'{"keys":[' + inner + b"]}"),
    st.lists(altered_jwks() | hostile_values, max_size=3).map(lambda keys: json.dumps({"keys": keys}).encode()),
)


@settings(quick, max_examples=300)
@given(document=documents)
def test_any_bytes_are_a_key_set_or_a_configuration_error(document: bytes) -> None:
    try:
        keys = KeySet.from_jwks(document)
    except ConfigurationError:
        return
    assert not keys.symmetric
    assert isinstance(result(valid_token("HS256"), keys), Reason)
    for algorithm in ASYMMETRIC:
        verified = result(valid_token(algorithm), keys)
        assert isinstance(verified, Reason) or verified.key_id in {None, signing_key(algorithm).kid}


@settings(quick, max_examples=100)
@given(keys=st.lists(altered_jwks() | hostile_values, max_size=3), top=hostile_values)
def test_any_mapping_is_a_key_set_or_a_configuration_error(keys: list[Any], top: Any) -> None:
    for document in ({"keys": keys}, {"keys": top}, {"keys": [top]}):
        try:
            KeySet.from_jwks(document)
        except ConfigurationError:
            continue


WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**53, 1.5, [], {}, [None], ["verify"], {"a": 1}),
    *("", "A", "AA", "AQAB", "=", "é", "\ud800", "none", "EdDSA", "HS256", "X25519", "P-384", "x" * 300),
    *(
        segment(octet * size).decode()
        for size in (31, 32, 33, 57, 64, 255, 256, 257)
        for octet in (b"\0", b"\7", b"\xff")
    ),
)


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_key_with_any_one_member_wrong_is_passed_over_or_refuses_the_set_or_works(algorithm: str) -> None:
    jwk = public_jwk(algorithm)
    for name in (*jwk, "key_ops", "d"):
        for wrong in WRONG:
            try:
                keys = KeySet.from_jwks({"keys": [jwk | {name: wrong}]})
            except ConfigurationError:
                continue
            assert bool(keys.keys) is not bool(keys.skipped)
            assert isinstance(result(valid_token(algorithm), keys), Jws | Reason)
