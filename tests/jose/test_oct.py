"""HMAC (RFC 7518 §3.2): secrets as long as the hash, compared in constant time."""

import hmac
from typing import Any

import pytest

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import oct  # noqa: A004 - the key type bears that name

SECRET = bytes(range(64))
ALGORITHMS = ("HS256", "HS384", "HS512")
SIZES = {"HS256": 32, "HS384": 48, "HS512": 64}
HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_is_the_hmac_of_the_signing_input(algorithm: str) -> None:
    signature = oct.signer(SECRET, algorithm)(b"input")
    assert signature == hmac.digest(SECRET, b"input", HASHES[algorithm])
    oct.verifier(SECRET, algorithm)(signature, b"input")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("spoil", [b"", b"\0", b"cut", b"long", b"other"], ids=["empty", "bit", "cut", "long", "other"])
def test_any_other_signature_is_bad(algorithm: str, spoil: bytes) -> None:
    good = oct.signer(SECRET, algorithm)(b"input")
    bad = {
        b"": b"",
        b"\0": bytes([good[0] ^ 1]) + good[1:],
        b"cut": good[:-1],
        b"long": good + b"\0",
        b"other": oct.signer(SECRET[::-1], algorithm)(b"input"),
    }[spoil]
    with pytest.raises(TokenRejected) as caught:
        oct.verifier(SECRET, algorithm)(bad, b"input")
    assert caught.value.reason is Reason.BAD_SIGNATURE


def test_signatures_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(ours: bytes, theirs: bytes) -> bool:
        compared.append((ours, theirs))
        return hmac.compare_digest(ours, theirs)

    monkeypatch.setattr(oct, "compare_digest", compare)
    signature = oct.signer(SECRET, "HS256")(b"input")
    oct.verifier(SECRET, "HS256")(signature, b"input")
    assert compared == [(signature, signature)]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_secret_is_at_least_as_long_as_the_hash(algorithm: str) -> None:
    size = SIZES[algorithm]
    assert oct.size(algorithm) == size
    assert oct.check(bytes(size), algorithm) == bytes(size)
    with pytest.raises(ConfigurationError, match=f"{algorithm} needs a secret of at least {size} bytes"):
        oct.check(bytes(size - 1), algorithm)


@pytest.mark.parametrize("secret", ["x" * 64, bytearray(64), None, 64], ids=["str", "bytearray", "None", "int"])
def test_a_secret_is_bytes_and_its_error_does_not_show_it(secret: Any) -> None:
    with pytest.raises(ConfigurationError, match="a shared secret is bytes") as caught:
        oct.check(secret, "HS256")
    assert "xx" not in str(caught.value)


@pytest.mark.parametrize("algorithm", ["RS256", "none", "hs256", ""])
def test_a_secret_is_for_hmac_alone(algorithm: str) -> None:
    with pytest.raises(ConfigurationError, match="a shared secret is for HS256, HS384, HS512"):
        oct.check(SECRET, algorithm)
