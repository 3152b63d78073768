"""Resources of a file, with their scopes and attributes; attributes of applications too."""

from collections.abc import Mapping
from typing import Any

from gatepost.identity import attributes, resources, scopes
from gatepost.identity.entity import MOST_PER_PAGE, Page
from gatepost.provider.expressions import check
from gatepost.provider.seeding.seeding import Seeding, listed, object_of, own, secret_of, within

_ALL = Page(MOST_PER_PAGE)


def resource(seeding: Seeding, entry: Mapping[str, Any]) -> None:
    """Make or change a resource."""
    connection, environment_id, now, sent = (
        seeding.connection,
        seeding.environment_id,
        seeding.now,
        own("resources", entry),
    )
    made = resources.by_name(connection, environment_id, entry["name"])
    if made is None:
        secret = secret_of(entry.get("secret"), seeding.variables)
        made = resources.create(
            connection, environment_id, sent, now, seeding.sealing, resource_id=entry.get("id"), secret=secret
        )
        seeding.made += 1
    elif seeding.differs(made.document, sent):
        resources.patch(connection, environment_id, made.id, sent, now)
    seeding.secret(made.id, entry.get("secret"))
    there = {each.name: each for each in scopes.listed(connection, environment_id, made.id, _ALL).items}
    for at, value in enumerate(listed(entry, "scopes")):
        wanted = object_of(value, "scopes", at)
        before = there.get(wanted["name"])
        with within(f"scopes[{at}]"):
            if before is None:
                scopes.create(connection, environment_id, made.id, wanted, now)
                seeding.made += 1
            elif seeding.differs(before.document, wanted):
                scopes.patch(connection, environment_id, made.id, before.id, wanted, now)
    attributes_of(seeding, made.id, entry)


def attributes_of(seeding: Seeding, owner_id: str, entry: Mapping[str, Any]) -> None:
    """Make or change the attributes of a resource or an application."""
    connection, environment_id, now = seeding.connection, seeding.environment_id, seeding.now
    there = {each.name: each for each in attributes.listed(connection, environment_id, owner_id, _ALL).items}
    for at, value in enumerate(listed(entry, "attributes")):
        wanted = object_of(value, "attributes", at)
        before = there.get(wanted["name"])
        with within(f"attributes[{at}]"):
            if before is None:
                attributes.create(connection, environment_id, owner_id, wanted, now, check=check)
                seeding.made += 1
            elif seeding.differs(before.document, wanted):
                attributes.patch(connection, environment_id, owner_id, before.id, wanted, now, check=check)
