"""PingAM: one realm has several names."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.vendors import pingam

BASE = "https://am.example.com/am"


def test_a_realm_is_addressed_in_the_long_form() -> None:
    issuer = pingam(BASE, "alpha", audience="my-client")
    assert issuer.identifier == f"{BASE}/oauth2/realms/root/realms/alpha"
    assert issuer.keys == JwksUrl(f"{BASE}/oauth2/realms/root/realms/alpha/connect/jwk_uri")
    assert issuer.audience == ("my-client",)


def test_the_short_form_and_the_written_out_port_mean_the_same_realm() -> None:
    assert pingam(BASE, "alpha", audience="my-client").aliases == (
        "https://am.example.com/am/oauth2/alpha",
        "https://am.example.com:443/am/oauth2/realms/root/realms/alpha",
        "https://am.example.com:443/am/oauth2/alpha",
    )


def test_the_root_realm_is_oauth2_itself() -> None:
    issuer = pingam(f"{BASE}/", "/", audience="my-client")
    assert issuer.identifier == f"{BASE}/oauth2"
    assert issuer.keys == JwksUrl(f"{BASE}/oauth2/connect/jwk_uri")
    assert f"{BASE}/oauth2/realms/root" in issuer.aliases


def test_realms_lie_in_realms() -> None:
    issuer = pingam("https://am.example.com:8443/am", "/customers/europe", audience="my-client")
    assert issuer.identifier == "https://am.example.com:8443/am/oauth2/realms/root/realms/customers/realms/europe"
    assert issuer.aliases == ("https://am.example.com:8443/am/oauth2/customers/europe",)


@pytest.mark.parametrize(
    ("base", "other"),
    [
        ("https://am.example.com:443/am", "https://am.example.com/am"),
        ("https://am.example.com", "https://am.example.com:443"),
        ("https://[2001:db8::1]/am", "https://[2001:db8::1]:443/am"),
    ],
    ids=["written out", "no context path", "IPv6"],
)
def test_the_default_port_may_be_written_or_not(base: str, other: str) -> None:
    assert f"{other}/oauth2" in pingam(base, "/", audience="my-client").aliases


@pytest.mark.parametrize("base", ["https://[2001:db8::1]:8443/am", "http://127.0.0.1:8080/am"])
def test_another_port_has_no_second_spelling(base: str) -> None:
    assert pingam(base, "/", audience="my-client").aliases == (f"{base}/oauth2/realms/root",)


def test_access_tokens_have_a_scope_which_id_tokens_do_not_have() -> None:
    assert pingam(BASE, "alpha", audience="my-client").required_claims == ("scope",)
    assert pingam(BASE, "alpha", audience="my-client", required_claims=("sub",)).required_claims == ("scope", "sub")
    assert pingam(BASE, "alpha", audience="my-client", token_type="id").required_claims == ()


@pytest.mark.parametrize("realm", ["al pha", "alpha//beta", "a?b", ".."])
def test_a_realm_that_is_no_path_is_refused(realm: str) -> None:
    with pytest.raises(ConfigurationError, match="realm is"):
        pingam(BASE, realm, audience="my-client")
