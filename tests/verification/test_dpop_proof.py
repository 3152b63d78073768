"""One DPoP proof for one request: every rule of RFC 9449 §4.3."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.errors import ConfigurationError, Reason
from gatepost.jose import SigningKey, sign_compact, thumbprint
from gatepost.verification.dpop_challenge import ProofRejected
from gatepost.verification.dpop_nonce import DpopNonces
from gatepost.verification.dpop_proof import MAX_JTI_LENGTH, ProofRules, hash_of
from tests.jose.keys_at_hand import ASYMMETRIC, signing_key
from tests.verification.minting import ABSENT, NOW
from tests.verification.proving import (
    ACCESS_TOKEN,
    CLIENTS_KEY,
    URL,
    judged,
    proof_claims,
    proof_header,
    prove,
    public_jwk,
)

VECTORS = json.loads((Path(__file__).parent / "vectors" / "rfc9449.json").read_bytes())
NONCES = DpopNonces(bytes(32))


def refusal(proof: Any, **changes: Any) -> tuple[Reason, str | None]:
    with pytest.raises(ProofRejected) as caught:
        judged(proof, **changes)
    assert ACCESS_TOKEN not in str(caught.value)
    return caught.value.reason, caught.value.claim


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['section']} {vector['id']}")
def test_the_examples_of_the_rfc_are_good(vector: Mapping[str, Any]) -> None:
    asked = {name: vector[name] for name in ("method", "url", "access_token", "now")}
    proof = judged(vector["proof"], **asked)
    assert (proof.thumbprint, proof.jti) == (vector["thumbprint"], vector["jti"])
    assert refusal(vector["proof"], **{**asked, "now": vector["now"] + 61}) == (Reason.TOO_OLD, "iat")
    assert refusal(vector["proof"], **{**asked, "method": "PUT"}) == (Reason.BAD_CLAIM, "htm")


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_proof_brings_its_key_whose_thumbprint_it_shows(algorithm: str) -> None:
    key = signing_key(algorithm)
    proof = judged(prove(key))
    assert (proof.thumbprint, proof.jti, proof.until) == (thumbprint(key.to_jwk()), "proof-1", NOW + 65)
    assert "proof-1" not in repr(proof)


def test_eddsa_is_another_name_of_ed25519() -> None:
    key = signing_key("Ed25519")
    proof = prove(key, proof_header(key, alg="EdDSA", jwk={**public_jwk(key), "alg": "EdDSA"}))
    assert judged(proof).thumbprint == key.thumbprint()
    assert refusal(proof, rules=ProofRules(algorithms=["Ed448"])) == (Reason.UNSUPPORTED_ALGORITHM, "alg")


def test_a_proof_may_be_given_as_bytes() -> None:
    assert judged(prove().encode()).jti == "proof-1"


def test_a_type_is_compared_as_a_media_type() -> None:
    assert judged(prove(header=proof_header(typ="application/DPoP+JWT"))).jti == "proof-1"


# The header


@pytest.mark.parametrize("typ", [ABSENT, "JWT", "at+jwt", "dpop+jwt; v=1", "dpop"], ids=repr)
def test_a_proof_says_its_type(typ: object) -> None:
    assert refusal(prove(header=proof_header(typ=typ))) == (Reason.WRONG_TYPE, "typ")


@pytest.mark.parametrize("jwk", [ABSENT, None, "jwk", [public_jwk()], 1], ids=str)
def test_a_proof_brings_one_key_as_an_object(jwk: object) -> None:
    assert refusal(prove(header=proof_header(jwk=jwk))) == (Reason.MALFORMED, "jwk")


@pytest.mark.parametrize(
    "jwk",
    [
        CLIENTS_KEY.to_private_jwk(),
        {"kty": "oct", "k": "A" * 43},
        {},
        {"kty": "EC"},
        {**public_jwk(), "x": "AAAA"},
        {**public_jwk(), "use": "enc"},
        {**public_jwk(), "key_ops": ["sign"]},
        {**public_jwk(), "alg": "RS256"},
        {**public_jwk(), "crv": "secp256k1"},
        public_jwk(signing_key("RS256")),
    ],
    ids=[
        "private",
        "shared secret",
        "empty",
        "no members",
        "no point",
        "for encryption",
        "to sign",
        "of another algorithm",
        "of another curve",
        "of another type",
    ],
)
def test_the_key_is_a_public_one_that_fits_the_algorithm(jwk: dict[str, str]) -> None:
    assert refusal(prove(header=proof_header(jwk=jwk))) == (Reason.MALFORMED, "jwk")


@pytest.mark.parametrize(
    ("n", "e"),
    [("A" * 684, "AQAB"), ("A" * 200, "AQAB"), (signing_key("RS256").to_jwk()["n"], "A" * 7)],
    ids=["beyond 4096 bits", "weak", "a large exponent"],
)
def test_an_rsa_key_makes_neither_too_little_nor_too_much_work(n: str, e: str) -> None:
    header = proof_header(signing_key("RS256"), jwk={"kty": "RSA", "n": n, "e": e})
    assert refusal(prove(signing_key("RS256"), header)) == (Reason.MALFORMED, "jwk")


@pytest.mark.parametrize("name", ["crit", "b64"])
def test_extensions_are_refused(name: str) -> None:
    assert refusal(prove(header=proof_header(**dict[str, Any]({name: ["exp"]})))) == (Reason.MALFORMED, name)


@pytest.mark.parametrize("alg", ["none", "HS256", "RS1", "es256", ""], ids=repr)
def test_only_public_key_algorithms_sign_proofs(alg: str) -> None:
    segments = sign_compact(proof_claims(), SigningKey.from_secret(bytes(32)), header=proof_header()).split(".")
    header = proof_header() | {"alg": alg}
    del header["kid"]
    segments[0] = sign_compact(json.dumps(header).encode(), CLIENTS_KEY).split(".")[1]
    assert refusal(".".join(segments)) == (Reason.UNSUPPORTED_ALGORITHM, "alg")


def test_an_algorithm_may_be_left_out_of_those_accepted() -> None:
    rules = ProofRules(algorithms=["Ed25519"])
    assert refusal(prove(), rules=rules) == (Reason.UNSUPPORTED_ALGORITHM, "alg")
    assert judged(prove(signing_key("Ed25519")), rules=rules).jti == "proof-1"


def test_the_signature_is_that_of_the_key_it_brings() -> None:
    other = SigningKey.generate("ES256")
    assert refusal(prove(other, proof_header(CLIENTS_KEY))) == (Reason.BAD_SIGNATURE, None)


# The claims


@pytest.mark.parametrize("name", ["jti", "htm", "htu", "iat", "ath"])
def test_a_claim_that_is_missing_is_named(name: str) -> None:
    assert refusal(prove(**dict[str, Any]({name: ABSENT}))) == (Reason.MISSING_CLAIM, name)


@pytest.mark.parametrize("name", ["jti", "htm", "htu", "ath"])
@pytest.mark.parametrize("value", [None, 1, True, ["GET"], {}], ids=repr)
def test_a_claim_that_is_no_string_is_refused(name: str, value: object) -> None:
    assert refusal(prove(**dict[str, Any]({name: value}))) == (Reason.BAD_CLAIM, name)


@pytest.mark.parametrize("name", ["iat", "exp", "nbf"])
@pytest.mark.parametrize("value", [None, str(NOW), True, [NOW]], ids=repr)
def test_a_time_that_is_no_number_is_refused(name: str, value: object) -> None:
    assert refusal(prove(**dict[str, Any]({name: value}))) == (Reason.BAD_CLAIM, name)


def test_jti_is_neither_empty_nor_long() -> None:
    assert judged(prove(jti="j" * MAX_JTI_LENGTH)).jti == "j" * MAX_JTI_LENGTH
    assert refusal(prove(jti="")) == (Reason.BAD_CLAIM, "jti")
    assert refusal(prove(jti="j" * (MAX_JTI_LENGTH + 1))) == (Reason.BAD_CLAIM, "jti")


@pytest.mark.parametrize("htm", ["get", "POST", "GET ", ""])
def test_the_method_is_exactly_that_of_the_request(htm: str) -> None:
    assert refusal(prove(htm=htm)) == (Reason.BAD_CLAIM, "htm")


@pytest.mark.parametrize(
    "htu", [URL.upper().replace("/USER", "/user"), URL + "?a=b", "https://api.example.com:443/user"]
)
def test_another_spelling_of_the_url_is_the_same_url(htu: str) -> None:
    assert judged(prove(htu=htu)).replay_key == judged(prove()).replay_key
    assert judged(prove(), url=htu).jti == "proof-1"


@pytest.mark.parametrize(
    "htu", ["", "/user", URL + "/", URL + "2", "http://api.example.com/user", "https://evil.example/user"]
)
def test_another_url_is_refused(htu: str) -> None:
    assert refusal(prove(htu=htu)) == (Reason.BAD_CLAIM, "htu")
    assert refusal(prove(), url=htu) == (Reason.BAD_CLAIM, "htu")


def test_two_urls_without_a_normal_form_are_not_the_same() -> None:
    assert refusal(prove(htu="nowhere"), url="nowhere") == (Reason.BAD_CLAIM, "htu")


@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        (NOW - 5, None),
        (NOW - 5.01, Reason.ISSUED_IN_FUTURE),
        (NOW + 60, None),
        (NOW + 60.01, Reason.TOO_OLD),
    ],
)
def test_a_proof_is_good_around_the_time_of_its_making(now: float, outcome: Reason | None) -> None:
    if outcome is None:
        assert judged(prove(), now=now).until >= now
    else:
        assert refusal(prove(), now=now) == (outcome, "iat")


def test_the_window_can_be_set() -> None:
    rules = ProofRules(max_age=10, max_future=0)
    assert judged(prove(), rules=rules).until == NOW + 10
    assert refusal(prove(), rules=rules, now=NOW + 11) == (Reason.TOO_OLD, "iat")
    assert refusal(prove(iat=NOW + 0.5), rules=rules) == (Reason.ISSUED_IN_FUTURE, "iat")


def test_an_end_and_a_beginning_count_where_they_are_given() -> None:
    assert judged(prove(exp=NOW + 1, nbf=NOW)).jti == "proof-1"
    assert refusal(prove(exp=NOW - 5)) == (Reason.EXPIRED, "exp")
    assert refusal(prove(nbf=NOW + 6)) == (Reason.NOT_YET_VALID, "nbf")


@pytest.mark.parametrize("ath", ["", hash_of("another token"), hash_of(ACCESS_TOKEN) + "=", "\ud800"], ids=ascii)
def test_the_hash_is_that_of_the_access_token(ath: str) -> None:
    claims = json.dumps(proof_claims(ath=ath)).encode()
    proof = sign_compact(claims, CLIENTS_KEY, header=proof_header())
    if ath == "\ud800":  # strict JSON has no lone surrogates
        assert refusal(proof) == (Reason.MALFORMED, None)
    else:
        assert refusal(proof) == (Reason.BAD_CLAIM, "ath")


def test_without_an_access_token_no_hash_is_asked_for() -> None:
    assert judged(prove(ath=ABSENT), access_token=None).jti == "proof-1"


# Nonces


def test_a_nonce_is_asked_for_where_the_server_has_one() -> None:
    assert judged(prove(nonce=NONCES.current(NOW)), nonces=NONCES).jti == "proof-1"
    assert judged(prove(nonce="of somebody else")).jti == "proof-1"


@pytest.mark.parametrize("nonce", [ABSENT, "", "another", NONCES.current(NOW - 600)], ids=str)
def test_another_nonce_is_answered_with_the_one_to_use(nonce: object) -> None:
    with pytest.raises(ProofRejected) as caught:
        judged(prove(nonce=nonce), nonces=NONCES)
    assert (caught.value.reason, caught.value.error) == (Reason.WRONG_NONCE, "use_dpop_nonce")
    assert caught.value.dpop_nonce == NONCES.current(NOW)


def test_a_nonce_that_is_no_string_is_refused() -> None:
    assert refusal(prove(nonce=1), nonces=NONCES) == (Reason.BAD_CLAIM, "nonce")


# The form


@pytest.mark.parametrize(
    "proof",
    ["", ".", "..", "a.b.c", "a.b.c.d", f"{prove()}.", f" {prove()}", f"{prove()}=", "é.a.b", None, 1],
    ids=lambda proof: ascii(proof)[:20],
)
def test_what_is_no_compact_jws_is_malformed(proof: object) -> None:
    assert refusal(proof)[0] is Reason.MALFORMED


@pytest.mark.parametrize(
    "payload",
    [
        b'{"jti":"a","jti":"proof-1"}',
        b"[]",
        b"\xff",
        b'{"iat":NaN}',
        b'{"a":' * 20 + b"1" + b"}" * 20,
        b"",
    ],
    ids=["twice", "array", "no UTF-8", "NaN", "deep", "empty"],
)
def test_claims_are_strict_json(payload: bytes) -> None:
    assert refusal(sign_compact(payload, CLIENTS_KEY, header=proof_header())) == (Reason.MALFORMED, None)


def test_a_header_that_says_something_twice_is_malformed() -> None:
    header = json.dumps(proof_header() | {"alg": "ES256"})[:-1] + ',"alg":"ES256"}'
    segments = prove().split(".")
    segments[0] = sign_compact(header.encode(), CLIENTS_KEY).split(".")[1]
    assert refusal(".".join(segments)) == (Reason.MALFORMED, None)


def test_a_proof_has_a_greatest_length() -> None:
    assert refusal(prove(jti="j" * 20_000))[0] is Reason.TOO_LARGE
    assert refusal(prove(), rules=ProofRules(max_length=100))[0] is Reason.TOO_LARGE


# Replay keys


def test_the_key_of_a_use_differs_by_key_url_and_jti() -> None:
    keys = {
        judged(prove()).replay_key,
        judged(prove(signing_key("Ed25519"))).replay_key,
        judged(prove(jti="proof-2")).replay_key,
        judged(prove(htu=URL + "2"), url=URL + "2").replay_key,
    }
    assert len(keys) == 4
    assert judged(prove(iat=NOW - 1)).replay_key in keys


# Rules


@pytest.mark.parametrize(
    "options",
    [
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"algorithms": []},
        {"max_age": -1},
        {"max_age": float("nan")},
        {"max_future": "5"},
        {"max_future": True},
        {"max_length": 0},
    ],
    ids=str,
)
def test_rules_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        ProofRules(**options)


# Properties


@given(st.binary(max_size=200))
def test_octets_of_any_kind_are_refused_and_nothing_else(data: bytes) -> None:
    refusal(data)


@given(
    st.dictionaries(
        st.sampled_from(["jti", "htm", "htu", "iat", "ath", "exp", "nbf", "nonce"]),
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        min_size=1,
    )
)
def test_claims_of_any_kind_are_judged_without_another_error(changes: dict[str, Any]) -> None:
    proof = prove(**changes)
    try:
        good = judged(proof, nonces=NONCES if "nonce" in changes else None)
    except ProofRejected:
        return
    assert set(changes) <= {"jti", "iat", "exp", "nbf"}
    assert good.until >= NOW


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_proof_with_one_octet_changed_is_not_the_same_proof(position: int, change: int) -> None:
    proof = bytearray(prove().encode())
    proof[position % len(proof)] ^= change
    try:
        judged(bytes(proof))
    except ProofRejected:
        return
    raise AssertionError("a changed proof was accepted")
