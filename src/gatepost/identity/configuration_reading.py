"""How an environment's configuration is read: whole, and as of one moment."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from gatepost.identity import (
    applications,
    attributes,
    environments,
    grants,
    resources,
    role_assignments,
    scopes,
    sign_on_actions,
    sign_on_policies,
    signing_keys,
)
from gatepost.identity.configuration import Configuration
from gatepost.identity.signing_keys import Key
from gatepost.identity.store import tables
from gatepost.identity.store.configuration import revision
from gatepost.identity.store.sealing import SealingKey
from gatepost.jose.signing_key import SigningKey

Item = TypeVar("Item")


def read(
    connection: Connection, environment_id: str, sealing: SealingKey, opened: Callable[[Key], SigningKey]
) -> Configuration | None:
    """Return the configuration of an environment, or `None` when there is none such.

    Args:
        connection: A connection on which nothing was asked yet.
        environment_id: The environment.
        sealing: What seals secrets.
        opened: Gives the private key of a key.
    """
    with _one_moment(connection):
        number = revision(connection)
        table = tables.environments
        row = connection.execute(select(table).where(table.c.id == environment_id)).first()
        if row is None:
            return None
        return _Reading(connection, environment_id).configuration(number, environments.of_row(row), sealing, opened)


class _Reading:
    """Reads the rows of one environment."""

    def __init__(self, connection: Connection, environment_id: str) -> None:
        self._connection = connection
        self._environment_id = environment_id

    def configuration(
        self,
        number: int,
        environment: environments.Environment,
        sealing: SealingKey,
        opened: Callable[[Key], SigningKey],
    ) -> Configuration:
        application = tables.role_assignments.c.actor_type == "APPLICATION"
        all_attributes = map(attributes.of_row, self._rows(tables.attributes, "name"))
        all_actions = map(sign_on_actions.of_row, self._rows(tables.sign_on_actions, "priority", "created_at", "id"))
        all_assignments = map(role_assignments.of_row, self._rows(tables.role_assignments, "id", where=application))
        all_keys = map(signing_keys.of_row, self._rows(tables.keys, "created_at", "id"))
        policies = self._rows(tables.sign_on_policy_assignments, "priority", "created_at", "id")
        return Configuration(
            number,
            environment,
            applications={row.id: applications.of_row(row) for row in self._rows(tables.applications, "id")},
            resources={row.id: resources.of_row(row) for row in self._rows(tables.resources, "id")},
            scopes={row.id: scopes.of_row(row) for row in self._rows(tables.scopes, "id")},
            policies={row.id: sign_on_policies.of_row(row) for row in self._rows(tables.sign_on_policies, "id")},
            attributes=_grouped((each.owner_id, each) for each in all_attributes),
            grants=_grouped((each.application_id, each) for each in self._grants()),
            actions=_grouped((each.policy_id, each) for each in all_actions),
            policies_of=_grouped((row.application_id, row.policy_id) for row in policies),
            assignments=_grouped((each.actor_id, each) for each in all_assignments),
            secrets={row.owner_id: row for row in self._rows(tables.secrets, "owner_id")},
            keys=list(all_keys),
            opened=opened,
            sealing=sealing,
        )

    def _rows(self, table: Table, *order: str, where: ColumnElement[bool] | None = None) -> Iterable[Row[Any]]:
        wanted = select(table).where(table.c.environment_id == self._environment_id)
        if where is not None:
            wanted = wanted.where(where)
        return self._connection.execute(wanted.order_by(*(table.c[name] for name in order)))

    def _grants(self) -> Iterator[grants.Grant]:
        granted, table = tables.grant_scopes, tables.grants
        of_environment = (
            select(granted)
            .join(table, table.c.id == granted.c.grant_id)
            .where(table.c.environment_id == self._environment_id)
            .order_by(granted.c.scope_id)
        )
        rows = ((row.grant_id, row.scope_id) for row in self._connection.execute(of_environment))
        scope_ids = _grouped(rows)
        for row in self._rows(table, "id"):
            yield grants.of_row(row, scope_ids.get(row.id, ()))


@contextmanager
def _one_moment(connection: Connection) -> Iterator[None]:
    """Let everything that is asked see the database as it was at one moment."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ")
        yield
        return
    connection.exec_driver_sql("BEGIN")
    try:
        yield
    finally:
        connection.exec_driver_sql("COMMIT")


def _grouped(pairs: Iterable[tuple[str, Item]]) -> dict[str, tuple[Item, ...]]:
    found: dict[str, list[Item]] = {}
    for key, item in pairs:
        found.setdefault(key, []).append(item)
    return {key: tuple(items) for key, items in found.items()}
