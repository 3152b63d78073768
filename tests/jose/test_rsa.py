"""RSA (RFC 7518 §3.3, §3.5): both paddings, and no weak key."""

from typing import Any, cast

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa as primitive

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import SigningKey, octets, rsa
from tests.jose.keys_at_hand import signing_key
from tests.jose.weak_keys import roca_modulus

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
ROCA = roca_modulus()


@pytest.fixture(scope="session")
def private_key() -> primitive.RSAPrivateKey:
    return rsa.private_from_jwk(signing_key("RS256").to_private_jwk())


def refused(signature: bytes, key: primitive.RSAPublicKey, algorithm: str) -> bool:
    with pytest.raises(TokenRejected) as caught:
        rsa.verifier(key, algorithm)(signature, b"input")
    return caught.value.reason is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_an_algorithm_signs_that_algorithm_alone_verifies(
    algorithm: str, private_key: primitive.RSAPrivateKey
) -> None:
    signature = rsa.signer(private_key, algorithm)(b"input")
    public = private_key.public_key()
    rsa.verifier(public, algorithm)(signature, b"input")
    for other in set(ALGORITHMS) - {algorithm}:
        assert refused(signature, public, other)


@pytest.mark.parametrize("salt_length", [0, 20, 31, 33, 222], ids=str)
def test_a_pss_salt_is_exactly_as_long_as_the_hash(salt_length: int, private_key: primitive.RSAPrivateKey) -> None:
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length)
    assert refused(private_key.sign(b"input", scheme, hashes.SHA256()), private_key.public_key(), "PS256")


def test_a_pss_mask_of_another_hash_is_refused(private_key: primitive.RSAPrivateKey) -> None:
    scheme = padding.PSS(padding.MGF1(hashes.SHA1()), 32)  # noqa: S303 - the attack
    assert refused(private_key.sign(b"input", scheme, hashes.SHA256()), private_key.public_key(), "PS256")


@pytest.mark.parametrize("signature", [b"", b"\0" * 256, b"\xff" * 256, b"\1" * 255, b"\1" * 257, bytes(255) + b"\1"])
@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_any_other_octets_are_a_bad_signature(
    algorithm: str, signature: bytes, private_key: primitive.RSAPrivateKey
) -> None:
    assert refused(signature, private_key.public_key(), algorithm)


def test_a_generated_key_has_2048_bits_and_the_usual_exponent(private_key: primitive.RSAPrivateKey) -> None:
    assert private_key.key_size == 2048
    assert private_key.public_key().public_numbers().e == 65537
    assert rsa.algorithms(private_key.public_key()) == ALGORITHMS


def test_a_key_and_its_jwk_are_each_others_inverse(private_key: primitive.RSAPrivateKey) -> None:
    public = private_key.public_key()
    jwk = rsa.members(public) | rsa.private_members(private_key)
    assert rsa.from_jwk(jwk) == public
    assert rsa.private_from_jwk(jwk).private_numbers() == private_key.private_numbers()


@pytest.mark.parametrize(
    ("n", "e", "message"),
    [
        pytest.param(2**1023 + 1, 65537, "has 1024 bits", id="1024 bits"),
        pytest.param(2**2046 + 1, 65537, "has 2047 bits", id="2047 bits"),
        pytest.param(2**16384 + 1, 65537, "has 16385 bits", id="16385 bits"),
        pytest.param(2**2047 + 1, 1, "do not make an RSA key", id="exponent 1"),
        pytest.param(2**2047 + 1, 2, "do not make an RSA key", id="exponent 2"),
        pytest.param(2**2047 + 1, 4, "do not make an RSA key", id="even exponent"),
        pytest.param(2**2047 + 1, 2**2047 + 3, "do not make an RSA key", id="exponent beyond the modulus"),
        pytest.param(ROCA, 65537, "ROCA", id="ROCA"),
    ],
)
def test_a_weak_jwk_is_refused(n: int, e: int, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        rsa.from_jwk({"kty": "RSA", "n": octets.write_integer(n), "e": octets.write_integer(e)})


@pytest.mark.parametrize("n", [2**1023 + 1, 2**16384 + 1, ROCA], ids=["1024 bits", "16385 bits", "ROCA"])
def test_a_weak_key_from_elsewhere_is_refused(n: int) -> None:
    with pytest.raises(ConfigurationError):
        rsa.check(primitive.RSAPublicNumbers(65537, n).public_key())


class AnyNumbers:
    """Stands for a key that a later `cryptography` might let through: the one at hand refuses to build it."""

    key_size = 2048

    def __init__(self, e: int) -> None:
        self._e = e

    def public_numbers(self) -> primitive.RSAPublicNumbers:
        return primitive.RSAPublicNumbers(self._e, 2**2047 + 1)


@pytest.mark.parametrize("e", [1, 2, 4, 65536])
def test_an_exponent_that_is_even_or_below_3_is_refused_here_too(e: int) -> None:
    with pytest.raises(ConfigurationError, match="exponent"):
        rsa.check(cast("primitive.RSAPublicKey", AnyNumbers(e)))


def test_the_least_strong_key_that_will_do_has_2048_bits_and_the_exponent_3() -> None:
    key = primitive.RSAPublicNumbers(3, 2**2047 + 1).public_key()
    assert rsa.check(key) is key


@pytest.mark.parametrize("name", ["n", "e"])
@pytest.mark.parametrize("value", [None, 3, "", "AQAB=", "!"], ids=repr)
def test_a_jwk_with_a_broken_member_is_refused(name: str, value: object) -> None:
    jwk: dict[str, object] = {**signing_key("RS256").to_jwk(), name: value}
    with pytest.raises(ConfigurationError, match=f"the member {name} "):
        rsa.from_jwk(jwk)


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi"])
def test_private_members_that_do_not_fit_the_modulus_are_refused(name: str) -> None:
    jwk: dict[str, Any] = signing_key("RS256").to_private_jwk()
    for wrong in ({name: "Aw"}, {name: None}):
        with pytest.raises(ConfigurationError):
            SigningKey.from_jwk({**jwk, **wrong})
