"""Keys at a known URL."""

import pytest

from gatepost import Issuer, JwksUrl
from gatepost.errors import ConfigurationError
from gatepost.testing import Endpoint, LocalIssuer
from gatepost.trust.key_source import Cause
from tests.trust.fake_fetcher import FakeFetcher, document
from tests.trust.flights import keys, signing_key

URL = "https://issuer.example/jwks"


def test_the_url_is_checked_when_it_is_given() -> None:
    for url in ("http://issuer.example/jwks", "file:///jwks", "", None):
        with pytest.raises(ConfigurationError):
            JwksUrl(url)  # type: ignore[arg-type]
    assert JwksUrl("http://idp.internal/jwks", http_hosts=["IDP.internal"]).http_hosts == ("idp.internal",)


def test_the_issuer_need_not_be_a_url() -> None:
    JwksUrl(URL).check("any name")
    assert Issuer("any name", audience="api", keys=JwksUrl(URL)).identifier == "any name"


def test_nothing_but_the_url_is_asked() -> None:
    fetcher = FakeFetcher({URL: document({"keys": [signing_key("a").to_jwk()]})})
    live = JwksUrl(URL, fetcher=fetcher, total_timeout=2).open("https://issuer.example", 1000)
    assert fetcher.asked == []
    assert live.current(1000) is None
    snapshot = live.refresh(1000, Cause.COLD).result(10)
    assert (snapshot.key_set, snapshot.fetched_at) == (keys("a"), 1000)
    assert live.current(1001) == snapshot
    assert fetcher.asked == [URL]
    assert live.wait_limit == 3


def test_an_issuer_on_this_machine_is_fetched_over_http() -> None:
    with LocalIssuer("generic", algorithm="Ed25519") as issuer:
        live = JwksUrl(issuer.jwks_uri).open(issuer.identifier, 0)
        assert live.refresh(0, Cause.COLD).result(10).key_set == issuer.signing_key.key_set()
        assert issuer.requests.count(Endpoint.JWKS) == len(issuer.requests) == 1


def test_two_settings_of_the_same_content_are_equal() -> None:
    assert JwksUrl(URL) == JwksUrl(URL)
    assert hash(JwksUrl(URL)) == hash(JwksUrl(URL))
    assert JwksUrl(URL) != JwksUrl(URL, max_age=600)
    assert JwksUrl(URL) != JwksUrl(URL + "2")
