"""The kinds of things that have the usual endpoints, and what is particular about each."""

from collections.abc import Mapping

from gatepost.identity import (
    application_shape,
    applications,
    attribute_shape,
    attributes,
    devices,
    environments,
    grants,
    groups,
    password_policies,
    populations,
    resources,
    role_assignments,
    scopes,
    sign_on_actions,
    sign_on_policies,
    sign_on_policy_assignments,
    signing_keys,
    user_shape,
    users,
)
from gatepost.identity.role_assignments import ActorType
from gatepost.provider.expressions import check
from gatepost.provider.platform import administration, directory, guards, shown
from gatepost.provider.platform.answers import Work
from gatepost.provider.platform.crud import Kind
from gatepost.provider.platform.endpoint import Guard
from gatepost.provider.platform.schemas import ACTION
from gatepost.provider.platform.works import by_body

ALL = frozenset({"list", "create", "read", "update", "delete"})
_SINGLE = frozenset({"read", "update", "delete"})
_READ = frozenset({"list", "read"})
_OWNER: tuple[Guard, ...] = (guards.reaches_application,)
_USER: tuple[Guard, ...] = (guards.reaches_user,)
_GROUP: tuple[Guard, ...] = (guards.reaches_group,)
_POPULATION: tuple[Guard, ...] = (guards.reaches_population,)


def _each(verbs: frozenset[str], *needed: Guard) -> Mapping[str, tuple[Guard, ...]]:
    return dict.fromkeys(verbs, needed)


# A bad expression is refused when it is saved.
_CHECKED: Mapping[str, Work] = {
    "create": by_body(attributes.create, check=check),
    "replace": by_body(attributes.replace, check=check),
    "patch": by_body(attributes.patch, check=check),
}

ENVIRONMENT = Kind(
    "Environment",
    "environments",
    environments,
    "orgmgt:{}:environment",
    shown.environment,
    environments.SHAPE,
    works={"list": administration.listed_environments},
    guards={"read": (guards.is_here,)},
    narrow=frozenset({"read"}),
    only=frozenset({"list", "read", "replace", "patch", "delete"}),
)

APPLICATION = Kind(
    "Application",
    "applications",
    applications,
    "applications:{}:application",
    shown.application,
    application_shape.SHAPE,
    works={
        "list": administration.listed_applications,
        "create": lambda connection, call: applications.create(
            connection, call.environment_id, call.body, call.now, call.services.sealing, actor_id=call.actor.id
        ),
    },
    guards={
        "create": (guards.may_act_for_users,),
        "read": _OWNER,
        "update": (guards.reaches_application, guards.not_above, guards.may_act_for_users),
        "delete": (guards.reaches_application, guards.not_above),
    },
    narrow=_SINGLE | {"list"},
)

APPLICATION_ATTRIBUTE = Kind(
    "ApplicationAttribute",
    "attributes",
    attributes,
    "applications:{}:attribute",
    shown.attribute,
    attribute_shape.APPLICATION_SHAPE,
    works=_CHECKED,
    guards=_each(ALL, guards.reaches_application),
    narrow=ALL,
)

GRANT = Kind(
    "Grant",
    "grants",
    grants,
    "applications:{}:grant",
    shown.grant,
    grants.SHAPE,
    guards=_each(ALL, guards.reaches_application),
    narrow=ALL,
)

POLICY_ASSIGNMENT = Kind(
    "SignOnPolicyAssignment",
    "signOnPolicyAssignments",
    sign_on_policy_assignments,
    "applications:{}:signOnPolicyAssignment",
    shown.policy_assignment,
    sign_on_policy_assignments.SHAPE,
    guards={
        **_each(ALL, guards.reaches_application, guards.may_act_for_users),
        **_each(_READ, guards.reaches_application),
    },
    narrow=ALL,
)

RESOURCE = Kind(
    "Resource",
    "resources",
    resources,
    "resources:{}:resource",
    shown.resource,
    resources.SHAPE,
    works={
        "create": lambda connection, call: resources.create(
            connection, call.environment_id, call.body, call.now, call.services.sealing
        ),
    },
    guards=_each(_READ, guards.is_here),
    narrow=_READ,
)

SCOPE = Kind(
    "Scope",
    "scopes",
    scopes,
    "resources:{}:scope",
    shown.scope,
    scopes.PLATFORM_SHAPE,
    guards=_each(_READ, guards.is_here),
    narrow=_READ,
)

RESOURCE_ATTRIBUTE = Kind(
    "ResourceAttribute",
    "attributes",
    attributes,
    "resources:{}:attribute",
    shown.attribute,
    attribute_shape.OPENID_SHAPE,
    works=_CHECKED,
    guards={**_each(ALL, guards.is_resource), **_each(_READ, guards.is_resource, guards.is_here)},
    narrow=_READ,
)

POPULATION = Kind(
    "Population",
    "populations",
    populations,
    "dir:{}:population",
    shown.plain("populations"),
    populations.SHAPE,
    more=directory.of_populations,
    works={"list": directory.listed_populations},
    guards=_each(_SINGLE, guards.reaches_population),
    narrow=_SINGLE | {"list"},
    filtered=True,
)

USER = Kind(
    "User",
    "users",
    users,
    "dir:{}:user",
    shown.user,
    user_shape.SHAPE,
    more=directory.of_users,
    works={
        "list": directory.listed_users,
        "replace": directory.changed_user,
        "patch": directory.changed_user,
    },
    guards={
        "read": _USER,
        "update": (guards.reaches_user, guards.reaches_moved_user, guards.not_above),
        "delete": (guards.reaches_user, guards.not_above),
    },
    narrow=_SINGLE | {"list"},
    own={"read": "p1:read:user", "update": "p1:update:user"},
    filtered=True,
    expands=("population", "password"),
    includes=("memberOfGroupNames", "memberOfGroupIDs"),
    only=frozenset({"list", "read", "replace", "patch", "delete"}),
)

GROUP = Kind(
    "Group",
    "groups",
    groups,
    "dir:{}:group",
    shown.group,
    groups.SHAPE,
    more=directory.of_groups,
    works={"list": directory.listed_groups},
    guards={
        "create": (guards.reaches_new_group,),
        "read": _GROUP,
        "update": _GROUP,
        "delete": (guards.reaches_group, guards.not_above_group),
    },
    narrow=ALL,
    filtered=True,
)

DEVICE = Kind(
    "Device",
    "devices",
    devices,
    "mfa:{}:device",
    shown.device,
    devices.NICKNAME,
    guards={
        **_each(_READ, guards.reaches_user),
        "delete": (guards.reaches_user, guards.not_above, guards.proved_second_factor),
    },
    narrow=ALL,
    own={"list": "p1:read:device", "read": "p1:read:device", "delete": "p1:delete:device"},
    only=frozenset({"list", "read", "delete"}),
)

PASSWORD_POLICY = Kind(
    "PasswordPolicy",
    "passwordPolicies",
    password_policies,
    "dir:{}:passwordPolicy",
    shown.plain("passwordPolicies"),
    password_policies.SHAPE,
    guards=_each(_READ, guards.is_here),
    narrow=_READ,
)

SIGN_ON_POLICY = Kind(
    "SignOnPolicy",
    "signOnPolicies",
    sign_on_policies,
    "authn:{}:signOnPolicy",
    shown.sign_on_policy,
    sign_on_policies.SHAPE,
    guards=_each(_READ, guards.is_here),
    narrow=_READ,
)

SIGN_ON_ACTION = Kind(
    "SignOnPolicyAction",
    "actions",
    sign_on_actions,
    "authn:{}:signOnPolicy",
    shown.sign_on_action,
    ACTION,
    guards=_each(_READ, guards.is_here),
    narrow=_READ,
    deleting="update",
    creating="update",
)

KEY = Kind(
    "Key",
    "keys",
    signing_keys,
    "certmgt:{}:key",
    shown.plain("keys"),
    signing_keys.SHAPE,
    only=frozenset({"list", "read", "replace", "patch", "delete"}),
)


def role_assignments_of(actor_type: ActorType, reaches: Guard) -> Kind:
    """Return the kind of the role assignments of users, groups or applications."""
    name = actor_type.capitalize()
    return Kind(
        f"{name}RoleAssignment",
        "roleAssignments",
        role_assignments,
        f"permissions:{{}}:{actor_type.lower()}RoleAssignments",
        shown.role_assignment,
        role_assignments.SHAPE,
        works={
            "list": lambda connection, call: role_assignments.listed(
                connection, call.environment_id, actor_type, call.ids[0], call.page
            ),
            "create": lambda connection, call: role_assignments.create(
                connection, call.environment_id, actor_type, call.ids[0], call.body, call.now
            ),
        },
        guards={
            "list": (reaches,),
            "read": (reaches,),
            "create": (reaches, guards.gives_role),
            "delete": (reaches, guards.takes_role),
        },
        narrow=ALL,
        only=frozenset({"list", "create", "read", "delete"}),
    )
