"""Microsoft Entra ID: two versions of tokens, several clouds."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.vendors import entra

TENANT = "7f58f645-c190-4ce5-9de4-e2b7acd2a6ab"
API = "0d4c7e2a-93b5-4c1f-8a6d-7e5f4b3c2a19"


def test_version_2_is_the_default() -> None:
    issuer = entra(TENANT, audience=API)
    assert issuer.identifier == f"https://login.microsoftonline.com/{TENANT}/v2.0"
    assert issuer.keys == JwksUrl(f"https://login.microsoftonline.com/{TENANT}/discovery/v2.0/keys")
    assert issuer.algorithms == {"RS256"}


def test_version_1_comes_from_another_host_and_ends_with_a_slash() -> None:
    issuer = entra(TENANT, audience=f"api://{API}", version=1)
    assert issuer.identifier == f"https://sts.windows.net/{TENANT}/"
    assert issuer.keys == JwksUrl(f"https://login.microsoftonline.com/{TENANT}/discovery/keys")


@pytest.mark.parametrize(
    ("authority", "version", "identifier"),
    [
        ("https://login.microsoftonline.us", 2, f"https://login.microsoftonline.us/{TENANT}/v2.0"),
        ("https://login.microsoftonline.us", 1, f"https://sts.windows.net/{TENANT}/"),
        ("https://login.partner.microsoftonline.cn", 1, f"https://sts.chinacloudapi.cn/{TENANT}/"),
    ],
)
def test_other_clouds_have_other_authorities(authority: str, version: int, identifier: str) -> None:
    assert entra(TENANT, audience=API, authority=authority, version=version).identifier == identifier  # type: ignore[arg-type]


@pytest.mark.parametrize("tenant", ["common", "organizations", "contoso.onmicrosoft.com", ""])
def test_the_tenant_is_the_id_that_tokens_hold(tenant: str) -> None:
    with pytest.raises(ConfigurationError, match="tenant_id is a"):
        entra(tenant, audience=API)


def test_there_is_no_version_3() -> None:
    with pytest.raises(ConfigurationError, match="version is 1 or 2"):
        entra(TENANT, audience=API, version=3)  # type: ignore[arg-type]


def test_access_tokens_name_the_client_which_id_tokens_do_not() -> None:
    assert entra(TENANT, audience=API).required_claims == ("azp",)
    assert entra(TENANT, audience=API, version=1).required_claims == ("appid",)
    assert entra(TENANT, audience=API, token_type="id").required_claims == ()
