"""Texts that two readers would read differently, or that would keep one busy.

Duplicate members, polyglots (CVE-2022-39227), JWE in place of JWS (CVE-2022-3102, CVE-2023-51774), parse DoS
(CVE-2025-30204, CVE-2025-27144, CVE-2025-61920).
"""

import json
import zlib

import pytest

from gatepost import ConfigurationError, KeySet, Reason
from gatepost.jose import base64url
from tests.attacks.forging import (
    EC,
    accepted,
    forge,
    gate,
    issued,
    issuers_header,
    octets,
    refused,
    refused_as_jws,
)
from tests.verification.minting import access_claims
from tests.verification.outcomes import refusal

GOOD = forge(issuers_header(), access_claims(), EC.sign)
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")


def test_the_token_that_is_spoiled_below_is_good() -> None:
    assert accepted(GOOD).subject == "alice"


# --- Duplicate members: RFC 8259 §4 leaves open which one counts ---


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('"alg":"none","alg":"ES256"', id="none first"),
        pytest.param('"alg":"ES256","alg":"none"', id="none last"),
        pytest.param('"alg":"ES256","alg":"ES256"', id="the same twice"),
        pytest.param('"alg":"ES256","\\u0061lg":"ES256"', id="spelled otherwise"),
        pytest.param('"alg":"ES256","kid":"a"', id="kid"),
        pytest.param('"alg":"ES256","typ":"JWT","typ":"at+jwt"', id="typ"),
        pytest.param('"alg":"ES256","x":{"y":1,"y":1}', id="a level down"),
    ],
)
def test_duplicate_members_of_the_header_are_malformed(text: str) -> None:
    token = issued(header=f'{{{text},"kid":"{EC.kid}"}}'.encode())
    assert refused(token) is refused_as_jws(token) is Reason.MALFORMED


@pytest.mark.parametrize("claim", ["sub", "exp", "iss", "aud", "nbf", "iat", "scope", "any"])
def test_duplicate_members_of_the_payload_are_malformed(claim: str) -> None:
    value = json.dumps(access_claims(nbf=1, any=None)[claim])
    payload = octets(access_claims(nbf=1, any=None))
    for name in (claim, "".join(f"\\u{ord(letter):04x}" for letter in claim)):
        for other in (value, '"admin"', "null"):
            for text in (
                payload[:-1] + f',"{name}":{other}}}'.encode(),
                f'{{"{name}":{other},'.encode() + payload[1:],
            ):
                assert refused(issued(text)) is Reason.MALFORMED


@pytest.mark.parametrize("inner", ['{"a":1,"a":2}', '[{"a":1,"a":2}]', '{"b":{"c":[{"a":[],"a":[]}]}}'])
def test_duplicate_members_at_any_level_are_malformed(inner: str) -> None:
    text = octets(access_claims())[:-1] + f',"cnf":{inner}}}'.encode()
    assert refused(issued(text)) is Reason.MALFORMED


def test_duplicate_members_of_a_jwk_set_are_a_configuration_error() -> None:
    jwk = json.dumps(EC.to_jwk())
    for document in (
        f'{{"keys":[{jwk}],"keys":[]}}',
        '{"keys":[' + jwk[:-1] + ',"kid":"a"}]}',
        '{"keys":[' + jwk[:-1] + ',"alg":"ES256"}]}',
    ):
        with pytest.raises(ConfigurationError):
            KeySet.from_jwks(document)


# --- Polyglots: only base64url and two dots are a JWT (rfc8725bis §3.14) ---

POLYGLOTS = {
    "CVE-2022-39227": f'{{"  {HEADER}.{PAYLOAD}.":"","protected":"{HEADER}","payload":"{PAYLOAD}",'
    f'"signature":"{SIGNATURE}"}}',
    "flattened JSON": json.dumps({"protected": HEADER, "payload": PAYLOAD, "signature": SIGNATURE}),
    "general JSON": json.dumps({"payload": PAYLOAD, "signatures": [{"protected": HEADER, "signature": SIGNATURE}]}),
    "an unprotected header": json.dumps({"header": issuers_header(), "payload": PAYLOAD, "signature": SIGNATURE}),
    "quotes": f'"{GOOD}"',
    "brackets": f"[{GOOD}]",
    "Bearer": f"Bearer {GOOD}",
    "a comma": f"{GOOD},{GOOD}",
    "a space before": f" {GOOD}",
    "a space after": f"{GOOD} ",
    "a line end after": f"{GOOD}\n",
    "a carriage return after": f"{GOOD}\r\n",
    "a tab after a dot": GOOD.replace(".", ".\t", 1),
    "a line end in the payload": f"{HEADER}.{PAYLOAD[:8]}\n{PAYLOAD[8:]}.{SIGNATURE}",
    "a NUL after": f"{GOOD}\0",
    "percent signs": GOOD.replace(".", "%2E"),
    "a tilde after": f"{GOOD}~",
    "an SD-JWT": f"{GOOD}~WyJzYWx0Il0~",
    "a full-width dot": GOOD.replace(".", "\uff0e"),
    "a one-dot leader": GOOD.replace(".", "\u2024"),
    "a zero-width space": GOOD.replace(".", ".\u200b"),
    "a soft hyphen": f"{GOOD}\xad",
    "full-width letters": f"{HEADER}.{PAYLOAD}.".replace("e", "\uff45") + SIGNATURE,
    "a byte order mark": f"\ufeff{GOOD}",
    "a lone surrogate": f"{GOOD}\ud800",
    "a comment": f"/*{GOOD}*/",
    "XML": f"<t>{GOOD}</t>",
}


@pytest.mark.parametrize("token", POLYGLOTS.values(), ids=POLYGLOTS)
def test_polyglots_are_malformed(token: str) -> None:
    assert refused(token) is refused_as_jws(token) is Reason.MALFORMED


@pytest.mark.parametrize(
    "token",
    [
        GOOD.encode("utf-16"),
        GOOD.encode("utf-16-le"),
        GOOD.encode("utf-32"),
        b"\xef\xbb\xbf" + GOOD.encode(),
        b"\xff" + GOOD.encode(),
        bytearray(GOOD.encode()),
        memoryview(GOOD.encode()),
        None,
        1,
        [GOOD],
        {"token": GOOD},
        GOOD.split("."),
    ],
    ids=lambda token: type(token).__name__,
)
def test_what_is_no_text_in_ascii_is_malformed(token: object) -> None:
    assert refused(token) is refused_as_jws(token) is Reason.MALFORMED


# --- JWE, nested tokens, compression ---

JWE_HEADERS = {
    "dir": {"alg": "dir", "enc": "A128GCM"},
    "RSA-OAEP": {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": EC.kid},
    "RSA1_5": {"alg": "RSA1_5", "enc": "A128CBC-HS256"},
    "PBES2 with a great p2c": {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2s": "AQ", "p2c": 2**31 - 1},
    "zip": {"alg": "dir", "enc": "A128GCM", "zip": "DEF"},
    "a signature's header": issuers_header(),
}


@pytest.mark.parametrize("header", JWE_HEADERS.values(), ids=JWE_HEADERS)
def test_five_segments_are_malformed(header: dict[str, object]) -> None:
    head = base64url.encode(octets(header)).decode()
    for rest in ("AQ.AQ.AQ.AQ", "...", f"{PAYLOAD}.{SIGNATURE}..", ".AQ.AQ."):
        assert refused(f"{head}.{rest}") is refused_as_jws(f"{head}.{rest}") is Reason.MALFORMED


def test_a_header_of_a_jwe_over_three_segments_is_unsupported() -> None:
    for name, header in JWE_HEADERS.items():
        if name != "a signature's header":
            assert refused(forge(header, sign=EC.sign)) is Reason.UNSUPPORTED_ALGORITHM


def test_a_token_inside_a_token_is_malformed() -> None:
    for inner in (GOOD, f'"{GOOD}"'):
        assert refused(issued(inner.encode(), issuers_header(cty="JWT"))) is Reason.MALFORMED


def test_a_compressed_payload_is_not_unpacked() -> None:
    bomb = zlib.compress(octets(access_claims(filler="0" * 5_000_000)))
    assert refused(issued(bomb, issuers_header(zip="DEF"))) is Reason.MALFORMED


# --- Parse DoS: the length comes first ---


@pytest.mark.parametrize("count", [0, 1, 3, 4, 100, 16_000])
def test_any_other_number_of_dots_is_malformed(count: int) -> None:
    for token in ("." * count, "a".join("." * (count // 2)), GOOD.replace(".", "")[:300] + "." * count):
        assert refused(token) is refused_as_jws(token) is Reason.MALFORMED


@pytest.mark.parametrize(
    "token",
    [
        "." * 1_000_000,
        "é" * 5_000_000,
        "A" * 5_000_000,
        b"\xff" * 5_000_000,
        "A" * 1_400_000 + ".e30.",
        "e30." + "A" * 7_000_000 + ".",
        f"{HEADER}.{PAYLOAD}." + "A" * 1_000_000,
        "[" * 100_000,
    ],
    ids=["dots", "not ASCII", "one segment", "octets", "1 MB header", "5 MB payload", "long signature", "brackets"],
)
def test_what_is_too_large_is_refused_before_it_is_read(token: str | bytes) -> None:
    verifier = gate()
    assert refusal(lambda: verifier.verify(token)) is refused_as_jws(token) is Reason.TOO_LARGE


def test_a_token_that_is_too_large_is_refused_although_its_signature_is_good() -> None:
    for token in (issued(access_claims(filler="0" * 20_000)), issued(header=issuers_header(filler="0" * 20_000))):
        assert refused(token) is refused_as_jws(token) is Reason.TOO_LARGE
    header = issued(header=issuers_header(filler="0" * 5_000))
    assert len(header) < 16_384
    assert refused(header) is refused_as_jws(header) is Reason.TOO_LARGE


@pytest.mark.parametrize("value", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_nesting_of_100000_levels_is_malformed_where_the_length_would_allow_it(value: str) -> None:
    payload = octets(access_claims())[:-1] + f',"deep":{value}}}'.encode()
    assert refused(issued(payload)) is Reason.TOO_LARGE
    assert refused(issued(payload), max_length=10_000_000) is Reason.MALFORMED
    assert refused(issued(value.encode()), max_length=10_000_000) is Reason.MALFORMED


@pytest.mark.parametrize("depth", [17, 100, 900, 1500])
def test_nesting_beyond_16_levels_is_malformed(depth: int) -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        deep = opening * depth + "1" + closing * depth
        assert refused(issued(octets(access_claims())[:-1] + f',"deep":{deep}}}'.encode())) is Reason.MALFORMED
        header = octets(issuers_header())[:-1] + f',"deep":{deep}}}'.encode()
        expected = Reason.MALFORMED if len(header) <= 4096 else Reason.TOO_LARGE
        assert refused(issued(header=header)) is expected
