"""The list of algorithms: closed, each of one key type, and `none` is not in it."""

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, mldsa, x448, x25519

from gatepost.errors import ConfigurationError
from gatepost.jose import akp, algorithms, okp, rsa
from gatepost.jose import ec as gatepost_ec
from tests.jose.keys_at_hand import signing_key


def test_the_list_is_this_one() -> None:
    assert dict(algorithms.KEY_TYPES) == {
        **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
        **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
        **dict.fromkeys(("Ed25519", "Ed448"), "OKP"),
        **dict.fromkeys(("ML-DSA-44", "ML-DSA-65", "ML-DSA-87"), "AKP"),
        **dict.fromkeys(("HS256", "HS384", "HS512"), "oct"),
    }
    assert frozenset({"HS256", "HS384", "HS512"}) == algorithms.SYMMETRIC
    assert set(algorithms.KEY_TYPES) - algorithms.SYMMETRIC == algorithms.ASYMMETRIC


def test_the_list_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        algorithms.KEY_TYPES["none"] = "none"  # type: ignore[index]


@pytest.mark.parametrize(("kty", "module"), [("RSA", rsa), ("EC", gatepost_ec), ("OKP", okp), ("AKP", akp)])
def test_each_asymmetric_key_type_has_its_module(kty: str, module: object) -> None:
    assert algorithms.key_type(kty) is module


@pytest.mark.parametrize("kty", ["oct", "rsa", "DSA", "", "none"])
def test_a_key_type_that_is_not_asymmetric_or_not_known_has_no_module(kty: str) -> None:
    assert algorithms.key_type(kty) is None


@pytest.mark.parametrize(
    ("key", "module"),
    [
        (ec.generate_private_key(ec.SECP256R1()), gatepost_ec),
        (ed25519.Ed25519PrivateKey.generate(), okp),
        (ed448.Ed448PrivateKey.generate(), okp),
        (mldsa.MLDSA44PrivateKey.generate(), akp),
        (mldsa.MLDSA65PrivateKey.generate(), akp),
        (mldsa.MLDSA87PrivateKey.generate(), akp),
        (rsa.private_from_jwk(signing_key("RS256").to_private_jwk()), rsa),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_key_of_cryptography_belongs_to_a_module(key: ec.EllipticCurvePrivateKey, module: object) -> None:
    assert algorithms.key_type_of(key) is module
    assert algorithms.key_type_of(key.public_key()) is module


@pytest.mark.parametrize(
    "key",
    [x25519.X25519PrivateKey.generate(), x448.X448PrivateKey.generate(), dsa.DSAPublicNumbers, "RSA", b"secret", None],
    ids=lambda value: type(value).__name__,
)
def test_a_key_that_signs_no_tokens_is_refused(key: object) -> None:
    with pytest.raises(ConfigurationError, match="signs no tokens"):
        algorithms.key_type_of(key)


def test_allowed_algorithms_are_a_set_of_known_names() -> None:
    assert algorithms.allowed(["RS256", "ES256", "RS256"]) == {"RS256", "ES256"}
    assert algorithms.allowed(()) == frozenset()


def test_eddsa_allows_both_of_its_curves() -> None:
    assert algorithms.allowed(("EdDSA", "RS256")) == {"Ed25519", "Ed448", "RS256"}


@pytest.mark.parametrize("name", ["none", "None", "NONE", "rs256", "RS256 ", "", "ES256K", "RSA1_5", "HS1", "dir"])
def test_an_algorithm_that_is_not_in_the_list_cannot_be_allowed(name: str) -> None:
    with pytest.raises(ConfigurationError, match="unknown algorithm"):
        algorithms.allowed(("RS256", name))


def test_one_name_by_itself_is_not_a_list_of_names() -> None:
    with pytest.raises(ConfigurationError, match=r"\('RS256',\)"):
        algorithms.allowed("RS256")


def test_edwards_curves_go_by_two_names_in_a_header() -> None:
    assert algorithms.names("Ed25519") == ("Ed25519", "EdDSA")
    assert algorithms.names("Ed448") == ("Ed448", "EdDSA")
    assert algorithms.names("RS256") == ("RS256",)
    assert algorithms.spellings(frozenset({"Ed448"})) == {"Ed448", "EdDSA"}
    assert algorithms.spellings(frozenset({"ES256"})) == {"ES256"}
