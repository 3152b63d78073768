"""Reading an environment's file in: what is not there is made, what differs is changed, nothing is removed."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection

from gatepost.identity import environments, password_hashing, users
from gatepost.identity.refusals import IdentityError, InvalidData, NotFound, Violation
from gatepost.identity.shapes.fitness import unfit
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.store import Store
from gatepost.identity.users import NewPassword
from gatepost.provider.seeding import applications, directory, policies, resources
from gatepost.provider.seeding.document import Document, Path, SeedError
from gatepost.provider.seeding.sections import SECTIONS
from gatepost.provider.seeding.seeding import Seeding, name_of


class Outcome(NamedTuple):
    """What came of it.

    Attributes:
        made: How many things were made.
        changed: How many were changed.
    """

    made: int
    changed: int


def load(
    store: Store,
    sealing: SealingKey,
    environment_id: str,
    document: Document,
    now: int,
    *,
    variables: Mapping[str, str] = os.environ,
) -> Outcome:
    """Bring an environment to what a file says, all of it or, when something is wrong, nothing.

    Args:
        store: The store.
        sealing: What seals secrets.
        environment_id: The environment.
        document: What the file says.
        now: The time, in milliseconds since 1970.
        variables: Where `{env: NAME}` is looked up.

    Raises:
        SeedError: When something in the file is wrong.
    """
    _check_form(document)
    hashed = _hashed(store, environment_id, document, variables)

    def work(connection: Connection) -> Outcome:
        loader = _Loader(Seeding(connection, environment_id, now, sealing, variables, hashed), document)
        loader.load()
        return Outcome(loader.seeding.made, loader.seeding.changed)

    return store.write(work)


@dataclass
class _Loader:
    seeding: Seeding
    document: Document
    _loads: Mapping[str, Callable[[Seeding, Mapping[str, Any]], None]] = field(
        default_factory=lambda: {
            "populations": directory.population,
            "groups": directory.group,
            "resources": resources.resource,
            "signOnPolicies": policies.policy,
            "applications": applications.application,
            "users": directory.user,
        }
    )

    def load(self) -> None:
        for section in SECTIONS:
            value = self.document.value.get(section)
            if section == "environment":
                self._environment(value)
                continue
            for at, entry in enumerate(value or ()):
                with _at(self.document, (section, at), f"{section} {name_of(section, entry)}"):
                    self._loads[section](self.seeding, entry)

    def _environment(self, value: Mapping[str, Any] | None) -> None:
        if value is None:
            return
        seeding = self.seeding
        with _at(self.document, ("environment",), "environment"):
            before = environments.get(seeding.connection, seeding.environment_id)
            if seeding.differs(before.document, value):
                environments.patch(seeding.connection, seeding.environment_id, dict(value), seeding.now)


def _check_form(document: Document) -> None:
    problems = [
        (document.line((name,)), f"{name} is none of {', '.join(SECTIONS)}")
        for name in document.value
        if name not in SECTIONS
    ]
    for section, entries in document.value.items():
        if section == "environment":
            if not isinstance(entries, dict):
                problems.append((document.line((section,)), "environment is an object"))
        elif section in SECTIONS and not isinstance(entries, list | None):
            problems.append((document.line((section,)), f"{section} is a list"))
        else:
            problems += _entry_faults(document, section, entries or ())
    for violation in unfit(dict(document.value)):
        problems.append((document.line(_path(violation.target)), violation.message))
    if problems:
        raise SeedError(sorted(problems))


def _entry_faults(document: Document, section: str, entries: list[Any] | tuple[()]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for at, entry in enumerate(entries):
        line = document.line((section, at))
        name = name_of(section, entry) if isinstance(entry, dict) else None
        if name is None:
            yield line, f"an entry of {section} is an object with a name"
        elif name in seen:
            yield line, f"{section} {name} stands there twice"
        else:
            seen.add(name)


def _hashed(
    store: Store, environment_id: str, document: Document, variables: Mapping[str, str]
) -> Mapping[str, NewPassword]:
    """Return the passwords of the users who are not there yet: to hash one takes long, so it is done before."""
    found = {}
    for at, entry in enumerate(document.value.get("users") or ()):
        with _at(document, ("users", at), f"users {entry['username']}"):
            if entry.get("password") is None:
                continue
            username = str(entry["username"])
            if store.read(partial(users.by_username, environment_id=environment_id, username=username)) is not None:
                continue
            value, must_change = directory.first_password(entry["password"], variables)
            found[username] = NewPassword(password_hashing.hashed(value), must_change)
    return found


@contextmanager
def _at(document: Document, path: Path, what: str) -> Iterator[None]:
    """Say on which line that stands which cannot be taken."""
    try:
        yield
    except NotFound as error:
        raise SeedError([(document.line(path), f"{what}: {error}")]) from None
    except InvalidData as error:
        raise SeedError([_problem(document, path, what, each) for each in error.violations]) from None
    except IdentityError as error:
        raise SeedError([(document.line(path), f"{what}: {error}")]) from None


def _problem(document: Document, path: Path, what: str, violation: Violation) -> tuple[int, str]:
    target = f"{violation.target}: " if violation.target else ""
    return document.line((*path, *_path(violation.target))), f"{what}: {target}{violation.message}"


def _path(target: str) -> Path:
    """Return the path that a target such as `name.given` or `redirectUris[0]` means."""
    parts = target.replace("[", ".").replace("]", "").split(".")
    return tuple(int(each) if each.isdigit() else each for each in parts if each)
