"""Discovery: OpenID Connect Discovery 1.0 §4, then RFC 8414 §3."""

import json

import pytest

from gatepost import Discovery
from gatepost.errors import ConfigurationError
from gatepost.testing import Endpoint, Fault, LocalIssuer
from gatepost.trust.discovery import DiscoveredOrigin, discover, document_urls
from gatepost.trust.fetch import FetchFailed, Response
from gatepost.trust.key_source import Cause
from gatepost.trust.origin import FetchedKeys
from tests.trust.fake_fetcher import ABSENT, UNREACHABLE, FakeFetcher, document
from tests.trust.flights import keys, signing_key

ISSUER = "https://issuer.example/tenant"
OPENID = "https://issuer.example/tenant/.well-known/openid-configuration"
OAUTH = "https://issuer.example/.well-known/oauth-authorization-server/tenant"
JWKS = "https://keys.example/jwks"

METADATA = {"issuer": ISSUER, "jwks_uri": JWKS}
KEYS = document({"keys": [signing_key("a").to_jwk()]}, etag='"1"')


def jwks_uri(metadata: object, identifier: str = ISSUER) -> str:
    """Return what is discovered when the document is this one."""
    openid, _ = document_urls(identifier)
    return discover(identifier, FakeFetcher({openid: document(metadata)}))


def failure(metadata: object, identifier: str = ISSUER) -> str:
    with pytest.raises(FetchFailed) as caught:
        jwks_uri(metadata, identifier)
    return str(caught.value)


# --- Where the document is ---


@pytest.mark.parametrize(
    ("identifier", "openid", "oauth"),
    [
        (ISSUER, OPENID, OAUTH),
        (
            "https://issuer.example",
            "https://issuer.example/.well-known/openid-configuration",
            "https://issuer.example/.well-known/oauth-authorization-server",
        ),
        (
            "https://issuer.example/",
            "https://issuer.example/.well-known/openid-configuration",
            "https://issuer.example/.well-known/oauth-authorization-server",
        ),
        (
            "https://issuer.example:8443/a/b/",
            "https://issuer.example:8443/a/b/.well-known/openid-configuration",
            "https://issuer.example:8443/.well-known/oauth-authorization-server/a/b",
        ),
        (
            "https://[2001:db8::1]/a;b=c/d%2Fe",
            "https://[2001:db8::1]/a;b=c/d%2Fe/.well-known/openid-configuration",
            "https://[2001:db8::1]/.well-known/oauth-authorization-server/a;b=c/d%2Fe",
        ),
    ],
    ids=["a path", "no path", "a trailing slash", "a path and a trailing slash", "special characters"],
)
def test_the_documents_place_is_the_one_that_the_specification_says(identifier: str, openid: str, oauth: str) -> None:
    assert document_urls(identifier) == (openid, oauth)


def test_openid_connects_document_is_asked_for_first_and_is_enough() -> None:
    fetcher = FakeFetcher({OPENID: document(METADATA), OAUTH: document({})})
    assert discover(ISSUER, fetcher) == JWKS
    assert fetcher.asked == [OPENID]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410])
def test_where_there_is_none_that_of_rfc_8414_is_asked_for(status: int) -> None:
    fetcher = FakeFetcher({OPENID: FetchFailed("nothing", status=status), OAUTH: document(METADATA)})
    assert discover(ISSUER, fetcher) == JWKS
    assert fetcher.asked == [OPENID, OAUTH]


@pytest.mark.parametrize("status", [None, 200, 302, 304, 429, 500, 502, 503])
def test_no_other_failure_is_a_reason_to_look_elsewhere(status: int | None) -> None:
    fetcher = FakeFetcher({OPENID: FetchFailed("canary", status=status), OAUTH: document(METADATA)})
    with pytest.raises(FetchFailed, match="canary"):
        discover(ISSUER, fetcher)
    assert fetcher.asked == [OPENID]


def test_a_broken_document_is_no_reason_to_look_elsewhere() -> None:
    fetcher = FakeFetcher({OPENID: Response(200, b"<html>"), OAUTH: document(METADATA)})
    with pytest.raises(FetchFailed, match="not a JSON object"):
        discover(ISSUER, fetcher)
    assert fetcher.asked == [OPENID]


def test_where_there_is_neither_both_failures_are_named() -> None:
    fetcher = FakeFetcher({OPENID: ABSENT, OAUTH: FetchFailed("the other is slow", status=503)})
    with pytest.raises(FetchFailed, match="there is nothing, and the other is slow") as caught:
        discover(ISSUER, fetcher)
    assert caught.value.status == 503


# --- What it says ---


def test_what_else_stands_in_the_document_is_passed_over() -> None:
    assert jwks_uri({**METADATA, "jwks": {"keys": []}, "signed_metadata": 5, "x": None}) == JWKS


@pytest.mark.parametrize(
    ("identifier", "found", "which"),
    [
        ("https://issuer.example", "https://issuer.example/", "with"),
        ("https://issuer.example/", "https://issuer.example", "without"),
        (ISSUER, ISSUER + "/", "with"),
        (ISSUER + "/", ISSUER, "without"),
    ],
)
def test_an_issuer_that_differs_by_a_trailing_slash_is_refused_with_a_message_that_says_just_that(
    identifier: str, found: str, which: str
) -> None:
    message = failure({**METADATA, "issuer": found}, identifier)
    assert f"names the issuer {which} a trailing slash" in message
    assert f"write the identifier {which} it" in message


@pytest.mark.parametrize(
    "found",
    [
        "https://canary.example",
        "https://issuer.example",
        ISSUER.upper(),
        ISSUER + "//",
        ISSUER + "/canary",
        ISSUER + " ",
        ISSUER.replace("https", "http"),
        ISSUER.replace("example/", "example:443/"),
        "",
        None,
        5,
        True,
        [ISSUER],
        {"issuer": ISSUER},
    ],
    ids=repr,
)
def test_the_document_of_another_issuer_is_refused(found: object) -> None:
    message = failure({**METADATA, "issuer": found})
    assert message == f"{OPENID} is the document of another issuer than {ISSUER}"


def test_a_document_that_does_not_say_whose_it_is_is_refused() -> None:
    assert "another issuer" in failure({"jwks_uri": JWKS})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"canary",
        b"\xff",
        b"[]",
        b'"canary"',
        b"null",
        b"\xef\xbb\xbf{}",
        json.dumps(METADATA).encode("utf-16"),
        json.dumps(METADATA).encode()[:-1],
        b'{"issuer": "%s", "jwks_uri": "https://canary.example", "jwks_uri": "%s"}' % (ISSUER.encode(), JWKS.encode()),
        b'{"issuer": "canary", "issuer": "%s", "jwks_uri": "%s"}' % (ISSUER.encode(), JWKS.encode()),
        b'{"issuer": "%s", "jwks_uri": "%s", "x": NaN}' % (ISSUER.encode(), JWKS.encode()),
        b'{"x": ' + b"[" * 50 + b"]" * 50 + b"}",
    ],
    ids=[
        "empty",
        "text",
        "no UTF-8",
        "array",
        "string",
        "null",
        "BOM",
        "UTF-16",
        "cut off",
        "jwks_uri twice",
        "issuer twice",
        "NaN",
        "deep",
    ],
)
def test_a_document_that_is_not_strict_json_is_refused_and_not_quoted(body: bytes) -> None:
    with pytest.raises(FetchFailed, match="not a JSON object in strict UTF-8, without duplicate members") as caught:
        discover(ISSUER, FakeFetcher({OPENID: Response(200, body)}))
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "found",
    [
        None,
        5,
        ["https://canary.example/jwks"],
        {"canary": 1},
        "",
        "canary",
        "/canary/jwks",
        "//canary.example/jwks",
        "file:///canary",
        "data:application/json,canary",
        "http://canary.example/jwks",
        "http://127.0.0.1/canary",
        "http://localhost:8080/canary",
        "http://169.254.169.254/canary",
        "https://user:canary@keys.example/jwks",
        "https://keys.example/jwks#canary",
        "https://keys.example/canary jwks",
        "https://keys.example/\r\nX: canary",
        "https://keys.example\\canary",
        "https://keys.example:canary/",
        "https://keys.example/" + "canary" * 1000,
    ],
    ids=lambda found: repr(found)[:45],
)
def test_a_jwks_uri_that_may_not_be_fetched_is_refused_and_not_quoted(found: object) -> None:
    message = failure({**METADATA, "jwks_uri": found})
    assert message.startswith(f"{OPENID} names a jwks_uri that may not be fetched: ")
    assert "canary" not in message


def test_a_missing_jwks_uri_is_refused() -> None:
    assert "jwks_uri" in failure({"issuer": ISSUER})


def test_a_document_from_this_machine_may_name_keys_on_this_machine() -> None:
    identifier = "http://127.0.0.1:9000"
    named = {"issuer": identifier, "jwks_uri": "http://localhost:9000/jwks"}
    assert jwks_uri(named, identifier) == "http://localhost:9000/jwks"
    assert "plain http" in failure({**named, "jwks_uri": "http://keys.example/jwks"}, identifier)


def test_a_host_that_may_be_asked_by_plain_http_may_be_named() -> None:
    identifier, named = "http://idp.internal", "http://idp.internal/jwks"
    openid, _ = document_urls(identifier)
    fetcher = FakeFetcher({openid: document({"issuer": identifier, "jwks_uri": named})})
    assert discover(identifier, fetcher, ("idp.internal",)) == named


# --- Reading the document again ---


def origin(fetcher: FakeFetcher) -> DiscoveredOrigin:
    return DiscoveredOrigin(ISSUER, fetcher)


def test_the_document_is_read_once_and_the_keys_each_time() -> None:
    fetcher = FakeFetcher({OPENID: document(METADATA), JWKS: KEYS})
    discovered = origin(fetcher)
    first = discovered.fetch(1000, None)
    again = discovered.fetch(1300, first)
    assert again.key_set is first.key_set
    assert fetcher.asked == [OPENID, JWKS, JWKS]
    assert fetcher.etags == [None, None, '"1"']


@pytest.mark.parametrize("now", [4600, 999], ids=["after an hour", "when the clock was set back"])
def test_the_document_is_read_again_when_that_is_due(now: float) -> None:
    fetcher = FakeFetcher({OPENID: document(METADATA), JWKS: KEYS})
    discovered = origin(fetcher)
    first = discovered.fetch(1000, None)
    discovered.fetch(now, first)
    assert fetcher.asked == [OPENID, JWKS, OPENID, JWKS]
    assert fetcher.etags[-1] == '"1"', "the URL is the same, so its version still means something"


def test_the_document_is_not_read_again_before() -> None:
    fetcher = FakeFetcher({OPENID: document(METADATA), JWKS: KEYS})
    discovered = origin(fetcher)
    for now in (1000, 1000, 4599):
        discovered.fetch(now, None)
    assert fetcher.asked.count(OPENID) == 1


def test_after_keys_that_could_not_be_had_the_document_is_read_again() -> None:
    fetcher = FakeFetcher({OPENID: document(METADATA), JWKS: UNREACHABLE})
    discovered = origin(fetcher)
    with pytest.raises(FetchFailed):
        discovered.fetch(1000, None)
    fetcher.answers[JWKS] = KEYS
    assert discovered.fetch(1001, None).key_set == keys("a")
    assert fetcher.asked == [OPENID, JWKS, OPENID, JWKS]
    discovered.fetch(1002, None)
    assert fetcher.asked.count(OPENID) == 2


def test_a_move_of_the_keys_is_followed_and_a_version_means_nothing_at_another_place() -> None:
    moved = JWKS + "/moved"
    fetcher = FakeFetcher({OPENID: document(METADATA), JWKS: KEYS})
    discovered = origin(fetcher)
    first = discovered.fetch(1000, None)
    fetcher.answers |= {OPENID: document({**METADATA, "jwks_uri": moved}), JWKS: ABSENT, moved: KEYS}
    again = discovered.fetch(1300, first)
    assert fetcher.asked[-3:] == [JWKS, OPENID, moved]
    assert fetcher.etags[-1] is None
    assert again.key_set is first.key_set, "the keys themselves have not changed"


def test_keys_that_are_gone_while_the_document_still_names_their_place_are_a_failure() -> None:
    fetcher = FakeFetcher({OPENID: document(METADATA), JWKS: KEYS})
    discovered = origin(fetcher)
    first = discovered.fetch(1000, None)
    fetcher.answers[JWKS] = ABSENT
    with pytest.raises(FetchFailed):
        discovered.fetch(1300, first)
    assert fetcher.asked[-2:] == [JWKS, OPENID]


def test_an_outage_of_the_document_alone_changes_nothing_but_is_noted_and_not_for_ever() -> None:
    fetcher = FakeFetcher({OPENID: document(METADATA), JWKS: KEYS})
    discovered = origin(fetcher)
    first = discovered.fetch(1000, None)
    fetcher.answers[OPENID] = UNREACHABLE
    again = discovered.fetch(4600, first)
    assert again.key_set == keys("a")
    assert again.note == str(UNREACHABLE)
    assert discovered.fetch(4899, again).note == str(UNREACHABLE)
    assert fetcher.asked[-1] == fetcher.asked[-2] == JWKS, "it is not asked for at every refresh"
    with pytest.raises(FetchFailed):
        discovered.fetch(8200, again)
    fetcher.answers[OPENID] = document(METADATA)
    assert discovered.fetch(8201, again).note is None


def test_a_document_that_cannot_be_had_is_asked_for_at_the_next_attempt() -> None:
    fetcher = FakeFetcher({OPENID: UNREACHABLE, JWKS: KEYS})
    discovered = origin(fetcher)
    for _ in range(2):
        with pytest.raises(FetchFailed):
            discovered.fetch(1000, FetchedKeys(keys("b")))
    assert fetcher.asked == [OPENID, OPENID]


# --- The setting ---


@pytest.mark.parametrize(
    "identifier",
    [
        "issuer.example",
        "http://issuer.example",
        "https://issuer.example?tenant=1",
        "https://issuer.example#a",
        "urn:issuer",
        "https://user@issuer.example",
        "",
    ],
)
def test_an_issuer_that_has_no_document_is_a_configuration_error(identifier: str) -> None:
    with pytest.raises(ConfigurationError):
        Discovery().check(identifier)


def test_an_issuer_at_a_url_may_be_discovered() -> None:
    for identifier in (ISSUER, ISSUER + "/", "http://127.0.0.1:9000", "https://issuer.example?"):
        Discovery().check(identifier)
    Discovery(http_hosts=("idp.internal",)).check("http://idp.internal")


def test_nothing_is_fetched_until_keys_are_asked_for() -> None:
    fetcher = FakeFetcher({OPENID: document(METADATA), JWKS: KEYS})
    live = Discovery(fetcher=fetcher).open(ISSUER, 0)
    assert live.current(0) is None
    assert fetcher.asked == []
    assert live.refresh(0, Cause.COLD).result(10).key_set == keys("a")


@pytest.mark.parametrize("vendor", ["generic", "pingone", "wso2", "auth0"])
def test_the_keys_of_a_real_issuer_are_found(vendor: str) -> None:
    with LocalIssuer(vendor) as issuer:
        live = Discovery().open(issuer.identifier, 0)
        key_set = live.refresh(0, Cause.COLD).result(10).key_set
        assert key_set.find(issuer.signing_key.kid, issuer.algorithm) == issuer.signing_key.public
        assert issuer.requests.count(Endpoint.DISCOVERY) <= 2
        assert issuer.requests.count(Endpoint.JWKS) == 1


def test_the_document_of_an_impostor_is_refused_over_the_wire() -> None:
    with LocalIssuer("generic", algorithm="Ed25519") as issuer:
        issuer.fail(Fault.WRONG_ISSUER)
        error = Discovery().open(issuer.identifier, 0).refresh(0, Cause.COLD).exception(10)
        assert "another issuer" in str(error)
        assert issuer.requests.count(Endpoint.JWKS) == 0
