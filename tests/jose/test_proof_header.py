"""The one header that may bring its key along: that of a DPoP proof (RFC 9449 §4.2)."""

import json

import pytest

from gatepost.errors import Reason, TokenRejected
from gatepost.jose import base64url, header
from tests.jose.keys_at_hand import public_jwk

JWK = public_jwk("ES256")


def segment(**parameters: object) -> bytes:
    return base64url.encode(json.dumps({"alg": "ES256", **parameters}).encode())


def refusal(text: bytes) -> tuple[Reason, str | None]:
    with pytest.raises(TokenRejected) as caught:
        header.read_proof(text)
    return caught.value.reason, caught.value.claim


def test_a_proofs_header_brings_its_key() -> None:
    read, jwk = header.read_proof(segment(typ="dpop+jwt", jwk=JWK))
    assert (read.alg, read.typ, jwk) == ("ES256", "dpop+jwt", JWK)
    with pytest.raises(TypeError):
        jwk["kty"] = "oct"


def test_the_header_of_a_token_may_not_even_then() -> None:
    with pytest.raises(TokenRejected) as caught:
        header.read(segment(typ="dpop+jwt", jwk=JWK))
    assert (caught.value.reason, caught.value.claim) == (Reason.MALFORMED, "jwk")


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", ""])
def test_no_other_type_of_token_brings_a_key(typ: str) -> None:
    assert refusal(segment(typ=typ, jwk=JWK)) == (Reason.WRONG_TYPE, "typ")
    assert refusal(segment(jwk=JWK)) == (Reason.WRONG_TYPE, "typ")


@pytest.mark.parametrize("jwk", [None, [], "key", 1], ids=repr)
def test_a_key_is_an_object(jwk: object) -> None:
    assert refusal(segment(typ="dpop+jwt", jwk=jwk)) == (Reason.MALFORMED, "jwk")
    assert refusal(segment(typ="dpop+jwt")) == (Reason.MALFORMED, "jwk")


@pytest.mark.parametrize("name", ["crit", "b64"])
def test_extensions_are_refused_as_in_every_header(name: str) -> None:
    assert refusal(segment(typ="dpop+jwt", jwk=JWK, **{name: []})) == (Reason.MALFORMED, name)


def test_its_size_is_limited_as_that_of_every_header() -> None:
    assert refusal(segment(typ="dpop+jwt", jwk={"kty": "A" * 5000}))[0] is Reason.TOO_LARGE
