"""Applications: the clients of the OpenID provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from gatepost.identity import attributes, client_secrets, redirect_uris, role_assignments, rows
from gatepost.identity.application_shape import NATIVE_TYPES, SHAPE, with_defaults
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.shapes.shape import Document
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.tables import applications, groups
from gatepost.identity.store.tables import attributes as attribute_rows
from gatepost.identity.store.tables import role_assignments as assignment_rows


@dataclass(frozen=True, slots=True)
class AccessControl:
    """Who may sign on to an application.

    Attributes:
        admins_only: Whether only users with a role may.
        group_type: `ANY_GROUP` or `ALL_GROUPS`, or `None` when the groups do not matter.
        group_ids: The groups of which a user has to be in one, or in all.
    """

    admins_only: bool = False
    group_type: str | None = None
    group_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Application(Entity):
    """An application. Times are in seconds; the URIs are as they were written.

    Attributes:
        name: Its name.
        enabled: Whether it may do anything at all.
        type: What it is, such as `WEB_APP` or `WORKER`.
        grant_types: The grant types that it may use, such as `AUTHORIZATION_CODE`.
        response_types: The responses that it may ask for: `CODE`, `TOKEN`, `ID_TOKEN`.
        redirect_uris: Where answers may be sent to; ask `redirects_to`.
        post_logout_redirect_uris: Where to after signing off; ask `signs_off_to`.
        wildcards: Whether `*` in those stands for anything.
        token_endpoint_auth_method: How it authenticates, such as `CLIENT_SECRET_JWT`.
        pkce_enforcement: `OPTIONAL`, `REQUIRED` or `S256_REQUIRED`.
        par_requirement: `OPTIONAL` or `REQUIRED`.
        par_timeout: How long a pushed request is good.
        refresh_token_duration: How long a refresh token is good.
        refresh_token_rolling_duration: How long a family of them lasts, or `None` for as long as it is used.
        refresh_token_grace: For how long one that was used may be used again.
        refresh_token_type: `OPAQUE_TOKEN` or `JSON_WEB_TOKEN`.
        replay_protection: Whether the second use of a refresh token ends its family.
        device_timeout: How long a device code is good.
        device_polling_interval: How long a device waits between two questions.
        jwks: The JWK set that its signatures are verified with, as JSON text, or `None`.
        jwks_url: Where that is fetched from, or `None`.
        require_signed_request_object: Whether a request object has to be signed.
        support_unsigned_request_object: Whether it may be unsigned.
        include_x5t: Whether tokens have the header `x5t`.
        signing_algorithm: What its tokens are signed with, or `None` for the environment's default.
        several_resources: Whether it may ask for scopes of several custom resources at once.
        idp_signoff: Whether an ID token alone ends a session.
        login_page_url: Its own sign-on page, or `None`.
        cors: The origins whose scripts may talk to the endpoints with cookies, or `None` when it does not say.
        access_control: Who may sign on to it.
    """

    name: str
    enabled: bool
    type: str
    grant_types: frozenset[str]
    response_types: frozenset[str]
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    wildcards: bool
    token_endpoint_auth_method: str
    pkce_enforcement: str
    par_requirement: str
    par_timeout: int
    refresh_token_duration: int
    refresh_token_rolling_duration: int | None
    refresh_token_grace: int
    refresh_token_type: str
    replay_protection: bool
    device_timeout: int
    device_polling_interval: int
    jwks: str | None
    jwks_url: str | None
    require_signed_request_object: bool
    support_unsigned_request_object: bool
    include_x5t: bool
    signing_algorithm: str | None
    several_resources: bool
    idp_signoff: bool
    login_page_url: str | None
    cors: tuple[str, ...] | None
    access_control: AccessControl

    def redirects_to(self, uri: str) -> bool:
        """Tell whether an answer may be sent to `uri`."""
        return redirect_uris.allows(self.redirect_uris, uri, native=self.type in NATIVE_TYPES, wildcards=self.wildcards)

    def signs_off_to(self, uri: str) -> bool:
        """Tell whether a browser may be sent to `uri` after signing off."""
        return redirect_uris.allows(
            self.post_logout_redirect_uris, uri, native=self.type in NATIVE_TYPES, wildcards=self.wildcards
        )


def create(
    connection: Connection,
    environment_id: str,
    sent: object,
    now: int,
    sealing: SealingKey,
    *,
    actor_id: str | None = None,
    application_id: str | None = None,
    secret: str | None = None,
) -> Application:
    """Make an application, with its secret and its attribute `sub`.

    Args:
        connection: A transaction that writes.
        environment_id: The environment.
        sent: What was sent.
        now: The time, in milliseconds since 1970.
        sealing: What seals secrets.
        actor_id: Who makes it: with `assignActorRoles` the application gets their roles.
        application_id: The identifier to give, a new one by default.
        secret: The secret to give, a new one by default.

    Raises:
        InvalidData: When what was sent does not fit.
        Conflict: When the name is taken.
    """
    changed(connection)
    document = SHAPE.created(with_defaults(sent.get("type"), sent) if isinstance(sent, dict) else sent)
    _check_groups(connection, environment_id, document)
    row = {
        "id": application_id or new_id(),
        "environment_id": environment_id,
        "name": document["name"],
        "enabled": document["enabled"],
        "type": document["type"],
        "document": document,
        "created_at": now,
        "updated_at": now,
    }
    rows.insert_unique(connection, applications, row, "name")
    made = str(row["id"])
    client_secrets.create(connection, environment_id, made, now, sealing, value=secret)
    attributes.create_core(connection, environment_id, made, "APPLICATION", now)
    if document["assignActorRoles"] and actor_id is not None:
        role_assignments.copy(connection, environment_id, actor_id, "APPLICATION", made, now)
    return get(connection, environment_id, made)


def get(connection: Connection, environment_id: str, application_id: str) -> Application:
    """Return an application.

    Raises:
        NotFound: When there is none such in the environment.
    """
    return of_row(rows.of_id(connection, applications, environment_id, application_id))


def by_name(connection: Connection, environment_id: str, name: str) -> Application | None:
    """Return the application of that name, or `None`."""
    found = select(applications).where(applications.c.environment_id == environment_id, applications.c.name == name)
    row = connection.execute(found).first()
    return None if row is None else of_row(row)


def listed(connection: Connection, environment_id: str, page: Page) -> Listing[Application]:
    """Return a part of the environment's applications."""
    return rows.listed(connection, applications, page, of_row, applications.c.environment_id == environment_id)


def replace(connection: Connection, environment_id: str, application_id: str, sent: object, now: int) -> Application:
    """Put what was sent in the place of an application's members; its type and protocol stay.

    Raises:
        NotFound: When there is none such in the environment.
        InvalidData: When what was sent does not fit.
        Conflict: When the name is taken.
    """
    changed(connection)
    before = get(connection, environment_id, application_id)
    whole = with_defaults(before.type, sent) if isinstance(sent, dict) else sent
    return _changed(connection, before, SHAPE.replaced(before.document, whole), now)


def patch(connection: Connection, environment_id: str, application_id: str, sent: object, now: int) -> Application:
    """Change those members of an application that were sent; errors as for `replace`."""
    changed(connection)
    before = get(connection, environment_id, application_id)
    if isinstance(sent, dict):
        whole = with_defaults(before.type, {**before.document, **sent})
        sent = {name: whole.get(name) for name in {*sent, *(whole.keys() - before.document.keys())}}
    return _changed(connection, before, SHAPE.patched(before.document, sent), now)


def remove(connection: Connection, environment_id: str, application_id: str) -> None:
    """Remove an application with its attributes, grants, roles and secret, and everything that was issued to it.

    Raises:
        NotFound: When there is none such in the environment.
    """
    changed(connection)
    get(connection, environment_id, application_id)
    client_secrets.remove(connection, application_id)
    connection.execute(delete(attribute_rows).where(attribute_rows.c.owner_id == application_id))
    connection.execute(delete(assignment_rows).where(assignment_rows.c.actor_id == application_id))
    rows.remove(connection, applications, application_id)


def of_row(row: Row[Any]) -> Application:
    """Return the application that a row holds."""
    document: Mapping[str, Any] = row.document
    has = document.get
    return Application(
        id=row.id,
        environment_id=row.environment_id,
        document=document,
        created_at=row.created_at,
        updated_at=row.updated_at,
        name=row.name,
        enabled=row.enabled,
        type=row.type,
        grant_types=frozenset(document["grantTypes"]),
        response_types=frozenset(has("responseTypes", ())),
        redirect_uris=tuple(has("redirectUris", ())),
        post_logout_redirect_uris=tuple(has("postLogoutRedirectUris", ())),
        wildcards=has("allowWildcardInRedirectUris", False),
        token_endpoint_auth_method=document["tokenEndpointAuthMethod"],
        pkce_enforcement=has("pkceEnforcement", "OPTIONAL"),
        par_requirement=has("parRequirement", "OPTIONAL"),
        par_timeout=has("parTimeout", 60),
        refresh_token_duration=has("refreshTokenDuration", 2_592_000),
        refresh_token_rolling_duration=has("refreshTokenRollingDuration"),
        refresh_token_grace=has("refreshTokenRollingGracePeriodDuration", 0),
        refresh_token_type=has("refreshTokenType", "OPAQUE_TOKEN"),
        replay_protection=has("additionalRefreshTokenReplayProtectionEnabled", False),
        device_timeout=has("deviceTimeout", 600),
        device_polling_interval=has("devicePollingInterval", 5),
        jwks=has("jwks"),
        jwks_url=has("jwksUrl"),
        require_signed_request_object=has("requireSignedRequestObject", False),
        support_unsigned_request_object=has("supportUnsignedRequestObject", False),
        include_x5t=has("includeX5t", False),
        signing_algorithm=has("signing", {}).get("algorithm"),
        several_resources=has("requestScopesForMultipleResourcesEnabled", False),
        idp_signoff=has("idpSignoff", False),
        login_page_url=has("loginPageUrl"),
        cors=_cors(has("corsSettings")),
        access_control=_access_control(has("accessControl", {})),
    )


def _cors(settings: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    return None if settings is None else tuple(settings.get("origins", ()))


def _access_control(document: Mapping[str, Any]) -> AccessControl:
    group = document.get("group", {})
    ids = frozenset(each["id"] for each in group.get("groups", ()))
    return AccessControl("role" in document, group.get("type"), ids)


def _check_groups(connection: Connection, environment_id: str, document: Document) -> None:
    ids = [each["id"] for each in document.get("accessControl", {}).get("group", {}).get("groups", ())]
    if not ids:
        return
    wanted = select(groups.c.id).where(groups.c.environment_id == environment_id, groups.c.id.in_(ids))
    known = set(connection.execute(wanted).scalars())
    told = [
        Violation("REFERENCE_NOT_FOUND", f"accessControl.group.groups[{at}].id", "There is no such group.")
        for at, each in enumerate(ids)
        if each not in known
    ]
    if told:
        raise InvalidData(*told)


def _changed(connection: Connection, before: Application, document: Document, now: int) -> Application:
    _check_groups(connection, before.environment_id, document)
    values = {"name": document["name"], "enabled": document["enabled"], "document": document, "updated_at": now}
    rows.update_unique(connection, applications, before.id, values, "name")
    return get(connection, before.environment_id, before.id)
