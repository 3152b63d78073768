"""Tokens that are refused before their time, one by one or by subject."""

import asyncio
from typing import Any

import pytest

from gatepost.errors import Reason, TokenRejected
from gatepost.jose.strict_json import JsonObject
from gatepost.verification import VerifiedToken
from gatepost.verification.revocation import (
    MARGIN,
    MemoryRevocationList,
    RevocationList,
    refuse_revoked,
    refuse_revoked_async,
)
from tests.verification.minting import ABSENT, ISSUER, NOW, access_claims


def token(issuer: str = ISSUER, **changes: object) -> VerifiedToken:
    return VerifiedToken(issuer, JsonObject(), access_claims(**changes))


def revoked(revocations: RevocationList, one: VerifiedToken, now: float = NOW) -> bool:
    answer = revocations.is_revoked(one, now)
    assert asyncio.run(revocations.is_revoked_async(one, now)) == answer
    return answer


def test_nothing_is_revoked_at_first() -> None:
    assert not revoked(MemoryRevocationList(), token())
    assert not revoked(MemoryRevocationList(), token(jti=ABSENT, sub=ABSENT))


def test_one_token_is_revoked_by_its_jti() -> None:
    revocations = MemoryRevocationList()
    revocations.revoke_token(ISSUER, "token-1", exp=NOW + 600, now=NOW)
    assert revoked(revocations, token())
    assert revoked(revocations, token(sub=ABSENT))
    assert not revoked(revocations, token(jti="token-2"))
    assert not revoked(revocations, token(jti=ABSENT))
    assert not revoked(revocations, token("https://other.example"))


def test_a_subject_is_revoked_with_all_that_was_issued_until_then() -> None:
    revocations = MemoryRevocationList()
    revocations.revoke_subject(ISSUER, "alice", issued_before=NOW - 10, until=NOW + 600, now=NOW)
    assert revoked(revocations, token(iat=NOW - 11))
    assert revoked(revocations, token(iat=ABSENT))
    assert not revoked(revocations, token(iat=NOW - 10))
    assert not revoked(revocations, token(sub="bob"))
    assert not revoked(revocations, token(sub=ABSENT))
    assert not revoked(revocations, token("https://other.example"))


def test_a_revocation_is_forgotten_when_what_it_revokes_has_expired_everywhere() -> None:
    revocations = MemoryRevocationList()
    revocations.revoke_token(ISSUER, "token-1", exp=NOW + 600, now=NOW)
    revocations.revoke_subject(ISSUER, "alice", issued_before=NOW, until=NOW + 600, now=NOW)
    assert revoked(revocations, token(sub=ABSENT), NOW + 600 + MARGIN - 1)
    assert revoked(revocations, token(jti=ABSENT), NOW + 600 + MARGIN - 1)
    assert not revoked(revocations, token(sub=ABSENT), NOW + 600 + MARGIN)
    assert not revoked(revocations, token(jti=ABSENT), NOW + 600 + MARGIN)
    assert len(revocations) == 2
    revocations.revoke_token(ISSUER, "token-2", exp=NOW + 9000, now=NOW + 600 + MARGIN)
    assert len(revocations) == 1


def test_a_second_revocation_never_weakens_the_first() -> None:
    revocations = MemoryRevocationList()
    for exp in (NOW + 600, NOW):
        revocations.revoke_token(ISSUER, "token-1", exp=exp, now=NOW)
    for before, until in ((NOW, NOW + 600), (NOW - 100, NOW)):
        revocations.revoke_subject(ISSUER, "bob", issued_before=before, until=until, now=NOW)
    assert revoked(revocations, token(), NOW + 600)
    assert revoked(revocations, token(jti="other", sub="bob", iat=NOW - 1), NOW + 600)


@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_revoked_token_is_refused(way: str) -> None:
    def refuse(revocations: Any) -> None:
        if way == "sync":
            refuse_revoked(token(), revocations, NOW)
        else:
            asyncio.run(refuse_revoked_async(token(), revocations, NOW))

    revocations = MemoryRevocationList()
    refuse(revocations)
    revocations.revoke_token(ISSUER, "token-1", exp=NOW + 600, now=NOW)
    with pytest.raises(TokenRejected) as caught:
        refuse(revocations)
    assert caught.value.reason is Reason.REVOKED
