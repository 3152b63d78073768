"""The JOSE header (RFC 7515 §4): what it must say, and what it must not."""

import json

import pytest

from gatepost.errors import Reason, TokenRejected
from gatepost.jose import base64url, header


def segment(parameters: object) -> bytes:
    return base64url.encode(json.dumps(parameters).encode())


def refusal(parameters: object) -> TokenRejected:
    with pytest.raises(TokenRejected) as caught:
        header.read(segment(parameters))
    return caught.value


def test_a_header_says_its_algorithm_its_key_and_its_type() -> None:
    read = header.read(segment({"alg": "RS256", "kid": "key 1", "typ": "at+jwt", "other": [1]}))
    assert (read.alg, read.kid, read.typ) == ("RS256", "key 1", "at+jwt")
    assert read.parameters == {"alg": "RS256", "kid": "key 1", "typ": "at+jwt", "other": [1]}


def test_key_and_type_may_be_missing() -> None:
    read = header.read(segment({"alg": "RS256"}))
    assert read.kid is None
    assert read.typ is None


@pytest.mark.parametrize("typ", ["JWT", "jwt", "application/jwt", "Application/JWT"])
def test_a_type_is_compared_without_case_and_without_application(typ: str) -> None:
    assert header.read(segment({"alg": "RS256", "typ": typ})).typ == "jwt"


@pytest.mark.parametrize("typ", ["application/application/jwt", "text/jwt", "jwt;v=1", " jwt", "", "application/"])
def test_no_other_spelling_of_a_type_is_folded(typ: str) -> None:
    assert header.read(segment({"alg": "RS256", "typ": typ})).typ != "jwt"


@pytest.mark.parametrize("name", ["crit", "b64", "jwk"])
@pytest.mark.parametrize(
    "value", [None, True, False, [], ["b64"], ["exp"], {}, "", {"kty": "oct", "k": "AQ"}], ids=repr
)
def test_critical_extensions_unencoded_payloads_and_embedded_keys_are_malformed(name: str, value: object) -> None:
    refused = refusal({"alg": "RS256", name: value})
    assert (refused.reason, refused.claim) == (Reason.MALFORMED, name)


@pytest.mark.parametrize("name", ["jku", "x5u", "x5c", "x5t", "x5t#S256", "cty", "zip", "enc", "nonce", "__proto__"])
def test_other_parameters_stand_in_the_header_and_mean_nothing(name: str) -> None:
    read = header.read(segment({"alg": "RS256", name: "https://attacker.example/keys"}))
    assert (read.alg, read.kid, read.typ) == ("RS256", None, None)
    assert read.parameters[name] == "https://attacker.example/keys"


@pytest.mark.parametrize("name", ["alg", "kid", "typ"])
@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], ["RS256"], {}, {"RS256": 1}], ids=repr)
def test_a_parameter_that_is_no_string_is_malformed(name: str, value: object) -> None:
    refused = refusal({"alg": "RS256", name: value})
    assert (refused.reason, refused.claim) == (Reason.MALFORMED, name)


def test_a_header_without_an_algorithm_is_malformed() -> None:
    refused = refusal({"typ": "JWT"})
    assert (refused.reason, refused.claim) == (Reason.MALFORMED, "alg")


def test_a_key_id_has_at_most_256_characters() -> None:
    assert header.read(segment({"alg": "RS256", "kid": "k" * 256})).kid == "k" * 256
    refused = refusal({"alg": "RS256", "kid": "k" * 257})
    assert (refused.reason, refused.claim) == (Reason.MALFORMED, "kid")


@pytest.mark.parametrize("value", [[], "RS256", 1, None, [{"alg": "RS256"}]], ids=repr)
def test_a_header_that_is_no_object_is_malformed(value: object) -> None:
    assert refusal(value).reason is Reason.MALFORMED


def test_a_header_has_at_most_4_kib() -> None:
    rest = len(json.dumps({"alg": "RS256", "x": ""}))
    fits = {"alg": "RS256", "x": "x" * (header.MAX_LENGTH - rest)}
    assert header.read(segment(fits)).alg == "RS256"
    assert refusal({**fits, "x": fits["x"] + "x"}).reason is Reason.TOO_LARGE


def test_a_header_of_1_mb_is_refused_before_it_is_read() -> None:
    with pytest.raises(TokenRejected) as caught:
        header.read(base64url.encode(b"[" * 1_000_000))
    assert caught.value.reason is Reason.TOO_LARGE


def test_the_parameters_cannot_be_changed() -> None:
    read = header.read(segment({"alg": "RS256", "x": {"y": [1]}}))
    with pytest.raises(TypeError):
        read.parameters["alg"] = "none"
    with pytest.raises(TypeError):
        read.parameters["x"]["y"].append(2)
    with pytest.raises(AttributeError):
        read.alg = "none"


# --- The header of a DPoP proof (RFC 9449 §4.2) ---


def proof(**changes: object) -> bytes:
    return segment({"typ": "dpop+jwt", "alg": "ES256", "jwk": {"kty": "EC"}, **changes})


def proof_refusal(text: bytes) -> tuple[Reason, str | None]:
    with pytest.raises(TokenRejected) as caught:
        header.read_proof(text)
    return caught.value.reason, caught.value.claim


def test_a_proof_brings_its_key_along() -> None:
    read, jwk = header.read_proof(proof())
    assert (read.alg, read.kid, read.typ) == ("ES256", None, "dpop+jwt")
    assert jwk == {"kty": "EC"}
    with pytest.raises(TypeError):
        jwk["kty"] = "oct"


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "", "dpop", "dpop+jwt+x"])
def test_only_a_proof_may_bring_a_key_along(typ: str) -> None:
    assert proof_refusal(proof(typ=typ)) == (Reason.WRONG_TYPE, "typ")
    assert proof_refusal(segment({"alg": "ES256", "jwk": {"kty": "EC"}})) == (Reason.WRONG_TYPE, "typ")
    with pytest.raises(TokenRejected):
        header.read(proof(typ=typ))


@pytest.mark.parametrize("jwk", [None, "", "AQ", [], [{"kty": "EC"}], 1, True], ids=repr)
def test_the_key_of_a_proof_is_an_object(jwk: object) -> None:
    assert proof_refusal(proof(jwk=jwk)) == (Reason.MALFORMED, "jwk")
    assert proof_refusal(segment({"typ": "dpop+jwt", "alg": "ES256"})) == (Reason.MALFORMED, "jwk")


@pytest.mark.parametrize("name", ["crit", "b64"])
def test_extensions_are_malformed_in_a_proof_too(name: str) -> None:
    assert proof_refusal(proof(**{name: ["exp"]})) == (Reason.MALFORMED, name)


def test_the_header_of_a_proof_has_at_most_4_kib() -> None:
    assert proof_refusal(proof(x="x" * 4096))[0] is Reason.TOO_LARGE
