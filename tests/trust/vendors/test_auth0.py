"""Auth0: the slash at the end counts."""

from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.vendors import auth0


def test_the_identifier_ends_with_a_slash() -> None:
    issuer = auth0("example.eu.auth0.com", audience="https://api.example.com")
    assert issuer.identifier == "https://example.eu.auth0.com/"
    assert issuer.keys == JwksUrl("https://example.eu.auth0.com/.well-known/jwks.json")


def test_a_domain_may_be_written_as_a_url() -> None:
    assert auth0("https://login.example.com/", audience="x").identifier == "https://login.example.com/"


def test_the_algorithms_are_those_with_public_keys_that_auth0_offers() -> None:
    assert auth0("example.eu.auth0.com", audience="x").algorithms == {"RS256", "RS512", "PS256"}
