"""Applications are kept with what belongs to them."""

from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from gatepost.identity import (
    applications,
    attributes,
    client_secrets,
    grants,
    role_assignments,
    roles,
    sign_on_policy_assignments,
)
from gatepost.identity.entity import Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, NotFound
from gatepost.identity.store import tables
from tests.identity.configuration.conftest import NOW, SEALING, WEB_APP, Configured


def test_a_new_application_has_a_secret_and_the_attribute_sub(configured: Configured) -> None:
    made = configured.application(redirectUris=["https://app.example/cb"])
    assert (made.name, made.enabled, made.type) == ("Shop", True, "WEB_APP")
    assert made.grant_types == {"AUTHORIZATION_CODE"}
    assert made.redirects_to("https://app.example/cb")
    assert not made.redirects_to("https://app.example/cb/")
    assert not made.signs_off_to("https://app.example/cb")
    secret = configured.read(lambda c: client_secrets.current(c, SEALING, made.id))
    assert len(secret.value) == client_secrets.LENGTH
    (sub,) = configured.read(lambda c: attributes.listed(c, configured.environment_id, made.id, Page())).items
    assert sub.document == {
        "name": "sub",
        "value": "${user.id}",
        "required": True,
        "idToken": True,
        "userInfo": True,
        "mappingType": "CORE",
    }


def test_names_are_unique_in_an_environment_and_things_stay_within_it(configured: Configured) -> None:
    made, other = configured.application(), configured.other()
    with pytest.raises(Conflict) as caught:
        configured.application()
    assert [(each.code, each.target) for each in caught.value.violations] == [("UNIQUENESS_VIOLATION", "name")]
    other.application()
    second = configured.application(name="Second")
    with pytest.raises(Conflict):
        configured.write(
            lambda c: applications.patch(c, configured.environment_id, second.id, {"name": "Shop"}, NOW + 1)
        )
    assert configured.read(lambda c: applications.get(c, configured.environment_id, second.id)) == second
    for wrong in (new_id(), other.environment_id):
        with pytest.raises(NotFound):
            configured.read(lambda c, wrong=wrong: applications.get(c, wrong, made.id))  # type: ignore[misc]
        with pytest.raises(NotFound):
            configured.write(lambda c, wrong=wrong: applications.remove(c, wrong, made.id))  # type: ignore[misc]


def test_put_clears_what_is_left_out_and_patch_keeps_it(configured: Configured) -> None:
    made = configured.application(description="before", parTimeout=30, redirectUris=["https://app.example/cb"])
    environment = configured.environment_id
    patched = configured.write(
        lambda c: applications.patch(c, environment, made.id, {"parTimeout": 40, "description": None}, NOW + 1)
    )
    assert (patched.par_timeout, patched.redirect_uris) == (40, made.redirect_uris)
    assert "description" not in patched.document
    assert (patched.created_at, patched.updated_at) == (NOW, NOW + 1)
    assert patched.document["grantTypes"] == made.document["grantTypes"]
    replaced = configured.write(
        lambda c: applications.replace(c, environment, made.id, {**WEB_APP, "name": "New"}, NOW + 2)
    )
    assert (replaced.name, replaced.par_timeout, replaced.redirect_uris) == ("New", 60, ())
    for change in ({"type": "WORKER"}, {"protocol": "SAML"}, {"name": None}, {"responseTypes": ["TOKEN"]}):
        with pytest.raises(InvalidData):
            configured.write(lambda c, sent=change: applications.patch(c, environment, made.id, sent, NOW + 3))  # type: ignore[misc]
    bodies: tuple[object, ...] = (None, [], "text")
    for body in bodies:
        with pytest.raises(InvalidData):
            configured.write(lambda c, sent=body: applications.replace(c, environment, made.id, sent, NOW + 3))  # type: ignore[misc]


def test_a_grant_type_changes_together_with_its_response_types(configured: Configured) -> None:
    made = configured.application()
    sent = {"grantTypes": ["IMPLICIT"], "responseTypes": None}
    patched = configured.write(lambda c: applications.patch(c, configured.environment_id, made.id, sent, NOW + 1))
    assert patched.response_types == {"TOKEN", "ID_TOKEN"}


def test_groups_that_control_access_are_there(configured: Configured) -> None:
    group = {"type": "ANY_GROUP", "groups": [{"id": new_id()}]}
    with pytest.raises(InvalidData) as caught:
        configured.application(accessControl={"group": group})
    assert [(each.code, each.target) for each in caught.value.violations] == [
        ("REFERENCE_NOT_FOUND", "accessControl.group.groups[0].id")
    ]


def test_what_goes_with_an_application_goes_with_it(configured: Configured) -> None:
    environment = configured.environment_id
    resource = configured.resource()
    scope = configured.scope(resource, "read")
    made, kept = configured.application(), configured.application(name="Kept")
    sent = {"resource": {"id": resource.id}, "scopes": [{"id": scope.id}]}
    role = {"role": {"id": roles.ENVIRONMENT_ADMIN.id}, "scope": {"id": environment, "type": "ENVIRONMENT"}}

    def work(connection: Connection) -> None:
        policy = connection.execute(select(tables.sign_on_policies.c.id)).scalars().first()
        for each in (made, kept):
            grants.create(connection, environment, each.id, sent, NOW)
            role_assignments.create(connection, environment, "APPLICATION", each.id, role, NOW)
            asks = {"priority": 1, "signOnPolicy": {"id": policy}}
            sign_on_policy_assignments.create(connection, environment, each.id, asks, NOW)

    def counted(connection: Connection) -> list[int]:
        found = []
        for table, column, value in (
            (tables.attributes, "owner_id", made.id),
            (tables.secrets, "owner_id", made.id),
            (tables.role_assignments, "actor_id", made.id),
            (tables.grants, "application_id", made.id),
            (tables.sign_on_policy_assignments, "application_id", made.id),
        ):
            wanted = select(func.count()).select_from(table).where(table.c[column] == value)
            found.append(connection.execute(wanted).scalar_one())
        return found

    configured.write(work)
    assert configured.read(counted) == [1, 1, 1, 1, 1]
    configured.write(lambda c: applications.remove(c, environment, made.id))
    assert configured.read(counted) == [0, 0, 0, 0, 0]
    assert configured.read(lambda c: grants.listed(c, environment, kept.id, Page())).total == 1


def test_an_application_may_get_the_roles_of_who_makes_it(configured: Configured) -> None:
    environment, actor = configured.environment_id, configured.application()
    role = {"role": {"id": roles.ENVIRONMENT_ADMIN.id}, "scope": {"id": environment, "type": "ENVIRONMENT"}}
    configured.write(lambda c: role_assignments.create(c, environment, "APPLICATION", actor.id, role, NOW))

    def made(name: str, assign: bool) -> list[Any]:
        sent = {**WEB_APP, "name": name, "assignActorRoles": assign}
        new = configured.write(lambda c: applications.create(c, environment, sent, NOW, SEALING, actor_id=actor.id))
        return [each.document for each in configured.read(lambda c: role_assignments.of_actor(c, new.id))]

    assert made("with", True) == [{**role, "readOnly": False}]
    assert made("without", False) == []


def test_a_list_is_read_page_by_page(configured: Configured) -> None:
    made = sorted(configured.application(name=f"A{number}").id for number in range(5))
    seen: list[str] = []
    after: str | None = None
    while True:
        page = Page(2, after)
        found = configured.read(lambda c, page=page: applications.listed(c, configured.environment_id, page))  # type: ignore[misc]
        assert found.total == 5
        seen.extend(each.id for each in found.items)
        after = found.after
        if after is None:
            break
    assert seen == made


def test_identifiers_and_secrets_may_be_given(configured: Configured) -> None:
    wanted = new_id()
    made = configured.write(
        lambda c: applications.create(
            c, configured.environment_id, WEB_APP, NOW, SEALING, application_id=wanted, secret="given" * 10
        )
    )
    assert made.id == wanted
    assert configured.read(lambda c: client_secrets.current(c, SEALING, wanted)).value == "given" * 10
