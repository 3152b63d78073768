"""The two functions that a key is, once it is bound to its algorithm."""

from collections.abc import Callable
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature

from gatepost.errors import Reason, TokenRejected

# (signature, signing input); raises TokenRejected(bad_signature), and nothing else.
Verify: TypeAlias = Callable[[bytes, bytes], None]

# (signing input) -> signature
Sign: TypeAlias = Callable[[bytes], bytes]


def plain_verifier(check: Callable[[bytes, bytes], None]) -> Verify:
    """Return the check for schemes that take the message whole and have no choices: Ed25519, Ed448, ML-DSA."""

    def verify(signature: bytes, signing_input: bytes) -> None:
        try:
            check(signature, signing_input)
        except InvalidSignature:
            raise TokenRejected(Reason.BAD_SIGNATURE) from None

    return verify
