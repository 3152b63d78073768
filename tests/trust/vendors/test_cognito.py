"""Amazon Cognito: no audience, and two names for one pool."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.vendors import cognito

POOL = "eu-west-1_AbCd12345"


def test_the_region_is_the_beginning_of_the_user_pool_id() -> None:
    issuer = cognito(POOL, audience="my-client")
    assert issuer.identifier == f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL}"
    assert issuer.keys == JwksUrl(f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL}/.well-known/jwks.json")
    assert issuer.algorithms == {"RS256"}


def test_the_updated_issuer_means_the_same_pool() -> None:
    assert cognito(POOL, audience="my-client").aliases == (
        f"https://issuer-cognito-idp.eu-west-1.amazonaws.com/{POOL}",
    )


@pytest.mark.parametrize(
    ("pool", "host"),
    [
        ("us-gov-west-1_AbCd12345", "cognito-idp.us-gov-west-1.amazonaws.com"),
        ("cn-north-1_AbCd12345", "cognito-idp.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_other_partitions_have_their_own_hosts(pool: str, host: str) -> None:
    assert cognito(pool, audience="my-client").identifier == f"https://{host}/{pool}"


def test_the_client_stands_in_for_the_audience_of_access_tokens() -> None:
    issuer = cognito(POOL, audience=("one", "two"))
    assert issuer.client_id_as_audience
    assert issuer.audience == ("one", "two")


def test_id_tokens_have_an_audience_and_no_client_id() -> None:
    issuer = cognito(POOL, audience="my-client", token_type="id")
    assert not issuer.client_id_as_audience
    assert issuer.required_claims == ()


def test_access_tokens_are_told_by_their_client_id() -> None:
    assert cognito(POOL, audience="my-client").required_claims == ("client_id",)
    assert cognito(POOL, audience="my-client", required_claims="username").required_claims == ("client_id", "username")


def test_an_emulator_answers_in_cognitos_place() -> None:
    issuer = cognito(POOL, audience="my-client", endpoint="http://localhost:9229")
    assert issuer.identifier == f"http://localhost:9229/{POOL}"
    assert issuer.keys == JwksUrl(f"http://localhost:9229/{POOL}/.well-known/jwks.json")
    assert issuer.aliases == ()


@pytest.mark.parametrize("text", ["", "eu-west-1", "AbCd12345", "eu-west-1_", "eu-west-1_a/b"], ids=repr)
def test_a_user_pool_id_says_its_region(text: str) -> None:
    with pytest.raises(ConfigurationError, match="eu-west-1_AbCd12345"):
        cognito(text, audience="my-client")
