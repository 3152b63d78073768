"""Signatures that are none: psychic signatures (CVE-2022-21449), DER and over-long ECDSA, RSA cube roots."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gatepost import KeySet, Reason
from gatepost.jose import base64url
from gatepost.jose.octets import write_integer
from tests.attacks.forging import ATTACKERS_KEY, ISSUERS_KEYS, forge, refused, refused_as_jws
from tests.verification.minting import access_claims

ECDSA = {"ES256": 32, "ES384": 48, "ES512": 66}
ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": int("F" * 48 + "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 16),
    "ES512": int("1" + "F" * 65 + "A51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409", 16),
}
SIZES = {
    "RS256": 256,
    "PS256": 256,
    "ES256": 64,
    "ES384": 96,
    "ES512": 132,
    "Ed25519": 64,
    "Ed448": 114,
    "ML-DSA-44": 2420,
}


def bad(algorithm: str, signature: bytes, payload: object = None) -> bool:
    token = forge({"alg": algorithm, "kid": ISSUERS_KEYS[algorithm].kid}, payload, lambda _: signature)
    return refused(token) is refused_as_jws(token) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("algorithm", ECDSA)
@pytest.mark.parametrize("r", ["0", "n"])
@pytest.mark.parametrize("s", ["0", "1", "n"])
def test_psychic_signature_cve_2022_21449(algorithm: str, r: str, s: str) -> None:
    size = ECDSA[algorithm]
    numbers = {"0": 0, "1": 1, "n": ORDERS[algorithm]}
    assert bad(algorithm, numbers[r].to_bytes(size, "big") + numbers[s].to_bytes(size, "big"))


@pytest.mark.parametrize("algorithm", SIZES)
@pytest.mark.parametrize("octet", [0, 1, 0x7F, 0x80, 0xFF], ids=hex)
def test_a_signature_of_equal_octets_is_bad(algorithm: str, octet: int) -> None:
    for size in (SIZES[algorithm], 0, 1, SIZES[algorithm] - 1, SIZES[algorithm] + 1):
        assert bad(algorithm, bytes([octet]) * size)


@pytest.mark.parametrize("algorithm", ECDSA)
def test_der_instead_of_r_and_s_is_bad(algorithm: str) -> None:
    size, key = ECDSA[algorithm], ISSUERS_KEYS[algorithm]

    def der(signing_input: bytes) -> bytes:
        good = key.sign(signing_input)
        return encode_dss_signature(int.from_bytes(good[:size], "big"), int.from_bytes(good[size:], "big"))

    token = forge({"alg": algorithm, "kid": key.kid}, sign=der)
    assert refused(token) is refused_as_jws(token) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("algorithm", SIZES)
@pytest.mark.parametrize(
    ("before", "after"),
    [(b"", b"\0"), (b"\0", b""), (b"", b"\0" * 16), (b"", b"A" * 4000), (b"\0" * 32, b"\0" * 32)],
    ids=["a zero after", "a zero before", "SignatureTooLong", "BufferOverflow", "zeros around"],
)
def test_an_over_long_signature_is_bad(algorithm: str, before: bytes, after: bytes) -> None:
    key = ISSUERS_KEYS[algorithm]
    token = forge({"alg": algorithm, "kid": key.kid}, sign=lambda text: before + key.sign(text) + after)
    assert refused(token) is refused_as_jws(token) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("algorithm", ECDSA)
@pytest.mark.parametrize(("before_r", "before_s"), [(1, 1), (0, 1), (1, 0), (0, 32), (2, 2)])
def test_zeros_before_r_or_s_make_it_bad(algorithm: str, before_r: int, before_s: int) -> None:
    size, key = ECDSA[algorithm], ISSUERS_KEYS[algorithm]

    def padded(signing_input: bytes) -> bytes:
        good = key.sign(signing_input)
        return bytes(before_r) + good[:size] + bytes(before_s) + good[size:]

    token = forge({"alg": algorithm, "kid": key.kid}, sign=padded)
    assert refused(token) is refused_as_jws(token) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("algorithm", ISSUERS_KEYS)
def test_the_signature_of_another_token_is_bad(algorithm: str) -> None:
    key = ISSUERS_KEYS[algorithm]
    header = {"alg": algorithm, "kid": key.kid}
    good = forge(header, access_claims(sub="alice"), key.sign)
    signature = base64url.decode(good.rpartition(".")[2].encode())
    assert bad(algorithm, signature, access_claims(sub="mallory"))
    without_type = forge({**header, "typ": "JWT"}, access_claims(sub="alice"), lambda _: signature)
    assert refused(without_type) is Reason.BAD_SIGNATURE


def test_a_signature_by_the_attackers_own_key_is_refused_whatever_it_is_called() -> None:
    for kid in (ISSUERS_KEYS["ES256"].kid, "attacker", None):
        header = {"alg": "ES256"} | ({} if kid is None else {"kid": kid})
        token = forge(header, sign=ATTACKERS_KEY.sign)
        assert refused(token) in {Reason.BAD_SIGNATURE, Reason.UNKNOWN_KEY}


# --- RSA without the private key: Bleichenbacher's forgery of 2006 (CVE-2006-4339) ---

DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
MODULUS = 2**2047 + 2**1024 + 1


def cube_root(value: int) -> int:
    """Return the least whole number whose cube is at least `value`."""
    root = 1 << -(-value.bit_length() // 3)
    while (smaller := (2 * root + value // root**2) // 3) < root:
        root = smaller
    return root if root**3 >= value else root + 1


def test_a_cube_root_is_no_signature_of_an_exponent_of_3() -> None:
    jwk = {"kty": "RSA", "n": write_integer(MODULUS), "e": "Aw", "kid": "three", "alg": "RS256"}
    keys = KeySet.from_jwks({"keys": [jwk]})
    assert keys.skipped == ()

    def forgery(signing_input: bytes) -> bytes:
        start = b"\x00\x01" + b"\xff" * 8 + b"\x00" + DIGEST_INFO + sha256(signing_input).digest()
        root = cube_root(int.from_bytes(start.ljust(256, b"\0"), "big"))
        assert (root**3).to_bytes(256, "big").startswith(start)  # a lenient reader stops here, and is content
        return root.to_bytes(256, "big")

    token = forge({"alg": "RS256", "kid": "three"}, sign=forgery)
    assert refused(token, keys) is refused_as_jws(token, keys) is Reason.BAD_SIGNATURE
