"""Environments, and the organizations that they belong to."""

from typing import Any

import pytest
from sqlalchemy import Connection, select

from gatepost.identity import (
    environments,
    organizations,
    password_policies,
    populations,
    role_assignments,
    roles,
    signing_keys,
)
from gatepost.identity.entity import Page
from gatepost.identity.environments import Environment
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, NotFound
from gatepost.identity.store import tables
from tests.identity.configuration.conftest import NOW, SEALING, Configured, new_keys


def create(configured: Configured, sent: Any, **more: Any) -> Environment:
    return configured.write(
        lambda c: environments.create(c, configured.organization_id, sent, NOW, SEALING, keys=new_keys(3), **more)
    )


def test_a_new_environment_is_whole(configured: Configured) -> None:
    environment = configured.environment_id

    def look(connection: Connection) -> tuple[Any, ...]:
        found = environments.get(connection, environment)
        keys = signing_keys.listed(connection, environment, Page()).items
        population = populations.default_of(connection, environment)
        policies = password_policies.listed(connection, environment).items
        return found, sorted(each.status for each in keys), population, [each.document["name"] for each in policies]

    found, statuses, population, policies = configured.read(look)
    assert found.document == {
        "name": "Shop",
        "type": "SANDBOX",
        "region": "NA",
        "accessTokenType": "JWT",
        "organization": {"id": configured.organization_id},
    }
    assert (found.id, found.environment_id, found.at_jwt) == (environment, environment, False)
    assert statuses == ["CURRENT", "NEXT"]
    assert population is not None
    assert policies == ["Standard"]


def test_who_makes_an_environment_administers_it(configured: Configured) -> None:
    actor = configured.application().id
    made = create(configured, {"name": "New"}, actor=("APPLICATION", configured.environment_id, actor))
    found = configured.read(lambda c: role_assignments.of_actor(c, actor))
    assert {(each.scope_type, each.scope_id) for each in found} == {("ENVIRONMENT", made.id)}
    assert {each.role_id for each in found} == {
        roles.ENVIRONMENT_ADMIN.id,
        roles.IDENTITY_DATA_ADMIN.id,
        roles.CLIENT_APPLICATION_DEVELOPER.id,
    }
    configured.write(lambda c: environments.remove(c, made.id))
    assert configured.read(lambda c: role_assignments.of_actor(c, actor)) == ()


def test_names_are_unique_in_an_organization(configured: Configured) -> None:
    with pytest.raises(Conflict):
        create(configured, {"name": "Shop"})
    other = create(configured, {"name": "Other"})
    with pytest.raises(Conflict):
        configured.write(lambda c: environments.patch(c, other.id, {"name": "Shop"}, NOW))
    elsewhere = configured.write(lambda c: organizations.create(c, {"name": "Second"}, NOW))
    again = configured._replace(organization_id=elsewhere.id)
    assert create(again, {"name": "Shop"}).organization_id == elsewhere.id


def test_an_environment_changes_and_goes_with_everything_in_it(configured: Configured) -> None:
    environment = configured.environment_id
    configured.application()
    patched = configured.write(lambda c: environments.patch(c, environment, {"accessTokenType": "AT_JWT"}, NOW + 1))
    assert (patched.at_jwt, patched.name, patched.updated_at) == (True, "Shop", NOW + 1)
    assert configured.read(lambda c: c.execute(select(tables.environments.c.document)).scalar_one()) == {
        "name": "Shop",
        "type": "SANDBOX",
        "region": "NA",
        "accessTokenType": "AT_JWT",
    }
    replaced = configured.write(lambda c: environments.replace(c, environment, {"name": "New"}, NOW + 2))
    assert (replaced.at_jwt, replaced.name) == (False, "New")
    for change in ({"region": "EU"}, {"name": None}, {"accessTokenType": "PASETO"}, {"type": "OTHER"}):
        with pytest.raises(InvalidData):
            configured.write(lambda c, sent=change: environments.patch(c, environment, sent, NOW))  # type: ignore[misc]
    other = configured.other()
    configured.write(lambda c: environments.remove(c, environment))
    for table in (tables.applications, tables.keys, tables.scopes, tables.secrets, tables.attributes, tables.users):
        found = configured.read(
            lambda c, table=table: set(c.execute(select(table.c.environment_id)).scalars())  # type: ignore[misc]
        )
        assert found <= {other.environment_id}
    with pytest.raises(NotFound):
        configured.write(lambda c: environments.remove(c, environment))
    with pytest.raises(NotFound):
        configured.write(lambda c: environments.patch(c, environment, {}, NOW))


def test_environments_are_listed_as_far_as_somebody_may_see_them(configured: Configured) -> None:
    other = configured.other().environment_id
    page = Page()
    everything = configured.read(lambda c: environments.listed(c, page))
    assert {each.id for each in everything.items} == {configured.environment_id, other}
    some = configured.read(lambda c: environments.listed(c, page, ids=frozenset({other})))
    assert ([each.id for each in some.items], some.total) == ([other], 1)
    assert configured.read(lambda c: environments.listed(c, page, ids=frozenset())).items == ()
    assert configured.read(lambda c: environments.listed(c, page, organization_id=new_id())).items == ()


def test_organizations_are_found(configured: Configured) -> None:
    (made,) = configured.read(lambda c: organizations.listed(c, Page())).items
    assert (made.id, made.name) == (configured.organization_id, "Example")
    assert configured.read(lambda c: organizations.get(c, made.id)) == made
    with pytest.raises(NotFound):
        configured.read(lambda c: organizations.get(c, new_id()))
    with pytest.raises(InvalidData):
        configured.write(lambda c: organizations.create(c, {}, NOW))
    with pytest.raises(NotFound):
        configured.write(lambda c: environments.create(c, new_id(), {"name": "x"}, NOW, SEALING, keys=[]))
