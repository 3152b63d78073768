"""Two URLs of DPoP are compared in normal form (RFC 9449 §4.3, RFC 3986 §6.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.verification.htu import MAX_LENGTH, normalised


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://api.example.com/user", "https://api.example.com/user"),
        ("HTTPS://API.Example.COM/User", "https://api.example.com/User"),
        ("https://api.example.com", "https://api.example.com/"),
        ("https://api.example.com:443/", "https://api.example.com/"),
        ("https://api.example.com:0443/", "https://api.example.com/"),
        ("https://api.example.com:/", "https://api.example.com/"),
        ("http://api.example.com:80/", "http://api.example.com/"),
        ("https://api.example.com:80/", "https://api.example.com:80/"),
        ("https://api.example.com:8443/a", "https://api.example.com:8443/a"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://api.example.com/a?b=c#d", "https://api.example.com/a"),
        ("https://api.example.com?b=c", "https://api.example.com/"),
        ("https://api.example.com#d", "https://api.example.com/"),
        ("https://api.example.com/%7euser/%41%2f%c3%bC", "https://api.example.com/~user/A%2F%C3%BC"),
        ("https://api.example.com/a/./b/../c", "https://api.example.com/a/c"),
        ("https://api.example.com/%2e%2E/a", "https://api.example.com/a"),
        ("https://api.example.com/../../a", "https://api.example.com/a"),
        ("https://api.example.com/a/..", "https://api.example.com/"),
        ("https://api.example.com/a/b/.", "https://api.example.com/a/b/"),
        ("https://api.example.com/a//b", "https://api.example.com/a//b"),
        ("https://api.example.com/a/", "https://api.example.com/a/"),
    ],
)
def test_a_url_has_one_normal_form(url: str, normal: str) -> None:
    assert normalised(url) == normal


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/user",
        "//api.example.com/user",
        "api.example.com/user",
        "ftp://api.example.com/user",
        "https:///user",
        "https://user@api.example.com/",
        "https://api.example.com\\@evil.example/",
        "https://api.example.com/a b",
        "https://api.example.com/a\tb",
        "https://api.example.com/a\n",
        "\nhttps://api.example.com/a",
        "https://api.example.com/%",
        "https://api.example.com/%4",
        "https://api.example.com/%zz",
        "https://api.example.com/ü",
        "https://üpi.example.com/",
        "https://api.example.com:443443/",
        "https://api.example.com:x/",
        "https://[::1/",
        "https://api.example.com/a\\b",
        "https://api.example.com/a\0",
        "https://api.example.com/\u212a",
        "https://api.example.com/" + "a" * MAX_LENGTH,
    ],
    ids=lambda url: ascii(url)[:40],
)
def test_what_is_no_absolute_http_url_has_no_normal_form(url: str) -> None:
    assert normalised(url) is None


@given(st.text(alphabet="ab/.%2eE7~:?#", max_size=40))
def test_a_normal_form_is_its_own_normal_form(path: str) -> None:
    normal = normalised(f"https://api.example.com/{path}")
    assert normal is None or normalised(normal) == normal


@given(st.text(max_size=60))
def test_nothing_makes_it_fail(text: str) -> None:
    assert normalised(text) is None or text.lower().startswith("http")
    assert normalised("https://api.example.com/" + text) in {None, normalised("https://api.example.com/" + text)}
