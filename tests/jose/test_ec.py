"""ECDSA (RFC 7518 §3.4): the curve decides the algorithm, and a signature is exactly R and S."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec as primitive
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import ec
from gatepost.jose import octets as octets_of
from tests.jose.keys_at_hand import signing_key

ALGORITHMS = ("ES256", "ES384", "ES512")
SIZES = {"ES256": 32, "ES384": 48, "ES512": 66}
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": int("F" * 48 + "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 16),
    "ES512": int("1" + "F" * 65 + "A51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409", 16),
}


@pytest.fixture(params=ALGORITHMS)
def algorithm(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def key(algorithm: str) -> primitive.EllipticCurvePrivateKey:
    return ec.private_from_jwk(signing_key(algorithm).to_private_jwk())


def refused(signature: bytes, key: primitive.EllipticCurvePrivateKey, algorithm: str) -> bool:
    with pytest.raises(TokenRejected) as caught:
        ec.verifier(key.public_key(), algorithm)(signature, b"input")
    return caught.value.reason is Reason.BAD_SIGNATURE


def test_a_signature_has_twice_the_size_of_the_curve_and_verifies(
    algorithm: str, key: primitive.EllipticCurvePrivateKey
) -> None:
    signature = ec.signer(key, algorithm)(b"input")
    assert len(signature) == 2 * SIZES[algorithm]
    ec.verifier(key.public_key(), algorithm)(signature, b"input")


def test_r_and_s_keep_their_leading_zeros(
    algorithm: str, key: primitive.EllipticCurvePrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ec, "decode_dss_signature", lambda _: (1, 2))
    size = SIZES[algorithm]
    assert ec.signer(key, algorithm)(b"input") == (1).to_bytes(size, "big") + (2).to_bytes(size, "big")


def test_r_and_s_that_are_zero_or_the_order_are_a_bad_signature(
    algorithm: str, key: primitive.EllipticCurvePrivateKey
) -> None:
    size, order = SIZES[algorithm], ORDERS[algorithm]
    good = ec.signer(key, algorithm)(b"input")
    r, s = int.from_bytes(good[:size], "big"), int.from_bytes(good[size:], "big")
    for pair in (
        (0, 0),
        (0, s),
        (r, 0),
        (order, order),
        (order, s),
        (r, order),
        (0, 1),
        (1, 0),
        (order, 0),
        (0, order),
    ):
        assert refused(b"".join(value.to_bytes(size, "big") for value in pair), key, algorithm)


def test_der_is_a_bad_signature(algorithm: str, key: primitive.EllipticCurvePrivateKey) -> None:
    good, size = ec.signer(key, algorithm)(b"input"), SIZES[algorithm]
    der = encode_dss_signature(int.from_bytes(good[:size], "big"), int.from_bytes(good[size:], "big"))
    assert refused(der, key, algorithm)
    assert refused(der.ljust(2 * size, b"\0")[: 2 * size], key, algorithm)


def test_a_signature_that_is_shorter_or_longer_is_bad(algorithm: str, key: primitive.EllipticCurvePrivateKey) -> None:
    good, size = ec.signer(key, algorithm)(b"input"), SIZES[algorithm]
    r, s = good[:size], good[size:]
    for bad in (
        b"",
        r,
        good[:-1],
        good[1:],
        good + b"\0",
        b"\0" + good,
        b"\0" + r + b"\0" + s,
        r + b"\0" + s,
        r + bytes(size) + s,
        good * 2,
        bytes(10_000),
    ):
        assert refused(bad, key, algorithm)


def test_the_curve_decides_the_algorithm(algorithm: str, key: primitive.EllipticCurvePrivateKey) -> None:
    public = key.public_key()
    assert ec.check(public) is public
    assert ec.algorithms(public) == (algorithm,)


def test_a_key_and_its_jwk_are_each_others_inverse(algorithm: str, key: primitive.EllipticCurvePrivateKey) -> None:
    public = key.public_key()
    jwk = ec.members(public)
    assert jwk["crv"] == CURVES[algorithm]
    assert ec.from_jwk(jwk) == public
    assert ec.private_from_jwk(jwk | ec.private_members(key)).private_numbers() == key.private_numbers()


@pytest.mark.parametrize("crv", [None, "P-192", "p-256", "secp256k1", "Ed25519", 256, ["P-256"]], ids=repr)
def test_a_jwk_of_another_curve_is_refused(crv: object) -> None:
    jwk: dict[str, object] = {**signing_key("ES256").to_jwk(), "crv": crv}
    with pytest.raises(ConfigurationError, match="its curve is none of P-256, P-384, P-521"):
        ec.from_jwk(jwk)


def test_a_key_of_another_curve_is_refused() -> None:
    public = primitive.generate_private_key(primitive.SECP256K1()).public_key()
    for refuse in (ec.check, ec.algorithms):
        with pytest.raises(ConfigurationError, match="its curve is none of"):
            refuse(public)


@pytest.mark.parametrize("point", [(b"\0", b"\0"), (b"\0", b"\1"), (b"\xff", b"\xff"), (b"\1", b"\1")], ids=repr)
def test_a_point_that_is_not_on_the_curve_is_refused(point: tuple[bytes, bytes]) -> None:
    x, y = (octets_of.write(octet * 32) for octet in point)
    with pytest.raises(ConfigurationError, match="does not lie on P-256"):
        ec.from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y})


@pytest.mark.parametrize("name", ["x", "y", "d"])
def test_coordinates_have_exactly_the_size_of_the_curve(name: str) -> None:
    jwk: dict[str, Any] = signing_key("ES256").to_private_jwk()
    octets = octets_of.read(jwk, name)
    for wrong in (b"\0" + octets, octets[:-1], octets + b"\0"):
        with pytest.raises(ConfigurationError, match=f"the member {name} has"):
            ec.private_from_jwk({**jwk, name: octets_of.write(wrong)})


@pytest.mark.parametrize("d", [bytes(32), b"\xff" * 32, bytes(31) + b"\1"], ids=["zero", "beyond the order", "another"])
def test_a_private_member_that_does_not_fit_the_point_is_refused(d: bytes) -> None:
    jwk: dict[str, Any] = signing_key("ES256").to_private_jwk()
    with pytest.raises(ConfigurationError, match="d does not fit its point"):
        ec.private_from_jwk({**jwk, "d": octets_of.write(d)})
