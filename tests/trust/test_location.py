"""Which URLs may be fetched."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust import location

FOUND_BY = "https://issuer.example/.well-known/openid-configuration"


def why_not(url: object, http_hosts: tuple[str, ...] = ()) -> str:
    with pytest.raises(ConfigurationError) as caught:
        location.check(url, http_hosts)
    return str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://issuer.example",
        "https://issuer.example/",
        "https://issuer.example:8443/a/b?kind=jwks",
        "https://[2001:db8::1]/jwks",
        "https://192.0.2.7/jwks",
        "HTTPS://Issuer.Example/JWKS",
        "http://127.0.0.1:9000",
        "http://127.8.7.6",
        "http://[::1]:9000/jwks",
        "http://localhost:9443/jwks",
        "http://issuer.localhost/jwks",
    ],
)
def test_https_anywhere_and_http_on_this_machine_may_be_fetched(url: str) -> None:
    assert location.check(url).geturl().lower() == url.lower()


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example/jwks",
        "http://192.168.0.1",
        "http://0.0.0.0",
        "http://[::]",
        "http://localhost.example",
        "http://notlocalhost",
        "http://127.0.0.1.example",
        "http://2130706433",
    ],
)
def test_http_elsewhere_may_not_and_the_message_says_what_to_write(url: str) -> None:
    message = why_not(url)
    assert repr(url) in message
    assert "plain http" in message
    assert "http_hosts=" in message


def test_http_may_be_asked_for_by_the_hosts_exact_name() -> None:
    assert location.check("http://IDP.internal:8080/x", ("idp.internal",)).port == 8080
    for other in ("http://a.idp.internal", "http://idp.internal.example", "http://idp"):
        assert "plain http" in why_not(other, ("idp.internal",))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "issuer.example",
        "//issuer.example/jwks",
        "https:",
        "https:///jwks",
        "https://:443/jwks",
        "https:issuer.example",
        "file:///etc/passwd",
        "ftp://issuer.example/jwks",
        "data:application/json,{}",
        "javascript:alert(1)",
        "gopher://issuer.example",
        "https://issuer.example:port/",
        "https://issuer.example:65536/",
        "https://[::1/jwks",
        "https://[nonsense]/jwks",
        "https://issuer.example/two words",
        " https://issuer.example",
        "https://issuer.example\n",
        "https://issuer.example/\x00",
        "https://issuer.example/\x7f",
        "https://issuer.example/ü",
        "https://\u0131ssuer.example",
        "https://issuer.example/" + "x" * 2048,
    ],
    ids=lambda url: repr(url)[:40],
)
def test_what_is_no_such_url_may_not(url: str) -> None:
    message = why_not(url)
    assert "URL" in message
    assert len(message) < 2200


def test_a_backslash_which_readers_of_urls_do_not_agree_on_makes_none() -> None:
    # urllib.parse reads the host as `elsewhere.example\.localhost`, urllib3 as `elsewhere.example`.
    assert "is not a URL" in why_not("http://elsewhere.example\\.localhost/jwks")


@pytest.mark.parametrize("url", [None, 5, b"https://issuer.example", ["https://issuer.example"]], ids=repr)
def test_what_is_no_text_may_not(url: object) -> None:
    assert type(url).__name__ in why_not(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://user@issuer.example",
        "https://user:canary@issuer.example",
        "https://:canary@issuer.example",
        "https://@issuer.example",
        "https://issuer.example@elsewhere.example/",
        "https://issuer.example/#",
        "https://issuer.example/#canary",
    ],
)
def test_a_user_a_password_or_a_fragment_may_not_be_in_it(url: str) -> None:
    assert "no user, no password and no fragment" in why_not(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://user:canary@issuer.example",
        "https://user:canary@issuer.example:port",
        "ftp://user:canary@issuer.example",
        "https://user:canary@issuer.example/two words",
        "http://issuer.example/jwks?key=canary",
        "ftp://issuer.example/jwks?key=canary",
    ],
)
def test_a_message_holds_no_password_and_no_query(url: str) -> None:
    assert "canary" not in why_not(url)


# --- URLs that a document names ---


def test_a_url_that_a_document_names_is_judged_by_the_same_rules() -> None:
    assert location.check_found("https://keys.example/jwks?x=1", FOUND_BY) == "https://keys.example/jwks?x=1"
    for found in ("http://elsewhere.example/canary", "file:///canary", "https://canary@keys.example", "", " canary"):
        with pytest.raises(ConfigurationError) as caught:
            location.check_found(found, FOUND_BY)
        assert "canary" not in str(caught.value)


@pytest.mark.parametrize("found", [None, 5, ["https://keys.example"], {}, True], ids=repr)
def test_a_url_that_a_document_names_is_a_string(found: object) -> None:
    with pytest.raises(ConfigurationError, match="it is not a string"):
        location.check_found(found, FOUND_BY)


def test_a_document_that_came_by_https_does_not_send_us_to_plain_http_even_on_this_machine() -> None:
    for found in ("http://127.0.0.1/jwks", "http://localhost/jwks", "http://idp.internal/jwks"):
        with pytest.raises(ConfigurationError, match="came by https"):
            location.check_found(found, FOUND_BY, ("idp.internal",))
        assert location.check_found(found, "http://127.0.0.1/.well-known/x", ("idp.internal",)) == found


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("localhost.", False),
        ("xlocalhost", False),
        ("128.0.0.1", False),
        ("::2", False),
        ("127.1", False),
        ("", False),
    ],
)
def test_loopback_is_127_8_and_1_and_localhost_and_the_names_below_it(host: str, here: bool) -> None:
    assert location.is_loopback(host) is here
