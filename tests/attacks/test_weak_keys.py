"""Keys that are not worth trusting (CVE-2017-15361, CVE-2025-45768; RFC 8725 §3.5), or must not be published."""

from hashlib import sha256
from typing import Any

import pytest

from gatepost import ConfigurationError, KeySet, Reason
from gatepost.jose import SigningKey
from gatepost.jose.octets import write, write_integer
from tests.attacks.forging import EC, ISSUERS_KEYS, RSA, accepted, forge, refused, refused_as_jws
from tests.jose.keys_at_hand import SECRET
from tests.jose.weak_keys import SMALL_ORDER_ED448, SMALL_ORDER_ED25519, roca_modulus

DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
MODULUS = 2**2047 + 2**1024 + 1


def rsa_jwk(n: int, e: int) -> dict[str, object]:
    return {"kty": "RSA", "kid": "weak", "alg": "RS256", "n": write_integer(n), "e": write_integer(e)}


@pytest.mark.parametrize(
    ("jwk", "why"),
    [
        pytest.param(rsa_jwk(2**1023 + 1, 65537), "1024 bits", id="RSA 1024"),
        pytest.param(rsa_jwk(2**2046 + 1, 65537), "2047 bits", id="RSA 2047"),
        pytest.param(rsa_jwk(2**511 + 1, 65537), "512 bits", id="RSA 512"),
        pytest.param(rsa_jwk(2**16384 + 1, 65537), "16385 bits", id="RSA 16385"),
        pytest.param(rsa_jwk(MODULUS, 1), "RSA key", id="exponentOne"),
        pytest.param(rsa_jwk(MODULUS, 2), "RSA key", id="exponent 2"),
        pytest.param(rsa_jwk(MODULUS, 65536), "RSA key", id="even exponent"),
        pytest.param(rsa_jwk(MODULUS, MODULUS + 2), "RSA key", id="exponent beyond the modulus"),
        pytest.param(rsa_jwk(2**2047, 65537), "RSA", id="even modulus"),
        pytest.param(rsa_jwk(roca_modulus(), 65537), "ROCA", id="ROCA"),
        pytest.param({"kty": "OKP", "kid": "weak", "crv": "Ed25519", "x": write(bytes(31))}, "Ed25519", id="short"),
        pytest.param(
            {"kty": "EC", "kid": "weak", "crv": "P-256", "x": write(bytes(32)), "y": write(bytes(32))},
            "does not lie on P-256",
            id="the point of zeros",
        ),
        *(
            pytest.param({"kty": "OKP", "kid": "weak", "crv": "Ed25519", "x": write(x)}, "small order", id=x.hex())
            for x in SMALL_ORDER_ED25519
        ),
        *(
            pytest.param({"kty": "OKP", "kid": "weak", "crv": "Ed448", "x": write(x)}, "small order", id=x.hex())
            for x in SMALL_ORDER_ED448
        ),
    ],
)
def test_a_weak_key_in_a_jwk_set_is_passed_over_reported_and_never_used(jwk: dict[str, object], why: str) -> None:
    keys = KeySet.from_jwks({"keys": [EC.to_jwk(), jwk]})
    assert keys.find("weak", str(jwk.get("alg", jwk.get("crv")))) is None
    (reported,) = keys.skipped
    assert why in reported
    assert accepted(forge({"alg": "ES256", "kid": EC.kid}, sign=EC.sign), keys).subject == "alice"


def test_a_signature_that_an_exponent_of_1_makes_for_anyone_is_refused() -> None:
    keys = KeySet.from_jwks({"keys": [EC.to_jwk(), rsa_jwk(MODULUS, 1)]})

    def sign(signing_input: bytes) -> bytes:
        digest = DIGEST_INFO + sha256(signing_input).digest()
        return b"\x00\x01" + b"\xff" * (253 - len(digest)) + b"\x00" + digest

    token = forge({"alg": "RS256", "kid": "weak"}, sign=sign)
    assert refused(token, keys) is Reason.UNKNOWN_KEY
    assert refused_as_jws(token, keys) is Reason.UNSUPPORTED_ALGORITHM


def test_the_signature_that_fits_every_message_of_a_small_order_key_is_refused() -> None:
    jwk = {"kty": "OKP", "kid": "weak", "crv": "Ed25519", "x": write(SMALL_ORDER_ED25519[0])}
    keys = KeySet.from_jwks({"keys": [EC.to_jwk(), jwk]})
    for alg in ("Ed25519", "EdDSA"):
        token = forge({"alg": alg, "kid": "weak"}, sign=lambda _: SMALL_ORDER_ED25519[0] + bytes(32))
        assert refused(token, keys) is Reason.UNKNOWN_KEY


@pytest.mark.parametrize(("algorithm", "length"), [("HS256", 31), ("HS384", 47), ("HS512", 63), ("HS256", 0)])
def test_a_secret_shorter_than_the_hash_is_refused(algorithm: str, length: int) -> None:
    for make in (KeySet.from_secret, SigningKey.from_secret):
        with pytest.raises(ConfigurationError, match="needs a secret of at least"):
            make(bytes(length), algorithm)


@pytest.mark.parametrize("secret", ["password" * 8, bytearray(64), 64, None, ["x"]], ids=lambda x: type(x).__name__)
def test_a_password_is_no_secret(secret: Any) -> None:
    with pytest.raises(ConfigurationError):
        KeySet.from_secret(secret)


# --- Keys that do not fit are never tried ---


@pytest.mark.parametrize(
    "changes",
    [
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": ["encrypt", "wrapKey"]},
        {"key_ops": []},
        {"alg": "RS256"},
        {"alg": "ES384"},
        {"alg": "ECDH-ES"},
        {"alg": "none"},
        {"alg": "HS256"},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"kty": "RSA"},
        {"kty": "OKP"},
    ],
    ids=repr,
)
def test_a_key_whose_purpose_does_not_fit_is_never_tried(changes: dict[str, object]) -> None:
    keys = KeySet.from_jwks({"keys": [RSA.to_jwk(), {**EC.to_jwk(), **changes}]})
    for kid in ({"kid": EC.kid}, {}):
        assert refused(forge({"alg": "ES256", **kid}, sign=EC.sign), keys) is Reason.UNKNOWN_KEY


# --- Keys that must not be published ---


@pytest.mark.parametrize("algorithm", ISSUERS_KEYS)
def test_a_private_key_in_a_jwk_set_refuses_the_whole_set(algorithm: str) -> None:
    private = ISSUERS_KEYS[algorithm].to_private_jwk()
    for jwks in ([private], [EC.to_jwk(), private], [private, EC.to_jwk()], [{**private, "use": "enc"}, EC.to_jwk()]):
        with pytest.raises(ConfigurationError, match="private key") as caught:
            KeySet.from_jwks({"keys": jwks})
        assert not any(private.get(name, "\0") in str(caught.value) for name in ("d", "p", "q", "priv"))


def test_a_symmetric_key_in_a_jwk_set_refuses_the_whole_set() -> None:
    secret = {"kty": "oct", "k": write(SECRET), "alg": "HS256", "kid": "secret"}
    for jwks in ([secret], [EC.to_jwk(), secret], [secret, EC.to_jwk()], [{**secret, "use": "enc"}, EC.to_jwk()]):
        with pytest.raises(ConfigurationError, match="shared secret") as caught:
            KeySet.from_jwks({"keys": jwks})
        assert write(SECRET) not in str(caught.value)
