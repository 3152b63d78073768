"""Keycloak."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.jose.algorithms import ASYMMETRIC
from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.vendors import keycloak


def test_the_realm_is_part_of_the_issuer() -> None:
    issuer = keycloak("https://sso.example.com", "demo", audience="orders")
    assert issuer.identifier == "https://sso.example.com/realms/demo"
    assert issuer.keys == JwksUrl("https://sso.example.com/realms/demo/protocol/openid-connect/certs")


def test_older_releases_have_a_context_path() -> None:
    issuer = keycloak("https://sso.example.com/auth/", "demo", audience="orders")
    assert issuer.identifier == "https://sso.example.com/auth/realms/demo"


def test_a_realm_signs_with_what_it_is_set_to() -> None:
    assert keycloak("https://sso.example.com", "demo", audience="orders").algorithms == ASYMMETRIC


def test_a_certificate_of_its_own_is_trusted_when_it_is_given(ca_file: str) -> None:
    issuer = keycloak("https://sso.example.com", "demo", audience="orders", ca_file=ca_file)
    assert issuer.keys == JwksUrl("https://sso.example.com/realms/demo/protocol/openid-connect/certs", ca_file=ca_file)


def test_a_realm_has_a_name() -> None:
    with pytest.raises(ConfigurationError, match="realm is"):
        keycloak("https://sso.example.com", "", audience="orders")
