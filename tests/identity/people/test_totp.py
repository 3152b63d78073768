"""One-time passwords by the clock: the vectors of RFC 6238 (SHA-1), cut to six digits as applications show them."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from gatepost.identity import totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    assert totp.code(SECRET, totp.step_at(seconds * 1000)) == code


@pytest.mark.parametrize(("off", "found"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_clocks_may_differ_by_one_step(off: int, found: bool) -> None:
    now = 1_800_000_000_000
    step = totp.step_at(now) + off
    assert (totp.matching_step(SECRET, totp.code(SECRET, step), now, 0) == step) is found


def test_a_step_that_was_used_is_not_found_again() -> None:
    now = 1_800_000_000_000
    step = totp.step_at(now)
    assert totp.matching_step(SECRET, totp.code(SECRET, step), now, step) is None
    assert totp.matching_step(SECRET, totp.code(SECRET, step + 1), now, step) == step + 1


@pytest.mark.parametrize(
    "given", ["", "28708", "2870820", "abcdef", "\uff12\uff18\uff17\uff10\uff18\uff12", "\ud800", "287082\0"]
)
def test_what_is_no_code_is_not_found(given: str) -> None:
    assert totp.matching_step(SECRET, given, 59_000, 0) is None


def test_a_code_may_be_typed_with_blanks() -> None:
    assert totp.matching_step(SECRET, " 287 082 ", 59_000, 0) == 1


def test_the_key_uri_is_what_applications_read() -> None:
    parts = urlsplit(totp.key_uri(SECRET, "My: Shop", "ädele@example.com"))
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", "/My  Shop:ädele@example.com")
    assert parse_qs(parts.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["My: Shop"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }
