"""ECDSA signatures: ES256, ES384, ES512 (RFC 7518 §3.4)."""

from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec as primitive
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.frozen import Frozen
from gatepost.jose import octets
from gatepost.jose.signature import Sign, Verify


class Curve(Frozen):
    """A curve with its one algorithm; `size` is the number of octets of a coordinate."""

    __slots__ = ("algorithm", "crv", "curve", "digest", "size")

    crv: str
    algorithm: str
    size: int
    curve: primitive.EllipticCurve
    digest: hashes.HashAlgorithm

    def __init__(
        self, crv: str, algorithm: str, size: int, curve: primitive.EllipticCurve, digest: hashes.HashAlgorithm
    ) -> None:
        self._set(crv=crv, algorithm=algorithm, size=size, curve=curve, digest=digest)


CURVES = (
    Curve("P-256", "ES256", 32, primitive.SECP256R1(), hashes.SHA256()),
    Curve("P-384", "ES384", 48, primitive.SECP384R1(), hashes.SHA384()),
    Curve("P-521", "ES512", 66, primitive.SECP521R1(), hashes.SHA512()),
)
_BY_CRV = {curve.crv: curve for curve in CURVES}
_BY_ALGORITHM = {curve.algorithm: curve for curve in CURVES}
_BY_NAME = {curve.curve.name: curve for curve in CURVES}

ALGORITHMS = tuple(_BY_ALGORITHM)


def check(key: primitive.EllipticCurvePublicKey) -> primitive.EllipticCurvePublicKey:
    """Return `key`, if its curve has an algorithm here."""
    _curve(key.curve)
    return key


def algorithms(key: primitive.EllipticCurvePublicKey) -> tuple[str, ...]:
    """Return the one algorithm of the key's curve."""
    return (_curve(key.curve).algorithm,)


def generate(algorithm: str) -> primitive.EllipticCurvePrivateKey:
    """Return a fresh key on the curve of `algorithm`."""
    return primitive.generate_private_key(_BY_ALGORITHM[algorithm].curve)


def from_jwk(jwk: Mapping[str, object]) -> primitive.EllipticCurvePublicKey:
    """Return the public key of a JWK (RFC 7518 §6.2.1)."""
    return _numbers(jwk)[1]


def private_from_jwk(jwk: Mapping[str, object]) -> primitive.EllipticCurvePrivateKey:
    """Return the private key of a JWK (RFC 7518 §6.2.2)."""
    curve, public = _numbers(jwk)
    d = int.from_bytes(octets.read(jwk, "d", length=curve.size), "big")
    try:
        return primitive.EllipticCurvePrivateNumbers(d, public.public_numbers()).private_key()
    except ValueError:
        raise ConfigurationError("its private member d does not fit its point") from None


def members(key: primitive.EllipticCurvePublicKey) -> dict[str, str]:
    """Return the members that define the public key in a JWK."""
    curve, numbers = _curve(key.curve), key.public_numbers()
    x, y = (octets.write(value.to_bytes(curve.size, "big")) for value in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": curve.crv, "x": x, "y": y}


def private_members(key: primitive.EllipticCurvePrivateKey) -> dict[str, str]:
    """Return the member that a private JWK has on top."""
    return {"d": octets.write(key.private_numbers().private_value.to_bytes(_curve(key.curve).size, "big"))}


def verifier(key: primitive.EllipticCurvePublicKey, algorithm: str) -> Verify:
    """Return the check of `algorithm` with `key`."""
    curve = _BY_ALGORITHM[algorithm]
    check_signature, size, scheme = key.verify, curve.size, primitive.ECDSA(curve.digest)
    integer = int.from_bytes

    def verify(signature: bytes, signing_input: bytes) -> None:
        if len(signature) != 2 * size:  # RFC 7518 §3.4: exactly R and S, each of the curve's size; never DER
            raise TokenRejected(Reason.BAD_SIGNATURE)
        der = encode_dss_signature(integer(signature[:size], "big"), integer(signature[size:], "big"))
        try:
            check_signature(der, signing_input, scheme)
        except InvalidSignature:
            raise TokenRejected(Reason.BAD_SIGNATURE) from None

    return verify


def signer(key: primitive.EllipticCurvePrivateKey, algorithm: str) -> Sign:
    """Return the function that signs with `key` by `algorithm`."""
    curve = _BY_ALGORITHM[algorithm]
    scheme = primitive.ECDSA(curve.digest)

    def sign(signing_input: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(signing_input, scheme))
        return r.to_bytes(curve.size, "big") + s.to_bytes(curve.size, "big")

    return sign


def _numbers(jwk: Mapping[str, object]) -> tuple[Curve, primitive.EllipticCurvePublicKey]:
    crv = jwk.get("crv")
    curve = _BY_CRV.get(crv) if isinstance(crv, str) else None
    if curve is None:
        raise ConfigurationError(f"its curve is none of {', '.join(_BY_CRV)}")
    x, y = (int.from_bytes(octets.read(jwk, name, length=curve.size), "big") for name in ("x", "y"))
    try:
        return curve, primitive.EllipticCurvePublicNumbers(x, y, curve.curve).public_key()
    except ValueError:
        raise ConfigurationError(f"its point does not lie on {curve.crv}") from None


def _curve(curve: primitive.EllipticCurve) -> Curve:
    if curve.name not in _BY_NAME:
        raise ConfigurationError(f"its curve is none of {', '.join(_BY_CRV)}")
    return _BY_NAME[curve.name]
