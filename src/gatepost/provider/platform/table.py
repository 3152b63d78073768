"""Every endpoint of the platform's API: its path, the permission that it needs, what it takes, and what is done.

The routes, the access check and the OpenAPI document are made of this table.
"""

from collections.abc import Iterator
from functools import partial

from gatepost.identity import devices, groups, memberships, user_shape, users
from gatepost.identity.mail import Mailer
from gatepost.identity.shapes.kinds import Flag
from gatepost.identity.shapes.shape import Member, Shape, reference
from gatepost.identity.signing_keys import SHAPE as KEY_SHAPE
from gatepost.provider.platform import (
    administration,
    credentials,
    directory,
    guards,
    kinds,
    second_factors,
    shown,
    verification,
)
from gatepost.provider.platform.answers import changes, creates, gets, lists, removes
from gatepost.provider.platform.crud import crud
from gatepost.provider.platform.endpoint import ANYTHING, Endpoint, Guard
from gatepost.provider.platform.schemas import SECRET, Shown
from gatepost.provider.platform.works import by_body, by_ids, by_ids_now, by_page

_E = "/environments/{environmentId}"
_A, _R = f"{_E}/applications/{{applicationId}}", f"{_E}/resources/{{resourceId}}"
_U, _G = f"{_E}/users/{{userId}}", f"{_E}/groups/{{groupId}}"
_P = "application/vnd.pingidentity."

_APPLICATION = (guards.reaches_application, guards.not_above, guards.may_act_for_users)
_USER = (guards.reaches_user, guards.not_above)
_DEVICE = (*_USER, guards.proved_second_factor)
_ENABLED, _MFA = Shape(Member("enabled", Flag(), required=True)), Shape(Member("mfaEnabled", Flag(), required=True))


def endpoints(mailer: Mailer) -> Iterator[Endpoint]:
    """Yield every endpoint; codes that people have to get go through `mailer`."""
    yield from _organizations()
    yield from _applications()
    yield from _resources()
    yield from _people()
    yield from _users(mailer)
    yield from _passwords(mailer)
    yield from _configuration()


def _organizations() -> Iterator[Endpoint]:
    row = Endpoint
    listed, one = administration.listed_organizations, administration.organization
    yield row(
        "GET",
        "/organizations",
        "listOrganizations",
        "orgmgt:read:organization",
        lists(listed, shown.organization, "organizations"),
        plural="organizations",
    )
    yield row(
        "GET",
        "/organizations/{organizationId}",
        "getOrganization",
        "orgmgt:read:organization",
        gets(one, shown.organization),
    )
    yield row(
        "POST",
        "/environments",
        "createEnvironment",
        "orgmgt:create:environment",
        administration.create_environment,
        201,
        takes=administration.NEW_ENVIRONMENT,
        action="ENVIRONMENT.CREATED",
    )
    yield from crud("/environments", "environmentId", kinds.ENVIRONMENT)
    for prefix, name in (("", ""), (_E, "Environment")):
        guard = (guards.is_here,) if prefix else ()
        yield row(
            "GET",
            f"{prefix}/roles",
            f"list{name}Roles",
            "permissions:read:role",
            lists(administration.listed_roles, shown.role, "roles"),
            plural="roles",
            guards=guard,
            anywhere=True,
        )
        yield row(
            "GET",
            f"{prefix}/roles/{{roleId}}",
            f"get{name}Role",
            "permissions:read:role",
            gets(administration.role, shown.role),
            guards=guard,
            anywhere=True,
        )


def _applications() -> Iterator[Endpoint]:
    yield from crud(f"{_E}/applications", "applicationId", kinds.APPLICATION)
    yield from crud(f"{_A}/attributes", "attributeId", kinds.APPLICATION_ATTRIBUTE)
    yield from crud(f"{_A}/grants", "grantId", kinds.GRANT)
    yield from crud(f"{_A}/signOnPolicyAssignments", "assignmentId", kinds.POLICY_ASSIGNMENT)
    roles = kinds.role_assignments_of("APPLICATION", guards.reaches_application)
    yield from crud(f"{_A}/roleAssignments", "assignmentId", roles)
    yield from _secret(_A, "Application", "applications:{}:secret", _APPLICATION)


def _resources() -> Iterator[Endpoint]:
    yield from crud(f"{_E}/resources", "resourceId", kinds.RESOURCE)
    yield from crud(f"{_R}/scopes", "scopeId", kinds.SCOPE)
    yield from crud(f"{_R}/attributes", "attributeId", kinds.RESOURCE_ATTRIBUTE)
    yield from _secret(_R, "Resource", "resources:{}:secret", ())


def _secret(of: str, name: str, permission: str, needed: tuple[Guard, ...]) -> Iterator[Endpoint]:
    row = partial(Endpoint, guards=needed, anywhere=bool(needed), shows=SECRET)
    at, event = f"{of}/secret", f"{name.upper()}_SECRET"
    read = credentials.secret_answer(credentials.current_secret)
    rotate = credentials.secret_answer(credentials.rotated_secret, writes=True)
    yield row("GET", at, f"get{name}Secret", permission.format("read"), read)
    yield row(
        "POST",
        at,
        f"rotate{name}Secret",
        permission.format("update"),
        rotate,
        takes=credentials.ROTATION,
        optional=True,
        action=f"{event}.ROTATED",
    )
    yield Endpoint(
        "DELETE",
        at,
        f"removePrevious{name}Secret",
        permission.format("delete"),
        removes(credentials.removed_previous_secret),
        204,
        shows=None,
        guards=needed,
        anywhere=bool(needed),
        action=f"{event}.DELETED",
    )


def _people() -> Iterator[Endpoint]:
    yield from crud(f"{_E}/populations", "populationId", kinds.POPULATION)
    yield from crud(f"{_E}/groups", "groupId", kinds.GROUP)
    yield from crud(f"{_G}/roleAssignments", "assignmentId", kinds.role_assignments_of("GROUP", guards.reaches_group))
    row = partial(Endpoint, anywhere=True, expands=("group",))
    at, above = f"{_G}/memberOfGroups", (guards.reaches_group, guards.reaches_joined_group, guards.not_above_new_group)
    yield row(
        "GET",
        at,
        "listGroupParents",
        "dir:read:group",
        lists(
            by_page(groups.parents),
            directory.parent,
            "groupMemberships",
        ),
        plural="groupMemberships",
        guards=(guards.reaches_group,),
    )
    yield row(
        "POST",
        at,
        "addGroupParent",
        "dir:update:group",
        creates(directory.added_parent, directory.parent),
        201,
        takes=reference(),
        guards=above,
        action="GROUP.NESTED",
    )
    yield row(
        "GET",
        f"{at}/{{parentId}}",
        "getGroupParent",
        "dir:read:group",
        gets(by_ids(groups.parent), directory.parent),
        guards=(guards.reaches_group,),
    )
    yield Endpoint(
        "DELETE",
        f"{at}/{{parentId}}",
        "removeGroupParent",
        "dir:update:group",
        removes(by_ids(groups.remove_parent)),
        204,
        shows=None,
        guards=(guards.reaches_group, guards.reaches_joined_group, guards.not_above_left_group),
        action="GROUP.UNNESTED",
        anywhere=True,
    )


def _users(mailer: Mailer) -> Iterator[Endpoint]:
    new = partial(Endpoint, guards=(guards.reaches_new_user,), action="USER.CREATED", anywhere=True)
    shape, view = user_shape.SHAPE, Shown(user_shape.SHAPE)
    yield new(
        "POST", f"{_E}/users", "createUser", "dir:create:user", directory.create_user, 201, takes=shape, shows=view
    )
    yield new(
        "POST",
        f"{_E}/users",
        "importUser",
        "dir:import:user",
        directory.create_user,
        201,
        takes=shape,
        shows=view,
        media_type=f"{_P}user.import+json",
    )
    yield from crud(f"{_E}/users", "userId", kinds.USER)
    one = partial(Endpoint, guards=_USER, action="USER.UPDATED", anywhere=True, shows=view)
    for method in ("PUT", "PATCH"):
        name = "replace" if method == "PUT" else "update"
        yield one(
            method,
            f"{_U}/enabled",
            f"{name}UserEnabled",
            "dir:update:user",
            changes(by_body(users.enable), shown.user),
            takes=_ENABLED,
        )
        yield one(
            method,
            f"{_U}/mfaEnabled",
            f"{name}UserMfaEnabled",
            "dir:update:user",
            changes(by_body(users.enable_mfa), shown.user),
            takes=_MFA,
        )
        yield one(
            method,
            f"{_U}/population",
            f"{name}UserPopulation",
            "dir:update:user",
            changes(by_body(users.move), shown.user),
            takes=reference(),
            guards=(*_USER, guards.reaches_moved_user),
        )
    read = partial(Endpoint, "GET", guards=(guards.reaches_user,), anywhere=True, own="p1:read:user")
    yield read(
        f"{_U}/enabled",
        "getUserEnabled",
        "dir:read:user",
        gets(by_ids(users.get), directory.enabled),
    )
    yield read(
        f"{_U}/mfaEnabled",
        "getUserMfaEnabled",
        "dir:read:user",
        gets(by_ids(users.get), directory.mfa_enabled),
    )
    yield read(
        f"{_U}/population",
        "getUserPopulation",
        "dir:read:user",
        gets(directory.population_of_user, shown.plain("populations")),
    )
    for name, work in (("lock", users.lock), ("unlock", users.unlock)):
        yield one(
            "POST",
            _U,
            f"{name}User",
            "dir:update:user",
            changes(by_ids_now(work), shown.user),
            takes=ANYTHING,
            optional=True,
            media_type=f"{_P}account.{name}+json",
            action=f"USER.{name.upper()}ED",
        )
    send = partial(Endpoint, "POST", _U, guards=(guards.reaches_user,), anywhere=True, shows=view)
    yield send(
        "sendUserVerificationCode",
        "dir:verify:user",
        verification.sending_code(mailer),
        takes=ANYTHING,
        optional=True,
        media_type=f"{_P}user.sendVerificationCode+json",
        own="p1:verify:user",
        action="USER.VERIFICATION_SENT",
    )
    yield send(
        "verifyUser",
        "dir:verify:user",
        verification.verify,
        takes=verification.CODE,
        media_type=f"{_P}user.verify+json",
        own="p1:verify:user",
        action="USER.VERIFIED",
    )
    yield from _memberships()
    yield from crud(f"{_U}/roleAssignments", "assignmentId", kinds.role_assignments_of("USER", guards.reaches_user))
    yield from crud(f"{_U}/devices", "deviceId", kinds.DEVICE)
    yield Endpoint(
        "POST",
        f"{_U}/devices",
        "createDevice",
        "mfa:create:device",
        second_factors.enrol,
        201,
        takes=second_factors.NEW,
        own="p1:create:device",
        guards=_DEVICE,
        anywhere=True,
        action="DEVICE.CREATED",
    )
    yield Endpoint(
        "POST",
        f"{_U}/devices/{{deviceId}}",
        "activateDevice",
        "mfa:update:device",
        second_factors.activate,
        takes=second_factors.ACTIVATION,
        media_type=f"{_P}device.activate+json",
        own="p1:update:device",
        guards=_DEVICE,
        anywhere=True,
        action="DEVICE.ACTIVATED",
    )
    yield Endpoint(
        "PUT",
        f"{_U}/devices/{{deviceId}}/nickname",
        "renameDevice",
        "mfa:update:device",
        changes(by_body(devices.rename), shown.device),
        takes=devices.NICKNAME,
        guards=_USER,
        own="p1:update:device",
        anywhere=True,
        action="DEVICE.UPDATED",
    )


def _memberships() -> Iterator[Endpoint]:
    at = f"{_U}/memberOfGroups"
    row = partial(Endpoint, anywhere=True, expands=("group",), guards=(guards.reaches_user,))
    yield row(
        "GET",
        at,
        "listUserGroups",
        "dir:read:groupMembership",
        lists(by_page(memberships.of_user), directory.membership, "groupMemberships"),
        plural="groupMemberships",
        own="p1:read:user",
    )
    yield row(
        "POST",
        at,
        "addUserToGroup",
        "dir:create:groupMembership",
        creates(by_body(memberships.add), directory.membership),
        201,
        takes=reference(),
        guards=(guards.reaches_user, guards.reaches_joined_group, guards.not_above_new_group),
        action="USER.GROUP_ADDED",
    )
    yield row(
        "GET",
        f"{at}/{{groupId}}",
        "getUserGroup",
        "dir:read:groupMembership",
        gets(by_ids(memberships.get), directory.membership),
        own="p1:read:user",
    )
    yield Endpoint(
        "DELETE",
        f"{at}/{{groupId}}",
        "removeUserFromGroup",
        "dir:delete:groupMembership",
        removes(by_ids(memberships.remove)),
        204,
        shows=None,
        guards=(guards.reaches_user, guards.reaches_joined_group, guards.not_above_group),
        anywhere=True,
        action="USER.GROUP_REMOVED",
    )


def _passwords(mailer: Mailer) -> Iterator[Endpoint]:
    at, of = f"{_U}/password", "dir:{}:userPassword"
    row = partial(Endpoint, anywhere=True, guards=_USER)
    yield row(
        "GET",
        at,
        "getPassword",
        of.format("read"),
        credentials.password_state,
        guards=(guards.reaches_user,),
        expands=("passwordPolicy",),
        own="p1:read:userPassword",
    )
    setting = credentials.with_password(credentials.set_password)
    for name in ("set", "setValue"):
        yield row(
            "PUT",
            at,
            f"{name}Password",
            of.format("set"),
            setting,
            takes=user_shape.PASSWORD,
            media_type=f"{_P}password.{name}+json",
            action="PASSWORD.SET",
        )
    yield row(
        "PUT",
        at,
        "resetPassword",
        of.format("reset"),
        credentials.with_password(credentials.reset_password),
        takes=credentials.RESET,
        media_type=f"{_P}password.reset+json",
        own="p1:reset:userPassword",
        action="PASSWORD.RESET",
    )
    yield row(
        "POST",
        at,
        "checkPassword",
        of.format("validate"),
        credentials.with_password(credentials.check_password),
        takes=credentials.CHECK,
        media_type=f"{_P}password.check+json",
        own="p1:validate:userPassword",
        guards=(guards.reaches_user,),
        action="PASSWORD.CHECKED",
    )
    yield row(
        "POST",
        at,
        "recoverPassword",
        of.format("recover"),
        credentials.with_password(credentials.recover_password),
        takes=credentials.RECOVER,
        media_type=f"{_P}password.recover+json",
        action="PASSWORD.RECOVERED",
    )
    sending = credentials.with_password(credentials.sending_recovery_code(mailer))
    yield row(
        "POST",
        at,
        "sendRecoveryCode",
        of.format("recover"),
        sending,
        takes=ANYTHING,
        optional=True,
        media_type=f"{_P}password.sendRecoveryCode+json",
        action="PASSWORD.RECOVERY_SENT",
    )
    yield row(
        "POST",
        at,
        "unlockPassword",
        of.format("unlock"),
        credentials.with_password(credentials.unlock_password),
        takes=ANYTHING,
        optional=True,
        media_type=f"{_P}password.unlock+json",
        action="PASSWORD.UNLOCKED",
    )
    yield row(
        "POST",
        at,
        "forcePasswordChange",
        of.format("forceChange"),
        credentials.force_change,
        takes=ANYTHING,
        optional=True,
        media_type=f"{_P}password.forceChange+json",
        action="PASSWORD.FORCED_CHANGE",
    )


def _configuration() -> Iterator[Endpoint]:
    yield from crud(f"{_E}/passwordPolicies", "passwordPolicyId", kinds.PASSWORD_POLICY)
    yield from crud(f"{_E}/signOnPolicies", "policyId", kinds.SIGN_ON_POLICY)
    yield from crud(f"{_E}/signOnPolicies/{{policyId}}/actions", "actionId", kinds.SIGN_ON_ACTION)
    yield Endpoint(
        "POST",
        f"{_E}/keys",
        "createKey",
        "certmgt:create:key",
        administration.create_key,
        201,
        takes=KEY_SHAPE,
        shows=Shown(KEY_SHAPE),
        action="KEY.CREATED",
    )
    yield from crud(f"{_E}/keys", "keyId", kinds.KEY)
    yield Endpoint(
        "GET",
        f"{_E}/activities",
        "listActivities",
        "audit:read:activity",
        lists(administration.listed_activities, shown.activity, "activities"),
        plural="activities",
    )
