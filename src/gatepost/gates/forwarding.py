"""The headers that a policy sets for the application: whatever came in under their names goes, theirs come in.

CGI, and with it WSGI and Django, cannot tell `X-User` from `X_User`; some servers put even more characters together.
So every name that differs only in what is neither a letter nor a digit counts as a copy.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from functools import lru_cache
from string import ascii_letters, ascii_uppercase, digits

Header = tuple[bytes, bytes]

_ALIKE = bytes(
    ord(chr(octet).lower()) if chr(octet) in ascii_uppercase else octet if chr(octet) in ascii_letters + digits else 45
    for octet in range(256)
)


class Forwarding:
    """Replaces the headers of one policy in requests."""

    __slots__ = ("_alike", "_keys")

    def __init__(self, names: Iterable[str]) -> None:
        """Take the names of all headers that the policy can set."""
        names = tuple(names)
        self._alike = frozenset(_alike(name) for name in names)
        self._keys = {name: f"HTTP_{name.upper().replace('-', '_')}" for name in names}

    def headers(self, incoming: Iterable[Header], values: Mapping[str, str]) -> list[Header]:
        """Return the headers of an ASGI scope with the policy's values in place of all copies that came in."""
        alike = self._alike
        kept = [header for header in incoming if header[0].translate(_ALIKE) not in alike]
        kept += [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in values.items() if value]
        return kept

    def environ(self, environ: MutableMapping[str, object], values: Mapping[str, str]) -> None:
        """Put the policy's values into a WSGI environment, in place of all copies that came in."""
        if not self._alike:
            return
        for key in [key for key in environ if key.startswith("HTTP_") and _alike(key[5:]) in self._alike]:
            del environ[key]
        for name, value in values.items():
            if value:
                environ[self._keys[name]] = value

    def is_copy(self, name: str) -> bool:
        """Tell whether a header of this name has to go."""
        return _alike(name) in self._alike


@lru_cache(maxsize=16)
def forwarding(names: tuple[str, ...]) -> Forwarding:
    """Return what replaces the headers of these names; a policy's names stay the same from request to request."""
    return Forwarding(names)


def _alike(name: str) -> bytes:
    return name.encode("latin-1", "replace").translate(_ALIKE)
