"""Roles of a file, by name: for the environment, or for its organization where they are given for that alone."""

from sqlalchemy import select

from gatepost.identity import role_assignments, roles
from gatepost.identity.refusals import InvalidData, NotFound, Violation
from gatepost.identity.role_assignments import ActorType
from gatepost.identity.store.tables import environments
from gatepost.identity.store.tables import role_assignments as table
from gatepost.provider.seeding.seeding import Seeding


def give_roles(seeding: Seeding, actor_type: ActorType, actor_id: str, names: list[object]) -> None:
    """Give an actor the roles that it has not.

    Raises:
        InvalidData: When there is no role of a name.
    """
    connection, environment_id = seeding.connection, seeding.environment_id
    held = set(connection.execute(select(table.c.role_id).where(table.c.actor_id == actor_id)).scalars())
    for at, name in enumerate(names):
        try:
            role = roles.by_name(str(name))
        except (NotFound, KeyError, LookupError):
            raise InvalidData(Violation("REFERENCE_NOT_FOUND", f"roles[{at}]", f"There is no role {name}.")) from None
        if role.id in held:
            continue
        if "ENVIRONMENT" in role.applicable_to:
            role_assignments.give(
                connection, environment_id, actor_type, actor_id, role, "ENVIRONMENT", environment_id, seeding.now
            )
        else:
            of_it = select(environments.c.organization_id).where(environments.c.id == environment_id)
            organization_id = connection.execute(of_it).scalar_one()
            role_assignments.give(
                connection, environment_id, actor_type, actor_id, role, "ORGANIZATION", organization_id, seeding.now
            )
        seeding.changed += 1
