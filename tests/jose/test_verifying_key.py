"""A verifying key: typed, and bound to exactly one algorithm."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, x25519
from cryptography.hazmat.primitives.asymmetric import rsa as primitive

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import KeySet, SigningKey
from gatepost.jose.verifying_key import VerifyingKey, bind, check_kid
from tests.jose.keys_at_hand import ASYMMETRIC, SECRET, signing_key

P256 = ec.generate_private_key(ec.SECP256R1()).public_key()
RSA_PUBLIC = primitive.RSAPublicNumbers(65537, 2**2047 + 1).public_key()


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_key_verifies_what_its_private_half_signed_and_nothing_else(algorithm: str) -> None:
    key = signing_key(algorithm)
    signature = key.sign(b"input")
    key.public.verify(signature, b"input")
    with pytest.raises(TokenRejected) as caught:
        key.public.verify(signature, b"other input")
    assert caught.value.reason is Reason.BAD_SIGNATURE


def test_a_key_without_an_algorithm_is_bound_to_each_that_fits_its_type() -> None:
    assert [key.algorithm for key in bind(RSA_PUBLIC, None, None)] == [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    ]  # fmt: skip
    assert [key.algorithm for key in bind(P256, None, None)] == ["ES256"]


def test_a_key_with_an_algorithm_is_bound_to_that_one_alone() -> None:
    (key,) = bind(RSA_PUBLIC, "PS384", "key 1")
    assert (key.algorithm, key.kid, key.names) == ("PS384", "key 1", ("PS384",))


@pytest.mark.parametrize(
    ("public", "algorithm"),
    [
        (ed25519.Ed25519PrivateKey.generate().public_key(), "Ed25519"),
        (ed448.Ed448PrivateKey.generate().public_key(), "Ed448"),
    ],
    ids=["Ed25519", "Ed448"],
)
def test_eddsa_means_the_algorithm_of_the_keys_curve(public: object, algorithm: str) -> None:
    for name in (None, algorithm, "EdDSA"):
        (key,) = bind(public, name, None)
        assert (key.algorithm, key.names) == (algorithm, (algorithm, "EdDSA"))


@pytest.mark.parametrize("algorithm", ["RS256", "ES384", "EdDSA", "HS256", "none", ""])
def test_a_key_that_does_not_fit_the_algorithm_is_refused(algorithm: str) -> None:
    with pytest.raises(ConfigurationError, match="it is for ES256, not for"):
        list(bind(P256, algorithm, None))


def test_a_weak_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="1024 bits"):
        list(bind(primitive.RSAPublicNumbers(65537, 2**1023 + 1).public_key(), None, None))


def test_a_key_that_signs_no_tokens_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="signs no tokens"):
        list(bind(x25519.X25519PrivateKey.generate().public_key(), None, None))


def test_keys_are_equal_by_what_they_are_and_how_they_are_called() -> None:
    (key,) = bind(P256, None, "a")
    (same,) = bind(P256, "ES256", "a")
    (named_otherwise,) = bind(P256, None, "b")
    rs256, ps256 = list(bind(RSA_PUBLIC, None, "a"))[::3]
    assert key == same
    assert hash(key) == hash(same)
    assert len({key, same, named_otherwise, rs256, ps256}) == 4
    assert key != named_otherwise
    assert rs256 != ps256
    assert key != "a"


def test_a_key_cannot_be_changed() -> None:
    (key,) = bind(P256, None, None)
    for name in VerifyingKey.__slots__:
        with pytest.raises(AttributeError):
            setattr(key, name, None)
        with pytest.raises(AttributeError):
            delattr(key, name)


def test_a_key_is_shown_by_its_name_and_algorithm_alone() -> None:
    assert repr(next(bind(P256, None, "key 1"))) == "VerifyingKey(kid='key 1', algorithm='ES256')"
    assert repr(KeySet.from_secret(SECRET, "HS256").keys[0]) == "VerifyingKey(kid=None, algorithm='HS256')"


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_jwk_and_a_pem_text_give_the_same_key_again(algorithm: str) -> None:
    key = signing_key(algorithm).public
    jwk = key.to_jwk()
    assert jwk["kid"] == key.kid
    assert (jwk["use"], jwk["alg"]) == ("sig", algorithm)
    assert KeySet.from_jwks({"keys": [jwk]}).keys == (key,)
    assert KeySet.from_pem(key.to_pem(), algorithm=algorithm, kid=key.kid).keys == (key,)


def test_a_key_without_a_name_has_a_jwk_without_kid() -> None:
    (key,) = bind(P256, None, None)
    assert "kid" not in key.to_jwk()


def test_a_shared_secret_has_no_public_half_to_show() -> None:
    key = SigningKey.from_secret(SECRET).public
    for show in (key.to_jwk, key.to_pem, key.thumbprint):
        with pytest.raises(ConfigurationError, match="a shared secret has no public half"):
            show()


@pytest.mark.parametrize(
    "kid", [None, "k", "k" * 256, "../../etc/passwd", "' OR 1=1 --", "__proto__", "ключ"], ids=ascii
)
def test_a_key_id_is_any_string_that_is_not_too_long(kid: str | None) -> None:
    assert check_kid(kid) == kid


@pytest.mark.parametrize("kid", ["", "k" * 257, 1, True, ["k"], b"k", {"k": 1}], ids=repr)
def test_a_key_id_of_another_form_is_refused(kid: object) -> None:
    with pytest.raises(ConfigurationError, match="its kid is not a string of 1 to 256 characters"):
        check_kid(kid)
