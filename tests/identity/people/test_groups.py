"""Groups, groups within groups, populations and password policies."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection

from gatepost.identity import groups, memberships, password_policies, populations, users
from gatepost.identity.entity import Page
from gatepost.identity.groups import Group
from gatepost.identity.ids import new_id
from gatepost.identity.password_policy_shape import STANDARD
from gatepost.identity.refusals import Conflict, IdentityError, InvalidData, NotFound
from tests.identity.people.conftest import NOW, Home

T = TypeVar("T")


def write(home: Home, work: Callable[[Connection], T]) -> T:
    return home.store.write(work)


def group(home: Home, name: str, **more: Any) -> Group:
    return write(home, lambda c: groups.create(c, home.environment_id, {"name": name, **more}, NOW))


def test_a_group_is_made_changed_and_removed(home: Home) -> None:
    made = group(home, "g", description="d", customData={"a": [1]}, population={"id": home.population_id})
    environment = home.environment_id
    assert home.store.read(lambda c: groups.get(c, environment, made.id)) == made
    with pytest.raises(Conflict):
        group(home, "g")
    replaced = write(home, lambda c: groups.replace(c, environment, made.id, {"name": "h"}, NOW + 1))
    assert replaced.document == {"name": "h", "population": {"id": home.population_id}}
    patched = write(home, lambda c: groups.patch(c, environment, made.id, {"description": "e"}, NOW + 1))
    assert (patched.name, patched.document["description"]) == ("h", "e")
    write(home, lambda c: groups.remove(c, environment, made.id))
    with pytest.raises(NotFound):
        write(home, lambda c: groups.remove(c, environment, made.id))


@pytest.mark.parametrize(
    ("sent", "target"),
    [
        ({}, "name"),
        ({"name": "g", "population": {"id": "00000000-0000-4000-8000-000000000000"}}, "population.id"),
        ({"name": "g", "userFilter": 'username sw "a"'}, "userFilter"),
    ],
)
def test_a_group_that_cannot_be_is_refused(home: Home, sent: dict[str, Any], target: str) -> None:
    with pytest.raises(InvalidData) as refused:
        write(home, lambda c: groups.create(c, home.environment_id, sent, NOW))
    assert [each.target for each in refused.value.violations] == [target]


def test_groups_within_groups(home: Home) -> None:
    inner, middle, outer = (group(home, name) for name in ("inner", "middle", "outer"))
    environment = home.environment_id

    def within(one: Group, other: Group) -> Group:
        return write(home, lambda c: groups.add_parent(c, environment, one.id, {"id": other.id}))

    assert within(inner, middle) == middle
    within(middle, outer)
    with pytest.raises(Conflict):
        within(inner, middle)
    for one, other in ((inner, inner), (outer, inner), (outer, middle)):
        with pytest.raises(InvalidData, match="member of itself"):
            within(one, other)
    with pytest.raises(InvalidData, match="no such group"):
        write(home, lambda c: groups.add_parent(c, environment, inner.id, {"id": new_id()}))
    assert home.store.read(lambda c: groups.parents(c, environment, inner.id)).items == (middle,)
    assert home.store.read(lambda c: groups.parent(c, environment, inner.id, middle.id)) == middle
    counts = home.store.read(lambda c: groups.member_counts(c, [middle.id, inner.id]))
    assert counts == {middle.id: {"users": 0, "groups": 1}, inner.id: {"users": 0, "groups": 0}}
    write(home, lambda c: groups.remove_parent(c, environment, inner.id, middle.id))
    for work in (groups.remove_parent, groups.parent):
        with pytest.raises(NotFound):
            write(home, partial(work, environment_id=environment, group_id=inner.id, parent_id=middle.id))
    within(outer, inner)


def test_members_directly_and_through_groups(home: Home) -> None:
    inner, outer, other = (group(home, name) for name in ("inner", "outer", "other"))
    user = home.user()
    environment = home.environment_id
    write(home, lambda c: groups.add_parent(c, environment, inner.id, {"id": outer.id}))
    made = write(home, lambda c: memberships.add(c, environment, user.id, {"id": inner.id}, NOW))
    assert (made.group, made.type) == (inner, "DIRECT")
    with pytest.raises(Conflict):
        write(home, lambda c: memberships.add(c, environment, user.id, {"id": inner.id}, NOW))
    with pytest.raises(InvalidData):
        write(home, lambda c: memberships.add(c, environment, user.id, {"id": new_id()}, NOW))
    assert home.store.read(lambda c: memberships.group_names(c, user.id)) == ("inner", "outer")
    assert home.store.read(lambda c: memberships.group_ids(c, user.id)) == tuple(sorted([inner.id, outer.id]))
    assert home.store.read(lambda c: memberships.get(c, environment, user.id, outer.id)).type == "INDIRECT"
    first = home.store.read(lambda c: memberships.of_user(c, environment, user.id, Page(1)))
    rest = home.store.read(lambda c: memberships.of_user(c, environment, user.id, Page(1, first.after)))
    assert (first.total, rest.after) == (2, None)
    assert {each.group.name: each.type for each in first.items + rest.items} == {"inner": "DIRECT", "outer": "INDIRECT"}
    for wrong in (outer, other):
        with pytest.raises(NotFound):
            write(home, partial(memberships.remove, environment_id=environment, user_id=user.id, group_id=wrong.id))
    with pytest.raises(NotFound):
        home.store.read(lambda c: memberships.get(c, environment, user.id, other.id))
    write(home, lambda c: memberships.remove(c, environment, user.id, inner.id))
    assert home.store.read(lambda c: memberships.group_names(c, user.id)) == ()


def test_a_population_s_group_is_for_its_users(home: Home) -> None:
    other = write(home, lambda c: populations.create(c, home.environment_id, {"name": "Other"}, NOW))
    theirs = group(home, "g", population={"id": other.id})
    user = home.user()
    with pytest.raises(InvalidData, match="another population"):
        write(home, lambda c: memberships.add(c, home.environment_id, user.id, {"id": theirs.id}, NOW))


# ── Populations ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_population_has_what_pingone_gives_one(home: Home) -> None:
    made = write(home, lambda c: populations.create(c, home.environment_id, {"name": "p", "description": "d"}, NOW))
    expected = {"name": "p", "description": "d", "default": False, "preferredLanguage": "en"}
    assert made.document == expected
    assert home.store.read(lambda c: populations.get(c, home.environment_id, made.id)) == made
    with pytest.raises(Conflict):
        write(home, lambda c: populations.create(c, home.environment_id, {"name": "p"}, NOW))
    missing = {"name": "q", "passwordPolicy": {"id": new_id()}}
    with pytest.raises(InvalidData) as refused:
        write(home, lambda c: populations.create(c, home.environment_id, missing, NOW))
    assert refused.value.violations[0].target == "passwordPolicy.id"


@pytest.mark.parametrize("room", [populations, password_policies])
def test_there_is_one_default(home: Home, room: Any) -> None:
    environment = home.environment_id
    again = write(home, lambda c: room.create_default(c, environment, NOW))
    (first,) = home.store.read(lambda c: room.listed(c, environment)).items
    assert again == first
    other = write(home, lambda c: room.create(c, environment, {"name": "x"}, NOW))
    write(home, lambda c: room.patch(c, environment, other.id, {"default": True}, NOW))
    assert not home.store.read(lambda c: room.get(c, environment, first.id)).default
    third = write(home, lambda c: room.create(c, environment, {"name": "y", "default": True}, NOW))
    defaults = [each.id for each in home.store.read(lambda c: room.listed(c, environment)).items if each.default]
    assert defaults == [third.id]
    with pytest.raises(InvalidData, match="default instead"):
        write(home, lambda c: room.replace(c, environment, third.id, {"name": "y"}, NOW))
    with pytest.raises(Conflict, match="cannot be deleted"):
        write(home, lambda c: room.remove(c, environment, third.id))
    write(home, lambda c: room.remove(c, environment, other.id))
    with pytest.raises(NotFound):
        write(home, lambda c: room.remove(c, environment, other.id))


def test_a_population_with_users_cannot_be_deleted(home: Home) -> None:
    other = write(home, lambda c: populations.create(c, home.environment_id, {"name": "Other"}, NOW))
    user = home.user(population={"id": other.id})
    with pytest.raises(Conflict, match="has users"):
        write(home, lambda c: populations.remove(c, home.environment_id, other.id))
    write(home, lambda c: users.remove(c, home.environment_id, user.id))
    write(home, lambda c: populations.remove(c, home.environment_id, other.id))


def test_without_a_default_population_a_user_has_to_name_one(home: Home) -> None:
    from tests.identity.people.conftest import environment

    other = write(home, environment)
    with pytest.raises(InvalidData, match="no default population"):
        write(home, lambda c: users.create(c, other, {"username": "u"}, NOW))
    assert write(home, lambda c: populations.create_default(c, other, NOW)).default


# ── Password policies ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_standard_policy_is_its_own_shape(home: Home) -> None:
    (standard,) = home.store.read(lambda c: password_policies.listed(c, home.environment_id)).items
    assert standard.document == STANDARD
    replaced = write(
        home, lambda c: password_policies.replace(c, home.environment_id, standard.id, dict(standard.document), NOW)
    )
    assert replaced.document == standard.document


def test_a_policy_that_a_population_uses_cannot_be_deleted(home: Home) -> None:
    def work(connection: Connection) -> tuple[str, str]:
        policy = password_policies.create(connection, home.environment_id, {"name": "p"}, NOW)
        sent = {"name": "x", "passwordPolicy": {"id": policy.id}}
        return policy.id, populations.create(connection, home.environment_id, sent, NOW).id

    policy_id, population_id = write(home, work)
    with pytest.raises(Conflict, match="uses the password policy"):
        write(home, lambda c: password_policies.remove(c, home.environment_id, policy_id))
    patched = write(
        home, lambda c: populations.patch(c, home.environment_id, population_id, {"passwordPolicy": None}, NOW)
    )
    assert patched.password_policy_id is None
    write(home, lambda c: password_policies.remove(c, home.environment_id, policy_id))


def test_without_any_policy_the_standard_one_holds(home: Home) -> None:
    effective = home.store.read(lambda c: password_policies.effective(c, new_id(), None))
    assert effective.document == STANDARD
    gone = home.store.read(lambda c: password_policies.effective(c, home.environment_id, new_id()))
    assert gone.default


@pytest.mark.parametrize("room", [groups, populations, password_policies])
def test_nothing_is_found_from_another_environment(home: Home, room: Any) -> None:
    made = write(home, lambda c: room.create(c, home.environment_id, {"name": "n"}, NOW))
    for work in (
        lambda c: room.get(c, new_id(), made.id),
        lambda c: room.patch(c, new_id(), made.id, {}, NOW),
        lambda c: room.remove(c, new_id(), made.id),
    ):
        with pytest.raises(IdentityError):
            write(home, work)
