"""Codes, refresh tokens and the like are good once, however many ask for them at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, insert

from gatepost.identity import (
    authorization_codes,
    consents,
    device_codes,
    flow_states,
    pushed_requests,
    refresh_tokens,
    revoked_tokens,
    sessions,
    token_families,
    used_once,
)
from gatepost.identity.ids import new_id, new_token
from gatepost.identity.store import tables
from gatepost.identity.store.store import Store
from gatepost.identity.sweeping import sweep
from gatepost.identity.token_families import Family

T = TypeVar("T")
NOW = 1_800_000_000_000
MINUTE = 60_000
DAY = 86_400_000
ENVIRONMENT, APPLICATION, OTHER, USER = new_id(), new_id(), new_id(), new_id()


@pytest.fixture
def kept(store: Store) -> Store:
    """A store with an environment, two applications and a user."""
    organization, population = new_id(), new_id()
    dated = {"created_at": NOW, "updated_at": NOW}
    of = {"environment_id": ENVIRONMENT, **dated}

    def work(connection: Connection) -> None:
        rows: list[tuple[Any, dict[str, Any]]] = [
            (tables.organizations, {"id": organization, "name": "o", **dated}),
            (tables.environments, {"id": ENVIRONMENT, "organization_id": organization, "name": "e", "document": {}}),
            (tables.populations, {"id": population, "name": "p", "is_default": True, "document": {}}),
            (
                tables.users,
                {
                    "id": USER,
                    "population_id": population,
                    "username": "u",
                    "username_folded": "u",
                    "enabled": True,
                    "email_verified": False,
                    "mfa_enabled": False,
                    "document": {},
                },
            ),
            *(
                (tables.applications, {"id": each, "name": each, "enabled": True, "type": "WEB_APP", "document": {}})
                for each in (APPLICATION, OTHER)
            ),
        ]
        for table, row in rows:
            more = dated if table in {tables.organizations, tables.environments} else of
            connection.execute(insert(table).values({**row, **more}))

    store.write(work)
    return store


def at_once(times: int, call: Callable[[], T]) -> list[T]:
    with ThreadPoolExecutor(times) as threads:
        return [outcome.result() for outcome in [threads.submit(call) for _ in range(times)]]


def family(**more: Any) -> Family:
    values: dict[str, Any] = {
        "id": new_id(),
        "session_id": None,
        "document": {},
        "created_at": NOW,
        "expires_at": NOW + 30 * DAY,
    }
    return Family(**{**values, "environment_id": ENVIRONMENT, "application_id": APPLICATION, "user_id": USER, **more})


# ── Authorization codes ──────────────────────────────────────────────────────────────────────────────────────────


def issued(store: Store, document: dict[str, Any] | None = None) -> str:
    return store.write(
        lambda c: authorization_codes.issue(
            c, ENVIRONMENT, APPLICATION, document or {"scopes": ["openid"]}, now=NOW, lifetime=MINUTE
        )
    )


def redeemed(
    store: Store, code: str, *, application: str = APPLICATION, environment: str = ENVIRONMENT, now: int = NOW
) -> authorization_codes.Redemption:
    return store.write(lambda c: authorization_codes.redeem(c, environment, application, code, now))


def test_a_code_gives_back_what_it_was_issued_for(kept: Store) -> None:
    code = issued(kept, {"scopes": ["openid"], "nonce": "n"})
    outcome = redeemed(kept, code)
    assert (outcome.outcome, outcome.document) == ("redeemed", {"scopes": ["openid"], "nonce": "n"})
    assert outcome.family_id


def test_a_code_is_for_its_application_and_environment_and_its_time(kept: Store) -> None:
    code = issued(kept)
    assert redeemed(kept, code, application=OTHER).outcome == "unknown"
    assert redeemed(kept, code, environment=new_id()).outcome == "unknown"
    assert redeemed(kept, code + "x").outcome == "unknown"
    assert redeemed(kept, code, now=NOW + MINUTE).outcome == "unknown"
    assert redeemed(kept, code, now=NOW + MINUTE - 1).outcome == "redeemed"


def test_of_many_who_redeem_a_code_at_once_one_gets_it(kept: Store) -> None:
    code = issued(kept)
    outcomes = [each.outcome for each in at_once(12, lambda: redeemed(kept, code))]
    assert sorted(outcomes) == ["redeemed"] + ["reused"] * 11


def test_a_second_use_ends_everything_that_came_of_the_first(kept: Store) -> None:
    code = issued(kept)

    def exchange(connection: Connection) -> str:
        outcome = authorization_codes.redeem(connection, ENVIRONMENT, APPLICATION, code, NOW)
        made = family(id=outcome.family_id)
        token_families.start(connection, made, ("jti-1", NOW + DAY))
        return refresh_tokens.issue(connection, made, now=NOW, lifetime=DAY)

    token = kept.write(exchange)
    assert redeemed(kept, code).outcome == "reused"
    assert kept.read(lambda c: revoked_tokens.is_revoked(c, "jti-1"))
    assert rotated(kept, token).outcome == "unknown"


# ── Refresh tokens ───────────────────────────────────────────────────────────────────────────────────────────────


def started(store: Store, **more: Any) -> str:
    made = family(**more)

    def work(connection: Connection) -> str:
        token_families.start(connection, made, None)
        return refresh_tokens.issue(connection, made, now=NOW, lifetime=DAY)

    return store.write(work)


def rotated(
    store: Store, token: str, *, application: str = APPLICATION, now: int = NOW, grace: int = 0
) -> refresh_tokens.Rotation:
    return store.write(
        lambda c: refresh_tokens.rotate(c, ENVIRONMENT, application, token, now=now, lifetime=DAY, grace=grace)
    )


def test_each_refresh_token_leads_to_the_next(kept: Store) -> None:
    token = started(kept, document={"scopes": ["a"]})
    for _ in range(3):
        outcome = rotated(kept, token)
        assert outcome.outcome == "rotated"
        assert outcome.family is not None
        assert outcome.family.document["scopes"] == ["a"]
        assert outcome.token != token
        token = outcome.token


def test_a_refresh_token_that_is_used_again_ends_its_family(kept: Store) -> None:
    first = started(kept)
    second = rotated(kept, first).token
    assert rotated(kept, first).outcome == "reused"
    assert rotated(kept, second).outcome == "unknown"


def test_of_many_who_rotate_at_once_one_gets_the_next_and_then_nobody_has_any(kept: Store) -> None:
    token = started(kept)
    outcomes = at_once(12, lambda: rotated(kept, token))
    assert [each.outcome for each in outcomes].count("rotated") == 1
    (next_one,) = [each.token for each in outcomes if each.outcome == "rotated"]
    assert rotated(kept, next_one).outcome == "unknown"


def test_within_the_grace_a_lost_answer_can_be_asked_for_again(kept: Store) -> None:
    token = started(kept)
    assert rotated(kept, token, grace=MINUTE).outcome == "rotated"
    assert rotated(kept, token, grace=MINUTE, now=NOW + MINUTE).outcome == "rotated"
    assert rotated(kept, token, grace=MINUTE, now=NOW + MINUTE + 1).outcome == "reused"


def test_a_refresh_token_is_for_its_application_and_its_time(kept: Store) -> None:
    token = started(kept)
    assert rotated(kept, token, application=OTHER).outcome == "unknown"
    assert rotated(kept, token, now=NOW + DAY).outcome == "unknown"
    assert rotated(kept, token, now=NOW + DAY - 1).outcome == "rotated"
    short = started(kept, expires_at=NOW + MINUTE)
    assert rotated(kept, short, now=NOW + MINUTE).outcome == "unknown"


def test_a_session_or_a_user_that_ends_takes_its_tokens_along(kept: Store) -> None:
    one, other = started(kept, session_id="s"), started(kept)
    kept.write(lambda c: token_families.revoke_of_session(c, "s", NOW))
    assert rotated(kept, one).outcome == "unknown"
    next_one = rotated(kept, other).token
    kept.write(lambda c: token_families.revoke_of_user(c, USER, NOW))
    assert rotated(kept, next_one).outcome == "unknown"


def test_the_access_tokens_of_a_family_end_with_it_but_for_those_that_have_expired(kept: Store) -> None:
    made = family()

    def work(connection: Connection) -> None:
        token_families.start(connection, made, ("old", NOW + 1))
        alive = token_families.alive(connection, made.id, NOW)
        assert alive is not None
        token_families.note_access(connection, alive, ("new", NOW + DAY), NOW + 2)
        token_families.revoke(connection, made.id, NOW + 3)

    kept.write(work)
    assert kept.read(lambda c: (revoked_tokens.is_revoked(c, "old"), revoked_tokens.is_revoked(c, "new"))) == (
        False,
        True,
    )


# ── The others ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_something_is_used_once(kept: Store) -> None:
    assert sorted(at_once(12, lambda: kept.write(lambda c: used_once.use(c, "a jti", NOW)))) == [False] * 11 + [True]
    assert kept.write(lambda c: used_once.use(c, "another jti", NOW))


def test_a_pushed_request_is_taken_once_by_who_pushed_it(kept: Store) -> None:
    def pushed() -> str:
        return kept.write(
            lambda c: pushed_requests.push(c, ENVIRONMENT, APPLICATION, {"a": 1}, now=NOW, lifetime=MINUTE)
        )

    def taken(uri: str, application: str = APPLICATION, now: int = NOW) -> Any:
        return kept.write(lambda c: pushed_requests.take(c, ENVIRONMENT, application, uri, now))

    uri = pushed()
    assert uri.startswith("urn:ietf:params:oauth:request_uri:")
    assert taken(uri, OTHER) is None
    assert [each for each in at_once(8, lambda: taken(uri)) if each is not None] == [{"a": 1}]
    assert taken(pushed(), now=NOW + MINUTE) is None


def test_a_device_hears_its_answer_once(kept: Store) -> None:
    code, user_code = kept.write(
        lambda c: device_codes.ask(c, ENVIRONMENT, APPLICATION, {"scopes": []}, now=NOW, lifetime=MINUTE)
    )

    def poll(now: int = NOW, application: str = APPLICATION) -> device_codes.Poll:
        return kept.write(lambda c: device_codes.poll(c, ENVIRONMENT, application, code, now=now, interval=5000))

    assert poll(application=OTHER).outcome == "unknown"
    assert [poll(NOW + at).outcome for at in (0, 1000, 6000)] == ["pending", "slow_down", "pending"]
    typed = f" {user_code[:4].lower()}-{user_code[4:]} "
    request = kept.read(lambda c: device_codes.of_user_code(c, ENVIRONMENT, typed, NOW))
    assert request is not None

    def say() -> bool:
        return kept.write(
            lambda c: device_codes.answer(
                c, ENVIRONMENT, request, allowed=True, user_id=USER, document={"scopes": ["a"]}, now=NOW
            )
        )

    assert (say(), say()) == (True, False)
    outcomes = at_once(8, poll)
    assert sorted(each.outcome for each in outcomes) == ["allowed"] + ["unknown"] * 7
    (heard,) = [each.request for each in outcomes if each.request is not None]
    assert (heard.user_id, heard.document) == (USER, {"scopes": ["a"]})


def test_a_device_that_is_denied_or_too_late(kept: Store) -> None:
    def ask() -> tuple[str, str]:
        return kept.write(lambda c: device_codes.ask(c, ENVIRONMENT, APPLICATION, {}, now=NOW, lifetime=MINUTE))

    def poll(code: str, now: int) -> str:
        return kept.write(
            lambda c: device_codes.poll(c, ENVIRONMENT, APPLICATION, code, now=now, interval=5000)
        ).outcome

    code, user_code = ask()
    request = kept.read(lambda c: device_codes.of_user_code(c, ENVIRONMENT, user_code, NOW))
    assert request is not None
    kept.write(
        lambda c: device_codes.answer(c, ENVIRONMENT, request, allowed=False, user_id=USER, document={}, now=NOW)
    )
    assert (poll(code, NOW), poll(code, NOW)) == ("denied", "unknown")
    late, late_code = ask()
    assert poll(late, NOW + MINUTE) == "expired"
    assert kept.read(lambda c: device_codes.of_user_code(c, ENVIRONMENT, late_code, NOW + MINUTE)) is None


def test_two_requests_do_not_move_a_flow_at_the_same_time(kept: Store) -> None:
    state = kept.write(lambda c: flow_states.begin(c, ENVIRONMENT, "h", {"at": 0}, now=NOW, lifetime=MINUTE))

    def move() -> flow_states.FlowState | None:
        return kept.write(lambda c: flow_states.save(c, state, {"at": 1}, now=NOW, lifetime=MINUTE, session_hash="h2"))

    moved = [each for each in at_once(8, move) if each is not None]
    assert len(moved) == 1
    assert kept.read(lambda c: flow_states.get(c, ENVIRONMENT, state.id, NOW)) == moved[0]
    assert kept.read(lambda c: flow_states.get(c, new_id(), state.id, NOW)) is None
    assert kept.read(lambda c: flow_states.get(c, ENVIRONMENT, state.id, NOW + MINUTE)) is None
    assert sorted(at_once(8, lambda: kept.write(lambda c: flow_states.end(c, moved[0])))) == [False] * 7 + [True]


def test_a_session_is_known_by_its_cookie_until_it_ends(kept: Store) -> None:
    token, other = new_token(), new_token()
    session = kept.write(lambda c: sessions.begin(c, ENVIRONMENT, USER, token, {"amr": ["pwd"]}, now=NOW, lifetime=DAY))

    def of(text: str, now: int = NOW, environment: str = ENVIRONMENT) -> sessions.Session | None:
        return kept.read(lambda c: sessions.of_token(c, environment, text, now=now, idle=MINUTE))

    assert of(token) == session
    assert of(token, environment=new_id()) is None
    assert of(token, NOW + MINUTE) is None
    kept.write(lambda c: sessions.used(c, session.id, {"amr": ["pwd"], "clients": ["a"]}, now=NOW + MINUTE))
    assert of(token, NOW + MINUTE) is not None
    kept.write(lambda c: sessions.signed_on_again(c, session.id, other, {}, now=NOW + MINUTE))
    assert of(token, NOW + MINUTE) is None
    assert of(other, NOW + MINUTE) is not None
    assert kept.read(lambda c: sessions.get(c, ENVIRONMENT, session.id, now=NOW + DAY)) is None
    assert kept.write(lambda c: (sessions.end(c, session.id), sessions.end(c, session.id))) == (True, False)


def test_consent_grows_and_can_be_taken_back(kept: Store) -> None:
    def allow(*scopes: str) -> None:
        kept.write(lambda c: consents.allow(c, ENVIRONMENT, USER, APPLICATION, scopes, NOW))

    allow("openid", "profile")
    allow("email")
    assert kept.read(lambda c: consents.allowed(c, USER, APPLICATION)) == {"openid", "profile", "email"}
    assert kept.read(lambda c: consents.allowed(c, USER, OTHER)) == frozenset()
    kept.write(lambda c: consents.withdraw(c, USER, APPLICATION))
    assert kept.read(lambda c: consents.allowed(c, USER, APPLICATION)) == frozenset()


def test_what_has_expired_is_swept_away_and_nothing_else(kept: Store) -> None:
    token = started(kept)
    code = issued(kept)
    kept.write(lambda c: used_once.use(c, "old", NOW - 1))
    kept.write(lambda c: used_once.use(c, "young", NOW + DAY))
    assert kept.write(lambda c: sweep(c, NOW)) == 1
    assert not kept.write(lambda c: used_once.use(c, "young", NOW + DAY))
    assert rotated(kept, token).outcome == "rotated"
    assert redeemed(kept, code).outcome == "redeemed"
    assert kept.write(lambda c: sweep(c, NOW + 60 * DAY)) > 3
    assert kept.write(lambda c: sweep(c, NOW + 60 * DAY)) == 0
