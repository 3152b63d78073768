"""base64url: RFC 4648 §10 vectors, and nothing but the canonical form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.errors import Reason, TokenRejected
from gatepost.jose import base64url

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", b""), (b"f", b"Zg"), (b"fo", b"Zm8"), (b"foo", b"Zm9v"), (b"\xfb\xff", b"-_8")],
    ids=["empty", "one byte", "two bytes", "whole group", "url-safe alphabet"],
)
def test_text_and_bytes_are_each_others_inverse(data: bytes, text: bytes) -> None:
    assert base64url.encode(data) == text
    assert base64url.decode(text) == data


@given(st.binary(max_size=512))
def test_any_bytes_survive_the_round_trip(data: bytes) -> None:
    assert base64url.decode(base64url.encode(data)) == data


@pytest.mark.parametrize("text", [b"Z", b"Zh", b"Zm9", b"Zm9vZ"], ids=repr)
def test_a_second_spelling_of_the_same_bytes_is_malformed(text: bytes) -> None:
    with pytest.raises(TokenRejected) as caught:
        base64url.decode(text)
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("length", [2, 3])
def test_of_all_spellings_of_a_last_group_exactly_the_canonical_ones_decode(length: int) -> None:
    decoded = set()
    for last in ALPHABET:
        text = b"A" * (length - 1) + bytes([last])
        try:
            decoded.add(base64url.decode(text))
        except TokenRejected:
            continue
        assert base64url.encode(base64url.decode(text)) == text
    assert len(decoded) == {2: 4, 3: 16}[length]


@pytest.mark.parametrize("place", range(4))
def test_every_octet_outside_the_alphabet_is_malformed_wherever_it_stands(place: int) -> None:
    for octet in set(range(256)) - set(ALPHABET):
        text = b"AAAA"[:place] + bytes([octet]) + b"AAAA"[place + 1 :]
        with pytest.raises(TokenRejected) as caught:
            base64url.decode(text)
        assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("text", [b"Zg==", b"Zg=", b"Zm8=", b"Zm9v=", b"Zm9v====", b"====", b"="], ids=repr)
def test_padding_is_malformed(text: bytes) -> None:
    with pytest.raises(TokenRejected) as caught:
        base64url.decode(text)
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("text", [b"Zm9v\n", b" Zm9v", b"Zm\n9", b"Zm 9v", b"+_8A", b"-/8A"], ids=repr)
def test_white_space_and_the_standard_alphabet_are_malformed(text: bytes) -> None:
    with pytest.raises(TokenRejected) as caught:
        base64url.decode(text)
    assert caught.value.reason is Reason.MALFORMED
