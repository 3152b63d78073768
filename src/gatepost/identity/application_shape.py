"""What an application is made of, and which of its settings fit each other."""

from collections.abc import Iterator, Mapping
from typing import Any

from gatepost.errors import ConfigurationError
from gatepost.identity import redirect_uris
from gatepost.identity.refusals import Violation
from gatepost.identity.shapes.kinds import AnyJson, Choice, Flag, ListOf, Text, Url, Whole
from gatepost.identity.shapes.shape import Document, Member, Shape, reference
from gatepost.jose.key_set import KeySet

TYPES = ("WEB_APP", "NATIVE_APP", "SINGLE_PAGE_APP", "WORKER", "SERVICE", "CUSTOM_APP", "AI_AGENT")
GRANT_TYPES = (
    "AUTHORIZATION_CODE",
    "IMPLICIT",
    "REFRESH_TOKEN",
    "CLIENT_CREDENTIALS",
    "DEVICE_CODE",
    "TOKEN_EXCHANGE",
)
RESPONSE_TYPES = ("TOKEN", "ID_TOKEN", "CODE")
AUTH_METHODS = ("NONE", "CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT")
SIGNING_ALGORITHMS = ("RS256", "ES256", "PS256")
# Types of applications that run where their user is, and may have a URI with a scheme of their own.
NATIVE_TYPES = frozenset({"NATIVE_APP", "CUSTOM_APP"})

_GRANTS_BY_TYPE = {
    "WEB_APP": ("AUTHORIZATION_CODE",),
    "NATIVE_APP": ("AUTHORIZATION_CODE", "IMPLICIT"),
    "SINGLE_PAGE_APP": ("IMPLICIT",),
    "WORKER": ("CLIENT_CREDENTIALS",),
    "SERVICE": ("CLIENT_CREDENTIALS",),
    "CUSTOM_APP": ("AUTHORIZATION_CODE",),
    "AI_AGENT": ("AUTHORIZATION_CODE",),
}
_SECONDS = Whole(60, 2_147_483_647)
_ORIGIN_HOST = r"(?:\*\.)?[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]"


def _redirect_faults(document: Mapping[str, Any]) -> Iterator[Violation]:
    settings = {
        "native": document["type"] in NATIVE_TYPES,
        "wildcards": document.get("allowWildcardInRedirectUris") is True,
    }
    for name in ("redirectUris", "postLogoutRedirectUris"):
        for at, uri in enumerate(document.get(name, ())):
            message = redirect_uris.fault(uri, **settings)
            if message is not None:
                yield Violation("INVALID_VALUE", f"{name}[{at}]", message)


def _grant_faults(document: Mapping[str, Any]) -> Iterator[Violation]:
    grants, responses = set(document["grantTypes"]), set(document.get("responseTypes", ()))
    if "AUTHORIZATION_CODE" in grants and "CODE" not in responses:
        yield Violation("INVALID_VALUE", "responseTypes", "The grant type AUTHORIZATION_CODE needs the response CODE.")
    if "CODE" in responses and "AUTHORIZATION_CODE" not in grants:
        yield Violation("INVALID_VALUE", "responseTypes", "The response CODE needs the grant type AUTHORIZATION_CODE.")
    if "IMPLICIT" in grants and not responses & {"TOKEN", "ID_TOKEN"}:
        yield Violation("INVALID_VALUE", "responseTypes", "The grant type IMPLICIT needs TOKEN or ID_TOKEN.")
    if "ID_TOKEN" in responses and "IMPLICIT" not in grants:
        yield Violation("INVALID_VALUE", "responseTypes", "The response ID_TOKEN needs the grant type IMPLICIT.")
    if "TOKEN" in responses and not grants & {"IMPLICIT", "CLIENT_CREDENTIALS"}:
        message = "The response TOKEN needs the grant type IMPLICIT or CLIENT_CREDENTIALS."
        yield Violation("INVALID_VALUE", "responseTypes", message)
    if "REFRESH_TOKEN" in grants and not grants & {"AUTHORIZATION_CODE", "DEVICE_CODE"}:
        message = "The grant type REFRESH_TOKEN needs AUTHORIZATION_CODE or DEVICE_CODE."
        yield Violation("INVALID_VALUE", "grantTypes", message)
    if document["tokenEndpointAuthMethod"] == "NONE" and "CLIENT_CREDENTIALS" in grants:
        message = "An application with the grant type CLIENT_CREDENTIALS has to authenticate."
        yield Violation("INVALID_VALUE", "tokenEndpointAuthMethod", message, {"allowedValues": list(AUTH_METHODS[1:])})


def _key_faults(document: Mapping[str, Any]) -> Iterator[Violation]:
    text = document.get("jwks")
    if text is not None:
        try:
            keys = KeySet.from_jwks(text)
        except ConfigurationError as error:
            yield Violation("INVALID_VALUE", "jwks", f"The value is not a JWK set that can be used: {error}.")
        else:
            if not keys.keys:
                yield Violation("INVALID_VALUE", "jwks", "The JWK set has no key that verifies a signature.")
    if document["tokenEndpointAuthMethod"] == "PRIVATE_KEY_JWT" and text is None and "jwksUrl" not in document:
        yield Violation("REQUIRED_VALUE", "jwks", "PRIVATE_KEY_JWT needs jwks or jwksUrl.")
    if document.get("requireSignedRequestObject") and document.get("supportUnsignedRequestObject"):
        message = "requireSignedRequestObject and supportUnsignedRequestObject must not both be true."
        yield Violation("INVALID_VALUE", "requireSignedRequestObject", message)


def _refresh_faults(document: Mapping[str, Any]) -> Iterator[Violation]:
    rolling = document.get("refreshTokenRollingDuration")
    if rolling is not None and document["refreshTokenDuration"] > rolling:
        message = "The value must not be greater than refreshTokenRollingDuration."
        yield Violation("INVALID_VALUE", "refreshTokenDuration", message, {"rangeMaximumValue": rolling})


def _cors_faults(document: Mapping[str, Any]) -> Iterator[Violation]:
    origins = document.get("origins", [])
    if document["behavior"] == "ALLOW_NO_ORIGINS" and origins:
        yield Violation("INVALID_VALUE", "origins", "ALLOW_NO_ORIGINS takes no origins.")
    if document["behavior"] == "ALLOW_SPECIFIC_ORIGINS" and not origins:
        yield Violation("REQUIRED_VALUE", "origins", "ALLOW_SPECIFIC_ORIGINS needs origins.")


def _group_faults(document: Mapping[str, Any]) -> Iterator[Violation]:
    if not document.get("groups"):
        yield Violation("REQUIRED_VALUE", "groups", "groups is required.")


SHAPE = Shape(
    Member("name", Text(most=256), required=True),
    Member("description", Text(most=1024)),
    Member("enabled", Flag(), required=True),
    Member("type", Choice(*TYPES), required=True, fixed=True),
    Member("protocol", Choice("OPENID_CONNECT"), required=True, fixed=True),
    Member("tokenEndpointAuthMethod", Choice(*AUTH_METHODS), required=True),
    Member("grantTypes", ListOf(Choice(*GRANT_TYPES), least=1), required=True),
    Member("responseTypes", ListOf(Choice(*RESPONSE_TYPES))),
    Member("redirectUris", ListOf(Url(), most=100)),
    Member("postLogoutRedirectUris", ListOf(Url(), most=100)),
    Member("allowWildcardInRedirectUris", Flag()),
    Member("pkceEnforcement", Choice("OPTIONAL", "REQUIRED", "S256_REQUIRED"), default="OPTIONAL"),
    Member("parRequirement", Choice("OPTIONAL", "REQUIRED"), default="OPTIONAL"),
    Member("parTimeout", Whole(1, 600), default=60),
    Member("refreshTokenDuration", _SECONDS, default=2_592_000),
    Member("refreshTokenRollingDuration", _SECONDS),
    Member("refreshTokenRollingGracePeriodDuration", Whole(0, 86_400)),
    Member("refreshTokenType", Choice("JSON_WEB_TOKEN", "OPAQUE_TOKEN")),
    Member("additionalRefreshTokenReplayProtectionEnabled", Flag(), default=True),
    Member("deviceTimeout", Whole(1, 3600), default=600),
    Member("devicePollingInterval", Whole(1, 60), default=5),
    Member("devicePathId", Text(most=50, pattern="[A-Za-z0-9_-]+")),
    Member("deviceCustomVerificationUri", Url("https", "http")),
    Member("jwks", Text(most=65_536)),
    Member("jwksUrl", Url("https")),
    Member("requireSignedRequestObject", Flag()),
    Member("supportUnsignedRequestObject", Flag()),
    Member("includeX5t", Flag()),
    Member(
        "signing",
        Shape(Member("keyRotationPolicy", reference()), Member("algorithm", Choice(*SIGNING_ALGORITHMS))),
    ),
    Member("requestScopesForMultipleResourcesEnabled", Flag(), default=False),
    Member("initiateLoginUri", Url("https", "http")),
    Member("targetLinkUri", Url()),
    Member("homePageUrl", Url("https", "http")),
    Member("loginPageUrl", Url("https", "http")),
    Member("opSessionCheckEnabled", Flag()),
    Member("idpSignoff", Flag(), default=False),
    Member("hiddenFromAppPortal", Flag(), default=False),
    Member("assignActorRoles", Flag(), default=False),
    Member(
        "corsSettings",
        Shape(
            Member("behavior", Choice("ALLOW_NO_ORIGINS", "ALLOW_SPECIFIC_ORIGINS"), required=True),
            Member("origins", ListOf(Text(most=256, pattern=rf"https?://(?:{_ORIGIN_HOST})(?::\d{{1,5}})?"), most=20)),
            rules=(_cors_faults,),
        ),
    ),
    Member(
        "accessControl",
        Shape(
            Member("role", Shape(Member("type", Choice("ADMIN_USERS_ONLY"), required=True))),
            Member(
                "group",
                Shape(
                    Member("type", Choice("ANY_GROUP", "ALL_GROUPS"), required=True),
                    Member("groups", ListOf(reference(), most=100)),
                    rules=(_group_faults,),
                ),
            ),
        ),
    ),
    Member("icon", Shape(Member("id", Text(most=256)), Member("href", Url("https", "http")))),
    Member("mobile", AnyJson()),
    Member("bundleId", Text(most=256)),
    Member("packageName", Text(most=256)),
    Member("tags", ListOf(Choice("PING_FED_CONNECTION_INTEGRATION"))),
    rules=(_redirect_faults, _grant_faults, _key_faults, _refresh_faults),
)


def with_defaults(application_type: object, sent: Mapping[str, Any]) -> Document:
    """Return what was sent with the grant and response types that stand for those left out, by the type."""
    found = dict(sent)
    if found.get("grantTypes") is None and application_type in _GRANTS_BY_TYPE:
        found["grantTypes"] = list(_GRANTS_BY_TYPE[str(application_type)])
    grants = found.get("grantTypes")
    if found.get("responseTypes") is None and isinstance(grants, list):
        found["responseTypes"] = _responses(grants)
    replay = "additionalRefreshTokenReplayProtectionEnabled"
    if replay in found and found[replay] is None:
        found[replay] = False  # only leaving it out means the default
    return found


def _responses(grants: list[Any]) -> list[str]:
    found = ["TOKEN", "ID_TOKEN"] if "IMPLICIT" in grants else []
    if not found and "CLIENT_CREDENTIALS" in grants and "AUTHORIZATION_CODE" not in grants:
        found = ["TOKEN"]
    return [*found, "CODE"] if "AUTHORIZATION_CODE" in grants else found
