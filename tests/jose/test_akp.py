"""ML-DSA (FIPS 204) with keys of type AKP."""

from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import akp, octets
from tests.jose.keys_at_hand import signing_key

ALGORITHMS = ("ML-DSA-44", "ML-DSA-65", "ML-DSA-87")
SIGNATURE_SIZES = {"ML-DSA-44": 2420, "ML-DSA-65": 3309, "ML-DSA-87": 4627}


@pytest.fixture(params=ALGORITHMS)
def algorithm(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def key(algorithm: str) -> akp.Private:
    return akp.private_from_jwk(signing_key(algorithm).to_private_jwk())


def test_what_a_key_signs_its_public_half_verifies(algorithm: str, key: akp.Private) -> None:
    signature = akp.signer(key, algorithm)(b"input")
    assert len(signature) == SIGNATURE_SIZES[algorithm]
    akp.verifier(key.public_key(), algorithm)(signature, b"input")


def test_any_other_octets_are_a_bad_signature(algorithm: str, key: akp.Private) -> None:
    good = akp.signer(key, algorithm)(b"input")
    for bad in (b"", good[:-1], good + b"\0", bytes(len(good)), b"\xff" * len(good), good[::-1]):
        with pytest.raises(TokenRejected) as caught:
            akp.verifier(key.public_key(), algorithm)(bad, b"input")
        assert caught.value.reason is Reason.BAD_SIGNATURE


def test_a_signature_for_another_context_is_bad(algorithm: str, key: akp.Private) -> None:
    with pytest.raises(TokenRejected):
        akp.verifier(key.public_key(), algorithm)(key.sign(b"input", b"another context"), b"input")


def test_the_parameter_set_is_the_algorithm(algorithm: str, key: akp.Private) -> None:
    public = key.public_key()
    assert akp.check(public) is public
    assert akp.algorithms(public) == (algorithm,)


def test_a_key_and_its_jwk_are_each_others_inverse(key: akp.Private) -> None:
    jwk = akp.members(key.public_key())
    assert akp.from_jwk(jwk).public_bytes_raw() == key.public_key().public_bytes_raw()
    assert akp.private_from_jwk(jwk | akp.private_members(key)).private_bytes_raw() == key.private_bytes_raw()


@pytest.mark.parametrize("alg", [None, "ML-DSA", "ml-dsa-44", "RS256", 44, ["ML-DSA-44"]], ids=repr)
def test_a_jwk_without_a_parameter_set_that_is_known_is_refused(alg: object) -> None:
    jwk: dict[str, object] = {**signing_key("ML-DSA-44").to_private_jwk(), "alg": alg}
    for read in (akp.from_jwk, akp.private_from_jwk):
        with pytest.raises(ConfigurationError, match="its member alg is none of ML-DSA-44"):
            read(jwk)


def test_a_key_of_another_parameter_set_is_refused(algorithm: str) -> None:
    jwk: dict[str, Any] = signing_key(algorithm).to_jwk()
    for other in set(ALGORITHMS) - {algorithm}:
        with pytest.raises(ConfigurationError, match=f"its member pub is not a key of {other}"):
            akp.from_jwk({**jwk, "alg": other})


def test_a_seed_has_32_octets(algorithm: str) -> None:
    jwk: dict[str, Any] = signing_key(algorithm).to_private_jwk()
    for length in (31, 33):
        with pytest.raises(ConfigurationError, match=f"the member priv has {length} octets"):
            akp.private_from_jwk({**jwk, "priv": octets.write(bytes(length))})


def test_a_seed_that_the_system_cannot_read_is_refused(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class WithoutMlDsa:
        @staticmethod
        def from_seed_bytes(_: bytes) -> akp.Private:
            raise UnsupportedAlgorithm("no ML-DSA in this OpenSSL")

    jwk = signing_key(algorithm).to_private_jwk()
    monkeypatch.setattr(akp, "_PRIVATE", {algorithm: WithoutMlDsa})
    with pytest.raises(ConfigurationError, match=f"its member priv is not a seed of {algorithm}"):
        akp.private_from_jwk(jwk)


def test_a_seed_that_does_not_fit_the_public_member_is_refused(algorithm: str) -> None:
    jwk: dict[str, Any] = signing_key(algorithm).to_private_jwk()
    with pytest.raises(ConfigurationError, match="priv does not fit its member pub"):
        akp.private_from_jwk({**jwk, "priv": octets.write(bytes(32))})
