"""The first start makes what a server needs, once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest
from sqlalchemy import func, select

from gatepost.identity import (
    applications,
    client_secrets,
    environments,
    password_hashing,
    password_rules,
    role_assignments,
    users,
)
from gatepost.identity import bootstrap as module
from gatepost.identity.bootstrap import bootstrap
from gatepost.identity.configurations import Configurations
from gatepost.identity.password_policies import effective
from gatepost.identity.permissions import permissions
from gatepost.identity.refusals import Conflict
from gatepost.identity.roles import PERMISSIONS
from gatepost.identity.store import tables
from gatepost.identity.store.store import Store
from tests.identity.configuration.conftest import NOW, SEALING

COUNTED = (
    tables.organizations,
    tables.environments,
    tables.applications,
    tables.users,
    tables.populations,
    tables.keys,
)


def counts(store: Store) -> list[int]:
    return store.read(lambda c: [c.execute(select(func.count()).select_from(each)).scalar_one() for each in COUNTED])


def test_the_first_start_makes_everything(store: Store) -> None:
    made = bootstrap(store, SEALING, NOW)
    assert made.made
    assert counts(store) == [1, 1, 1, 1, 1, 2]
    worker = store.read(lambda c: applications.get(c, made.environment_id, made.client_id))
    assert (worker.type, worker.grant_types) == ("WORKER", frozenset({"CLIENT_CREDENTIALS"}))
    assert worker.token_endpoint_auth_method == "CLIENT_SECRET_BASIC"
    assert made.client_secret is not None
    secret = store.read(lambda c: client_secrets.current(c, SEALING, made.client_id))
    assert client_secrets.matches(secret, made.client_secret, NOW)
    admin = store.read(lambda c: users.by_username(c, made.environment_id, made.admin_username))
    assert admin is not None
    assert made.admin_password is not None
    kept = store.read(lambda c: c.execute(select(tables.passwords)).one())
    assert password_hashing.verified(kept.hash, made.admin_password).matches
    assert (kept.user_id, kept.must_change) == (admin.id, False)
    assert made.admin_password not in str(kept)
    for secret_text in (made.admin_password, made.client_secret):
        assert secret_text not in repr(made)


def test_both_administer_the_environment(store: Store) -> None:
    made = bootstrap(store, SEALING, NOW)
    configurations = Configurations(store, SEALING)
    try:
        configuration = configurations.get(made.environment_id)
        assert configuration is not None
        assert configuration.permissions_of(made.client_id).everywhere == PERMISSIONS
        admin = store.read(lambda c: users.by_username(c, made.environment_id, made.admin_username))
        assert admin is not None
        found = store.read(lambda c: role_assignments.of_actor(c, admin.id))
        allowed = permissions(found, made.environment_id, configuration.organization_id)
        assert allowed.everywhere == PERMISSIONS
    finally:
        configurations.close()


def test_later_starts_change_nothing(store: Store) -> None:
    first = bootstrap(store, SEALING, NOW)
    before = counts(store)
    again = bootstrap(store, SEALING, NOW + 1)
    assert (again.environment_id, again.client_id) == (first.environment_id, first.client_id)
    assert (again.client_secret, again.admin_password, again.made) == (first.client_secret, None, False)
    assert counts(store) == before
    rotated = store.write(lambda c: client_secrets.rotate(c, SEALING, first.client_id, None, NOW))
    assert bootstrap(store, SEALING, NOW).client_secret == rotated.value
    store.write(lambda c: applications.remove(c, first.environment_id, first.client_id))
    assert bootstrap(store, SEALING, NOW).client_secret is None
    assert counts(store) == [1, 1, 0, 1, 1, 2]


def test_the_environment_of_the_first_start_stays(store: Store) -> None:
    made = bootstrap(store, SEALING, NOW)
    with pytest.raises(Conflict):
        store.write(lambda c: environments.remove(c, made.environment_id))
    assert counts(store) == [1, 1, 1, 1, 1, 2]


def test_servers_that_start_together_make_it_once(database_url: str) -> None:
    servers = 4
    together = Barrier(servers)
    with ExitStack() as stack:
        stores = [Store.open(database_url) for _ in range(servers)]
        for each in stores:
            stack.callback(each.close)

        def start(store: Store) -> module.Bootstrap:
            together.wait(30)
            return bootstrap(store, SEALING, NOW)

        with ThreadPoolExecutor(servers) as threads:
            outcomes = list(threads.map(start, stores))
        assert [each.made for each in outcomes].count(True) == 1
        assert len({(each.environment_id, each.client_id, each.client_secret) for each in outcomes}) == 1
        assert [each.admin_password is not None for each in outcomes].count(True) == 1
        assert counts(stores[0]) == [1, 1, 1, 1, 1, 2]


def test_the_password_is_one_that_the_policy_takes(store: Store) -> None:
    made = bootstrap(store, SEALING, NOW)
    policy = store.read(lambda c: effective(c, made.environment_id, None))
    passwords = {module._password() for _ in range(100)}
    assert len(passwords) == 100
    for password in passwords:
        assert password_rules.unsatisfied(policy.document, password) == []
