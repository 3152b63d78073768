"""Authgear."""

from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.vendors import authgear

ENDPOINT = "https://example.authgear.cloud"


def test_the_endpoint_is_the_issuer() -> None:
    issuer = authgear(f"{ENDPOINT}/", audience=ENDPOINT)
    assert issuer.identifier == ENDPOINT
    assert issuer.keys == JwksUrl(f"{ENDPOINT}/oauth2/jwks")
    assert issuer.algorithms == {"RS256"}


def test_its_access_tokens_have_to_say_that_they_are() -> None:
    assert authgear(ENDPOINT, audience=ENDPOINT).require_at_jwt
    assert not authgear(ENDPOINT, audience=ENDPOINT, require_at_jwt=False).require_at_jwt


def test_id_tokens_do_not_have_to() -> None:
    assert not authgear(ENDPOINT, audience="my-client", token_type="id").require_at_jwt
