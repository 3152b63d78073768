"""How we prove to an authorization server who we are (RFC 6749 §2.3.1, RFC 7523 §2.2)."""

from base64 import b64decode
from typing import Any

import pytest

from gatepost.errors import ConfigurationError
from gatepost.jose import SigningKey, verify_compact
from gatepost.jose.strict_json import load_object
from gatepost.verification.client_authentication import ClientSecretBasic, ClientSecretPost, PrivateKeyJwt
from tests.jose.keys_at_hand import signing_key

ISSUER = "https://issuer.example"
KEY = signing_key("ES256")


def test_a_secret_in_the_header_is_form_encoded_first() -> None:
    client = ClientSecretBasic("client:1 ü", "s+c/r&t")
    assert client.form(ISSUER, 100) == {}
    scheme, _, credentials = client.headers()["Authorization"].partition(" ")
    assert (scheme, b64decode(credentials)) == ("Basic", b"client%3A1+%C3%BC:s%2Bc%2Fr%26t")


def test_a_secret_in_the_form_stands_as_it_is() -> None:
    client = ClientSecretPost("client-1", "s+c/r&t")
    assert client.headers() == {}
    assert client.form(ISSUER, 100) == {"client_id": "client-1", "client_secret": "s+c/r&t"}


def test_a_key_signs_an_assertion_for_each_request() -> None:
    client = PrivateKeyJwt("client-1", KEY)
    assert client.headers() == {}
    forms = [client.form(ISSUER, 100.5) for _ in range(2)]
    assert forms[0].keys() == {"client_id", "client_assertion_type", "client_assertion"}
    assert forms[0]["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    signed = [verify_compact(form["client_assertion"], KEY.key_set()) for form in forms]
    assert signed[0].header == {"alg": "ES256", "kid": KEY.kid, "typ": "JWT"}
    claims = [load_object(each.payload) for each in signed]
    assert claims[0].pop("jti") != claims[1].pop("jti")
    assert claims[0] == {"iss": "client-1", "sub": "client-1", "aud": ISSUER, "iat": 100, "exp": 160}


def test_audience_and_lifetime_of_an_assertion_can_be_set() -> None:
    form = PrivateKeyJwt("client-1", KEY, audience="https://issuer.example/token", lifetime=10).form(ISSUER, 100)
    claims = load_object(verify_compact(form["client_assertion"], KEY.key_set()).payload)
    assert (claims["aud"], claims["exp"]) == ("https://issuer.example/token", 110)


@pytest.mark.parametrize("kind", [ClientSecretBasic, ClientSecretPost])
@pytest.mark.parametrize(("client_id", "secret"), [("", "s"), ("c", ""), (None, "s"), ("c", b"s")], ids=repr)
def test_name_and_secret_are_text_that_is_not_empty(kind: Any, client_id: Any, secret: Any) -> None:
    with pytest.raises(ConfigurationError, match="is a string that is not empty"):
        kind(client_id, secret)


@pytest.mark.parametrize(
    ("key", "options", "message"),
    [
        (SigningKey.from_secret(bytes(32)), {}, "not a shared secret"),
        (KEY, {"lifetime": 0}, "lifetime is a number from 1 to 3,600, not 0"),
        (KEY, {"lifetime": 3601}, "lifetime"),
    ],
)
def test_an_assertion_needs_a_private_key_and_a_short_life(key: SigningKey, options: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        PrivateKeyJwt("client-1", key, **options)


@pytest.mark.parametrize("client", [ClientSecretBasic("client-1", "s3cret"), ClientSecretPost("client-1", "s3cret")])
def test_no_secret_is_shown(client: object) -> None:
    assert repr(client) == f"{type(client).__name__}(client_id='client-1')"
    assert "_key" not in repr(PrivateKeyJwt("client-1", KEY))
