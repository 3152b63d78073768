"""A signing key: private, bound to one algorithm, and silent about itself."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.asymmetric import rsa as primitive
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from gatepost.errors import ConfigurationError
from gatepost.jose import KeySet, SigningKey, sign_compact, verify_compact
from gatepost.jose.algorithms import ASYMMETRIC, KEY_TYPES, SYMMETRIC
from tests.jose.keys_at_hand import SECRET, signing_key

SIGNERS = sorted(ASYMMETRIC - {"RS384", "RS512", "PS384", "PS512"})


def pem_of(key: Any, encryption: Any = None) -> bytes:
    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())
    return pem


@pytest.mark.parametrize("algorithm", SIGNERS + sorted(SYMMETRIC))
def test_a_generated_key_signs_what_its_key_set_verifies(algorithm: str) -> None:
    key = signing_key(algorithm) if KEY_TYPES[algorithm] == "RSA" else SigningKey.generate(algorithm)
    assert key.algorithm == algorithm
    jws = verify_compact(sign_compact(b"payload", key), key.key_set(), algorithms=(algorithm,))
    assert jws.payload == b"payload"
    assert jws.key_id == key.kid
    assert key.key_set().keys == (key.public,)


def test_eddsa_generates_an_ed25519_key() -> None:
    assert SigningKey.generate("EdDSA").algorithm == "Ed25519"


def test_a_generated_key_is_called_by_its_thumbprint_unless_it_is_named() -> None:
    key = SigningKey.generate("ES256")
    assert key.kid == key.thumbprint()
    assert SigningKey.generate("ES256", kid="key 1").kid == "key 1"


def test_a_generated_secret_has_no_name_unless_it_is_named_and_is_as_long_as_the_hash() -> None:
    assert SigningKey.generate("HS256").kid is None
    key = SigningKey.generate("HS512", kid="key 1")
    assert key.kid == key.public.kid == "key 1"
    assert len(key.to_private_jwk()["k"]) == 86


@pytest.mark.parametrize("algorithm", ["none", "RSA", "", "rs256", "ES256K"])
def test_no_key_is_generated_for_an_unknown_algorithm(algorithm: str) -> None:
    with pytest.raises(ConfigurationError, match="unknown algorithm"):
        SigningKey.generate(algorithm)


@pytest.mark.parametrize("algorithm", SIGNERS)
def test_a_private_jwk_and_a_private_pem_text_give_the_same_key_again(algorithm: str) -> None:
    key = signing_key(algorithm)
    for again in (
        SigningKey.from_jwk(key.to_private_jwk()),
        SigningKey.from_pem(key.to_private_pem(), algorithm),
        SigningKey.from_pem(key.to_private_pem().encode(), algorithm, kid=key.kid),
    ):
        assert again.public == key.public
        key.public.verify(again.sign(b"input"), b"input")


def test_a_private_jwk_of_a_secret_gives_the_same_secret_again() -> None:
    for kid in (None, "key 1"):
        key = SigningKey.from_secret(SECRET, "HS256", kid=kid)
        again = SigningKey.from_jwk(key.to_private_jwk())
        assert (again.kid, again.algorithm, again.sign(b"input")) == (kid, "HS256", key.sign(b"input"))


def test_a_key_without_an_algorithm_takes_the_first_that_fits() -> None:
    rsa_jwk = {name: value for name, value in signing_key("RS256").to_private_jwk().items() if name != "alg"}
    assert SigningKey.from_jwk(rsa_jwk).algorithm == "RS256"
    assert SigningKey.from_pem(signing_key("ES384").to_private_pem()).algorithm == "ES384"
    secret = signing_key("HS256").to_private_jwk()
    assert SigningKey.from_jwk({"kty": "oct", "k": secret["k"]}).algorithm == "HS256"


def test_a_jwk_may_say_eddsa() -> None:
    jwk = signing_key("Ed25519").to_private_jwk()
    assert SigningKey.from_jwk({**jwk, "alg": "EdDSA"}).algorithm == "Ed25519"


def test_an_ed448_jwk_may_say_eddsa_too() -> None:
    jwk = signing_key("Ed448").to_private_jwk()
    assert SigningKey.from_jwk({**jwk, "alg": "EdDSA"}).algorithm == "Ed448"
    assert SigningKey.from_pem(signing_key("Ed448").to_private_pem(), "EdDSA").algorithm == "Ed448"


def test_an_encrypted_pem_text_opens_with_its_password_alone() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = pem_of(private, BestAvailableEncryption(b"open sesame"))
    assert SigningKey.from_pem(pem, password=b"open sesame").algorithm == "ES256"
    for password in (None, b"wrong"):
        with pytest.raises(ConfigurationError, match="not a private key that this password opens"):
            SigningKey.from_pem(pem, password=password)


@pytest.mark.parametrize(
    "pem", ["", "garbage", b"\xff\0", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
)
def test_what_is_no_private_pem_text_is_refused(pem: str | bytes) -> None:
    with pytest.raises(ConfigurationError, match="the PEM text is not a private key"):
        SigningKey.from_pem(pem)


def test_a_public_pem_text_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="the PEM text is not a private key"):
        SigningKey.from_pem(signing_key("ES256").public.to_pem())


@pytest.mark.parametrize(
    ("pem", "message"),
    [
        (pem_of(primitive.generate_private_key(65537, 1024)), "1024 bits"),  # noqa: S505 - the weak key
        (pem_of(ec.generate_private_key(ec.SECP256K1())), "its curve is none of"),
        (pem_of(x25519.X25519PrivateKey.generate()), "signs no tokens"),
    ],
    ids=["RSA 1024", "secp256k1", "X25519"],
)
def test_a_weak_key_or_one_of_another_purpose_is_refused(pem: bytes, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        SigningKey.from_pem(pem)


def test_a_key_that_does_not_fit_the_algorithm_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="it is for ES256, not for RS256"):
        SigningKey.from_pem(signing_key("ES256").to_private_pem(), "RS256")
    with pytest.raises(ConfigurationError, match="it is for ES256, not for ES384"):
        SigningKey.from_jwk({**signing_key("ES256").to_private_jwk(), "alg": "ES384"})


@pytest.mark.parametrize("alg", [1, ["ES256"], True], ids=repr)
def test_a_jwk_whose_algorithm_is_no_string_is_refused(alg: object) -> None:
    with pytest.raises(ConfigurationError, match="alg is not a string"):
        SigningKey.from_jwk({**signing_key("ES256").to_private_jwk(), "alg": alg})


@pytest.mark.parametrize("kty", [None, "DSA", "", 1, ["EC"]], ids=repr)
def test_a_jwk_of_an_unknown_type_is_refused(kty: object) -> None:
    with pytest.raises(ConfigurationError, match="kty is none of RSA, EC, OKP, AKP, oct"):
        SigningKey.from_jwk({**signing_key("ES256").to_private_jwk(), "kty": kty})


@pytest.mark.parametrize("algorithm", SIGNERS)
def test_a_public_jwk_is_refused(algorithm: str) -> None:
    with pytest.raises(ConfigurationError):
        SigningKey.from_jwk(signing_key(algorithm).to_jwk())


@pytest.mark.parametrize("kid", ["", "k" * 257], ids=["empty", "257 characters"])
def test_a_key_id_of_another_form_is_refused(kid: str) -> None:
    with pytest.raises(ConfigurationError, match="kid"):
        SigningKey.generate("ES256", kid=kid)
    with pytest.raises(ConfigurationError, match="kid"):
        SigningKey.from_secret(SECRET, kid=kid)


@pytest.mark.parametrize("algorithm", ["RS256", "none", "hs256"])
def test_a_secret_is_for_hmac_alone(algorithm: str) -> None:
    with pytest.raises(ConfigurationError, match="a shared secret is for HS256, HS384, HS512"):
        SigningKey.from_secret(SECRET, algorithm)


def test_a_secret_shorter_than_the_hash_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="at least 64 bytes"):
        SigningKey.from_secret(SECRET, "HS512")


def test_a_secret_has_no_pem_form_and_no_public_jwk() -> None:
    key = SigningKey.from_secret(SECRET)
    with pytest.raises(ConfigurationError, match="no PEM form"):
        key.to_private_pem()
    for show in (key.to_jwk, key.thumbprint):
        with pytest.raises(ConfigurationError, match="no public half"):
            show()
    with pytest.raises(ConfigurationError, match="no public half"):
        key.key_set().to_jwks()


@pytest.mark.parametrize("algorithm", [*SIGNERS, "HS256"])
def test_a_key_is_shown_by_its_name_and_algorithm_alone(algorithm: str) -> None:
    key = signing_key(algorithm)
    assert repr(key) == f"SigningKey(kid={key.kid!r}, algorithm={algorithm!r})"
    private = key.to_private_jwk()
    for name in ("d", "k", "priv", "p"):
        assert private.get(name, "\0") not in f"{key!r}{key}{key.key_set()!r}{key.public!r}"


def test_a_key_cannot_be_changed() -> None:
    key = signing_key("ES256")
    for name in SigningKey.__slots__:
        with pytest.raises(AttributeError):
            setattr(key, name, None)


def test_the_key_set_holds_the_public_half_alone() -> None:
    key = signing_key("ES256")
    assert key.key_set() == KeySet([key.public])
    assert key.key_set().to_jwks() == {"keys": [key.to_jwk()]}
    assert "d" not in key.to_jwk()
