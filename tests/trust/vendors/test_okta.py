"""Okta: authorization servers, of which the org's own is not for everyone."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.vendors import okta


def test_the_authorization_server_is_part_of_the_issuer() -> None:
    issuer = okta("example.okta.com", audience="api://default")
    assert issuer.identifier == "https://example.okta.com/oauth2/default"
    assert issuer.keys == JwksUrl("https://example.okta.com/oauth2/default/v1/keys")
    assert issuer.algorithms == {"RS256"}
    assert okta("example.okta.com", "aus1a2b3", audience="x").identifier == "https://example.okta.com/oauth2/aus1a2b3"


def test_access_tokens_of_the_org_server_cannot_be_verified() -> None:
    with pytest.raises(ConfigurationError, match="only for Okta itself"):
        okta("example.okta.com", None, audience="https://example.okta.com")


def test_id_tokens_of_the_org_server_can() -> None:
    issuer = okta("example.okta.com", None, audience="my-client", token_type="id")
    assert issuer.identifier == "https://example.okta.com"
    assert issuer.keys == JwksUrl("https://example.okta.com/oauth2/v1/keys")


def test_an_authorization_server_has_an_id() -> None:
    with pytest.raises(ConfigurationError, match="authorization_server is"):
        okta("example.okta.com", "oauth2/default", audience="x")
