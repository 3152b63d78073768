"""Protocol Buffers' wire format, as much of it as two small messages need (protobuf.dev, "Encoding")."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

# A field's number and its value: an integer for a varint, octets for what has a length.
Field: TypeAlias = tuple[int, int | bytes]


class BadMessage(ValueError):
    """The octets are no message."""


def fields(message: bytes) -> Iterator[Field]:
    """Yield the fields of a message in their order; those of a fixed size are passed over.

    Raises:
        BadMessage: When it is cut off, or has a group or a field of an unknown type.
    """
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
        elif kind == _BYTES:
            length, at = _varint(message, at)
            if at + length > len(message):
                raise BadMessage("a field is cut off")
            yield number, message[at : at + length]
            at += length
        elif kind in {_FIXED64, _FIXED32}:
            at += 8 if kind == _FIXED64 else 4
            if at > len(message):
                raise BadMessage("a field is cut off")
        else:
            raise BadMessage("a field has an unknown type")


def texts(found: Iterable[Field], number: int) -> Iterator[bytes]:
    """Yield the values with a length of the field with this number."""
    return (value for each, value in found if each == number and isinstance(value, bytes))


def merged(message: bytes, *path: int) -> bytes:
    """Return the message that stands in `message` under these field numbers; one that comes in parts is joined.

    Raises:
        BadMessage: When `message` is none.
    """
    for number in path:
        message = b"".join(texts(fields(message), number))
    return message


def last_text(message: bytes, number: int) -> str:
    """Return a string field, octet by octet: of several values, the last one holds.

    Raises:
        BadMessage: When `message` is none.
    """
    values = list(texts(fields(message), number))
    return values[-1].decode("latin-1") if values else ""


def varint_field(number: int, value: int) -> bytes:
    """Return a field with an integer, 0 or more."""
    return _written(number << 3 | _VARINT) + _written(value)


def bytes_field(number: int, value: bytes) -> bytes:
    """Return a field with octets: a string, or another message."""
    return _written(number << 3 | _BYTES) + _written(len(value)) + value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise BadMessage("a number is cut off")
        octet = message[at]
        at += 1
        value |= (octet & 0x7F) << shift
        if octet < 0x80:
            return value, at
    raise BadMessage("a number is too long")


def _written(value: int) -> bytes:
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    octets.append(value)
    return bytes(octets)
