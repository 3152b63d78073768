"""From whom the original request is believed: only a proxy may say what was asked of it."""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from gatepost.errors import ConfigurationError

LOOPBACK = ("127.0.0.0/8", "::1/128")

_REMEMBERED = 1024


class TrustedPeers:
    """The addresses of proxies.

    Whoever else connects could claim any method and path, and learn from the answer what a token opens.
    """

    __slots__ = ("_known", "_networks", "_unix")

    def __init__(self, networks: Iterable[str] = (), *, unix: bool = False) -> None:
        """Trust loopback and `networks`.

        Args:
            networks: Addresses or networks, such as `10.0.0.7` or `10.1.0.0/16`.
            unix: Whether the server listens on a Unix socket, whose peers have no address: the socket's permissions
                say who may connect.

        Raises:
            ConfigurationError: When one of them is no network, or has bits set beyond its prefix.
        """
        self._unix = unix
        self._known: dict[str, bool] = {}
        try:
            self._networks = tuple(ip_network(network) for network in (*LOOPBACK, *networks))
        except ValueError as error:
            raise ConfigurationError(f"a trusted peer is a network such as 10.1.0.0/16: {error}") from None

    def trusts(self, host: str | None) -> bool:
        """Tell whether the peer at this address is trusted; `None` is one without an address."""
        if host is None:
            return self._unix
        known = self._known.get(host)
        if known is None:
            known = self._looked_up(host)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[host] = known
        return known

    def _looked_up(self, host: str) -> bool:
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            return any(address.ipv4_mapped in network for network in self._networks)
        return any(address in network for network in self._networks)
