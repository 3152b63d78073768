"""The members of a JWK that stand for octets and numbers (RFC 7518 §6)."""

from collections.abc import Mapping

from gatepost.errors import ConfigurationError, TokenRejected
from gatepost.jose import base64url


def read(jwk: Mapping[str, object], name: str, *, length: int | None = None) -> bytes:
    """Return the octets that the base64url text of member `name` stands for.

    Args:
        jwk: The key's members.
        name: The member's name, such as `n`.
        length: The number of octets that it must have, or `None`.

    Raises:
        ConfigurationError: When it is missing, is not canonical base64url, or has another length.
    """
    text = jwk.get(name)
    if not isinstance(text, str):
        raise ConfigurationError(f"the member {name} is missing or not a string")
    try:
        octets = base64url.decode(text.encode())
    except (TokenRejected, UnicodeEncodeError):
        raise ConfigurationError(f"the member {name} is not base64url") from None
    if not octets or (length is not None and len(octets) != length):
        raise ConfigurationError(f"the member {name} has {len(octets)} octets, which does not fit its key type")
    return octets


def read_integer(jwk: Mapping[str, object], name: str) -> int:
    """Return the number that member `name` stands for, big-endian."""
    return int.from_bytes(read(jwk, name), "big")


def write(octets: bytes) -> str:
    """Return the member's text for `octets`."""
    return base64url.encode(octets).decode()


def write_integer(value: int) -> str:
    """Return the member's text for `value`, in as few octets as it needs."""
    return write(value.to_bytes((value.bit_length() + 7) // 8, "big"))
