"""JWK thumbprints (RFC 7638); the section's own example stands among the vectors."""

from typing import Any

import pytest

from gatepost.errors import ConfigurationError
from gatepost.jose import KeySet, thumbprint
from tests.jose.keys_at_hand import ASYMMETRIC, signing_key

SAMPLES: dict[str, dict[str, object]] = {
    "RSA": {"kty": "RSA", "n": "AQ", "e": "AQAB"},
    "EC": {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"},
    "OKP": {"kty": "OKP", "crv": "Ed25519", "x": "AQ"},
    "AKP": {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AQ"},
    "oct": {"kty": "oct", "k": "AQ"},
}


@pytest.mark.parametrize("kty", SAMPLES)
def test_a_thumbprint_depends_on_the_required_members_alone(kty: str) -> None:
    jwk = SAMPLES[kty]
    expected = thumbprint(jwk)
    assert len(expected) == 43
    assert thumbprint({**jwk, "kid": "another", "use": "sig", "x5c": ["AQ"], "d": "AQ"}) == expected
    assert thumbprint(dict(reversed(jwk.items()))) == expected
    for name in jwk.keys() - {"kty"}:
        assert thumbprint({**jwk, name: "Ag"}) != expected


@pytest.mark.parametrize("kty", SAMPLES)
def test_a_required_member_that_is_missing_or_no_string_has_no_thumbprint(kty: str) -> None:
    jwk = SAMPLES[kty]
    for name in jwk.keys() - {"kty"}:
        for wrong in (None, 1, ["AQ"]):
            with pytest.raises(ConfigurationError, match=f"the member {name} is missing or not a string"):
                thumbprint({**jwk, name: wrong})


@pytest.mark.parametrize("kty", [None, "rsa", "", 1, ["RSA"]], ids=repr)
def test_a_key_of_an_unknown_type_has_no_thumbprint(kty: Any) -> None:
    with pytest.raises(ConfigurationError, match="the member kty is none of RSA, EC, OKP, oct, AKP"):
        thumbprint({"kty": kty})


def test_members_are_hashed_as_utf8_whatever_they_hold() -> None:
    assert thumbprint({"kty": "oct", "k": "é"}) != thumbprint({"kty": "oct", "k": "\ud800"})


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_key_has_the_thumbprint_of_its_jwk(algorithm: str) -> None:
    key = signing_key(algorithm)
    assert key.thumbprint() == key.public.thumbprint() == thumbprint(key.to_jwk()) == key.kid
    assert KeySet.from_jwks({"keys": [key.to_jwk()]}).keys[0].thumbprint() == key.kid
