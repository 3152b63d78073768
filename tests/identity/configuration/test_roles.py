"""Who may do what with the platform's API."""

from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from gatepost.identity import populations, role_assignments, roles, users
from gatepost.identity.entity import Page
from gatepost.identity.ids import new_id
from gatepost.identity.permissions import Permissions, may_assign, permissions
from gatepost.identity.refusals import Conflict, InvalidData, NotFound
from gatepost.identity.role_assignments import RoleAssignment
from gatepost.identity.roles import Role, ScopeType
from gatepost.identity.store import tables
from tests.identity.configuration.conftest import NOW, Configured

ORGANIZATION, ENVIRONMENT, POPULATION, APPLICATION = new_id(), new_id(), new_id(), new_id()


def body(role: Role, scope_type: str, scope_id: str) -> dict[str, Any]:
    return {"role": {"id": role.id}, "scope": {"type": scope_type, "id": scope_id}}


def given(role: Role, scope_type: ScopeType, scope_id: str) -> RoleAssignment:
    return RoleAssignment(new_id(), ENVIRONMENT, {}, NOW, NOW, new_id(), "USER", role.id, scope_type, scope_id)


def may(*assignments: RoleAssignment) -> Permissions:
    return permissions(assignments, ENVIRONMENT, ORGANIZATION)


def test_roles_are_the_same_on_every_server() -> None:
    assert roles.ENVIRONMENT_ADMIN.id == "6922fdc0-48df-50ed-936f-5cb154abd8e6"
    assert len(roles.CATALOG) == 7
    for role in roles.CATALOG.values():
        assert roles.get(role.id) == roles.by_name(role.name) == role
        assert role.can_assign <= {each.name for each in roles.CATALOG.values()}
    for find in (roles.get, roles.by_name):
        with pytest.raises(NotFound):
            find("nothing")


@pytest.mark.parametrize(
    ("role", "permitted", "refused"),
    [
        (roles.ORGANIZATION_ADMIN, "orgmgt:create:environment", "dir:read:user"),
        (roles.ENVIRONMENT_ADMIN, "applications:create:application", "dir:set:userPassword"),
        (roles.IDENTITY_DATA_ADMIN, "dir:set:userPassword", "applications:read:application"),
        (roles.IDENTITY_DATA_READ_ONLY, "dir:read:user", "dir:update:user"),
        (roles.CLIENT_APPLICATION_DEVELOPER, "resources:create:scope", "certmgt:read:key"),
        (roles.APPLICATION_OWNER, "applications:update:application", "applications:create:application"),
        (roles.CONFIGURATION_READ_ONLY, "authn:read:signOnPolicy", "applications:read:secret"),
    ],
    ids=lambda value: value.name if isinstance(value, Role) else None,
)
def test_a_role_permits_what_it_is_for(role: Role, permitted: str, refused: str) -> None:
    assert permitted in role.permissions
    assert refused in roles.PERMISSIONS - role.permissions


def test_who_only_reads_changes_nothing() -> None:
    for role in (roles.CONFIGURATION_READ_ONLY, roles.IDENTITY_DATA_READ_ONLY):
        assert {each.split(":")[1] for each in role.permissions} == {"read"}


def test_a_role_reaches_as_far_as_it_is_given_for() -> None:
    admin, read = roles.IDENTITY_DATA_ADMIN, "dir:read:user"
    assert may(given(admin, "ORGANIZATION", ORGANIZATION)).allow(read)
    assert may(given(admin, "ENVIRONMENT", ENVIRONMENT)).allow(read)
    assert not may(given(admin, "ORGANIZATION", new_id()))
    assert not may(given(admin, "ENVIRONMENT", new_id()))
    assert not may(given(admin, "ENVIRONMENT", ORGANIZATION))
    narrow = may(given(admin, "POPULATION", POPULATION))
    assert not narrow.allow(read)
    assert not narrow.allow(read, population_id=new_id())
    assert not narrow.allow(read, application_id=POPULATION)
    assert narrow.allow(read, population_id=POPULATION)
    assert narrow.populations(read) == frozenset({POPULATION})
    assert narrow.applications(read) == frozenset()
    assert may(given(admin, "ENVIRONMENT", ENVIRONMENT)).populations(read) is None
    assert may().populations(read) == frozenset()
    assert not may()
    owner = may(given(roles.APPLICATION_OWNER, "APPLICATION", APPLICATION))
    assert owner.allow("applications:update:application", application_id=APPLICATION)
    assert owner.applications("applications:update:application") == frozenset({APPLICATION})
    assert not owner.allow("applications:update:application", application_id=new_id())
    assert not owner.allow("applications:delete:application", application_id=APPLICATION)


def test_nothing_is_permitted_by_a_role_that_is_not_known() -> None:
    unknown = RoleAssignment(
        new_id(), ENVIRONMENT, {}, NOW, NOW, new_id(), "USER", new_id(), "ENVIRONMENT", ENVIRONMENT
    )
    assert not may(unknown)
    assert unknown.role is None


def test_nobody_gives_more_than_they_may() -> None:
    within: list[tuple[ScopeType, str]] = [("ENVIRONMENT", ENVIRONMENT), ("ORGANIZATION", ORGANIZATION)]
    population: list[tuple[ScopeType, str]] = [("POPULATION", POPULATION), *within]
    organization_admin = [given(roles.ORGANIZATION_ADMIN, "ORGANIZATION", ORGANIZATION)]
    environment_admin = [given(roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", ENVIRONMENT)]
    population_admin = [given(roles.IDENTITY_DATA_ADMIN, "POPULATION", POPULATION)]
    assert may_assign(organization_admin, roles.ENVIRONMENT_ADMIN, within)
    assert not may_assign(organization_admin, roles.IDENTITY_DATA_ADMIN, within)
    assert may_assign(environment_admin, roles.IDENTITY_DATA_ADMIN, population)
    assert not may_assign(environment_admin, roles.ORGANIZATION_ADMIN, [("ORGANIZATION", ORGANIZATION)])
    assert not may_assign(environment_admin, roles.ENVIRONMENT_ADMIN, [("ORGANIZATION", ORGANIZATION)])
    assert not may_assign(environment_admin, roles.ENVIRONMENT_ADMIN, [("ENVIRONMENT", new_id())])
    assert may_assign(population_admin, roles.IDENTITY_DATA_READ_ONLY, population)
    assert not may_assign(population_admin, roles.IDENTITY_DATA_READ_ONLY, within)
    assert not may_assign([], roles.IDENTITY_DATA_READ_ONLY, population)


def test_a_role_is_given_listed_and_taken_away(configured: Configured) -> None:
    environment, actor = configured.environment_id, configured.application().id
    sent = body(roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", environment)

    def create(sent: Any, actor_id: str = actor) -> RoleAssignment:
        return configured.write(lambda c: role_assignments.create(c, environment, "APPLICATION", actor_id, sent, NOW))

    made = create(sent)
    assert made.document == {**sent, "readOnly": False}
    assert made.role == roles.ENVIRONMENT_ADMIN
    with pytest.raises(Conflict):
        create(sent)
    listed = configured.read(lambda c: role_assignments.listed(c, environment, "APPLICATION", actor, Page()))
    assert listed.items == (made,)
    for wrong, target in (
        (body(roles.ORGANIZATION_ADMIN, "ENVIRONMENT", environment), "scope.type"),
        (body(roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", new_id()), "scope.id"),
        ({**sent, "role": {"id": new_id()}}, "role.id"),
        ({"role": sent["role"]}, "scope"),
        (body(roles.ENVIRONMENT_ADMIN, "PLANET", environment), "scope.type"),
    ):
        with pytest.raises(InvalidData) as caught:
            create(wrong)
        assert [each.target for each in caught.value.violations] == [target]
    with pytest.raises(NotFound):
        create(sent, new_id())
    configured.write(lambda c: role_assignments.remove(c, environment, actor, made.id))
    with pytest.raises(NotFound):
        configured.write(lambda c: role_assignments.remove(c, environment, actor, made.id))


def test_users_have_the_roles_of_their_groups_and_of_the_groups_above(configured: Configured) -> None:
    environment = configured.environment_id
    ids = {name: new_id() for name in ("child", "parent", "grandparent", "other")}

    def work(connection: Connection) -> str:
        user = users.create(connection, environment, {"username": "ann"}, NOW)
        for name, group_id in ids.items():
            row = {"id": group_id, "environment_id": environment, "name": name, "document": {}}
            connection.execute(insert(tables.groups).values(**row, created_at=NOW, updated_at=NOW))
        # a ring: the walk ends all the same
        for low, high in (("child", "parent"), ("parent", "grandparent"), ("grandparent", "child")):
            connection.execute(insert(tables.group_parents).values(group_id=ids[low], parent_id=ids[high]))
        connection.execute(insert(tables.memberships).values(user_id=user.id, group_id=ids["child"], created_at=NOW))
        for name, role in (
            ("child", roles.ENVIRONMENT_ADMIN),
            ("grandparent", roles.IDENTITY_DATA_ADMIN),
            ("other", roles.CONFIGURATION_READ_ONLY),
        ):
            sent = body(role, "ENVIRONMENT", environment)
            role_assignments.create(connection, environment, "GROUP", ids[name], sent, NOW)
        own = body(roles.CLIENT_APPLICATION_DEVELOPER, "ENVIRONMENT", environment)
        role_assignments.create(connection, environment, "USER", user.id, own, NOW)
        return user.id

    user_id = configured.write(work)
    found = configured.read(lambda c: role_assignments.of_actor(c, user_id))
    assert {each.role_id for each in found} == {
        roles.ENVIRONMENT_ADMIN.id,
        roles.IDENTITY_DATA_ADMIN.id,
        roles.CLIENT_APPLICATION_DEVELOPER.id,
    }


def test_what_a_role_is_given_for_stands_in_its_environment_and_organization(configured: Configured) -> None:
    environment = configured.environment_id

    def work(connection: Connection) -> list[Any]:
        population = populations.default_of(connection, environment)
        assert population is not None
        organization = connection.execute(select(tables.organizations.c.id)).scalar_one()
        wide = [("ENVIRONMENT", environment), ("ORGANIZATION", organization)]
        return [
            role_assignments.within(connection, "POPULATION", population.id) == (("POPULATION", population.id), *wide),
            role_assignments.within(connection, "ENVIRONMENT", environment) == tuple(wide),
            role_assignments.within(connection, "ORGANIZATION", organization) == (wide[1],),
            role_assignments.within(connection, "POPULATION", environment) == (("POPULATION", environment),),
        ]

    assert configured.read(work) == [True] * 4
