"""The local issuer as a whole: its life, TLS, and what it tells about itself."""

import time

import pytest
import urllib3

from gatepost.errors import ConfigurationError
from gatepost.testing import LocalIssuer, TurnableClock


def test_before_it_starts_it_has_no_address() -> None:
    issuer = LocalIssuer("generic", algorithm="ES256")
    with pytest.raises(ConfigurationError, match="start it"):
        _ = issuer.identifier
    issuer.stop()


def test_it_stops_and_starts_with_the_same_address_and_keys(http: urllib3.PoolManager) -> None:
    issuer = LocalIssuer("generic", algorithm="ES256").start()
    url, kid = issuer.jwks_uri, issuer.signing_key.kid
    issuer.stop()
    issuer.stop()
    assert issuer.start() is issuer.start()
    assert http.request("GET", url).json()["keys"][0]["kid"] == kid
    issuer.stop()


def test_a_port_can_be_asked_for() -> None:
    with LocalIssuer("generic", algorithm="ES256") as first:
        port = int(first.url.rpartition(":")[2])
    with LocalIssuer("generic", algorithm="ES256", port=port) as second:
        assert second.url == first.url


def test_it_is_pingone_unless_told_otherwise() -> None:
    with LocalIssuer() as issuer:
        assert issuer.identifier == f"{issuer.url}/{issuer.environment_id}/as"


def test_settings_are_told() -> None:
    with LocalIssuer(
        "pingone",
        audience="https://orders.example.com",
        tenant="11111111-2222-4333-8444-555555555555",
        client_id="me",
        client_secret="secret",
        algorithm="ES256",
    ) as issuer:
        assert issuer.vendor == "pingone"
        assert issuer.audience == ("https://orders.example.com",)
        assert issuer.tenant == issuer.environment_id == "11111111-2222-4333-8444-555555555555"
        assert (issuer.client_id, issuer.client_secret) == ("me", "secret")
        assert issuer.algorithm == "ES256"
        assert issuer.ca_file is None


def test_a_secret_is_random_unless_given() -> None:
    first, second = (LocalIssuer("generic", algorithm="ES256") for _ in range(2))
    assert len(first.client_secret) > 30
    assert first.client_secret != second.client_secret


def test_a_clock_to_turn_is_used_as_it_is_and_any_other_is_made_one() -> None:
    clock = TurnableClock(1000)
    assert LocalIssuer("generic", algorithm="ES256", clock=clock).clock is clock
    assert LocalIssuer("generic", algorithm="ES256", clock=lambda: 7.0).clock() == 7.0
    before = time.time()
    assert before <= LocalIssuer("generic", algorithm="ES256").clock() <= time.time()


def test_with_tls_clients_trust_its_own_certificate() -> None:
    with LocalIssuer("wso2", tls=True) as issuer:
        assert issuer.url.startswith("https://127.0.0.1:")
        with urllib3.PoolManager(ca_certs=issuer.ca_file, retries=False) as trusting:
            assert trusting.request("GET", issuer.discovery_url).json()["issuer"] == issuer.identifier
            assert trusting.request("GET", issuer.discovery_url).status == 200
        with (
            urllib3.PoolManager(retries=False) as strict,
            pytest.raises(urllib3.exceptions.SSLError, match="self-signed"),
        ):
            strict.request("GET", issuer.discovery_url)
        with urllib3.PoolManager(retries=False) as plain, pytest.raises(urllib3.exceptions.ProtocolError):
            plain.request("GET", issuer.url.replace("https", "http"))


def test_it_serves_many_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with (
        LocalIssuer("generic", algorithm="ES256") as issuer,
        urllib3.PoolManager(maxsize=8, retries=False) as http,
        ThreadPoolExecutor(8) as threads,
    ):
        answers = threads.map(lambda _: http.request("GET", issuer.jwks_uri).status, range(200))
        assert set(answers) == {200}
        assert issuer.requests.count() == 200
