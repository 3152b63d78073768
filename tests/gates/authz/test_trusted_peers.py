"""Only trusted peers may say what was asked of them."""

import json

import pytest

from gatepost.errors import ConfigurationError
from gatepost.gates.authz.trusted_peers import TrustedPeers
from tests.gates.authz.in_process import InProcess


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "2001:db8::7%eth0"])
def test_loopback_and_named_networks_are_trusted(host: str) -> None:
    assert TrustedPeers(["10.1.0.0/16", "2001:db8::/32"]).trusts(host)


@pytest.mark.parametrize(
    "host", ["10.2.0.1", "::ffff:10.2.0.1", "192.0.2.1", "fe80::1", "", "localhost", "unix:", None]
)
def test_nobody_else_is(host: str | None) -> None:
    assert not TrustedPeers(["10.1.0.0/16"]).trusts(host)


def test_a_peer_without_an_address_is_trusted_on_a_unix_socket_only() -> None:
    assert TrustedPeers(unix=True).trusts(None)


@pytest.mark.parametrize("network", ["10.1.0.1/16", "everywhere", ""])
def test_what_is_no_network_is_a_mistake_in_the_configuration(network: str) -> None:
    with pytest.raises(ConfigurationError, match="a trusted peer is a network"):
        TrustedPeers([network])


@pytest.mark.parametrize("path", ["/nginx", "/forward", "/envoy/health"])
def test_an_untrusted_peer_gets_403_and_a_line_in_the_log(path: str) -> None:
    asked = InProcess(wanted="none")
    headers = [("X-Original-Method", "GET"), ("X-Original-URI", "/health")]
    assert asked.ask(path, headers, client=("192.0.2.1", 4711)).status == 403
    assert json.loads(asked.log.getvalue())["peer"] == "192.0.2.1"


def test_more_addresses_than_are_remembered_change_nothing() -> None:
    peers = TrustedPeers()
    assert not any(peers.trusts(f"192.0.{a}.{b}") for a in range(8) for b in range(256))
    assert peers.trusts("127.0.0.1")
