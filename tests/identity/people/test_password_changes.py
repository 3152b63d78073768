"""What a new password ends: whoever knew the one before is out, and does not come back in a race."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Connection, insert

from gatepost.identity import one_time_codes, password_hashing, password_states, passwords, sessions, token_families
from gatepost.identity.ids import new_id
from gatepost.identity.password_policies import DAY
from gatepost.identity.passwords import RECOVERY
from gatepost.identity.refusals import InvalidData
from gatepost.identity.store import tables
from gatepost.identity.token_families import Family
from tests.identity.people.conftest import NOW, Home

FIRST, SECOND, THIRD = "Tr4ck-xyzw-Lm", "Quite-0ther-Zx", "Hm-n0thing-Alike"
LATER = NOW + 2 * DAY
END = LATER + DAY


def _person(home: Home, username: str = "alice") -> str:
    sent = {"username": username, "email": f"{username}@example.com", "password": {"value": FIRST}}
    return asyncio.run(passwords.create_user(home.store, home.environment_id, sent, NOW)).id


def _signed_on(home: Home, user_id: str) -> tuple[str, str]:
    """The identifiers of a session, and of a family of tokens that came of it."""

    def work(connection: Connection) -> tuple[str, str]:
        application_id, family_id = new_id(), new_id()
        dated = {"created_at": NOW, "updated_at": NOW}
        connection.execute(
            insert(tables.applications).values(
                id=application_id,
                environment_id=home.environment_id,
                name=application_id,
                enabled=True,
                type="WEB_APP",
                document={},
                **dated,
            )
        )
        session = sessions.begin(connection, home.environment_id, user_id, new_id(), {}, now=NOW, lifetime=END - NOW)
        family = Family(family_id, home.environment_id, application_id, user_id, session.id, {}, NOW, END)
        token_families.start(connection, family, None)
        return session.id, family_id

    return home.store.write(work)


def _go_on(home: Home, *made: tuple[str, str]) -> list[bool]:
    """Whether each session and its tokens go on, which they do together or not at all."""

    def work(connection: Connection) -> list[bool]:
        going = []
        for session_id, family_id in made:
            session = sessions.get(connection, home.environment_id, session_id, now=LATER) is not None
            assert (token_families.alive(connection, family_id, LATER) is not None) is session
            going.append(session)
        return going

    return home.store.write(work)


async def _set(home: Home, user_id: str) -> None:
    await passwords.set_password(home.store, home.environment_id, user_id, {"value": SECOND}, LATER)


async def _recover(home: Home, user_id: str) -> None:
    code = home.store.write(
        lambda connection: one_time_codes.issue(
            connection, home.environment_id, user_id, RECOVERY, LATER, address="alice@example.com"
        )
    )
    await passwords.recover(home.store, home.environment_id, user_id, code, SECOND, LATER)


async def _change(home: Home, user_id: str) -> None:
    await passwords.change(home.store, home.environment_id, user_id, FIRST, SECOND, LATER)


@pytest.mark.parametrize("anew", [_set, _recover, _change])
def test_a_new_password_ends_what_came_of_the_one_before(
    home: Home, anew: Callable[[Home, str], Awaitable[None]]
) -> None:
    user_id, other_id = _person(home), _person(home, "bob")
    theirs, others = [_signed_on(home, user_id) for _ in range(2)], _signed_on(home, other_id)
    asyncio.run(_awaited(anew(home, user_id)))
    assert _go_on(home, *theirs, others) == [False, False, True]


async def _awaited(what: Awaitable[None]) -> None:
    await what


def test_the_session_in_which_a_password_is_changed_goes_on(home: Home) -> None:
    user_id = _person(home)
    own, other = _signed_on(home, user_id), _signed_on(home, user_id)
    asyncio.run(passwords.change(home.store, home.environment_id, user_id, FIRST, SECOND, LATER, session_id=own[0]))
    assert _go_on(home, own, other) == [True, False]


def test_a_refused_change_ends_nothing(home: Home) -> None:
    user_id = _person(home)
    made = _signed_on(home, user_id)
    with pytest.raises(InvalidData):
        asyncio.run(passwords.change(home.store, home.environment_id, user_id, "wrong", SECOND, LATER))
    assert _go_on(home, made) == [True]


def test_a_change_does_not_win_against_a_reset_while_it_is_hashed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    user_id = _person(home)
    hashed = password_hashing.hashed

    def slow(cleartext: str) -> str:
        monkeypatch.setattr(password_hashing, "hashed", hashed)
        asyncio.run(passwords.set_password(home.store, home.environment_id, user_id, {"value": THIRD}, LATER))
        return hashed(cleartext)

    monkeypatch.setattr(password_hashing, "hashed", slow)
    with pytest.raises(InvalidData) as caught:
        asyncio.run(passwords.change(home.store, home.environment_id, user_id, FIRST, SECOND, LATER))
    assert [each.target for each in caught.value.violations] == ["currentPassword"]
    state = home.store.read(lambda connection: password_states.of_user(connection, home.environment_id, user_id))
    assert state.hash is not None
    assert password_hashing.verified(state.hash, THIRD).matches
