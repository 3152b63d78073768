"""Keys that nobody should trust."""

from math import prod

# The primes by which the fingerprint of CVE-2017-15361 is told: https://crocs.fi.muni.cz/public/papers/rsa_ccs17
_PRIMORIAL = prod((2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
                   103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167))  # fmt: skip


def roca_modulus() -> int:
    """Return a number of 2048 bits that is a power of 65537 modulo each of the primes, as those keys are."""
    return pow(65537, 123_456_789, _PRIMORIAL) + _PRIMORIAL * (2**2047 // _PRIMORIAL + 1)


# The points of Ed25519 whose order divides 8, and other spellings of them. With such a key, one signature fits many
# messages or all of them: the message enters the check only as a multiple of the key.
SMALL_ORDER_ED25519 = tuple(
    bytes.fromhex(point)
    for point in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        # the same, written otherwise
        "0100000000000000000000000000000000000000000000000000000000000080",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
)

# The points of Ed448 whose order divides 4, as far as their y tells: 1, -1 and 0 modulo 2^448 - 2^224 - 1.
SMALL_ORDER_ED448 = (
    bytes([1]) + bytes(56),
    bytes([0xFE]) + b"\xff" * 27 + b"\xfe" + b"\xff" * 27 + b"\x00",
    bytes(57),
    bytes(56) + b"\x80",
)
