"""Which scopes an application may ask for."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from gatepost.identity import grants, resources, scopes
from gatepost.identity.entity import Page
from gatepost.identity.grants import Grant
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, NotFound
from gatepost.identity.resources import Resource
from gatepost.identity.scopes import Scope
from tests.identity.configuration.conftest import NOW, WORKER, Configured


def body(resource: Resource, *of: Scope) -> dict[str, Any]:
    return {"resource": {"id": resource.id}, "scopes": [{"id": each.id} for each in of]}


def create(configured: Configured, application_id: str, sent: Any) -> Grant:
    return configured.write(lambda c: grants.create(c, configured.environment_id, application_id, sent, NOW))


def told(configured: Configured, application_id: str, sent: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidData) as caught:
        create(configured, application_id, sent)
    return [(each.code, each.target) for each in caught.value.violations]


def test_the_grant_of_the_workflow(configured: Configured) -> None:
    application, resource = configured.application(), configured.resource()
    scope = configured.scope(resource, "read")
    made = create(configured, application.id, body(resource, scope))
    assert made.document == body(resource, scope)
    assert (made.application_id, made.resource_id, made.scope_ids) == (application.id, resource.id, (scope.id,))
    listed = configured.read(lambda c: grants.listed(c, configured.environment_id, application.id, Page()))
    assert listed.items == (made,)


def test_a_resource_is_granted_once(configured: Configured) -> None:
    application, resource = configured.application(), configured.resource()
    one, two = configured.scope(resource, "one"), configured.scope(resource, "two")
    create(configured, application.id, body(resource, one))
    with pytest.raises(Conflict):
        create(configured, application.id, body(resource, two))


def test_scopes_have_different_names_across_grants(configured: Configured) -> None:
    application, first, second = configured.application(), configured.resource(), configured.resource("Second")
    read, same, other = (
        configured.scope(first, "read"),
        configured.scope(second, "read"),
        configured.scope(second, "write"),
    )
    create(configured, application.id, body(first, read))
    sent = body(second, other, same)
    assert told(configured, application.id, sent) == [("INVALID_VALUE", "scopes[1].id")]
    made = create(configured, application.id, body(second, other))
    with pytest.raises(InvalidData):
        configured.write(lambda c: grants.replace(c, configured.environment_id, application.id, made.id, sent, NOW))


def test_what_a_grant_refers_to_is_there(configured: Configured) -> None:
    application, resource, elsewhere = configured.application(), configured.resource(), configured.other()
    scope, other = configured.scope(resource, "read"), configured.resource("Other")
    foreign = elsewhere.resource()
    sent = body(resource, scope)
    assert told(configured, application.id, {**sent, "resource": {"id": new_id()}}) == [
        ("REFERENCE_NOT_FOUND", "resource.id")
    ]
    assert told(configured, application.id, {**sent, "resource": {"id": foreign.id}}) == [
        ("REFERENCE_NOT_FOUND", "resource.id")
    ]
    assert told(configured, application.id, body(other, scope)) == [("REFERENCE_NOT_FOUND", "scopes[0].id")]
    assert told(configured, application.id, {**sent, "scopes": []}) == [("EMPTY_VALUE", "scopes")]
    assert told(configured, application.id, {}) == [("REQUIRED_VALUE", "resource"), ("REQUIRED_VALUE", "scopes")]
    for wrong in (new_id(), resource.id):
        with pytest.raises(NotFound):
            create(configured, wrong, sent)


def test_an_application_without_users_takes_no_scopes_of_openid_connect(configured: Configured) -> None:
    environment = configured.environment_id
    openid = configured.read(lambda c: resources.by_name(c, environment, "openid"))
    assert openid is not None
    (email, *_) = configured.read(lambda c: scopes.listed(c, environment, openid.id, Page())).items
    worker = configured.application(**WORKER)
    assert told(configured, worker.id, body(openid, email)) == [("INVALID_VALUE", "resource.id")]
    assert create(configured, configured.application().id, body(openid, email)).scope_ids == (email.id,)


def test_a_grant_changes_its_scopes_and_goes(configured: Configured) -> None:
    environment, application, resource = configured.environment_id, configured.application(), configured.resource()
    one, two = configured.scope(resource, "one"), configured.scope(resource, "two")
    made = create(configured, application.id, body(resource, one))
    both = configured.write(
        lambda c: grants.replace(c, environment, application.id, made.id, body(resource, one, two), NOW + 1)
    )
    assert set(both.scope_ids) == {one.id, two.id}
    assert (both.created_at, both.updated_at) == (NOW, NOW + 1)
    fewer = configured.write(
        lambda c: grants.patch(c, environment, application.id, made.id, {"scopes": [{"id": two.id}]}, NOW + 2)
    )
    assert fewer.scope_ids == (two.id,)
    other = configured.resource("Other")
    with pytest.raises(InvalidData):
        configured.write(lambda c: grants.replace(c, environment, application.id, made.id, body(other, two), NOW + 3))
    configured.write(lambda c: grants.remove(c, environment, application.id, made.id))
    with pytest.raises(NotFound):
        configured.read(lambda c: grants.get(c, environment, application.id, made.id))


def test_a_scope_that_goes_goes_from_the_grants(configured: Configured) -> None:
    environment, application, resource = configured.environment_id, configured.application(), configured.resource()
    one, two = configured.scope(resource, "one"), configured.scope(resource, "two")
    made = create(configured, application.id, body(resource, one, two))
    configured.write(lambda c: scopes.remove(c, environment, resource.id, one.id))
    assert configured.read(lambda c: grants.get(c, environment, application.id, made.id)).scope_ids == (two.id,)


def test_two_grants_at_once_do_not_get_scopes_of_one_name(configured: Configured) -> None:
    application = configured.application()
    wanted = []
    for name in ("One", "Two"):
        resource = configured.resource(name)
        wanted.append(body(resource, configured.scope(resource, "read")))
    together = Barrier(2)

    def ask(sent: Any) -> bool:
        together.wait(30)
        try:
            create(configured, application.id, sent)
        except InvalidData:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(ask, wanted)) == [False, True]
