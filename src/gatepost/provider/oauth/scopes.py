"""Which scopes a client gets of those that it asks for, and what the access token is for then."""

import re
from typing import TYPE_CHECKING, NamedTuple

from gatepost.identity.applications import Application
from gatepost.identity.resources import PLATFORM_AUDIENCE, Resource
from gatepost.provider.oauth.failures import OAuthError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost.identity.configuration import Configuration
    from gatepost.identity.scopes import Scope

# RFC 6749 §3.3
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,256}")
_MOST = 200
OPENID = "openid"
OFFLINE_ACCESS = "offline_access"


class Allowed(NamedTuple):
    """What a client gets.

    Attributes:
        scopes: The scopes, in the order in which they were asked for.
        resources: What they are of, apart from OpenID Connect.
        openid: Which of them are of OpenID Connect.
    """

    scopes: tuple[str, ...]
    resources: tuple[Resource, ...] = ()
    openid: frozenset[str] = frozenset()

    @property
    def audience(self) -> list[str]:
        """`aud` of the access token."""
        return [each.audience for each in self.resources] or [PLATFORM_AUDIENCE]

    def lifetime(self, configuration: "Configuration") -> int:
        """Return how long the access token is good, in seconds."""
        resources = self.resources or (configuration.openid if self.openid else configuration.platform,)
        return min(each.access_token_validity_seconds for each in resources)


def parsed(text: str | None) -> tuple[str, ...] | None:
    """Return the scopes that a request names, each once; `None` when it names none.

    Raises:
        OAuthError: `invalid_scope`, when they are not written as scopes are.
    """
    names = tuple(dict.fromkeys((text or "").split(" ")))
    names = tuple(name for name in names if name)
    if not names:
        return None
    if len(names) > _MOST or not all(_SCOPE.fullmatch(name) for name in names):
        raise OAuthError("invalid_scope", "The scope is not a list of names with one space between them")
    return names


def for_user(configuration: "Configuration", application: Application, wanted: tuple[str, ...] | None) -> Allowed:
    """Return what an application gets in the name of a user: what was not granted to it is left out.

    `openid` needs no grant. An application that names nothing gets everything that it was granted.

    Raises:
        OAuthError: `invalid_scope`, when nothing is left, or scopes of several resources were asked for.
    """
    granted = configuration.granted_scopes(application.id)
    if application.type == "WORKER":  # its users' roles decide, and not scopes
        openid = configuration.openid.id
        granted = {name: scope for name, scope in granted.items() if scope.resource_id == openid}
    if wanted is None:
        wanted = tuple(granted)
    names = [name for name in wanted if name in granted or name == OPENID]
    return _of(configuration, application, names, granted)


def for_itself(configuration: "Configuration", application: Application, wanted: tuple[str, ...] | None) -> Allowed:
    """Return what an application gets in its own name: scopes of custom resources, or its roles.

    A worker that names no scope gets a token for the platform's API, where its roles decide.

    Raises:
        OAuthError: `invalid_scope`, as for users.
    """
    platform = Allowed((), (configuration.platform,))
    if wanted is None and application.type == "WORKER" and configuration.assignments_of(application.id):
        return platform
    granted = {
        name: scope
        for name, scope in configuration.granted_scopes(application.id).items()
        if configuration.resources[scope.resource_id].type == "CUSTOM"
    }
    names = [name for name in (tuple(granted) if wanted is None else wanted) if name in granted]
    return _of(configuration, application, names, granted)


def narrowed(
    configuration: "Configuration", application: Application, had: tuple[str, ...], wanted: tuple[str, ...] | None
) -> Allowed:
    """Return what an application gets that had more: all of it by default (RFC 6749 §6).

    Raises:
        OAuthError: `invalid_scope`, when it asks for more than it had, or nothing of it is granted any more.
    """
    if wanted is not None and not set(wanted) <= set(had):
        raise OAuthError("invalid_scope", "The scope is more than what was granted before")
    return for_user(configuration, application, had if wanted is None else wanted)


def _of(
    configuration: "Configuration", application: Application, names: list[str], granted: "Mapping[str, Scope]"
) -> Allowed:
    if not names:
        raise OAuthError("invalid_scope", "At least one scope must be granted")
    found: dict[str, Resource] = {}
    openid = []
    for name in names:
        scope = granted.get(name)
        resource = configuration.openid if scope is None else configuration.resources[scope.resource_id]
        if resource.type == "OPENID_CONNECT":
            openid.append(name)
        else:
            found[resource.id] = resource
    if len(found) > 1 and not application.several_resources:
        raise OAuthError("invalid_scope", "May not request scopes for multiple resources")
    return Allowed(tuple(names), tuple(found.values()), frozenset(openid))
