"""WSO2 Identity Server and Asgardeo."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust.discovery import Discovery
from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.vendors import wso2

BASE = "https://localhost:9443"


def test_the_issuer_is_the_token_endpoint() -> None:
    issuer = wso2(BASE, audience="my-client")
    assert issuer.identifier == f"{BASE}/oauth2/token"
    assert issuer.keys == JwksUrl(f"{BASE}/oauth2/jwks")
    assert issuer.audience == ("my-client",)


def test_a_tenant_has_a_path_of_its_own() -> None:
    issuer = wso2("https://api.asgardeo.io/", "acme", audience="my-client")
    assert issuer.identifier == "https://api.asgardeo.io/t/acme/oauth2/token"
    assert issuer.keys == JwksUrl("https://api.asgardeo.io/t/acme/oauth2/jwks")


def test_a_clock_that_is_a_moment_behind_is_forgiven_for_nbf_is_now() -> None:
    assert wso2(BASE, audience="my-client").leeway == 5
    assert wso2(BASE, audience="my-client", leeway=0).leeway == 0


def test_the_algorithms_are_those_that_wso2_signs_with() -> None:
    assert wso2(BASE, audience="my-client").algorithms == {"RS256", "RS384", "RS512", "PS256"}


def test_older_releases_do_not_say_at_jwt() -> None:
    assert not wso2(BASE, audience="my-client").require_at_jwt


def test_a_self_signed_certificate_is_trusted_when_it_is_given(ca_file: str) -> None:
    assert wso2(BASE, audience="my-client", ca_file=ca_file).keys == JwksUrl(f"{BASE}/oauth2/jwks", ca_file=ca_file)


def test_a_certificate_beside_keys_of_ones_own_would_be_forgotten_and_is_refused(ca_file: str) -> None:
    with pytest.raises(ConfigurationError, match=r"keys=Discovery\(ca_file="):
        wso2(BASE, audience="my-client", keys=Discovery(), ca_file=ca_file)


@pytest.mark.parametrize("tenant", ["", "a/b", "acme#"])
def test_a_tenant_that_is_no_part_of_a_path_is_refused(tenant: str) -> None:
    with pytest.raises(ConfigurationError, match="tenant is"):
        wso2(BASE, tenant, audience="my-client")
