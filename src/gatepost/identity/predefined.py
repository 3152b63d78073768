"""What every environment has from the beginning: two resources, and two sign-on policies."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from gatepost.identity import attributes, resources, scopes, sign_on_actions, sign_on_policies
from gatepost.identity.attribute_shape import Owner

OPENID, PLATFORM = "openid", "PingOne API"

# The claims of each scope of OpenID Connect (OpenID Connect Core 1.0 §5.4), with what PingOne makes their values of.
_CLAIMS: Mapping[str, Mapping[str, str]] = {
    "profile": {
        "name": "${user.name.formatted}",
        "given_name": "${user.name.given}",
        "middle_name": "${user.name.middle}",
        "family_name": "${user.name.family}",
        "nickname": "${user.nickname}",
        "preferred_username": "${user.username}",
        "profile": "",
        "picture": "${user.photo.href}",
        "website": "",
        "gender": "",
        "birthdate": "",
        "zoneinfo": "${user.timezone}",
        "locale": "${user.locale}",
        "updated_at": "${#datetime.toUnixTimestamp(user.updatedAt)}",
    },
    "email": {"email": "${user.email}", "email_verified": "${user.emailVerified}"},
    "address": {
        "address.country": "${user.address.countryCode}",
        "address.locality": "${user.address.locality}",
        "address.postal_code": "${user.address.postalCode}",
        "address.region": "${user.address.region}",
        "address.street_address": "${user.address.streetAddress}",
    },
    "phone": {"phone_number": "${user.primaryPhone}"},
}


def create(connection: Connection, environment_id: str, now: int) -> None:
    """Make what a new environment has from the beginning."""
    _openid(connection, environment_id, now)
    _platform(connection, environment_id, now)
    _policies(connection, environment_id, now)


def _openid(connection: Connection, environment_id: str, now: int) -> None:
    resource = _resource(connection, environment_id, OPENID, "OPENID_CONNECT", now)
    owner = Owner(resource.id, environment_id, "RESOURCE", openid=True)
    for name in scopes.PREDEFINED_OPENID:
        mapped = []
        for claim, value in _CLAIMS.get(name, {}).items():
            document = {"name": claim, "value": value, "idToken": True, "userInfo": True}
            mapped.append(attributes.insert(connection, owner, document, "PREDEFINED", now).id)
        scopes.insert(connection, resource, {"name": name, **({"mappedClaims": mapped} if mapped else {})}, now)


def _platform(connection: Connection, environment_id: str, now: int) -> None:
    resource = _resource(connection, environment_id, PLATFORM, "PINGONE_API", now)
    for name in scopes.PREDEFINED_PLATFORM:
        more = {"schemaAttributes": ["*"]} if name in {"p1:read:user", "p1:update:user"} else {}
        scopes.insert(connection, resource, {"name": name, **more}, now)


def _resource(
    connection: Connection, environment_id: str, name: str, resource_type: str, now: int
) -> resources.Resource:
    document: dict[str, Any] = {
        "name": name,
        "type": resource_type,
        "audience": resources.PLATFORM_AUDIENCE,
        "accessTokenValiditySeconds": 3600,
    }
    return resources.get(connection, environment_id, resources.insert(connection, environment_id, document, now))


def _policies(connection: Connection, environment_id: str, now: int) -> None:
    login: dict[str, Any] = {"type": "LOGIN", "priority": 1}
    second: dict[str, Any] = {"type": "MULTI_FACTOR_AUTHENTICATION", "priority": 2}
    for name, default, description, actions in (
        (sign_on_policies.SINGLE_FACTOR, True, "Username and password", (login,)),
        (sign_on_policies.MULTI_FACTOR, False, "Username and password, and a second factor", (login, second)),
    ):
        sent = {"name": name, "description": description, "default": default}
        policy = sign_on_policies.create(connection, environment_id, sent, now)
        for action in actions:
            sign_on_actions.create(connection, environment_id, policy.id, action, now)
