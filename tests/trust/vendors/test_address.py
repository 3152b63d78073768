"""Addresses as people write them down."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust.vendors import address


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("example.eu.auth0.com", "https://example.eu.auth0.com"),
        ("localhost:9443", "https://localhost:9443"),
        ("https://am.example.com/am/", "https://am.example.com/am"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://[::1]:9443", "https://[::1]:9443"),
    ],
)
def test_an_address_is_a_host_name_or_a_url(text: str, url: str) -> None:
    assert address.base_url("base_url", text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ftp://example.com",
        "https://",
        "https://user@example.com",
        "https://example.com?x=1",
        "https://example.com#x",
        "https://exa mple.com",
        "https://example.com\n",
        "https://example.com//am",
        "file:///etc/passwd",
    ],
    ids=repr,
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^domain is "):
        address.base_url("domain", text)


def test_a_value_of_another_type_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="string that is not empty"):
        address.segment("realm", None)  # type: ignore[arg-type]
