"""Tokens are signed here: nothing but the claims and the key differs from one to the next."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from gatepost.identity.applications import Application
from gatepost.jose import SigningKey, base64url

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration

AT_JWT = "at+jwt"

_encode = msgspec.json.Encoder().encode


def access_token(configuration: "Configuration", application: Application, claims: dict[str, Any]) -> str:
    """Return an access token."""
    typ = AT_JWT if configuration.environment.at_jwt else None
    return _signed(configuration, application, claims, typ)


def id_token(configuration: "Configuration", application: Application, claims: dict[str, Any]) -> str:
    """Return an ID token."""
    return _signed(configuration, application, claims, None)


def key_for(configuration: "Configuration", application: Application) -> SigningKey:
    """Return the key that signs an application's tokens."""
    return configuration.signing_key(application.signing_algorithm)


def _signed(configuration: "Configuration", application: Application, claims: dict[str, Any], typ: str | None) -> str:
    key = key_for(configuration, application)
    x5t = configuration.x5t(key.kid) if application.include_x5t and key.kid is not None else None
    signing_input = _header(key.algorithm, key.kid, typ, x5t) + base64url.encode(_encode(claims))
    return (signing_input + b"." + base64url.encode(key.sign(signing_input))).decode()


@lru_cache(maxsize=1024)
def _header(alg: str, kid: str | None, typ: str | None, x5t: str | None) -> bytes:
    """Return the header with the dot after it."""
    members = {"alg": alg, "kid": kid, "typ": typ, "x5t": x5t}
    return base64url.encode(_encode({name: value for name, value in members.items() if value is not None})) + b"."
