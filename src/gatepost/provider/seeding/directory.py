"""Populations, groups and users of a file."""

from collections.abc import Mapping
from typing import Any

from gatepost.identity import groups, memberships, populations, users
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.provider.seeding.role_names import give_roles
from gatepost.provider.seeding.seeding import GROUPS, POPULATIONS, Seeding, listed, own, text_of


def population(seeding: Seeding, entry: Mapping[str, Any]) -> None:
    """Make or change a population."""
    connection, environment_id, sent = seeding.connection, seeding.environment_id, own("populations", entry)
    found = seeding.find(POPULATIONS, entry["name"])
    if found is None:
        populations.create(connection, environment_id, sent, seeding.now, population_id=entry.get("id"))
        seeding.made += 1
    elif seeding.differs(populations.get(connection, environment_id, found).document, sent):
        populations.patch(connection, environment_id, found, sent, seeding.now)


def group(seeding: Seeding, entry: Mapping[str, Any]) -> None:
    """Make or change a group."""
    connection, environment_id = seeding.connection, seeding.environment_id
    sent = seeding.referring(own("groups", entry), "population", POPULATIONS)
    found = seeding.find(GROUPS, entry["name"])
    if found is None:
        groups.create(connection, environment_id, sent, seeding.now)
        seeding.made += 1
    elif seeding.differs(groups.get(connection, environment_id, found).document, sent):
        groups.patch(connection, environment_id, found, sent, seeding.now)


def user(seeding: Seeding, entry: Mapping[str, Any]) -> None:
    """Make or change a user; a password is for a new one alone."""
    connection, environment_id = seeding.connection, seeding.environment_id
    sent = seeding.referring(own("users", entry), "population", POPULATIONS)
    before = users.by_username(connection, environment_id, entry["username"])
    if before is None:
        password = seeding.hashed.get(entry["username"])
        if password is None and entry.get("password") is not None:
            message = "The user went away meanwhile; load the file once more."
            raise InvalidData(Violation("CONSTRAINT_VIOLATION", "", message))
        made = users.create(connection, environment_id, sent, seeding.now, password=password, user_id=entry.get("id"))
        seeding.made += 1
    else:
        made = before
        if seeding.differs(before.document, sent):
            _change(seeding, before.id, before.document, sent)
    for name in listed(entry, "groups"):
        group_id = seeding.id_of(GROUPS, name, "groups")
        if group_id not in memberships.group_ids(connection, made.id):
            memberships.add(connection, environment_id, made.id, {"id": group_id}, seeding.now)
            seeding.changed += before is not None
    give_roles(seeding, "USER", made.id, listed(entry, "roles"))


def _change(seeding: Seeding, user_id: str, before: Mapping[str, Any], sent: dict[str, Any]) -> None:
    """Change what differs: some members have requests of their own in the platform's API, and so here."""
    connection, environment_id, now = seeding.connection, seeding.environment_id, seeding.now
    for member, work in (("enabled", users.enable), ("mfaEnabled", users.enable_mfa), ("population", users.move)):
        value = sent.pop(member, None)
        if value is not None and value != before.get(member):
            work(connection, environment_id, user_id, value if member == "population" else {member: value}, now)
    if sent.pop("emailVerified", False) and not before.get("emailVerified"):
        users.email_verified(connection, environment_id, user_id, now)
    users.patch(connection, environment_id, user_id, sent, now)


def first_password(wanted: object, variables: Mapping[str, str]) -> tuple[str, bool]:
    """Return a password of the file, and whether it has to be changed at the first sign-on.

    Raises:
        InvalidData: When it is none.
    """
    if isinstance(wanted, dict) and "value" in wanted:
        return text_of(wanted["value"], "password", variables), wanted.get("forceChange") is True
    must_change = isinstance(wanted, dict) and wanted.get("forceChange") is True
    return text_of(wanted, "password", variables), must_change
