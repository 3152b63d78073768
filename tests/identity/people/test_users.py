"""Users: what they may be, how they are found, changed, listed and removed."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event, func, select

from gatepost.identity import memberships, populations, users
from gatepost.identity.entity import Page
from gatepost.identity.folding import fold
from gatepost.identity.groups import create as create_group
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, NotFound
from gatepost.identity.store import tables
from gatepost.identity.users import NewPassword
from tests.identity.people.conftest import NOW, Home, environment

FULL: dict[str, Any] = {
    "username": "Ädele.Groß",
    "email": "Adele@Example.com",
    "name": {"given": "Adele", "family": "Groß", "formatted": "Adele Groß", "honorificPrefix": "Dr."},
    "address": {"streetAddress": "1 Main\nStreet", "locality": "Köln", "countryCode": "DE", "postalCode": "50667"},
    "primaryPhone": "+49 221 1234",
    "mobilePhone": "+49.1",
    "nickname": "Addi",
    "title": "Chief",
    "locale": "de-DE",
    "timezone": "Europe/Berlin",
    "preferredLanguage": "de-DE, en;q=0.8",
    "photo": {"href": "https://example.com/a.png"},
    "type": "employee",
    "accountId": "17",
    "externalId": "hr/17",
}


def test_a_new_user_has_what_pingone_gives_one(home: Home) -> None:
    user = home.user(**FULL)
    shown = home.store.read(lambda connection: users.get(connection, home.environment_id, user.id))
    assert shown == user
    assert shown.document == {
        **FULL,
        "population": {"id": home.population_id},
        "enabled": True,
        "emailVerified": False,
        "mfaEnabled": False,
        "lifecycle": {"status": "ACCOUNT_OK"},
        "account": {"canAuthenticate": True, "status": "OK"},
        "identityProvider": {"type": "PING_ONE"},
        "verifyStatus": "NOT_INITIATED",
    }
    assert (shown.created_at, shown.updated_at) == (NOW, NOW)


REFUSED: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"username": None}, "username", "REQUIRED_VALUE"),
    ({"username": ""}, "username", "EMPTY_VALUE"),
    ({"username": " alice"}, "username", "INVALID_VALUE"),
    ({"username": "a\nb"}, "username", "INVALID_VALUE"),
    ({"username": "a\u202eb"}, "username", "INVALID_VALUE"),
    ({"username": "a\0b"}, "username", "INVALID_VALUE"),
    ({"username": "\ud800"}, "username", "INVALID_VALUE"),
    ({"username": "x" * 129}, "username", "SIZE_LIMIT_EXCEEDED"),
    ({"username": "\ufdfa" * 128}, "username", "SIZE_LIMIT_EXCEEDED"),
    ({"username": 7}, "username", "INVALID_VALUE"),
    ({"email": "nobody"}, "email", "INVALID_VALUE"),
    ({"email": "a@b\r\nBcc: c@d"}, "email", "INVALID_VALUE"),
    ({"email": "a@b@c"}, "email", "INVALID_VALUE"),
    ({"email": "a b@c"}, "email", "INVALID_VALUE"),
    ({"name": {"given": 1}}, "name.given", "INVALID_VALUE"),
    ({"name": "Alice"}, "name", "INVALID_VALUE"),
    ({"address": {"countryCode": "DEU"}}, "address.countryCode", "SIZE_LIMIT_EXCEEDED"),
    ({"photo": {"href": "javascript:alert(1)"}}, "photo.href", "INVALID_VALUE"),
    ({"population": {"id": "x"}}, "population.id", "INVALID_VALUE"),
    ({"population": {"id": "00000000-0000-4000-8000-000000000000"}}, "population.id", "REFERENCE_NOT_FOUND"),
    ({"enabled": "yes"}, "enabled", "INVALID_VALUE"),
    ({"lifecycle": {"status": "GONE"}}, "lifecycle.status", "INVALID_VALUE"),
)


def test_what_cannot_be_is_refused_with_its_target(home: Home) -> None:
    for sent, target, code in REFUSED:
        with pytest.raises(InvalidData) as refused:
            home.user(**{"username": "u", **sent})
        assert [(each.target, each.code) for each in refused.value.violations] == [(target, code)], sent


@pytest.mark.parametrize("other", ["ALICE", "\uff41\uff4cice"])
def test_a_username_is_taken_however_it_is_written(home: Home, other: str) -> None:
    home.user("Alice")
    with pytest.raises(Conflict) as refused:
        home.user(other)
    assert refused.value.violations[0][:2] == ("UNIQUENESS_VIOLATION", "username")
    bob = home.user("bob")
    with pytest.raises(Conflict):
        home.store.write(
            lambda connection: users.patch(connection, home.environment_id, bob.id, {"username": other}, NOW)
        )
    found = home.store.read(lambda connection: users.by_username(connection, home.environment_id, other))
    assert found is not None
    assert found.username == "Alice"


def test_one_of_many_who_take_a_username_at_once_gets_it(home: Home) -> None:
    def attempt(_: int) -> bool:
        try:
            home.user("alice")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(8))) == 1


def test_the_same_username_may_be_in_another_environment(home: Home) -> None:
    def elsewhere(connection: Connection) -> str:
        other = environment(connection)
        populations.create_default(connection, other, NOW)
        return users.create(connection, other, {"username": "alice"}, NOW).id

    other_id = home.store.write(elsewhere)
    assert home.user("alice").id != other_id
    with pytest.raises(NotFound):
        home.store.read(lambda connection: users.get(connection, home.environment_id, other_id))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("ﬃ", "FFI"), ("Å", "A\u030a"), ("\u212a", "k"), ("Ǆ", "ǆ")],
)
def test_what_reads_the_same_is_folded_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_replacing_clears_what_is_left_out_but_for_what_has_requests_of_its_own(home: Home) -> None:
    user = home.user(**FULL, enabled=False, emailVerified=True, mfaEnabled=True)
    body = {"username": "new", "email": FULL["email"], "id": "ignored", "verifyStatus": "ignored", "other": 1}
    replaced = home.store.write(
        lambda connection: users.replace(connection, home.environment_id, user.id, body, NOW + 5)
    )
    assert replaced.document == {
        "username": "new",
        "email": FULL["email"],
        "population": {"id": home.population_id},
        "enabled": False,
        "emailVerified": True,
        "mfaEnabled": True,
        "lifecycle": {"status": "ACCOUNT_OK"},
        "account": {"canAuthenticate": False, "status": "OK"},
        "identityProvider": {"type": "PING_ONE"},
        "verifyStatus": "NOT_INITIATED",
    }
    assert (replaced.created_at, replaced.updated_at) == (NOW, NOW + 5)


def test_patching_changes_what_is_sent_and_null_clears(home: Home) -> None:
    user = home.user(**FULL)
    body = {"nickname": None, "name": {"given": "Ada", "honorificPrefix": None}, "population": None, "title": "CEO"}
    patched = home.store.write(lambda connection: users.patch(connection, home.environment_id, user.id, body, NOW))
    assert "nickname" not in patched.document
    assert patched.document["name"] == {"given": "Ada", "family": "Groß", "formatted": "Adele Groß"}
    assert patched.document["title"] == "CEO"
    assert patched.population_id == home.population_id
    with pytest.raises(InvalidData):
        home.store.write(
            lambda connection: users.patch(connection, home.environment_id, user.id, {"username": None}, NOW)
        )


def test_another_address_is_not_verified(home: Home) -> None:
    user = home.user(email="a@example.com")

    def patched(body: dict[str, Any]) -> bool:
        return home.store.write(
            lambda connection: users.patch(connection, home.environment_id, user.id, body, NOW)
        ).email_verified

    home.store.write(lambda connection: users.email_verified(connection, home.environment_id, user.id, NOW))
    assert patched({"title": "x"})
    assert not patched({"email": "b@example.com"})
    assert patched({"email": "c@example.com", "emailVerified": True})


def test_who_is_disabled_or_locked_cannot_authenticate(home: Home) -> None:
    user = home.user()

    def now() -> tuple[bool, dict[str, Any]]:
        shown = home.store.read(lambda connection: users.get(connection, home.environment_id, user.id))
        assert shown.can_authenticate is shown.document["account"]["canAuthenticate"]
        return shown.enabled, dict(shown.document["account"])

    def write(work: Any) -> None:
        home.store.write(work)

    write(lambda connection: users.enable(connection, home.environment_id, user.id, {"enabled": False}, NOW))
    assert now() == (False, {"canAuthenticate": False, "status": "OK"})
    write(lambda connection: users.enable(connection, home.environment_id, user.id, {"enabled": True}, NOW))
    write(lambda connection: users.lock(connection, home.environment_id, user.id, NOW))
    write(lambda connection: users.lock(connection, home.environment_id, user.id, NOW + 1000))
    locked_at = "2027-01-15T08:00:00.000Z"
    assert now() == (True, {"canAuthenticate": False, "status": "LOCKED", "lockedAt": locked_at})
    write(lambda connection: users.unlock(connection, home.environment_id, user.id, NOW))
    assert now() == (True, {"canAuthenticate": True, "status": "OK"})
    with pytest.raises(InvalidData):
        write(lambda connection: users.enable(connection, home.environment_id, user.id, {}, NOW))
    write(lambda connection: users.enable_mfa(connection, home.environment_id, user.id, {"mfaEnabled": True}, NOW))
    assert home.store.read(lambda connection: users.get(connection, home.environment_id, user.id)).mfa_enabled


def test_a_sign_on_is_noted_and_survives_a_change(home: Home) -> None:
    user = home.user()
    home.store.write(lambda connection: users.signed_on(connection, user.id, NOW, "192.0.2.1"))
    patched = home.store.write(
        lambda connection: users.patch(connection, home.environment_id, user.id, {"title": "x"}, NOW)
    )
    assert patched.document["lastSignOn"] == {"at": "2027-01-15T08:00:00.000Z", "remoteIp": "192.0.2.1"}
    found = select(tables.users.c.document).where(tables.users.c.id == user.id)
    kept = home.store.read(lambda connection: connection.execute(found).scalar_one())
    assert "lastSignOn" not in kept


def test_moving_a_user_moves_the_counts(home: Home) -> None:
    user = home.user()
    other = home.store.write(
        lambda connection: populations.create(connection, home.environment_id, {"name": "Other"}, NOW)
    )
    home.store.write(lambda connection: users.move(connection, home.environment_id, user.id, {"id": other.id}, NOW))
    ids = [home.population_id, other.id]
    counts = home.store.read(lambda connection: populations.user_counts(connection, ids))
    assert counts == {home.population_id: 0, other.id: 1}
    with pytest.raises(InvalidData):
        home.store.write(lambda connection: users.move(connection, home.environment_id, user.id, {"id": new_id()}, NOW))


def test_a_user_goes_with_everything_that_is_theirs(home: Home) -> None:
    def work(connection: Connection) -> str:
        made = users.create(connection, home.environment_id, {"username": "u"}, NOW, password=NewPassword("x"))
        group = create_group(connection, home.environment_id, {"name": "g"}, NOW)
        memberships.add(connection, home.environment_id, made.id, {"id": group.id}, NOW)
        return made.id

    user_id = home.store.write(work)
    home.store.write(lambda connection: users.remove(connection, home.environment_id, user_id))
    left = [
        select(func.count()).select_from(table).where(column == user_id)
        for table, column in (
            (tables.users, tables.users.c.id),
            (tables.passwords, tables.passwords.c.user_id),
            (tables.memberships, tables.memberships.c.user_id),
        )
    ]
    assert home.store.read(lambda c: [c.execute(each).scalar() for each in left]) == [0, 0, 0]
    with pytest.raises(NotFound):
        home.store.write(lambda connection: users.remove(connection, home.environment_id, user_id))


def test_pages_are_all_of_the_list_in_the_order_of_identifiers(home: Home) -> None:
    def work(connection: Connection) -> list[str]:
        made = [users.create(connection, home.environment_id, {"username": f"u{n}"}, NOW).id for n in range(7)]
        other = environment(connection)
        populations.create_default(connection, other, NOW)
        users.create(connection, other, {"username": "elsewhere"}, NOW)
        return sorted(made)

    ids = home.store.write(work)
    seen: list[str] = []
    after = None
    for _ in range(3):
        listing = home.store.read(partial(users.listed, environment_id=home.environment_id, page=Page(3, after)))
        assert listing.total == 7
        seen += [user.id for user in listing.items]
        after = listing.after
    assert seen == ids
    assert after is None


def test_a_long_list_is_not_counted(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "_MOST_COUNTED", 2)

    def work(connection: Connection) -> tuple[int | None, int | None]:
        for n in range(3):
            users.create(connection, home.environment_id, {"username": f"u{n}"}, NOW)
        return (
            users.listed(connection, home.environment_id, Page(1)).total,
            users.listed(connection, home.environment_id, Page(3)).total,
        )

    assert home.store.write(work) == (None, 3)


def test_users_are_found_by_their_address_however_it_is_written(home: Home) -> None:
    home.user("a", email="One@Example.com")
    home.user("b", email="one@example.COM")
    home.user("c")
    found = home.store.read(lambda connection: users.by_email(connection, home.environment_id, "ONE@example.com"))
    assert sorted(user.username for user in found) == ["a", "b"]


def test_a_username_is_looked_up_by_its_index(home: Home) -> None:
    """On SQLite, which tells plainly; the same index serves PostgreSQL."""
    if not home.store.sqlite:
        pytest.skip("SQLite tells how it looks things up")
    plans: list[str] = []

    def explained(connection: Connection) -> None:
        def before(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
            cursor.execute("EXPLAIN QUERY PLAN " + statement, parameters)
            plans.extend(row[3] for row in cursor.fetchall())

        event.listen(connection, "before_cursor_execute", before)
        users.by_username(connection, home.environment_id, "alice")
        for text in ('username eq "al"', 'email eq "a@b"', 'name.family eq "x"'):
            users.listed(connection, home.environment_id, Page(1), text)
        users.listed(connection, home.environment_id, Page(1, after=new_id()))

    home.store.read(explained)
    looked_up = [plan for plan in plans if plan.startswith("SEARCH users USING")]
    names = ["sqlite_autoindex_users_2", "sqlite_autoindex_users_2", "email_folded", "family_name_folded", "id>?"]
    assert all(name in plan for name, plan in zip(names, looked_up, strict=False)), plans
    assert not [plan for plan in plans if plan.startswith("SCAN users") or "TEMP B-TREE" in plan]
