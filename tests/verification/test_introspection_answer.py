"""What an introspection endpoint says (RFC 7662 §2.2), judged by the same rules as a JWT's claims."""

from typing import Any

import pytest

from gatepost.errors import Reason, TokenRejected
from gatepost.trust.fetch import FetchFailed
from gatepost.verification.claims import ClaimRules
from gatepost.verification.introspection_answer import judge, read
from tests.verification.minting import ABSENT, ISSUER, NOW, access_claims, api_issuer


def judged(**changes: Any) -> tuple[float, float]:
    issuer = api_issuer(aliases=["https://old.example"])
    return judge(access_claims(active=True, **changes), issuer, ClaimRules(issuer), NOW)


def test_an_active_token_says_what_it_says() -> None:
    assert read(b'{"active": true, "sub": "alice"}') == {"active": True, "sub": "alice"}
    assert read(b'{"active": false, "sub": "alice"}') is None


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"true", b'{"active":true,"active":false}', b'\xff{"active":true}', b"<html>", b'{"active":NaN}'],
)
def test_what_is_no_strict_json_object_is_no_answer(body: bytes) -> None:
    with pytest.raises(FetchFailed, match="not a strict JSON object"):
        read(body)


@pytest.mark.parametrize("active", ["", '"active": 1', '"active": "true"', '"active": null', '"active": [true]'])
def test_only_true_is_active(active: str) -> None:
    with pytest.raises(FetchFailed, match="true or false"):
        read(f"{{{active}}}".encode())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"iss": ABSENT},
        {"iss": "https://old.example"},
        {"token_type": "Bearer"},
        {"token_type": "DPoP"},
        {"token_use": "access_token"},
        {"token_use": "access"},
        {"typ": "Bearer"},
    ],
    ids=str,
)
def test_a_good_answer_gives_its_window(changes: dict[str, Any]) -> None:
    assert judged(**changes) == (NOW - 60, NOW + 600)


@pytest.mark.parametrize(
    ("changes", "reason", "claim"),
    [
        ({"iss": "https://evil.example"}, Reason.WRONG_ISSUER, "iss"),
        ({"iss": ISSUER + "/"}, Reason.WRONG_ISSUER, "iss"),
        ({"iss": [ISSUER]}, Reason.BAD_CLAIM, "iss"),
        ({"iss": None}, Reason.BAD_CLAIM, "iss"),
        ({"token_type": "refresh_token"}, Reason.WRONG_TYPE, "token_type"),
        ({"token_type": "Refresh"}, Reason.WRONG_TYPE, "token_type"),
        ({"token_type": ["Bearer"]}, Reason.BAD_CLAIM, "token_type"),
        ({"token_use": "refresh_token"}, Reason.WRONG_TYPE, "token_use"),
        ({"token_use": "id"}, Reason.WRONG_TYPE, "token_use"),
        ({"typ": "Refresh"}, Reason.WRONG_TYPE, "typ"),
        ({"exp": ABSENT}, Reason.MISSING_CLAIM, "exp"),
        ({"exp": str(NOW + 600)}, Reason.BAD_CLAIM, "exp"),
        ({"exp": NOW}, Reason.EXPIRED, "exp"),
        ({"nbf": NOW + 1}, Reason.NOT_YET_VALID, "nbf"),
        ({"aud": "https://other.example"}, Reason.WRONG_AUDIENCE, "aud"),
        ({"aud": ABSENT}, Reason.MISSING_CLAIM, "aud"),
        ({"sub": 1}, Reason.BAD_CLAIM, "sub"),
    ],
    ids=str,
)
def test_the_claim_rules_hold_as_for_a_jwt(changes: dict[str, Any], reason: Reason, claim: str) -> None:
    with pytest.raises(TokenRejected) as caught:
        judged(**changes)
    assert (caught.value.reason, caught.value.claim) == (reason, claim)
