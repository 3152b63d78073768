"""The check of schemes that take the message whole."""

import pytest
from cryptography.exceptions import InvalidSignature

from gatepost.errors import Reason, TokenRejected
from gatepost.jose.signature import plain_verifier


def test_a_signature_that_fits_passes_with_its_arguments_in_order() -> None:
    seen: list[tuple[bytes, bytes]] = []
    plain_verifier(lambda signature, data: seen.append((signature, data)))(b"signature", b"input")
    assert seen == [(b"signature", b"input")]


def test_a_signature_that_does_not_fit_is_bad() -> None:
    def invalid(signature: bytes, data: bytes) -> None:
        raise InvalidSignature

    with pytest.raises(TokenRejected) as caught:
        plain_verifier(invalid)(b"signature", b"input")
    assert caught.value.reason is Reason.BAD_SIGNATURE
    assert caught.value.__suppress_context__
