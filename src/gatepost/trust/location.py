"""Which URLs may be fetched: https, and http where the traffic does not leave the machine or where it was asked for."""

from collections.abc import Collection
from ipaddress import ip_address
from string import ascii_letters, digits
from urllib.parse import SplitResult, urlsplit

from gatepost.errors import ConfigurationError

# RFC 3986 §2: whatever reads a URL agrees on these, and not on a backslash or a control character.
_CHARACTERS = frozenset(ascii_letters + digits + "-._~:/?#[]@!$&'()*+,;=%")

_MAX_LENGTH = 2048


def check(url: object, http_hosts: Collection[str] = ()) -> SplitResult:
    """Return the parts of `url`, if it may be fetched.

    Args:
        url: An absolute URL.
        http_hosts: Names of hosts that may be asked by plain http besides those on loopback.

    Raises:
        ConfigurationError: When it may not; the message says what to write instead.
    """
    if not isinstance(url, str):
        raise ConfigurationError(f"a URL is text such as 'https://issuer.example', not {type(url).__name__}")
    # A password stands before an @, and may stand in the query.
    name = repr(shown(url)[:_MAX_LENGTH]) if "@" not in url else "a URL with an @"
    return _parts(url, name, http_hosts)


def check_found(url: object, found_by: str, http_hosts: Collection[str] = ()) -> str:
    """Return `url`, which a document at `found_by` names, if it may be fetched from there.

    A document that came by https from elsewhere must not send us to plain http on this machine.

    Raises:
        ConfigurationError: When it may not; the message holds nothing of it.
    """
    if not isinstance(url, str):
        raise ConfigurationError("it is not a string")
    parts = _parts(url, "it", http_hosts)
    if parts.scheme == "http" and urlsplit(found_by).scheme != "http":
        raise ConfigurationError("it is plain http, though the document that names it came by https")
    return url


def shown(url: str) -> str:
    """Return `url` as a message may hold it: without its query, which may be a secret."""
    return url.partition("?")[0]


def is_loopback(host: str) -> bool:
    """Tell whether `host` names this machine: 127.0.0.0/8, ::1, localhost and the names below it (RFC 6761 §6.3)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _parts(url: str, name: str, http_hosts: Collection[str]) -> SplitResult:
    if not _CHARACTERS.issuperset(url):
        raise ConfigurationError(f"{name} is not a URL: https://host/path, in ASCII, without spaces")
    if len(url) > _MAX_LENGTH:
        raise ConfigurationError(f"{name} is longer than a URL may be, which is {_MAX_LENGTH} characters")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError(f"{name} is not a URL: its host or port cannot be read") from None
    if parts.scheme not in {"https", "http"} or not host:
        raise ConfigurationError(f"{name} is not a URL that can be fetched: it has to begin with https:// and a host")
    if parts.username is not None or "#" in url:
        raise ConfigurationError("a URL for keys has no user, no password and no fragment")
    if parts.scheme == "http" and not is_loopback(host) and host not in http_hosts:
        raise ConfigurationError(
            f"{name} is plain http, where anybody on the way can exchange the keys; use https, or name the host: "
            "http_hosts=('idp.internal',)"
        )
    return parts
