"""Discovery and JWKS: methods, caching, paths, and every fault as a client meets it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3
from urllib3.exceptions import IncompleteRead, NewConnectionError, ProtocolError, ReadTimeoutError

from gatepost.errors import ConfigurationError
from gatepost.testing import Endpoint, Fault, LocalIssuer


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with LocalIssuer("pingone", algorithm="ES256") as issuer:
        yield issuer


def test_documents_are_json_and_only_read(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    for url in (issuer.discovery_url, issuer.jwks_uri):
        answer = http.request("GET", url)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
        head = http.request("HEAD", url)
        assert (head.status, head.data, head.headers["Content-Length"]) == (200, b"", str(len(answer.data)))
        refused = http.request("POST", url)
        assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD")


def test_anything_else_is_not_found(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    assert http.request("GET", f"{issuer.url}/favicon.ico").status == 404


def test_every_request_is_listed(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    http.request("GET", issuer.discovery_url)
    http.request("GET", f"{issuer.jwks_uri}?x=1")
    http.request("GET", f"{issuer.url}/favicon.ico")
    assert [request.endpoint for request in issuer.requests] == [Endpoint.DISCOVERY, Endpoint.JWKS, None]
    assert issuer.requests.paths[1:] == [issuer.jwks_uri.removeprefix(issuer.url), "/favicon.ico"]


def test_keys_may_be_cached_as_the_issuer_says(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    assert http.request("GET", issuer.jwks_uri).headers["Cache-Control"] == "public, max-age=300"
    issuer.cache_control = "no-store"
    assert http.request("GET", issuer.jwks_uri).headers["Cache-Control"] == "no-store"
    issuer.cache_control = None
    assert "Cache-Control" not in http.request("GET", issuer.jwks_uri).headers


def test_keys_that_are_known_are_not_sent_again(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    tag = http.request("GET", issuer.jwks_uri).headers["ETag"]
    for known in (tag, f'"other", {tag}', "*"):
        answer = http.request("GET", issuer.jwks_uri, headers={"If-None-Match": known})
        assert (answer.status, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    issuer.rotate_keys()
    changed = http.request("GET", issuer.jwks_uri, headers={"If-None-Match": tag})
    assert changed.status == 200
    assert changed.headers["ETag"] != tag


def test_the_tag_can_be_left_out(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.sends_etag = False
    answer = http.request("GET", issuer.jwks_uri, headers={"If-None-Match": "*"})
    assert answer.status == 200
    assert "ETag" not in answer.headers


def kids(issuer: LocalIssuer, http: urllib3.PoolManager) -> list[str]:
    return [jwk["kid"] for jwk in http.request("GET", issuer.jwks_uri).json()["keys"]]


def test_a_rotated_key_is_gone_or_kept(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    first = issuer.signing_key.kid
    second = issuer.rotate_keys(keep_old=True).kid
    assert kids(issuer, http) == [second, first]
    third = issuer.rotate_keys().kid
    assert kids(issuer, http) == [third]
    assert issuer.signing_key.kid == third


def test_a_key_that_nobody_has_seen_can_be_rotated(http: urllib3.PoolManager) -> None:
    with LocalIssuer("generic", algorithm="ES256") as issuer:
        fresh = issuer.rotate_keys().kid
        assert kids(issuer, http) == [fresh]


def test_server_error(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fault = Fault.SERVER_ERROR
    assert issuer.fault is Fault.SERVER_ERROR
    assert http.request("GET", issuer.jwks_uri).status == 500
    issuer.fault = None
    assert issuer.fault is None
    assert http.request("GET", issuer.jwks_uri).status == 200


def test_not_found(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fail(Fault.NOT_FOUND, at=Endpoint.DISCOVERY)
    assert http.request("GET", issuer.discovery_url).status == 404
    assert http.request("GET", issuer.jwks_uri).status == 200
    assert issuer.fault is None


def test_garbage(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fault = Fault.GARBAGE
    answer = http.request("GET", issuer.jwks_uri)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(UnicodeDecodeError):
        answer.json()


def test_wrong_issuer(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fault = Fault.WRONG_ISSUER
    document = http.request("GET", issuer.discovery_url).json()
    assert document["issuer"] == "https://impostor.example.com"
    assert document["jwks_uri"] == issuer.jwks_uri
    assert kids(issuer, http) == [issuer.signing_key.kid]


def test_too_large(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fault = Fault.TOO_LARGE
    answer = http.request("GET", issuer.jwks_uri)
    assert len(answer.data) > 1_000_000
    assert "Content-Length" not in answer.headers
    assert answer.json()["keys"][0]["kid"] == issuer.signing_key.kid


def test_redirect_leads_to_the_right_answer_for_those_who_follow(
    issuer: LocalIssuer, http: urllib3.PoolManager
) -> None:
    issuer.fault = Fault.REDIRECT
    answer = http.request("GET", issuer.jwks_uri)
    assert answer.status == 302
    followed = http.request("GET", answer.headers["Location"])
    assert followed.json()["keys"][0]["kid"] == issuer.signing_key.kid


def test_cut_off(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fault = Fault.CUT_OFF
    with pytest.raises((IncompleteRead, ProtocolError)):
        http.request("GET", issuer.jwks_uri)


def test_refused_ends_open_connections_too_and_the_port_comes_back(
    issuer: LocalIssuer, http: urllib3.PoolManager
) -> None:
    url = issuer.jwks_uri
    http.request("GET", url)
    issuer.fault = Fault.REFUSED
    for _ in range(2):
        with pytest.raises(NewConnectionError):
            http.request("GET", url)
    issuer.heal()
    assert http.request("GET", url).status == 200
    assert issuer.jwks_uri == url


def test_another_fault_may_follow_a_refused_connection(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fail(Fault.REFUSED)
    issuer.fail(Fault.SERVER_ERROR, at=Endpoint.JWKS)
    assert http.request("GET", issuer.jwks_uri).status == 500
    assert http.request("GET", issuer.discovery_url).status == 200


def test_an_issuer_that_does_not_run_cannot_refuse() -> None:
    issuer = LocalIssuer("generic", algorithm="ES256")
    with pytest.raises(ConfigurationError, match="start the issuer first"):
        issuer.fail(Fault.REFUSED)


def test_slow_holds_an_answer_back_until_it_is_healed(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fail(Fault.SLOW, at=Endpoint.JWKS)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(http.request, "GET", issuer.jwks_uri)
        assert issuer.requests.wait_for(1, Endpoint.JWKS)
        assert not waiting.done()
        issuer.heal()
        assert waiting.result().status == 200


def test_slow_lets_go_when_the_issuer_stops(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fail(Fault.SLOW, times=1)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(http.request, "GET", issuer.jwks_uri)
        assert issuer.requests.wait_for(1)
        issuer.stop()
        assert waiting.exception() is None or isinstance(waiting.exception(), ProtocolError)


def test_slow_outlasts_a_client_that_will_not_wait(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fault = Fault.SLOW
    with pytest.raises(ReadTimeoutError):
        http.request("GET", issuer.jwks_uri, timeout=0.01)


def test_a_fault_may_befall_a_number_of_requests(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fail(Fault.SERVER_ERROR, at=Endpoint.JWKS, times=1)
    assert [http.request("GET", issuer.jwks_uri).status for _ in range(2)] == [500, 200]


def test_a_token_request_meets_faults_too(issuer: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer.fail(Fault.WRONG_ISSUER)
    assert http.request("POST", issuer.token_endpoint).status == 415
    issuer.fail(Fault.TOO_LARGE)
    assert len(http.request("POST", issuer.token_endpoint).data) > 1_000_000
