"""PingOne: regions, custom domains, and the place of the keys."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust.discovery import Discovery
from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.vendors import pingone

ENVIRONMENT = "2c1e3a54-8f0b-4f7d-9d5c-1a2b3c4d5e6f"
API = "https://api.example.com"


def test_the_issuer_is_the_environments_authorization_server() -> None:
    issuer = pingone(ENVIRONMENT, audience=API)
    assert issuer.identifier == f"https://auth.pingone.com/{ENVIRONMENT}/as"
    assert issuer.keys == JwksUrl(f"https://auth.pingone.com/{ENVIRONMENT}/as/jwks")
    assert issuer.audience == (API,)
    assert issuer.algorithms == {"RS256"}
    assert issuer.aliases == ()
    assert not issuer.require_at_jwt


@pytest.mark.parametrize("region", ["com", "eu", "ca", "com.au", "sg", "asia"])
def test_the_region_is_the_end_of_the_host_name(region: str) -> None:
    issuer = pingone(ENVIRONMENT, region, audience=API)  # type: ignore[arg-type]
    assert issuer.identifier == f"https://auth.pingone.{region}/{ENVIRONMENT}/as"


def test_an_unknown_region_is_told_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"one of com, eu, ca, com\.au, sg, asia, not 'us'"):
        pingone(ENVIRONMENT, "us", audience=API)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "demo", ENVIRONMENT.upper(), f"{ENVIRONMENT}/as", f"{ENVIRONMENT}\n"], ids=repr)
def test_the_environment_id_has_to_be_a_uuid_in_lower_case(text: str) -> None:
    with pytest.raises(ConfigurationError, match="environment_id is a"):
        pingone(text, audience=API)


def test_a_custom_domain_drops_the_environment_and_keeps_the_standard_issuer_as_an_alias() -> None:
    issuer = pingone(ENVIRONMENT, "eu", audience=API, custom_domain="login.example.com")
    assert issuer.identifier == "https://login.example.com/as"
    assert issuer.keys == JwksUrl("https://login.example.com/as/jwks")
    assert issuer.aliases == (f"https://auth.pingone.eu/{ENVIRONMENT}/as",)


def test_what_is_given_counts_before_what_the_vendor_does() -> None:
    issuer = pingone(
        ENVIRONMENT, audience=None, keys=Discovery(), leeway=2, token_type="id", algorithms=("RS512",), aliases="other"
    )
    assert issuer.keys == Discovery()
    assert issuer.leeway == 2
    assert issuer.token_type == "id"
    assert issuer.algorithms == {"RS512"}
    assert issuer.aliases == ("other",)
    assert issuer.audience is None


def test_keys_none_means_discovery_as_everywhere() -> None:
    assert pingone(ENVIRONMENT, audience=API, keys=None).keys == Discovery()


def test_the_audience_has_to_be_written() -> None:
    with pytest.raises(TypeError, match="audience"):
        pingone(ENVIRONMENT)  # type: ignore[call-arg]
