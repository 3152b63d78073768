"""RSA signatures: RS256, RS384, RS512 (RFC 7518 §3.3) and PS256, PS384, PS512 (§3.5)."""

from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa as primitive

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import octets
from gatepost.jose.signature import Sign, Verify

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
MIN_BITS = 2048
MAX_BITS = 16384  # OpenSSL refuses to verify with more

_HASHES: Mapping[str, hashes.SHA256 | hashes.SHA384 | hashes.SHA512] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}

# Keys of the Infineon library (CVE-2017-15361, "ROCA") are powers of 65537 modulo each of these primes.
_ROCA_PRIMES = (11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)


def algorithms(_: primitive.RSAPublicKey) -> tuple[str, ...]:
    """Return the algorithms that a key of this type can be bound to."""
    return ALGORITHMS


def generate(_: str) -> primitive.RSAPrivateKey:
    """Return a fresh key of 2048 bits."""
    return primitive.generate_private_key(public_exponent=65537, key_size=2048)


def check(key: primitive.RSAPublicKey) -> primitive.RSAPublicKey:
    """Return `key`, if it is strong enough to trust.

    Raises:
        ConfigurationError: For fewer than 2048 bits, an exponent that is even or below 3, or a ROCA modulus.
    """
    if not MIN_BITS <= key.key_size <= MAX_BITS:
        raise ConfigurationError(f"its RSA modulus has {key.key_size} bits; {MIN_BITS} to {MAX_BITS} are accepted")
    numbers = key.public_numbers()
    if numbers.e < 3 or numbers.e % 2 == 0:
        raise ConfigurationError("its RSA exponent is not an odd number of 3 or more")
    if numbers.n % 2 == 0:
        raise ConfigurationError("its RSA modulus is even, so it is no product of two large primes")
    if all(_is_power_of_65537(numbers.n % prime, prime) for prime in _ROCA_PRIMES):
        raise ConfigurationError("its RSA modulus carries the ROCA fingerprint (CVE-2017-15361)")
    return key


def from_jwk(jwk: Mapping[str, object]) -> primitive.RSAPublicKey:
    """Return the public key of a JWK (RFC 7518 §6.3.1)."""
    n, e = octets.read_integer(jwk, "n"), octets.read_integer(jwk, "e")
    if not MIN_BITS <= n.bit_length() <= MAX_BITS:
        raise ConfigurationError(f"its RSA modulus has {n.bit_length()} bits; {MIN_BITS} to {MAX_BITS} are accepted")
    try:
        return check(primitive.RSAPublicNumbers(e, n).public_key())
    except ValueError:
        raise ConfigurationError("its members n and e do not make an RSA key") from None


def private_from_jwk(jwk: Mapping[str, object]) -> primitive.RSAPrivateKey:
    """Return the private key of a JWK (RFC 7518 §6.3.2)."""
    p, q, d, dp, dq, qi = (octets.read_integer(jwk, name) for name in ("p", "q", "d", "dp", "dq", "qi"))
    public = from_jwk(jwk).public_numbers()
    try:
        return primitive.RSAPrivateNumbers(p, q, d, dp, dq, qi, public).private_key()
    except ValueError:
        raise ConfigurationError("its private members do not fit its modulus") from None


def members(key: primitive.RSAPublicKey) -> dict[str, str]:
    """Return the members that define the public key in a JWK."""
    numbers = key.public_numbers()
    return {"kty": "RSA", "n": octets.write_integer(numbers.n), "e": octets.write_integer(numbers.e)}


def private_members(key: primitive.RSAPrivateKey) -> dict[str, str]:
    """Return the members that a private JWK has on top."""
    numbers = key.private_numbers()
    values = {
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    }
    return {name: octets.write_integer(value) for name, value in values.items()}


def verifier(key: primitive.RSAPublicKey, algorithm: str) -> Verify:
    """Return the check of `algorithm` with `key`."""
    check_signature, scheme, digest = key.verify, _padding(algorithm), _HASHES[algorithm[2:]]

    def verify(signature: bytes, signing_input: bytes) -> None:
        try:
            check_signature(signature, signing_input, scheme, digest)
        except InvalidSignature:
            raise TokenRejected(Reason.BAD_SIGNATURE) from None

    return verify


def signer(key: primitive.RSAPrivateKey, algorithm: str) -> Sign:
    """Return the function that signs with `key` by `algorithm`."""
    scheme, digest = _padding(algorithm), _HASHES[algorithm[2:]]
    return lambda signing_input: key.sign(signing_input, scheme, digest)


def _padding(algorithm: str) -> padding.PKCS1v15 | padding.PSS:
    if algorithm.startswith("RS"):
        return padding.PKCS1v15()
    digest = _HASHES[algorithm[2:]]
    return padding.PSS(padding.MGF1(digest), digest.digest_size)  # RFC 7518 §3.5: salt as long as the hash


def _is_power_of_65537(residue: int, prime: int) -> bool:
    power = 1
    for _ in range(prime):
        if power == residue:
            return True
        power = power * 65537 % prime
    return False
