"""Who asks: the bearer of an access token, and what the roles of theirs permit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gatepost.errors import TokenRejected
from gatepost.identity import permissions, role_assignments
from gatepost.identity.configuration import Configuration
from gatepost.identity.ids import is_id
from gatepost.identity.permissions import Permissions
from gatepost.identity.resources import PLATFORM_AUDIENCE
from gatepost.identity.role_assignments import RoleAssignment
from gatepost.identity.roles import Role, ScopeType
from gatepost.jose import base64url
from gatepost.jose.compact import take_apart
from gatepost.jose.strict_json import load_object
from gatepost.provider.oauth import presented_tokens
from gatepost.provider.platform.refusals import unauthenticated
from gatepost.provider.services import Services

_MOST_OCTETS = 65_536


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks.

    Attributes:
        client_id: The application that the token was issued to.
        environment_id: Its environment.
        user_id: The user for whom it asks, or `None` when it asks for itself.
        scopes: What the user allowed the application.
        assignments: The roles that count: of the application, or of the user.
        session_id: The session that the token came of, or `None`.
    """

    client_id: str
    environment_id: str
    user_id: str | None
    scopes: frozenset[str]
    assignments: tuple[RoleAssignment, ...]
    session_id: str | None = None

    @property
    def id(self) -> str:
        """The user, or else the application."""
        return self.user_id or self.client_id

    def within(self, environment_id: str, organization_id: str) -> Permissions:
        """Return what the actor may do in an environment."""
        return permissions.permissions(self.assignments, environment_id, organization_id)

    def is_self(self, environment_id: str, user_id: str | None) -> bool:
        """Tell whether a user is the one who asks."""
        return user_id is not None and user_id == self.user_id and environment_id == self.environment_id

    def may_give(self, connection: Connection, role: Role, scope_type: ScopeType, scope_id: str) -> bool:
        """Tell whether the actor may give a role, or take it, for something."""
        within = role_assignments.within(connection, scope_type, scope_id)
        return permissions.may_assign(self.assignments, role, within)

    def has_all_of(self, connection: Connection, others: Iterable[RoleAssignment]) -> bool:
        """Tell whether the actor may do whatever these roles permit, where they permit it."""
        for other in others:
            within = role_assignments.within(connection, other.scope_type, other.scope_id)
            mine = [each.role for each in self.assignments if (each.scope_type, each.scope_id) in within]
            may = frozenset[str]().union(*(role.permissions for role in mine if role is not None))
            if other.role is not None and not other.role.permissions <= may:
                return False
        return True


async def authenticated(services: Services, authorization: str | None) -> Actor:
    """Return who bears the token in the header `Authorization`.

    Raises:
        Refused: When there is none, or it is not good for this API.
    """
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated()
    try:
        environment_id = _environment_of(services, token)
        configuration = await services.configurations.get_async(environment_id)
        if configuration is None:
            raise unauthenticated()
        issuer = services.issuer(environment_id)
        claims = presented_tokens.access_token(configuration, issuer, token, services.clock())
    except TokenRejected:
        raise unauthenticated() from None
    # RFC 9449 §7.1: a token that is bound to a key is no bearer token
    if PLATFORM_AUDIENCE not in claims["aud"] or "cnf" in claims:
        raise unauthenticated()
    actor = await services.store.read_async(lambda connection: _known(connection, configuration, claims))
    if actor is None:
        raise unauthenticated()
    return actor


def _environment_of(services: Services, token: str) -> str:
    """Return the environment that a token says it comes from, before anything of it is believed."""
    _, payload, _, _ = take_apart(token, _MOST_OCTETS)
    issuer = load_object(base64url.decode(payload)).get("iss")
    environment_id = issuer.removesuffix("/as").rpartition("/")[2] if isinstance(issuer, str) else ""
    if not is_id(environment_id) or issuer != services.issuer(environment_id):
        raise unauthenticated()
    return environment_id


def _known(connection: Connection, configuration: Configuration, claims: Mapping[str, Any]) -> Actor | None:
    """Return who the claims are about, as things are now; `None` when they may do nothing any more."""
    environment_id = configuration.environment.id
    application = configuration.applications.get(claims["client_id"])
    if application is None or not application.enabled or presented_tokens.ended(connection, environment_id, claims):
        return None
    scopes = frozenset(str(claims.get("scope", "")).split())
    # Not `sub`, which a mapping of a custom resource may make of anything; no mapping makes this one.
    user_id: str | None = claims.get("p1.userId")
    # The roles of an administrator count where they use a worker application; no other gets them by their sign-on.
    worker = application.type == "WORKER"
    if user_id is not None:
        theirs = role_assignments.of_actor(connection, user_id) if worker else ()
        return Actor(application.id, environment_id, user_id, scopes, theirs, claims.get("sid"))
    own = configuration.assignments_of(application.id) if worker else ()
    return Actor(application.id, environment_id, None, scopes, own)
