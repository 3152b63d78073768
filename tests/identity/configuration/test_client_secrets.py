"""Secrets are sealed, rotated, and good together with the one before for a while."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gatepost.identity import client_secrets, times
from gatepost.identity.client_secrets import ALPHABET, LENGTH, Secret, generate, matches
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import InvalidData, NotFound
from gatepost.identity.store import tables
from tests.identity.configuration.conftest import NOW, SEALING, Configured

MINUTE, DAY = 60_000, 86_400_000


def until(at: int) -> dict[str, Any]:
    return {"previous": {"expiresAt": times.write(at)}}


def test_a_secret_is_long_enough_for_every_hash_and_of_the_alphabet() -> None:
    made = {generate() for _ in range(50)}
    assert len(made) == 50
    assert all(len(each) == LENGTH == 64 and set(each) <= set(ALPHABET) for each in made)


def test_a_secret_is_kept_sealed(configured: Configured) -> None:
    made = configured.application()
    value = configured.read(lambda c: client_secrets.current(c, SEALING, made.id)).value
    rows = configured.read(lambda c: c.execute(select(tables.secrets)).all())
    assert rows
    assert all(value not in str(row) for row in rows)


def test_the_secret_before_is_good_until_its_time(configured: Configured) -> None:
    owner = configured.application().id
    first = configured.read(lambda c: client_secrets.current(c, SEALING, owner)).value
    second = configured.write(lambda c: client_secrets.rotate(c, SEALING, owner, until(NOW + DAY), NOW))
    assert second.value != first
    assert second.previous == first
    kept = configured.read(lambda c: client_secrets.current(c, SEALING, owner))
    assert kept == second
    assert matches(kept, second.value, NOW) == "current"
    assert matches(kept, first, NOW + DAY - 1) == "previous"
    assert matches(kept, first, NOW + DAY) is None
    assert kept.good(NOW + DAY) == (second.value,)
    assert configured.read(lambda c: client_secrets.current(c, SEALING, owner, NOW + DAY)).previous is None
    third = configured.write(lambda c: client_secrets.rotate(c, SEALING, owner, None, NOW))
    assert third.previous is None
    assert matches(third, second.value, NOW) is None


def test_the_secret_before_can_be_ended(configured: Configured) -> None:
    owner = configured.resource().id
    configured.write(lambda c: client_secrets.rotate(c, SEALING, owner, until(NOW + DAY), NOW))
    configured.write(lambda c: client_secrets.remove_previous(c, owner))
    assert configured.read(lambda c: client_secrets.current(c, SEALING, owner)).previous is None
    with pytest.raises(NotFound):
        configured.write(lambda c: client_secrets.remove_previous(c, new_id()))
    with pytest.raises(NotFound):
        configured.write(lambda c: client_secrets.rotate(c, SEALING, new_id(), None, NOW))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (until(NOW + MINUTE - 1), "INVALID_VALUE"),
        (until(NOW + 30 * DAY + 1), "INVALID_VALUE"),
        (until(NOW - DAY), "INVALID_VALUE"),
        ({"previous": {"expiresAt": "tomorrow"}}, "INVALID_VALUE"),
        ({"previous": {"expiresAt": NOW + DAY}}, "INVALID_VALUE"),
        ({"previous": {}}, "REQUIRED_VALUE"),
        ({"previous": "x"}, "REQUIRED_VALUE"),
    ],
)
def test_the_secret_before_is_good_for_a_minute_to_30_days(sent: object, code: str) -> None:
    with pytest.raises(InvalidData) as caught:
        client_secrets._previous_until(sent, NOW)
    assert [(each.code, each.target) for each in caught.value.violations] == [(code, "previous.expiresAt")]


@pytest.mark.parametrize("sent", [None, {}, {"previous": None}, until(NOW + MINUTE), until(NOW + 30 * DAY)])
def test_a_secret_may_end_at_once_or_at_a_time(sent: object) -> None:
    assert client_secrets._previous_until(sent, NOW) in {None, NOW + MINUTE, NOW + 30 * DAY}


def test_it_is_noted_now_and_then_that_the_secret_before_was_used(configured: Configured) -> None:
    owner = configured.application().id

    def used(at: int) -> int | None:
        configured.write(lambda c: client_secrets.previous_used(c, owner, at))
        return configured.read(lambda c: client_secrets.current(c, SEALING, owner)).previous_used_at

    assert used(NOW) is None
    configured.write(lambda c: client_secrets.rotate(c, SEALING, owner, until(NOW + DAY), NOW))
    assert used(NOW + 1) == NOW + 1
    assert used(NOW + 3_600_000) == NOW + 1
    assert used(NOW + 3_600_001) == NOW + 3_600_001


@given(st.text(max_size=80))
def test_no_other_text_matches(text: str) -> None:
    secret = Secret(new_id(), "current-secret", "previous-secret", NOW, None, NOW)
    assert matches(secret, text, NOW - 1) is None or text in {"current-secret", "previous-secret"}


def test_a_secret_is_not_shown() -> None:
    assert "hidden" not in repr(Secret(new_id(), "hidden", "hidden", NOW, None, NOW))


@given(st.integers(0, 253_402_300_799_999))
def test_times_are_read_as_they_are_written(milliseconds: int) -> None:
    assert times.read(times.write(milliseconds)) == milliseconds


def test_a_time_is_written_as_pingone_writes_it() -> None:
    assert times.write(1_774_283_879_659) == "2026-03-23T16:37:59.659Z"
    assert times.read("2026-03-23T18:37:59.659+02:00") == 1_774_283_879_659
    for text in (None, 5, "", "2026-03-23", "2026-03-23T16:37:59", "2026-13-23T16:37:59Z", "T" * 50, "\0T"):
        assert times.read(text) is None
