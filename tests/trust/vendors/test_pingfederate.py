"""PingFederate: nearly everything is a setting of the access token manager."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust.discovery import Discovery
from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.vendors import pingfederate

BASE = "https://sso.example.com:9031"


def test_the_base_url_is_the_issuer_and_discovery_finds_the_keys() -> None:
    issuer = pingfederate(f"{BASE}/", audience="orders")
    assert issuer.identifier == BASE
    assert issuer.keys == Discovery()


def test_a_manager_with_keys_and_an_issuer_of_its_own() -> None:
    issuer = pingfederate(BASE, audience="orders", issuer="orders-issuer", jwks_path="/ext/orders/jwks")
    assert issuer.identifier == "orders-issuer"
    assert issuer.keys == JwksUrl(f"{BASE}/ext/orders/jwks")


def test_discovery_cannot_go_by_an_issuer_that_is_not_the_base_url() -> None:
    with pytest.raises(ConfigurationError, match="jwks_path='/pf/JWKS'"):
        pingfederate(BASE, audience="orders", issuer="orders-issuer")


def test_the_path_of_the_keys_begins_with_a_slash() -> None:
    with pytest.raises(ConfigurationError, match="begins with a slash"):
        pingfederate(BASE, audience="orders", jwks_path="pf/JWKS")


def test_the_servers_own_certificate_goes_with_the_keys(ca_file: str) -> None:
    assert pingfederate(BASE, audience="orders", ca_file=ca_file).keys == Discovery(ca_file=ca_file)
    assert pingfederate(BASE, audience="orders", jwks_path="/pf/JWKS", ca_file=ca_file).keys == JwksUrl(
        f"{BASE}/pf/JWKS", ca_file=ca_file
    )


def test_a_certificate_beside_keys_of_ones_own_would_be_forgotten_and_is_refused(ca_file: str) -> None:
    with pytest.raises(ConfigurationError, match="give ca_file there"):
        pingfederate(BASE, audience="orders", keys=Discovery(), ca_file=ca_file)


def test_keys_of_ones_own_are_taken() -> None:
    keys = JwksUrl("https://keys.example.com/jwks")
    assert pingfederate(BASE, audience="orders", issuer="orders-issuer", keys=keys).keys == keys
