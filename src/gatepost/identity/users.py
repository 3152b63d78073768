"""Users: created, found, changed and removed."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from gatepost.identity import rows, times
from gatepost.identity.entity import Listing, Page
from gatepost.identity.folding import fold
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import InvalidData, NotFound, Violation
from gatepost.identity.scim_conditions import condition, user_attributes
from gatepost.identity.store.tables import passwords, populations, role_assignments
from gatepost.identity.store.tables import users as table
from gatepost.identity.user import NewPassword, User, of_row, to_row, with_account
from gatepost.identity.user_shape import BEGINNING, KEPT, SHAPE

__all__ = [
    "NAMED",
    "NewPassword",
    "User",
    "by_email",
    "by_username",
    "create",
    "email_verified",
    "enable",
    "enable_mfa",
    "get",
    "listed",
    "lock",
    "move",
    "of_row",
    "patch",
    "remove",
    "replace",
    "signed_on",
    "unlock",
]

Document = dict[str, Any]

_MOST_COUNTED = 1000  # a longer list is not counted, so that its pages take the same time however long it is
_OK = BEGINNING["account"]

# What holds for the user of a name: `environment` and `folded`.
NAMED = (table.c.environment_id == bindparam("environment"), table.c.username_folded == bindparam("folded"))
_BY_NAME = select(table).where(*NAMED)
_NOTE = update(table).where(table.c.id == bindparam("this"))


def create(
    connection: Connection,
    environment_id: str,
    sent: object,
    now: int,
    *,
    password: NewPassword | None = None,
    user_id: str | None = None,
) -> User:
    """Return a new user.

    Args:
        connection: A transaction that writes.
        environment_id: The environment.
        sent: The request's body; its `password` is taken by `passwords.for_new_user`, and left alone here.
        now: The time, in milliseconds since 1970.
        password: The first password, if there is one.
        user_id: The identifier to give, a new one by default.

    Raises:
        InvalidData: With everything that is wrong with it.
        Conflict: When the username is taken.
    """
    document = {**SHAPE.created(sent), **BEGINNING}
    document.pop("password", None)
    _place(connection, environment_id, document)
    user = User(user_id or new_id(), environment_id, with_account(document), now, now)
    rows.insert_unique(
        connection, table, {**to_row(user), "last_sign_on_at": None, "last_sign_on_ip": None}, "username"
    )
    if password is not None:
        connection.execute(
            insert(passwords).values(
                user_id=user.id,
                environment_id=environment_id,
                hash=password.hash,
                must_change=password.must_change,
                history=[],
                failures=0,
                locked_until=None,
                changed_at=now,
            )
        )
    return user


def get(connection: Connection, environment_id: str, user_id: str) -> User:
    """Return a user.

    Raises:
        NotFound: When there is none.
    """
    return of_row(rows.of_id(connection, table, environment_id, user_id))


def by_username(connection: Connection, environment_id: str, username: str) -> User | None:
    """Return the user of a name, however it is written, or `None`."""
    row = connection.execute(_BY_NAME, {"environment": environment_id, "folded": fold(username)}).first()
    return None if row is None else of_row(row)


def by_email(connection: Connection, environment_id: str, email: str, most: int = 2) -> tuple[User, ...]:
    """Return the users of an address, up to `most`: two are as good as none where one person is meant."""
    found = select(table).where(table.c.environment_id == environment_id, table.c.email_folded == fold(email))
    return tuple(of_row(row) for row in connection.execute(found.order_by(table.c.id).limit(most)))


def listed(
    connection: Connection, environment_id: str, page: Page | None = None, filter_text: str | None = None
) -> Listing[User]:
    """Return a part of the environment's users. The total is `None` for long lists.

    Raises:
        InvalidData: When the filter cannot be read.
    """
    wanted = page or Page()
    where: list[ColumnElement[bool]] = [table.c.environment_id == environment_id]
    if filter_text is not None:
        where.append(condition(filter_text, user_attributes(connection, environment_id)))
    query = select(table).where(*where).order_by(table.c.id).limit(wanted.limit + 1)
    if wanted.after is not None:
        query = query.where(table.c.id > wanted.after)
    found = connection.execute(query).all()
    more, shown = len(found) > wanted.limit, found[: wanted.limit]
    total = len(shown) if wanted.after is None and not more else None
    if total is None and filter_text is None:
        total = _counted(connection, where)
    return Listing(tuple(of_row(row) for row in shown), shown[-1].id if more else None, total)


def replace(connection: Connection, environment_id: str, user_id: str, sent: object, now: int) -> User:
    """Return the user who takes the place of one: what is left out is cleared, but for what `user_shape.KEPT` names.

    Raises:
        NotFound: When there is none.
        InvalidData: With everything that is wrong with it.
        Conflict: When the username is taken.
    """
    current = _held(connection, environment_id, user_id)
    kept = {name: current.document[name] for name in KEPT}
    body = {**kept, **{name: value for name, value in sent.items() if value is not None}} if _is_object(sent) else sent
    return _kept(connection, current, SHAPE.replaced(current.document, body), sent, now)


def patch(connection: Connection, environment_id: str, user_id: str, sent: object, now: int) -> User:
    """Return a user with some members changed; see `replace`."""
    current = _held(connection, environment_id, user_id)
    body = (
        {name: each for name, each in sent.items() if each is not None or name not in KEPT}
        if _is_object(sent)
        else sent
    )
    return _kept(connection, current, SHAPE.patched(current.document, body), sent, now)


def enable(connection: Connection, environment_id: str, user_id: str, sent: object, now: int) -> User:
    """Enable or disable a user, as `{"enabled": true}` says; see `patch`."""
    return _one_member(connection, environment_id, user_id, sent, "enabled", now)


def enable_mfa(connection: Connection, environment_id: str, user_id: str, sent: object, now: int) -> User:
    """Ask a user for a second factor, or no longer, as `{"mfaEnabled": true}` says; see `patch`."""
    return _one_member(connection, environment_id, user_id, sent, "mfaEnabled", now)


def move(connection: Connection, environment_id: str, user_id: str, sent: object, now: int) -> User:
    """Move a user to another population, as `{"id": "..."}` says; see `patch`."""
    return patch(connection, environment_id, user_id, {"population": sent}, now)


def lock(connection: Connection, environment_id: str, user_id: str, now: int) -> User:
    """Lock a user's account until it is unlocked; whoever has it locked already stays as they are."""
    current = _held(connection, environment_id, user_id)
    if current.locked:
        return current
    account = {"status": "LOCKED", "lockedAt": times.write(now)}
    return _stored(connection, current, {**current.document, "account": account}, now)


def unlock(connection: Connection, environment_id: str, user_id: str, now: int) -> User:
    """Unlock a user's account."""
    current = _held(connection, environment_id, user_id)
    return _stored(connection, current, {**current.document, "account": dict(_OK)}, now)


def email_verified(connection: Connection, environment_id: str, user_id: str, now: int) -> User:
    """Note that a user proved to own the address."""
    current = _held(connection, environment_id, user_id)
    proven = {"emailVerified": True, "lifecycle": {"status": "ACCOUNT_OK"}}
    return _stored(connection, current, {**current.document, **proven}, now)


def signed_on(connection: Connection, user_id: str, now: int, address: str | None) -> None:
    """Note that a user signed on, from an IP address."""
    noted = {"last_sign_on_at": now, "last_sign_on_ip": address[:64] if address else None}
    connection.execute(_NOTE, {"this": user_id, **noted})


def remove(connection: Connection, environment_id: str, user_id: str) -> None:
    """Remove a user, with everything that is theirs.

    Raises:
        NotFound: When there is none.
    """
    get(connection, environment_id, user_id)
    connection.execute(delete(role_assignments).where(role_assignments.c.actor_id == user_id))
    rows.remove(connection, table, user_id)


def _held(connection: Connection, environment_id: str, user_id: str) -> User:
    """Return a user whom nobody else changes until the transaction ends."""
    found = select(table).where(table.c.id == user_id, table.c.environment_id == environment_id).with_for_update()
    row = connection.execute(found).first()
    if row is None:
        raise NotFound("there is no such user in this environment")
    return of_row(row)


def _one_member(connection: Connection, environment_id: str, user_id: str, sent: object, member: str, now: int) -> User:
    if not _is_object(sent) or sent.get(member) is None:
        raise InvalidData(Violation("REQUIRED_VALUE", member, f"{member} is required."))
    return patch(connection, environment_id, user_id, {member: sent[member]}, now)


def _kept(connection: Connection, current: User, document: Document, sent: object, now: int) -> User:
    document.pop("password", None)
    proven = _is_object(sent) and sent.get("emailVerified") is True
    if document.get("email") != current.email and not proven:
        document["emailVerified"] = False
    theirs = {name: current.document[name] for name in (*BEGINNING, "lastSignOn") if name in current.document}
    document.update(theirs)
    if document["population"]["id"] != current.population_id:
        _place(connection, current.environment_id, document)
    return _stored(connection, current, document, now)


def _stored(connection: Connection, current: User, document: Document, now: int) -> User:
    user = User(current.id, current.environment_id, with_account(document), current.created_at, now)
    rows.update_unique(connection, table, user.id, to_row(user), "username")
    return user


def _place(connection: Connection, environment_id: str, document: Document) -> None:
    """Check the population, or name the default one.

    Raises:
        InvalidData: When there is no such population, or none is named and there is no default.
    """
    given = document.get("population")
    wanted = populations.c.id == given["id"] if given else populations.c.is_default
    found = select(populations.c.id).where(populations.c.environment_id == environment_id, wanted).limit(1)
    population_id = connection.execute(found).scalar()
    if population_id is None and given:
        raise InvalidData(Violation("REFERENCE_NOT_FOUND", "population.id", "There is no such population."))
    if population_id is None:
        raise InvalidData(Violation("REQUIRED_VALUE", "population.id", "There is no default population; name one."))
    document["population"] = {"id": population_id}


def _counted(connection: Connection, where: list[ColumnElement[bool]]) -> int | None:
    some = select(table.c.id).where(*where).limit(_MOST_COUNTED + 1).subquery()
    count = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return count if count <= _MOST_COUNTED else None


def _is_object(sent: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(sent, dict)
