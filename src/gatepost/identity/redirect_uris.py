"""Where answers may be sent to: which URIs an application may have, and whether the one in a request is among them."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

_LOOPBACK_NAME = "localhost"
# What no URI holds (RFC 3986 §2). Some parsers take it out, and so a URI with it looks like another one.
_UNWRITTEN = re.compile(r"[\x00-\x20\x7f\\]")
# What a wildcard never stands for, in a host and elsewhere.
_HOST_WILDCARD, _WILDCARD = "[A-Za-z0-9-]+", "[^/?#&@\\\\]*"
_WAY_OUT = re.compile(r"\\|@|(?:^|/)\.{1,2}(?:/|$)|%2e|%2f|%5c|[\s\x00-\x1f]", re.IGNORECASE)


def fault(uri: str, *, native: bool, wildcards: bool) -> str | None:
    """Return what is wrong with an absolute URI as one that an application has, or `None`.

    Args:
        uri: The URI, which was read as one without a fragment.
        native: Whether the application runs on a device, and may have a scheme of its own.
        wildcards: Whether `*` may stand in it.
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return "The value must be an absolute URL."
    if "@" in parts.netloc:
        return "The URI must not hold a user's name."
    if parts.scheme == "http" and not is_loopback(host):
        return "An http:// URI is for loopback alone; use https://."
    if parts.scheme not in {"http", "https"} and not native:
        return "The URI must begin with https://; a scheme of its own is for native applications."
    if "*" not in uri:
        return None
    if not wildcards:
        return "A wildcard needs allowWildcardInRedirectUris."
    return _wildcard_fault(parts, host)


def is_loopback(host: str) -> bool:
    """Tell whether a host's name or address means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == _LOOPBACK_NAME


def allows(registered: Iterable[str], uri: str, *, native: bool, wildcards: bool) -> bool:
    """Tell whether `uri` is one of those registered: equal character by character (RFC 9700 §4.1.3).

    A native application's URI on a loopback address may have any port (RFC 8252 §7.3).
    """
    if _UNWRITTEN.search(uri):
        return False
    for each in registered:
        if each == uri:
            return True
        if wildcards and "*" in each and not _WAY_OUT.search(uri) and _matcher(each).fullmatch(uri):
            return True
        if native and each.startswith("http://") and _but_for_port(each) == _but_for_port(uri) is not None:
            return True
    return False


def _wildcard_fault(parts: SplitResult, host: str) -> str | None:
    if parts.scheme not in {"http", "https"} or "*" in parts.scheme or "*" in parts.netloc.rpartition(":")[2] != host:
        return "A wildcard may stand in the leftmost label of the host and in the path."
    first, _, rest = host.partition(".")
    if "*" in rest or ("*" in first and rest.count(".") < 1):
        return "A wildcard may stand in the leftmost label of a host that has two more labels."
    if "**" in parts.netloc + parts.path or "*" in parts.query:
        return "A wildcard may stand in the leftmost label of the host and in the path."
    return None


@lru_cache(maxsize=1024)
def _matcher(pattern: str) -> re.Pattern[str]:
    scheme, _, rest = pattern.partition("://")
    host, slash, path = rest.partition("/")
    written = re.escape(host).replace(r"\*", _HOST_WILDCARD) + slash + re.escape(path).replace(r"\*", _WILDCARD)
    return re.compile(f"{re.escape(scheme)}://{written}")


def _but_for_port(uri: str) -> tuple[str, ...] | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port
        address = ip_address(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme != "http" or not address.is_loopback or "@" in parts.netloc or "#" in uri:
        return None
    return (str(address), parts.path, parts.query)
