"""A user, and the row that holds one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row

from gatepost.identity import times
from gatepost.identity.entity import Entity
from gatepost.identity.folding import fold


@dataclass(frozen=True, slots=True)
class User(Entity):
    """A user."""

    @property
    def username(self) -> str:
        """What the user signs on as, as it was written."""
        return str(self.document["username"])

    @property
    def email(self) -> str | None:
        """The user's address, or `None`."""
        return self.document.get("email")

    @property
    def population_id(self) -> str:
        """The population that the user is in."""
        return str(self.document["population"]["id"])

    @property
    def enabled(self) -> bool:
        """Whether the user may sign on at all."""
        return bool(self.document["enabled"])

    @property
    def locked(self) -> bool:
        """Whether an administrator locked the account."""
        return bool(self.document["account"]["status"] == "LOCKED")

    @property
    def can_authenticate(self) -> bool:
        """Whether the user may sign on, given the right password."""
        return self.enabled and not self.locked

    @property
    def email_verified(self) -> bool:
        """Whether the user proved to own the address."""
        return bool(self.document["emailVerified"])

    @property
    def mfa_enabled(self) -> bool:
        """Whether the user has to use a second factor where a policy asks for one."""
        return bool(self.document["mfaEnabled"])

    @property
    def verification_required(self) -> bool:
        """Whether the user has to prove the address before the first sign-on ends."""
        return bool(self.document["lifecycle"]["status"] == "VERIFICATION_REQUIRED")


class NewPassword(NamedTuple):
    """A password that was checked and hashed outside of the transaction that keeps it.

    Attributes:
        hash: Its hash; see `password_hashing`.
        must_change: Whether its owner has to change it at the next sign-on.
    """

    hash: str
    must_change: bool = False


def of_row(row: Row[Any]) -> User:
    """Return the user that a row holds."""
    document: dict[str, Any] = dict(row.document)
    if row.last_sign_on_at is not None:
        document["lastSignOn"] = {"at": times.write(row.last_sign_on_at)}
        if row.last_sign_on_ip is not None:
            document["lastSignOn"]["remoteIp"] = row.last_sign_on_ip
    return User(row.id, row.environment_id, document, row.created_at, row.updated_at)


def with_account(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a user's members, with `account.canAuthenticate` as it follows from them."""
    can = document["enabled"] and document["account"]["status"] == "OK"
    return {**document, "account": {**document["account"], "canAuthenticate": can}}


def to_row(user: User) -> dict[str, Any]:
    """Return the columns of a user, but for the last sign-on."""
    document = {name: value for name, value in user.document.items() if name != "lastSignOn"}
    name = document.get("name", {})
    return {
        "id": user.id,
        "environment_id": user.environment_id,
        "population_id": user.population_id,
        "username": user.username,
        "username_folded": fold(user.username),
        "email": user.email,
        "email_folded": _folded(user.email),
        "given_name_folded": _folded(name.get("given")),
        "family_name_folded": _folded(name.get("family")),
        "external_id": document.get("externalId"),
        "enabled": user.enabled,
        "email_verified": user.email_verified,
        "mfa_enabled": user.mfa_enabled,
        "document": document,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }


def _folded(text: str | None) -> str | None:
    return None if text is None else fold(text)
