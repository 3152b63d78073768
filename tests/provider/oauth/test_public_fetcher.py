"""Nobody sends us to places inside (SSRF)."""

import socket
from unittest import mock

import pytest
from urllib3.connection import HTTPConnection

from gatepost.provider.oauth.public_fetcher import PublicFetcher, is_public
from gatepost.trust.fetch import FetchFailed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.5.5",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "fec0::1",
        "64:ff9b:1::a00:1",
        "::ffff:0:10.0.0.1",
        "::10.0.0.1",
        "not an address",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/jwks", "http://example.com/jwks", "file:///etc/passwd", "https://user:pw@example.com/"]
)
def test_only_https_is_fetched(url: str) -> None:
    with pytest.raises(FetchFailed):
        PublicFetcher().fetch(url)


def test_a_name_that_leads_inside_is_refused_before_anything_is_sent() -> None:
    ours, theirs = socket.socketpair()
    fake = mock.Mock(wraps=ours)
    fake.getpeername.return_value = ("10.1.2.3", 443)
    with theirs, mock.patch.object(HTTPConnection, "_new_conn", return_value=fake) as connecting:
        with pytest.raises(FetchFailed):
            PublicFetcher().fetch("https://inside.example.com/jwks")
        assert connecting.called
        assert theirs.recv(1) == b""
    fake.close.assert_called_once()
