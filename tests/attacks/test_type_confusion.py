"""Claims of the wrong type are refused, not passed over.

CVE-2026-25537 (exp, nbf), CVE-2025-30144 (iss array), CVE-2020-26160 (aud), CVE-2024-53861 (iss substring).
"""

import json

import pytest

from gatepost import Reason, TokenRejected
from tests.attacks.forging import accepted, issued, refused, with_claim
from tests.verification.minting import AUDIENCE, CLIENT, ISSUER, NOW, access_claims, id_claims

NOT_EVEN_JSON = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e999": "1e999",
    "-1e999": "-1e999",
    "2^53+1": "9007199254740993",
    "-2^53-1": "-9007199254740993",
    "a number of 400 digits": "9" * 400,
    "a number of 5000 digits": "9" * 5000,
    "a leading zero": f"0{NOW + 600}",
    "a plus sign": f"+{NOW + 600}",
    "hexadecimal": "0x7fffffff",
    "nothing": "",
    "undefined": "undefined",
    "single quotes": "'x'",
}

WRONG_TYPES = {
    "a string": f'"{NOW + 600}"',
    "an empty string": '""',
    "a word": '"tomorrow"',
    "a date": '"2030-01-01T00:00:00Z"',
    "null": "null",
    "true": "true",
    "false": "false",
    "an array": f"[{NOW + 600}]",
    "an empty array": "[]",
    "an object": '{"exp":1}',
    "an empty object": "{}",
}


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat", "auth_time"])
@pytest.mark.parametrize("text", NOT_EVEN_JSON.values(), ids=NOT_EVEN_JSON)
def test_a_time_that_is_no_finite_number_in_range_is_malformed(claim: str, text: str) -> None:
    assert refused(issued(with_claim(claim, text)), max_length=20_000) is Reason.MALFORMED


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat", "auth_time"])
@pytest.mark.parametrize("text", WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_a_time_of_another_type_is_a_bad_claim(claim: str, text: str) -> None:
    assert refused(issued(with_claim(claim, text))) is Reason.BAD_CLAIM


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "client_id", "jti", "azp", "acr", "scope"])
@pytest.mark.parametrize("text", ["null", "true", "false", "0", "1", "1.5", "{}", '{"a":"b"}', "[1]", "[null]", "[[]]"])
def test_a_name_of_another_type_is_a_bad_claim(claim: str, text: str) -> None:
    assert refused(issued(with_claim(claim, text))) is Reason.BAD_CLAIM


@pytest.mark.parametrize("text", NOT_EVEN_JSON.values(), ids=NOT_EVEN_JSON)
@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "any"])
def test_a_claim_that_is_no_json_is_malformed(claim: str, text: str) -> None:
    assert refused(issued(with_claim(claim, text)), max_length=20_000) is Reason.MALFORMED


@pytest.mark.parametrize("name", ["typ", "token_use", "cid", "appid", "amr", "scp", "events", "cnf", "act", "may_act"])
@pytest.mark.parametrize("value", [None, True, 1, 1.5, [], [1], [[]], {}, {"a": []}, "", "x"], ids=repr)
def test_no_value_of_a_claim_that_is_looked_at_ends_in_another_exception(name: str, value: object) -> None:
    for token, kind in ((access_claims(**{name: value}), "access"), (id_claims(**{name: value}), "id")):
        audience = AUDIENCE if kind == "access" else CLIENT
        for token_type in (kind, "any"):
            try:
                verified = accepted(issued(token), token_type=token_type, audience=audience)
            except TokenRejected:
                continue
            assert {type(text) for text in (*verified.scopes, *verified.amr, *verified.audience)} <= {str}
            assert verified.client_id is None or isinstance(verified.client_id, str)


# --- iss ---


@pytest.mark.parametrize("iss", [[ISSUER], [ISSUER, "https://evil.example"], ["https://evil.example", ISSUER], [], {}])
def test_iss_array_cve_2025_30144_is_refused(iss: object) -> None:
    assert refused(issued(access_claims(iss=iss))) is Reason.BAD_CLAIM


@pytest.mark.parametrize(
    "iss",
    [
        "",
        "h",
        "issuer.example",
        ISSUER[:-1],
        ISSUER + "/",
        ISSUER + "//",
        ISSUER + "/.",
        ISSUER + "?",
        ISSUER + "#",
        ISSUER + ":443",
        ISSUER + ".evil.example",
        "https://evil.example/?" + ISSUER,
        "https://issuer.example@evil.example",
        ISSUER.upper(),
        ISSUER.replace("https", "http"),
        f" {ISSUER}",
        f"{ISSUER} ",
        f"{ISSUER}\0",
        f"{ISSUER},https://evil.example",
        ISSUER.replace("e", "\u0435"),  # Cyrillic
    ],
    ids=ascii,
)
def test_iss_substring_or_trailing_slash_cve_2024_53861_is_refused(iss: str) -> None:
    assert refused(issued(access_claims(iss=iss))) is Reason.WRONG_ISSUER


# --- aud ---


@pytest.mark.parametrize(
    "aud",
    [
        "",
        "h",
        "api.example.com",
        AUDIENCE[:-1],
        AUDIENCE + "/",
        AUDIENCE + ".evil.example",
        AUDIENCE + " other",
        f"other,{AUDIENCE}",
        AUDIENCE.upper(),
        [],
        [""],
        [AUDIENCE + "/"],
        list(AUDIENCE),
        [AUDIENCE[:5], AUDIENCE[5:]],
    ],
    ids=lambda aud: ascii(aud)[:40],
)
def test_aud_substring_is_refused(aud: object) -> None:
    assert refused(issued(access_claims(aud=aud))) is Reason.WRONG_AUDIENCE


@pytest.mark.parametrize("aud", [[AUDIENCE, 1], [1], [None], [[AUDIENCE]], {AUDIENCE: True}, 1, None, True], ids=repr)
def test_aud_of_another_type_cve_2020_26160_is_refused(aud: object) -> None:
    assert refused(issued(access_claims(aud=aud))) is Reason.BAD_CLAIM


def test_a_missing_aud_is_refused_and_not_passed_over() -> None:
    claims = json.loads(json.dumps(access_claims()))
    del claims["aud"]
    assert refused(issued(claims)) is Reason.MISSING_CLAIM
