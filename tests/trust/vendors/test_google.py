"""Google sign-in."""

from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.vendors import google

CLIENT = "407408718192.apps.googleusercontent.com"


def test_google_issues_id_tokens_under_two_names() -> None:
    issuer = google(audience=CLIENT)
    assert issuer.identifier == "https://accounts.google.com"
    assert issuer.aliases == ("accounts.google.com",)
    assert issuer.token_type == "id"
    assert issuer.algorithms == {"RS256"}
    assert issuer.audience == (CLIENT,)


def test_the_keys_are_on_another_host() -> None:
    assert google(audience=CLIENT).keys == JwksUrl("https://www.googleapis.com/oauth2/v3/certs")
