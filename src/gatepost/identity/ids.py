"""Identifiers and the texts that nobody may guess."""

import re
import secrets
from hashlib import sha256
from uuid import UUID, uuid4, uuid5

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    """Return a new identifier: a random UUID in lower case."""
    return str(uuid4())


def is_id(text: str) -> bool:
    """Tell whether `text` is written as an identifier."""
    return _ID.fullmatch(text) is not None


def derived_id(namespace: str, name: str) -> str:
    """Return the identifier that `name` always has within the thing that `namespace` identifies."""
    return str(uuid5(UUID(namespace), name))


def new_token(octets: int = 32) -> str:
    """Return a text of this many random octets, in base64url."""
    return secrets.token_urlsafe(octets)


def token_hash(token: str) -> str:
    """Return what the store keeps of such a text: its SHA-256, in hexadecimal."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
