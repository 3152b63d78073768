"""What a process remembers of the configuration is always as it is now."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import Connection, text

from gatepost.identity import (
    applications,
    attributes,
    client_secrets,
    configurations,
    environments,
    grants,
    resources,
    role_assignments,
    roles,
    scopes,
    sign_on_actions,
    sign_on_policies,
    sign_on_policy_assignments,
    signing_keys,
)
from gatepost.identity.configuration import Configuration
from gatepost.identity.configurations import Configurations
from gatepost.identity.entity import Page
from gatepost.identity.ids import new_id
from gatepost.identity.store.configuration import changed, revision
from gatepost.identity.store.store import Store
from tests.identity.configuration.conftest import NOW, SEALING, Configured


@pytest.fixture
def opened(configured: Configured) -> Iterator[Configurations]:
    made = Configurations(configured.store, SEALING)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def elsewhere(configured: Configured, database_url: str) -> Iterator[Configurations]:
    """What another process knows: a store and a memory of its own."""
    with ExitStack() as stack:
        store = Store.open(database_url)
        stack.callback(store.close)
        made = Configurations(store, SEALING)
        stack.callback(made.close)
        yield made


def now(known: Configurations, configured: Configured) -> Configuration:
    found = known.get(configured.environment_id)
    assert found is not None
    return found


def test_everything_is_there(configured: Configured, opened: Configurations) -> None:
    environment = configured.environment_id
    resource, application = configured.resource(audience="https://orders.example"), configured.application()
    read, write = configured.scope(resource, "read"), configured.scope(resource, "write")

    def work(connection: Connection) -> str:
        sent: Any = {"resource": {"id": resource.id}, "scopes": [{"id": read.id}, {"id": write.id}]}
        grants.create(connection, environment, application.id, sent, NOW)
        sent = {"name": "claim", "value": "x"}
        attributes.create(connection, environment, resource.id, sent, NOW)
        sent = {"role": {"id": roles.ENVIRONMENT_ADMIN.id}, "scope": {"id": environment, "type": "ENVIRONMENT"}}
        role_assignments.create(connection, environment, "APPLICATION", application.id, sent, NOW)
        for name, priority in (("Second", 2), ("First", 1)):
            policy = sign_on_policies.create(connection, environment, {"name": name}, NOW)
            for action, at in (("MULTI_FACTOR_AUTHENTICATION", 9), ("LOGIN", 3)):
                sent = {"type": action, "priority": at}
                sign_on_actions.create(connection, environment, policy.id, sent, NOW)
            sent = {"priority": priority, "signOnPolicy": {"id": policy.id}}
            sign_on_policy_assignments.create(connection, environment, application.id, sent, NOW)
        return client_secrets.current(connection, SEALING, application.id).value

    secret = configured.write(work)
    found = now(opened, configured)
    assert found.environment.name == "Shop"
    assert found.organization_id == configured.organization_id
    assert found.applications == {application.id: application}
    assert found.resources[resource.id] == resource
    assert (found.openid.name, found.platform.name) == ("openid", "PingOne API")
    assert found.scopes[read.id] == read
    assert found.scopes_of(resource.id) == {"read": read, "write": write}
    assert found.granted_scopes(application.id) == {"read": read, "write": write}
    assert [each.resource_id for each in found.grants_of(application.id)] == [resource.id]
    assert [each.name for each in found.attributes_of(resource.id)] == ["claim", "sub"]
    assert [each.name for each in found.attributes_of(application.id)] == ["sub"]
    assert found.resource_of_audience("https://orders.example") == resource
    assert found.resource_of_audience("https://api.pingone.com") is None
    assert [each.name for each in found.policies_of(application.id)] == ["First", "Second"]
    assert [each.type for each in found.actions_of(found.policies_of(application.id)[0].id)] == [
        "LOGIN",
        "MULTI_FACTOR_AUTHENTICATION",
    ]
    assert [each.name for each in found.policies_of(new_id())] == ["Single_Factor"]
    assert found.permissions_of(application.id).allow("applications:read:application")
    assert not found.permissions_of(new_id())
    for _ in range(2):
        known = found.secret_of(application.id)
        assert known is not None
        assert known.value == secret
    assert found.secret_of(new_id()) is None
    for nothing in (found.attributes_of, found.grants_of, found.actions_of, found.assignments_of):
        assert nothing(new_id()) == ()
    assert found.scopes_of(new_id()) == found.granted_scopes(new_id()) == {}


def test_what_did_not_change_is_remembered(configured: Configured, opened: Configurations) -> None:
    assert now(opened, configured) is now(opened, configured)

    async def twice() -> None:
        first = await opened.get_async(configured.environment_id)
        assert first is await opened.get_async(configured.environment_id) is now(opened, configured)

    asyncio.run(twice())
    assert opened.get(new_id()) is None
    assert asyncio.run(opened.get_async(new_id())) is None


CHANGES: dict[str, Callable[[Connection, str, dict[str, str]], object]] = {
    "environment": lambda c, e, ids: environments.patch(c, e, {"name": "New"}, NOW),
    "application": lambda c, e, ids: applications.patch(c, e, ids["application"], {"enabled": False}, NOW),
    "application put": lambda c, e, ids: applications.replace(
        c, e, ids["application"], applications.get(c, e, ids["application"]).document, NOW
    ),
    "application gone": lambda c, e, ids: applications.remove(c, e, ids["application"]),
    "secret": lambda c, e, ids: client_secrets.rotate(c, SEALING, ids["application"], None, NOW),
    "previous secret": lambda c, e, ids: client_secrets.remove_previous(c, ids["application"]),
    "resource": lambda c, e, ids: resources.patch(c, e, ids["resource"], {"description": "x"}, NOW),
    "resource new": lambda c, e, ids: resources.create(c, e, {"name": "New"}, NOW, SEALING),
    "resource gone": lambda c, e, ids: resources.remove(c, e, ids["resource"]),
    "scope": lambda c, e, ids: scopes.patch(c, e, ids["resource"], ids["scope"], {"description": "x"}, NOW),
    "scope new": lambda c, e, ids: scopes.create(c, e, ids["resource"], {"name": "new"}, NOW),
    "scope gone": lambda c, e, ids: scopes.remove(c, e, ids["resource"], ids["scope"]),
    "attribute": lambda c, e, ids: attributes.patch(c, e, ids["resource"], ids["attribute"], {"value": "y"}, NOW),
    "attribute new": lambda c, e, ids: attributes.create(c, e, ids["resource"], {"name": "b", "value": ""}, NOW),
    "attribute gone": lambda c, e, ids: attributes.remove(c, e, ids["resource"], ids["attribute"]),
    "grant": lambda c, e, ids: grants.patch(c, e, ids["application"], ids["grant"], {}, NOW),
    "grant gone": lambda c, e, ids: grants.remove(c, e, ids["application"], ids["grant"]),
    "role gone": lambda c, e, ids: role_assignments.remove(c, e, ids["application"], ids["role"]),
    "policy": lambda c, e, ids: sign_on_policies.patch(c, e, ids["policy"], {"default": True}, NOW),
    "policy new": lambda c, e, ids: sign_on_policies.create(c, e, {"name": "New"}, NOW),
    "action": lambda c, e, ids: sign_on_actions.patch(c, e, ids["policy"], ids["action"], {"priority": 5}, NOW),
    "action new": lambda c, e, ids: sign_on_actions.create(c, e, ids["policy"], {"type": "LOGIN", "priority": 2}, NOW),
    "action gone": lambda c, e, ids: sign_on_actions.remove(c, e, ids["policy"], ids["action"]),
    "asked": lambda c, e, ids: sign_on_policy_assignments.patch(
        c, e, ids["application"], ids["asked"], {"priority": 2}, NOW
    ),
    "asked gone": lambda c, e, ids: sign_on_policy_assignments.remove(c, e, ids["application"], ids["asked"]),
    "key": lambda c, e, ids: signing_keys.patch(c, e, ids["key"], {"name": "x"}, NOW),
    "key gone": lambda c, e, ids: signing_keys.remove(c, e, ids["key"]),
}


def test_every_change_is_counted(configured: Configured) -> None:
    environment = configured.environment_id

    def setting(connection: Connection) -> dict[str, str]:
        ids = {"application": configured_application(connection), "resource": configured_resource(connection)}
        ids["scope"] = scopes.create(connection, environment, ids["resource"], {"name": "read"}, NOW).id
        sent: Any = {"name": "a", "value": "x"}
        ids["attribute"] = attributes.create(connection, environment, ids["resource"], sent, NOW).id
        sent = {"resource": {"id": ids["resource"]}, "scopes": [{"id": ids["scope"]}]}
        ids["grant"] = grants.create(connection, environment, ids["application"], sent, NOW).id
        sent = {"role": {"id": roles.ENVIRONMENT_ADMIN.id}, "scope": {"id": environment, "type": "ENVIRONMENT"}}
        application = ids["application"]
        ids["role"] = role_assignments.create(connection, environment, "APPLICATION", application, sent, NOW).id
        policies = sign_on_policies.listed(connection, environment, Page()).items
        ids["policy"] = next(each.id for each in policies if not each.is_default)
        ids["action"] = sign_on_actions.listed(connection, environment, ids["policy"], Page()).items[0].id
        sent = {"priority": 1, "signOnPolicy": {"id": ids["policy"]}}
        ids["asked"] = sign_on_policy_assignments.create(connection, environment, application, sent, NOW).id
        keys = signing_keys.listed(connection, environment, Page()).items
        ids["key"] = next(each.id for each in keys if each.status == "NEXT")
        return ids

    def configured_application(connection: Connection) -> str:
        from tests.identity.configuration.conftest import WEB_APP

        return applications.create(connection, environment, WEB_APP, NOW, SEALING).id

    def configured_resource(connection: Connection) -> str:
        return resources.create(connection, environment, {"name": "Orders"}, NOW, SEALING).id

    class Undone(Exception):
        pass

    def counted(name: str) -> bool:
        """Make the change, look at the number, and undo everything."""
        seen: list[bool] = []

        def work(connection: Connection) -> None:
            ids = setting(connection)
            before = revision(connection)
            CHANGES[name](connection, environment, ids)
            seen.append(revision(connection) > before)
            raise Undone

        with pytest.raises(Undone):
            configured.write(work)
        return seen[-1]

    assert [name for name in CHANGES if not counted(name)] == []


def test_another_process_sees_a_change_at_once(
    configured: Configured, opened: Configurations, elsewhere: Configurations
) -> None:
    for number in range(5):
        before = (now(opened, configured), now(elsewhere, configured))
        made = configured.application(name=f"A{number}")
        for known in (opened, elsewhere):
            assert made.id in now(known, configured).applications

            async def asked(known: Configurations = known) -> Configuration | None:
                return await known.get_async(configured.environment_id)

            found = asyncio.run(asked())
            assert found is not None
            assert found.applications[made.id] == made
        assert all(made.id not in each.applications for each in before)
    configured.write(lambda c: environments.remove(c, configured.environment_id))
    assert opened.get(configured.environment_id) is None
    assert elsewhere.get(configured.environment_id) is None


def test_what_was_not_committed_is_not_seen(configured: Configured, opened: Configurations) -> None:
    class Undone(Exception):
        pass

    before = now(opened, configured)

    def work(connection: Connection) -> None:
        environments.patch(connection, configured.environment_id, {"name": "New"}, NOW)
        raise Undone

    with pytest.raises(Undone):
        configured.write(work)
    assert now(opened, configured) is before


def test_many_ask_while_it_changes_and_nobody_sees_an_older_one(
    configured: Configured, elsewhere: Configurations
) -> None:
    resource = configured.resource()
    rounds = 20

    def rename(number: int) -> None:
        """Change two things together."""

        def work(connection: Connection) -> None:
            environment = configured.environment_id
            environments.patch(connection, environment, {"description": str(number)}, NOW)
            resources.patch(connection, environment, resource.id, {"description": str(number)}, NOW)

        configured.write(work)

    rename(0)
    done = [0]

    def change() -> None:
        for number in range(1, rounds + 1):
            rename(number)
            done[0] = number

    def look(found: Configuration | None, least: int) -> int:
        assert found is not None
        seen = found.environment.document["description"]
        assert seen == found.resources[resource.id].document["description"]
        assert int(seen) >= least
        return int(seen)

    def ask() -> None:
        last = 0
        while last < rounds:
            least = max(last, done[0])
            last = look(elsewhere.get(configured.environment_id), least)

    async def ask_async() -> None:
        async def one() -> None:
            last = 0
            while last < rounds:
                least = max(last, done[0])
                last = look(await elsewhere.get_async(configured.environment_id), least)
                await asyncio.sleep(0)

        await asyncio.gather(*(one() for _ in range(8)))

    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(ask), threads.submit(ask), threads.submit(lambda: asyncio.run(ask_async()))]
        threads.submit(change).result()
        for each in asked:
            each.result()


def test_keys_are_read_once(configured: Configured, opened: Configurations, monkeypatch: pytest.MonkeyPatch) -> None:
    first = now(opened, configured).signing_key()
    monkeypatch.setattr(signing_keys, "opened", None)
    configured.write(changed)
    assert now(opened, configured).signing_key() is first


def test_few_environments_are_remembered(
    configured: Configured, opened: Configurations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configurations, "MOST_ENVIRONMENTS", 2)
    environments_ = [configured, configured.other("One"), configured.other("Two")]
    first = [now(opened, each) for each in environments_]
    assert now(opened, environments_[2]) is first[2]
    assert now(opened, environments_[1]) is first[1]
    assert now(opened, environments_[0]) is not first[0]
    assert len(opened._kept) == 2


def test_a_lost_connection_is_made_again(configured: Configured, opened: Configurations) -> None:
    before = now(opened, configured)
    assert now(opened, configured) is before
    assert asyncio.run(opened.get_async(configured.environment_id)) is before
    if not configured.store.sqlite:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        ended = text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")  # noqa: S608
        configured.read(lambda c: c.execute(ended).all())
    assert asyncio.run(opened.get_async(configured.environment_id)) is before
    assert now(opened, configured) is before


def test_a_failure_to_ask_is_told_to_everybody_and_forgotten(
    configured: Configured, opened: Configurations, monkeypatch: pytest.MonkeyPatch
) -> None:
    if configured.store.sqlite:
        return
    before = now(opened, configured)

    async def fail() -> int:
        raise OSError("gone")

    async def work() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(opened._revision, "read_async", fail)
            asked = [opened.get_async(configured.environment_id) for _ in range(5)]
            outcomes = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(each) for each in outcomes] == [OSError] * 5
        assert await opened.get_async(configured.environment_id) is before

    asyncio.run(work())
