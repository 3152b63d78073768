"""Reading a JWK set from its URL, once."""

import json

import pytest

from gatepost.trust.fetch import FetchFailed, Response
from gatepost.trust.origin import FetchedKeys, JwksOrigin, read_jwks
from tests.trust.fake_fetcher import UNREACHABLE, FakeFetcher, document
from tests.trust.flights import keys, signing_key

URL = "https://issuer.example/jwks"


def jwks(*kids: str) -> dict[str, object]:
    return {"keys": [signing_key(kid).to_jwk() for kid in kids]}


def test_the_keys_come_with_their_version_and_the_seconds_that_they_may_be_kept() -> None:
    fetcher = FakeFetcher({URL: document(jwks("a", "b"), etag='"1"', max_age=77)})
    assert JwksOrigin(URL, fetcher).fetch(0, None) == FetchedKeys(keys("a", "b"), '"1"', 77)
    assert fetcher.etags == [None]


def test_a_known_version_is_asked_for_and_not_sent_again() -> None:
    fetcher = FakeFetcher({URL: document(jwks("a"), etag='"1"')})
    previous = FetchedKeys(keys("a"), '"1"', 77)
    again = read_jwks(URL, fetcher, previous)
    assert fetcher.etags == ['"1"']
    assert again.key_set is previous.key_set
    assert (again.etag, again.max_age) == ('"1"', 77)


def test_an_unchanged_version_may_be_kept_for_as_long_as_is_said_anew() -> None:
    class Unchanged(FakeFetcher):
        def fetch(self, url: str, *, etag: str | None = None) -> Response:
            return Response(304, max_age=5)

    assert read_jwks(URL, Unchanged({}), FetchedKeys(keys("a"), '"1"', 77)).max_age == 5


def test_the_same_keys_under_another_version_are_the_same_set() -> None:
    fetcher = FakeFetcher({URL: document(jwks("b", "a"), etag='"2"')})
    previous = FetchedKeys(keys("a", "b"), '"1"')
    again = read_jwks(URL, fetcher, previous)
    assert again.key_set is previous.key_set
    assert again.etag == '"2"'


def test_other_keys_are_another_set() -> None:
    fetcher = FakeFetcher({URL: document(jwks("b"))})
    assert read_jwks(URL, fetcher, FetchedKeys(keys("a"))).key_set == keys("b")


def test_not_modified_without_anything_at_hand_is_no_answer() -> None:
    class Unchanged(FakeFetcher):
        def fetch(self, url: str, *, etag: str | None = None) -> Response:
            return Response(304)

    with pytest.raises(FetchFailed, match="is refused"):
        read_jwks(URL, Unchanged({}), None)


SECRET = {"kty": "oct", "k": "c2VjcmV0LWNhbmFyeS1zZWNyZXQtY2FuYXJ5LWNhbmFyeQ"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"canary",
        b"\xff\xfe",
        b"[]",
        b'"canary"',
        b"{}",
        b'{"keys": {}}',
        b'{"keys": [], "keys": ["canary"]}',
        b'{"keys": [NaN]}',
        json.dumps({"keys": [signing_key("a").to_private_jwk()]}).encode(),
        json.dumps({"keys": [signing_key("a").to_jwk(), SECRET]}).encode(),
    ],
    ids=[
        "empty",
        "text",
        "no UTF-8",
        "array",
        "string",
        "no keys",
        "keys no array",
        "twice",
        "NaN",
        "private",
        "secret",
    ],
)
def test_a_document_that_may_not_be_trusted_is_refused_whole_and_not_quoted(body: bytes) -> None:
    with pytest.raises(FetchFailed, match="is refused") as caught:
        read_jwks(URL + "?key=canary", FakeFetcher({URL + "?key=canary": Response(200, body)}), None)
    message = str(caught.value)
    assert message.startswith(URL)
    assert "canary" not in message
    assert str(signing_key("a").to_private_jwk()["d"]) not in message


def test_a_key_that_is_passed_over_is_reported_with_the_set() -> None:
    fetcher = FakeFetcher({URL: document({"keys": [{"kty": "canary"}, signing_key("a").to_jwk()]})})
    read = read_jwks(URL, fetcher, None)
    assert read.key_set == keys("a")
    assert len(read.key_set.skipped) == 1


def test_an_issuer_that_cannot_be_reached_says_so() -> None:
    with pytest.raises(FetchFailed, match="cannot be reached"):
        read_jwks(URL, FakeFetcher({URL: UNREACHABLE}), None)


@pytest.mark.parametrize(
    "published", [[], [{**signing_key("a").to_jwk(), "use": "enc"}]], ids=["none", "for encryption"]
)
def test_a_set_without_a_key_that_can_verify_is_a_failure_and_not_the_end_of_the_keys(published: list[object]) -> None:
    fetcher = FakeFetcher({URL: document({"keys": published})})
    with pytest.raises(FetchFailed, match="holds no key"):
        read_jwks(URL, fetcher, FetchedKeys(keys("a")))
