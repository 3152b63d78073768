"""Token fulfillment: the claims that attribute mappings make of a user and of what the client sent."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gatepost.identity.applications import Application
from gatepost.identity.attributes import Attribute
from gatepost.provider.expressions import ABSENT, ExpressionError, template
from gatepost.provider.oauth.client_assertion import Assertion
from gatepost.provider.oauth.failures import OAuthError
from gatepost.provider.oauth.scopes import Allowed

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration

_BY_ASSERTION = frozenset({"CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT"})
_ADDRESS = "address."


class Source(NamedTuple):
    """What claims are made of.

    Attributes:
        application: The application that the token is for.
        user: The user's members, or `None` when the application speaks for itself.
        assertion: What the application signed to authenticate, or `None`.
        subject_token: The claims of the token that is exchanged, or `None`.
        actor_token: The claims of the token of who acts for its subject, or `None`.
    """

    application: Application
    user: Mapping[str, Any] | None = None
    assertion: Assertion | None = None
    subject_token: Mapping[str, Any] | None = None
    actor_token: Mapping[str, Any] | None = None

    def roots(self) -> dict[str, Any]:
        """Return what expressions may name."""
        method = self.application.token_endpoint_auth_method
        data: dict[str, Any] = {}
        if self.assertion is not None:
            data["clientAssertion"] = self.assertion.claims
            data["clientAssertionHeader"] = self.assertion.header
        if self.subject_token is not None:
            data["subjectToken"] = self.subject_token
        if self.actor_token is not None:
            data["actorToken"] = self.actor_token
        configured = {"tokenEndpointAuthMethod": method if method in _BY_ASSERTION else None}
        roots: dict[str, Any] = {"context": {"requestData": data or None, "appConfig": configured}}
        if self.user is not None:
            roots["user"] = self.user
        return roots


def access_claims(configuration: "Configuration", allowed: Allowed, source: Source) -> dict[str, Any]:
    """Return what the mappings of its resources put into an access token.

    Raises:
        OAuthError: When an attribute is required and has no value.
    """
    mapped = [
        attribute
        for resource in allowed.resources
        if resource.type == "CUSTOM"
        for attribute in configuration.attributes_of(resource.id)
    ]
    return _claims(mapped, source) if mapped else {}


def id_claims(configuration: "Configuration", allowed: Allowed, source: Source) -> dict[str, Any]:
    """Return what mappings put into an ID token, `sub` among it.

    Raises:
        OAuthError: When an attribute is required and has no value.
    """
    return _claims((each for each in _of_openid(configuration, allowed, source) if each.id_token), source)


def user_information(configuration: "Configuration", allowed: Allowed, source: Source) -> dict[str, Any]:
    """Return what mappings put into the user information, `sub` among it.

    Raises:
        OAuthError: When an attribute is required and has no value.
    """
    return _claims((each for each in _of_openid(configuration, allowed, source) if each.user_info), source)


def subject(configuration: "Configuration", application: Application, user: Mapping[str, Any]) -> str | None:
    """Return `sub` of a user in the ID tokens of an application."""
    mapped = (each for each in configuration.attributes_of(application.id) if each.name == "sub")
    found = _claims(mapped, Source(application, user)).get("sub")
    return found if isinstance(found, str) else None


def needs_groups(configuration: "Configuration", application: Application) -> bool:
    """Tell whether a mapping that may be used for an application names the groups of a user."""
    owners = (application.id, *configuration.resources)
    return any("memberOf" in each.value for owner in owners for each in configuration.attributes_of(owner))


def _of_openid(configuration: "Configuration", allowed: Allowed, source: Source) -> Iterable[Attribute]:
    """Return the attributes that speak of the user to the application: its own, and those of its scopes."""
    scopes = configuration.scopes_of(configuration.openid.id)
    names = {each for name in allowed.openid for each in (name, *((scopes[name].id,) if name in scopes else ()))}
    for attribute in configuration.attributes_of(source.application.id):
        if not attribute.oidc_scopes or not names.isdisjoint(attribute.oidc_scopes):
            yield attribute
    given = {each for name in allowed.openid if name in scopes for each in scopes[name].mapped_claims}
    somewhere = {each for scope in scopes.values() for each in scope.mapped_claims}
    for attribute in configuration.attributes_of(configuration.openid.id):
        if attribute.id in given or attribute.id not in somewhere:
            yield attribute


def _claims(attributes: Iterable[Attribute], source: Source) -> dict[str, Any]:
    roots = source.roots()
    claims: dict[str, Any] = {}
    address: dict[str, Any] = {}
    for attribute in attributes:
        if attribute.name in claims:
            continue  # what an application says goes before what holds for all
        value = _value(attribute, roots)
        if value is ABSENT:
            if attribute.required:
                raise OAuthError("invalid_grant", f"The required attribute {attribute.name} has no value")
        elif attribute.type == "PREDEFINED" and attribute.name.startswith(_ADDRESS):
            address[attribute.name.removeprefix(_ADDRESS)] = value
        else:
            claims[attribute.name] = value
    return claims if not address else {"address": address, **claims}


def _value(attribute: Attribute, roots: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    try:
        value = template(attribute.value).value(roots)
    except ExpressionError:
        return ABSENT
    if value is None or value == "":
        return ABSENT
    if attribute.name == "sub" and not isinstance(value, str):  # RFC 7519 §4.1.2
        return str(value) if isinstance(value, int) else ABSENT
    return [value] if attribute.multi_valued and value is not ABSENT and not isinstance(value, list) else value
