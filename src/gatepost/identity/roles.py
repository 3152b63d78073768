"""Roles: what somebody may do with the platform's API, and within what.

Permissions have the names that PingOne gives them, such as `dir:read:user`; their identifiers and those of the roles
are the same on every server.
"""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from gatepost.identity.ids import derived_id
from gatepost.identity.refusals import NotFound

ScopeType: TypeAlias = Literal["ORGANIZATION", "ENVIRONMENT", "POPULATION", "APPLICATION"]

_NAMESPACE = "8f7c2f0e-5a0b-5d0c-9c3e-6d1f4b2a7e90"


class Role(NamedTuple):
    """A role.

    Attributes:
        id: Its identifier.
        name: Its name.
        description: One sentence about it.
        permissions: The names of what it permits.
        applicable_to: What it can be given for.
        can_assign: The names of the roles that who has it may give to others.
    """

    id: str
    name: str
    description: str
    permissions: frozenset[str]
    applicable_to: tuple[ScopeType, ...]
    can_assign: frozenset[str]


def _of(service: str, verbs: str, *things: str) -> frozenset[str]:
    return frozenset(f"{service}:{verb}:{thing}" for verb in verbs.split() for thing in things)


_ALL = "create read update delete"
_ASSIGNMENTS = ("userRoleAssignments", "groupRoleAssignments", "applicationRoleAssignments")

_ORGANIZATION = (
    _of("orgmgt", "read", "organization")
    | _of("orgmgt", _ALL, "environment")
    | _of("permissions", "read", "role")
    | _of("permissions", "create read delete", *_ASSIGNMENTS)
)
_APPLICATIONS = (
    _of("applications", _ALL, "application", "attribute", "grant", "signOnPolicyAssignment")
    | _of("applications", "read update delete", "secret")
    | _of("resources", _ALL, "resource", "scope", "attribute")
    | _of("resources", "read update delete", "secret")
)
_CONFIGURATION = (
    _APPLICATIONS
    | _of("authn", _ALL, "signOnPolicy")
    | _of("certmgt", _ALL, "key")
    | _of("dir", _ALL, "population", "group", "passwordPolicy")
)
_READ_PEOPLE = _of("dir", "read", "user", "userPassword", "population", "group", "groupMembership") | _of(
    "mfa", "read", "device"
)
_PEOPLE = (
    _READ_PEOPLE
    | _of("dir", _ALL, "user", "group")
    | _of("dir", "create read delete", "groupMembership")
    | _of("dir", "import verify invite", "user")
    | _of("dir", "read set reset forceChange recover unlock validate", "userPassword")
    | _of("dir", "read", "passwordPolicy")
    | _of("mfa", _ALL, "device")
    | _of("sessions", "read delete", "session")
)
_ENVIRONMENT = (
    _CONFIGURATION
    | _of("orgmgt", "read update", "environment")
    | _of("orgmgt", "read", "organization")
    | _of("permissions", "read", "role")
    | _of("permissions", "create read delete", *_ASSIGNMENTS)
    | _of("audit", "read", "activity")
    | _of("sessions", "read delete", "session")
)
_READ_CONFIGURATION = frozenset(
    each for each in _ENVIRONMENT if ":read:" in each and not each.endswith((":secret", ":session"))
)
_WITHIN_ENVIRONMENT = _of("orgmgt", "read", "environment") | _of("permissions", "read", "role")


def _role(
    name: str,
    description: str,
    permissions: frozenset[str],
    applicable_to: tuple[ScopeType, ...],
    can_assign: Iterable[str] = (),
) -> Role:
    return Role(derived_id(_NAMESPACE, name), name, description, permissions, applicable_to, frozenset(can_assign))


_WIDE: tuple[ScopeType, ...] = ("ORGANIZATION", "ENVIRONMENT")
_NARROW: tuple[ScopeType, ...] = ("ORGANIZATION", "ENVIRONMENT", "POPULATION")

ORGANIZATION_ADMIN = _role(
    "Organization Admin",
    "Manages the organization: its environments, and who administers them.",
    _ORGANIZATION,
    ("ORGANIZATION",),
    ("Environment Admin",),
)
CLIENT_APPLICATION_DEVELOPER = _role(
    "Client Application Developer",
    "Manages applications, resources and what applications may ask for.",
    _APPLICATIONS | _WITHIN_ENVIRONMENT | _of("authn", "read", "signOnPolicy"),
    _WIDE,
)
APPLICATION_OWNER = _role(
    "Application Owner",
    "Manages single applications that are there.",
    _of("applications", "read update", "application")
    | _of("applications", _ALL, "attribute", "grant", "signOnPolicyAssignment")
    | _of("applications", "read update delete", "secret")
    | _of("resources", "read", "resource", "scope", "attribute")
    | _of("authn", "read", "signOnPolicy")
    | _WITHIN_ENVIRONMENT,
    ("APPLICATION",),
)
IDENTITY_DATA_READ_ONLY = _role(
    "Identity Data Read Only",
    "Sees users, groups and populations.",
    _READ_PEOPLE | _WITHIN_ENVIRONMENT,
    _NARROW,
)
IDENTITY_DATA_ADMIN = _role(
    "Identity Data Admin",
    "Manages users, their passwords and their devices.",
    _PEOPLE | _WITHIN_ENVIRONMENT | _of("permissions", "create read delete", "userRoleAssignments"),
    _NARROW,
    ("Identity Data Admin", "Identity Data Read Only"),
)
CONFIGURATION_READ_ONLY = _role(
    "Configuration Read Only",
    "Sees the configuration of an environment, but for secrets and users.",
    _READ_CONFIGURATION,
    _WIDE,
)
ENVIRONMENT_ADMIN = _role(
    "Environment Admin",
    "Manages the configuration of an environment, and who administers it.",
    _ENVIRONMENT,
    _WIDE,
    (
        "Environment Admin",
        "Identity Data Admin",
        "Identity Data Read Only",
        "Client Application Developer",
        "Application Owner",
        "Configuration Read Only",
    ),
)

CATALOG: MappingProxyType[str, Role] = MappingProxyType(
    {
        role.id: role
        for role in sorted(
            (
                ORGANIZATION_ADMIN,
                ENVIRONMENT_ADMIN,
                IDENTITY_DATA_ADMIN,
                IDENTITY_DATA_READ_ONLY,
                CLIENT_APPLICATION_DEVELOPER,
                APPLICATION_OWNER,
                CONFIGURATION_READ_ONLY,
            ),
            key=lambda role: role.id,
        )
    }
)
PERMISSIONS = frozenset(permission for role in CATALOG.values() for permission in role.permissions)


def get(role_id: str) -> Role:
    """Return a role.

    Raises:
        NotFound: When there is none such.
    """
    role = CATALOG.get(role_id)
    if role is None:
        raise NotFound("there is no such role")
    return role


def by_name(name: str) -> Role:
    """Return the role of that name.

    Raises:
        NotFound: When there is none such.
    """
    for role in CATALOG.values():
        if role.name == name:
            return role
    raise NotFound("there is no such role")
