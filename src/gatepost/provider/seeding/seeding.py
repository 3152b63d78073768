"""What every part of reading a file in works with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from gatepost.identity import client_secrets
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.store import tables
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.users import NewPassword
from gatepost.provider.seeding.sections import BELOW, NAMED_BY

_LEAST_SECRET, _MOST_SECRET = 16, 512


@dataclass
class Seeding:
    """A file that is being read in, in one transaction.

    Attributes:
        connection: The transaction.
        environment_id: The environment.
        now: The time, in milliseconds since 1970.
        sealing: What seals secrets.
        variables: Where `{env: NAME}` is looked up.
        hashed: The passwords of new users.
        made: How many things were made.
        changed: How many were changed.
    """

    connection: Connection
    environment_id: str
    now: int
    sealing: SealingKey
    variables: Mapping[str, str]
    hashed: Mapping[str, NewPassword]
    made: int = 0
    changed: int = 0

    def differs(self, before: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
        """Tell whether something has to be changed to what was sent, and count it."""
        different = any(not _says(before.get(name), value) for name, value in sent.items())
        self.changed += different
        return different

    def id_of(self, table: Table, name: object, target: str) -> str:
        """Return the identifier of what has a name.

        Raises:
            InvalidData: When there is none such.
        """
        found = self.find(table, name)
        if found is None:
            raise InvalidData(Violation("REFERENCE_NOT_FOUND", target, f"There is no {table.name[:-1]} {name}."))
        return found

    def find(self, table: Table, name: object) -> str | None:
        """Return the identifier of what has a name, or `None`."""
        wanted = select(table.c.id).where(table.c.environment_id == self.environment_id, table.c.name == str(name))
        found: str | None = self.connection.execute(wanted).scalar()
        return found

    def referring(self, document: dict[str, Any], member: str, table: Table) -> dict[str, Any]:
        """Return a document whose member names something, with what the platform's API has there: `{"id": ...}`."""
        name = document.get(member)
        if name is None or (isinstance(name, dict) and "id" in name):
            return document
        return {**document, member: {"id": self.id_of(table, name, member)}}

    def secret(self, owner_id: str, wanted: object) -> None:
        """Give an application or a resource the secret of the file."""
        value = secret_of(wanted, self.variables)
        if value is None:
            return
        before = client_secrets.find(self.connection, self.sealing, owner_id)
        if before is not None and before.value == value:
            return
        client_secrets.remove(self.connection, owner_id)
        client_secrets.create(self.connection, self.environment_id, owner_id, self.now, self.sealing, value=value)
        self.changed += 1


@contextmanager
def within(target: str) -> Iterator[None]:
    """Say of what is wrong with a part that it is within that part."""
    try:
        yield
    except InvalidData as error:
        told = (
            each._replace(target=each.target if each.target.startswith(target) else f"{target}.{each.target}")
            for each in error.violations
        )
        raise InvalidData(*told) from None


def name_of(section: str, entry: Mapping[str, Any]) -> str | None:
    """Return what an entry is known by, or `None`."""
    name = entry.get(NAMED_BY.get(section, "name"))
    return name if isinstance(name, str) and name else None


def own(section: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of an entry that are its own."""
    return {name: value for name, value in entry.items() if name not in BELOW[section] and name != "id"}


def secret_of(wanted: object, variables: Mapping[str, str]) -> str | None:
    """Return a secret of the file, or `None`.

    Raises:
        InvalidData: When the variable is not set, or the secret is too short.
    """
    if wanted is None:
        return None
    value = text_of(wanted, "secret", variables)
    if not _LEAST_SECRET <= len(value) <= _MOST_SECRET or not value.isascii() or not value.isprintable():
        message = f"A secret has {_LEAST_SECRET} to {_MOST_SECRET} characters of ASCII."
        raise InvalidData(Violation("INVALID_VALUE", "secret", message))
    return value


def text_of(wanted: object, target: str, variables: Mapping[str, str]) -> str:
    """Return a text of the file, which may name the variable that holds it, `{env: NAME}`.

    Raises:
        InvalidData: When it is no text, or the variable is not set.
    """
    if isinstance(wanted, dict) and isinstance(wanted.get("env"), str):
        name = wanted["env"]
        if not variables.get(name):
            raise InvalidData(Violation("REQUIRED_VALUE", target, f"The environment variable {name} is not set."))
        return variables[name]
    if isinstance(wanted, str) and wanted:
        return wanted
    raise InvalidData(Violation("INVALID_VALUE", target, "The value is text, or {env: NAME} of a variable."))


def listed(entry: Mapping[str, Any], member: str) -> list[Any]:
    """Return a member that is a list, empty when it is not there.

    Raises:
        InvalidData: When it is something else.
    """
    found = entry.get(member)
    if found is None:
        return []
    if not isinstance(found, list):
        raise InvalidData(Violation("INVALID_VALUE", member, "The value is a list."))
    return found


def object_of(value: object, member: str, at: int) -> dict[str, Any]:
    """Return an entry of a list, which is an object with a name, or the name alone.

    Raises:
        InvalidData: When it is neither.
    """
    if isinstance(value, str) and value:
        return {"name": value}
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return value
    raise InvalidData(Violation("INVALID_VALUE", f"{member}[{at}]", "The value is a name, or an object with a name."))


def _says(before: object, wanted: object) -> bool:
    """Tell whether what is there says everything that is wanted, whatever else it says."""
    if isinstance(before, dict) and isinstance(wanted, dict):
        return all(name in before and _says(before[name], value) for name, value in wanted.items())
    if isinstance(before, list | tuple) and isinstance(wanted, list):
        return len(before) == len(wanted) and all(map(_says, before, wanted))
    return before == wanted


POPULATIONS, GROUPS, POLICIES = tables.populations, tables.groups, tables.sign_on_policies
