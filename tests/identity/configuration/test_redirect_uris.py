"""Answers go where the application says, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.identity.redirect_uris import allows, is_loopback

REGISTERED = ("https://app.example/cb", "http://127.0.0.1:3000/cb?a=1", "http://localhost:3000/cb", "my.app:/cb")
WILD = ("https://*.example.com/cb/*", "https://app-*.example.org/cb")


@pytest.mark.parametrize("uri", REGISTERED)
def test_a_uri_is_compared_character_by_character(uri: str) -> None:
    assert allows(REGISTERED, uri, native=False, wildcards=False)
    for other in (f"{uri}/", f"{uri}#", f"{uri}?", uri.upper(), uri.replace("app", "ap%70"), uri[:-1], f" {uri}"):
        if other != uri:
            assert not allows(REGISTERED, other, native=False, wildcards=False)


@pytest.mark.parametrize(
    ("uri", "allowed"),
    [
        ("http://127.0.0.1:51004/cb?a=1", True),
        ("http://127.0.0.1/cb?a=1", True),
        ("http://127.0.0.1:51004/cb", False),
        ("http://127.0.0.1:51004/cb?a=1#", False),
        ("http://127.0.0.2:51004/cb?a=1", False),
        ("http://x@127.0.0.1:51004/cb?a=1", False),
        ("https://127.0.0.1:51004/cb?a=1", False),
        ("http://127.0.0.1:99999/cb?a=1", False),
        ("http://localhost:51004/cb", False),
        ("https://app.example:444/cb", False),
    ],
)
def test_a_native_application_may_have_any_port_on_a_loopback_address(uri: str, allowed: bool) -> None:
    assert allows(REGISTERED, uri, native=True, wildcards=False) is allowed
    assert not allows(REGISTERED, uri, native=False, wildcards=False)


@pytest.mark.parametrize("extra", ["\r\n", "\t", "\x00", "\x7f", " ", "\\"])
@pytest.mark.parametrize("at", [0, len("http://127.0.0.1:3000"), len("http://127.0.0.1:3000/c")])
def test_what_no_uri_holds_is_allowed_nowhere(extra: str, at: int) -> None:
    uri = "http://127.0.0.1:3000/cb?a=1"
    assert not allows(REGISTERED, uri[:at] + extra + uri[at:], native=True, wildcards=True)


@pytest.mark.parametrize(
    ("uri", "allowed"),
    [
        ("https://shop.example.com/cb/one", True),
        ("https://shop.example.com/cb/", True),
        ("https://app-7.example.org/cb", True),
        ("https://*.example.com/cb/*", True),
        ("https://a.b.example.com/cb/one", False),
        ("https://example.com/cb/one", False),
        ("https://shop.example.com.evil.example/cb/one", False),
        ("https://evil.example/.example.com/cb/one", False),
        ("https://evil.example?.example.com/cb/one", False),
        ("https://evil.example#.example.com/cb/one", False),
        ("https://evil@x.example.com/cb/one", False),
        ("https://evil.example\\.example.com/cb/one", False),
        ("https://shop.example.com/cb/one/two", False),
        ("https://shop.example.com/cb/../admin", False),
        ("https://shop.example.com/cb/..", False),
        ("https://shop.example.com/cb/%2e%2e", False),
        ("https://shop.example.com/cb/%2Fadmin", False),
        ("https://shop.example.com/cb/one?next=1", False),
        ("http://shop.example.com/cb/one", False),
        ("https://shopXexample.com/cb/one", False),
        ("https://shop.example.com/cb/one\n", False),
    ],
)
def test_a_wildcard_stands_for_a_part_of_a_label_or_a_segment(uri: str, allowed: bool) -> None:
    assert allows(WILD, uri, native=False, wildcards=True) is allowed
    if uri not in WILD:
        assert not allows(WILD, uri, native=False, wildcards=False)


@given(st.text(alphabet="abc.*/:?#@\\%2eEf-", max_size=40))
def test_no_text_leads_a_wildcard_to_another_host(text: str) -> None:
    uri = f"https://{text}"
    if allows(("https://*.example.com/cb",), uri, native=False, wildcards=True):
        assert uri.endswith(".example.com/cb")
        assert "/" not in text[: -len(".example.com/cb")]


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("0.0.0.0", False), ("", False),
     ("localhost.example", False), ("127.0.0.1.example", False), ("10.0.0.1", False)],
)  # fmt: skip
def test_loopback_is_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
