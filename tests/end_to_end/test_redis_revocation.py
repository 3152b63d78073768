"""What is revoked on one machine is revoked on all that share a Redis."""

import asyncio
import os
import re
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from gatepost.errors import KeysUnavailable, Reason, TokenRejected
from gatepost.jose.strict_json import JsonObject
from gatepost.verification import VerifiedToken
from gatepost.verification.redis_connection import RedisConnection
from gatepost.verification.redis_revocation import RedisRevocationList
from gatepost.verification.revocation import MARGIN, refuse_revoked
from tests.end_to_end.real_parts.loopback_port import free_port
from tests.verification.minting import ABSENT, ISSUER, NOW, access_claims


class InEitherWay:
    """A list whose `_async` methods are used where `way` is `async`, each time in an event loop of its own."""

    def __init__(self, connection: RedisConnection, way: str) -> None:
        self.connection = connection
        self.list = RedisRevocationList(connection)
        self.way = way

    def call(self, method: str, *arguments: Any, **named: Any) -> Any:
        if self.way == "sync":
            return getattr(self.list, method)(*arguments, **named)
        return asyncio.run(self._in_a_loop(getattr(self.list, f"{method}_async")(*arguments, **named)))

    def revoked(self, **changes: Any) -> bool:
        answer: bool = self.call("is_revoked", token(**changes), NOW)
        return answer

    async def _in_a_loop(self, call: Coroutine[None, None, Any]) -> Any:
        try:
            return await call
        finally:
            await self.connection.aclose()


@pytest.fixture(params=["sync", "async"])
def revocations(redis_url: str, request: pytest.FixtureRequest) -> Iterator[InEitherWay]:
    """An empty list, in one of the two ways."""
    connection = RedisConnection(redis_url)
    yield InEitherWay(connection, request.param)
    connection.close()


def token(issuer: str = ISSUER, **changes: Any) -> VerifiedToken:
    return VerifiedToken(issuer, JsonObject(), access_claims(**changes))


def test_one_token_is_revoked_by_its_jti(revocations: InEitherWay) -> None:
    assert not revocations.revoked()
    revocations.call("revoke_token", ISSUER, "token-1", exp=NOW + 600, now=NOW)
    assert revocations.revoked()
    assert revocations.revoked(sub=ABSENT)
    assert not revocations.revoked(jti="token-2")
    assert not revocations.revoked(issuer="https://other.example")
    assert not revocations.revoked(jti=ABSENT, sub=ABSENT)


def test_a_subject_is_revoked_with_all_that_was_issued_until_then(revocations: InEitherWay) -> None:
    revocations.call("revoke_subject", ISSUER, "alice", issued_before=NOW - 10.5, until=NOW + 600, now=NOW)
    assert revocations.revoked(iat=NOW - 11)
    assert revocations.revoked(iat=ABSENT)
    assert not revocations.revoked(iat=NOW - 10)
    assert not revocations.revoked(sub="bob", iat=NOW - 11)
    assert not revocations.revoked(issuer="https://other.example", iat=NOW - 11)


def test_a_second_revocation_of_a_subject_never_weakens_the_first(revocations: InEitherWay) -> None:
    for before, until in ((NOW - 100, NOW), (NOW - 10, NOW + 600), (NOW - 100, NOW)):
        revocations.call("revoke_subject", ISSUER, "alice", issued_before=before, until=until, now=NOW)
    assert revocations.revoked(iat=NOW - 11)
    assert not revocations.revoked(iat=NOW - 10)
    (name,) = revocations.connection.client.keys("gatepost:revoked:sub:*")
    assert MARGIN + 590 < int(revocations.connection.client.pttl(name)) / 1000 <= MARGIN + 600


def test_a_revocation_is_forgotten_after_the_tokens_end(revocations: InEitherWay) -> None:
    revocations.call("revoke_token", ISSUER, "token-1", exp=NOW + 600, now=NOW)
    revocations.call("revoke_token", ISSUER, "token-2", exp=NOW - 10_000, now=NOW)
    client = revocations.connection.client
    lives = [int(client.pttl(name)) / 1000 for name in client.keys("gatepost:revoked:jti:*")]
    assert [life for life in lives if life > 1] == [pytest.approx(MARGIN + 600, abs=10)]


def test_names_tell_nothing_and_never_collide(revocations: InEitherWay) -> None:
    revocations.call("revoke_token", "https://a", "bc", exp=NOW + 600, now=NOW)
    revocations.call("revoke_token", "https://ab", "c", exp=NOW + 600, now=NOW)
    revocations.call("revoke_subject", "https://a", "bc", issued_before=NOW, until=NOW, now=NOW)
    names = revocations.connection.client.keys("*")
    assert len(names) == 3
    shape = re.compile(r"gatepost:revoked:(jti|sub):[0-9a-f]{64}")
    assert all(shape.fullmatch(os.fsdecode(name)) for name in names)


def test_a_redis_that_is_down_lets_nobody_in() -> None:
    down = RedisRevocationList(RedisConnection(f"redis://127.0.0.1:{free_port()}", timeout=0.5))
    with pytest.raises(KeysUnavailable, match="Redis cannot be asked"):
        refuse_revoked(token(), down, NOW)


def test_a_revoked_token_is_refused(redis_url: str) -> None:
    connection = RedisConnection(redis_url)
    revocations = RedisRevocationList(connection)
    refuse_revoked(token(), revocations, NOW)
    revocations.revoke_token(ISSUER, "token-1", exp=NOW + 600, now=NOW)
    with pytest.raises(TokenRejected) as caught:
        refuse_revoked(token(), revocations, NOW)
    assert caught.value.reason is Reason.REVOKED
    connection.close()
