"""base64url without padding, in its one canonical form (RFC 4648 §5, RFC 7515 §2)."""

from binascii import Error, a2b_base64, b2a_base64

from gatepost.errors import Reason, TokenRejected

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_STANDARD = _ALPHABET.replace(b"-", b"+").replace(b"_", b"/")

# Every octet outside the alphabet becomes NUL, which the strict decoder refuses: one pass checks and translates.
_TO_STANDARD = bytes(_STANDARD[_ALPHABET.index(octet)] if octet in _ALPHABET else 0 for octet in range(256))
_TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")

# A final group of two or three characters has unused low bits. They must be zero,
# or two different texts would stand for the same bytes.
_LAST_OF_TWO = frozenset(b"AQgw")
_LAST_OF_THREE = frozenset(b"AEIMQUYcgkosw048")


def encode(data: bytes) -> bytes:
    """Return `data` as unpadded base64url text."""
    return b2a_base64(data, newline=False).rstrip(b"=").translate(_TO_URL_SAFE)


def decode(text: bytes) -> bytes:
    """Return the bytes that `text` stands for.

    Raises:
        TokenRejected: `malformed`, for a character outside the alphabet (padding among them), an impossible
            length, or an unused bit that is set.
    """
    rest = len(text) & 3
    if rest == 0:
        padding = b""
    elif rest == 2 and text[-1] in _LAST_OF_TWO:
        padding = b"=="
    elif rest == 3 and text[-1] in _LAST_OF_THREE:
        padding = b"="
    else:
        raise TokenRejected(Reason.MALFORMED)
    try:
        return a2b_base64(text.translate(_TO_STANDARD) + padding, strict_mode=True)
    except Error:
        raise TokenRejected(Reason.MALFORMED) from None
