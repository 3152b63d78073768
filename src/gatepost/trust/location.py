"""Which URLs may be fetched: https, and http where the traffic does not leave the machine or where it was asked for."""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from gatepost.errors import ConfigurationError


def check(url: object, http_hosts: Collection[str] = ()) -> SplitResult:
    """Return the parts of `url`, if it may be fetched.

    Args:
        url: An absolute URL.
        http_hosts: Names of hosts that may be asked by plain http besides those on loopback.

    Raises:
        ConfigurationError: When it may not; the message says what to write instead.
    """
    if not isinstance(url, str) or not url.isascii() or any(character <= " " for character in url):
        raise ConfigurationError(f"{url!r} is not a URL: https://host/path, in ASCII, without spaces")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError(f"{url!r} is not a URL: its host or port cannot be read") from None
    if parts.scheme not in {"https", "http"} or not host:
        raise ConfigurationError(f"{url!r} is not a URL that can be fetched: it has to begin with https:// and a host")
    if parts.username is not None or parts.fragment or url.endswith("#"):
        raise ConfigurationError("a URL for keys has no user, no password and no fragment")
    if parts.scheme == "http" and not is_loopback(host) and host not in http_hosts:
        raise ConfigurationError(
            f"{url!r} is plain http, where anybody on the way can exchange the keys; use https, or name the host: "
            f"http_hosts=({host!r},)"
        )
    return parts


def check_found(url: object, found_by: str, http_hosts: Collection[str] = ()) -> str:
    """Return `url`, which a document at `found_by` names, if it may be fetched from there.

    A document that came by https from elsewhere must not send us to plain http on this machine.

    Raises:
        ConfigurationError: When it may not.
    """
    if not isinstance(url, str):
        raise ConfigurationError("it is not a string")
    parts = check(url, http_hosts)
    if parts.scheme == "http" and urlsplit(found_by).scheme != "http":
        raise ConfigurationError("it is plain http, though the document that names it came by https")
    return url


def is_loopback(host: str) -> bool:
    """Tell whether `host` names this machine: 127.0.0.0/8, ::1, localhost and the names below it (RFC 6761 §6.3)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
