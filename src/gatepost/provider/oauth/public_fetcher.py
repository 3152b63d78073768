"""Fetching what a stranger names: from public addresses alone, so that nobody sends us to places inside."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from socket import socket
from typing import TYPE_CHECKING, Any

from gatepost.errors import ConfigurationError
from gatepost.trust.fetch import FetchFailed, Response
from gatepost.trust.http_fetcher import HttpFetcher
from gatepost.trust.location import check

if TYPE_CHECKING:
    from urllib3 import PoolManager
    from urllib3.connection import HTTPConnection

# RFC 6052 §2.1: IPv4 addresses behind a translator.
_NAT64 = IPv6Network("64:ff9b::/96")
# Of IPv6, what is given to the Internet (RFC 4291 §2.4); of others, some lead to IPv4 addresses inside.
_GLOBAL = IPv6Network("2000::/3")


def is_public(address: str) -> bool:
    """Tell whether an IP address is one that anybody on the Internet may reach."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo is not None else None)
        if inner is None and found in _NAT64:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
        elif found not in _GLOBAL:
            return False
    return found.is_global and not found.is_multicast


class PublicFetcher(HttpFetcher):
    """Fetches by https from public addresses.

    The address is looked at once the connection stands, and before anything is sent: a name that is resolved anew
    between a check and a use makes no difference.
    """

    def fetch(self, url: str, *, etag: str | None = None) -> Response:
        """Return what `url` answers.

        Raises:
            FetchFailed: When it may not be fetched, or cannot be had.
        """
        try:
            parts = check(url)
        except ConfigurationError as error:
            raise FetchFailed(str(error)) from None
        if parts.scheme != "https":
            raise FetchFailed("a client's keys are fetched by https")
        return super().fetch(url, etag=etag)

    def _pool_manager(self) -> "PoolManager":
        pool = super()._pool_manager()
        classes = dict(pool.pool_classes_by_scheme)
        if not getattr(classes["https"], "only_public", False):
            pool.pool_classes_by_scheme = {**classes, "https": _only_public(classes["https"])}
        return pool


def _only_public(pool_class: Any) -> Any:  # noqa: ANN401 - classes of urllib3, made at the first fetch
    from urllib3.exceptions import NewConnectionError

    class PublicConnection(pool_class.ConnectionCls):  # type: ignore[misc]
        def _new_conn(self: "HTTPConnection") -> socket:
            connected: socket = super()._new_conn()  # type: ignore[misc]
            if is_public(connected.getpeername()[0]):
                return connected
            connected.close()
            raise NewConnectionError(self, "its address is not a public one")

    class PublicPool(pool_class):  # type: ignore[misc]
        ConnectionCls = PublicConnection
        only_public = True

    return PublicPool
