"""What an application may be made of."""

import json
from typing import Any

import pytest

from gatepost.identity.application_shape import SHAPE, TYPES, with_defaults
from gatepost.identity.refusals import InvalidData
from gatepost.jose.signing_key import SigningKey

NEW: dict[str, Any] = {
    "name": "Shop",
    "enabled": True,
    "type": "WEB_APP",
    "protocol": "OPENID_CONNECT",
    "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
}


def created(**members: Any) -> dict[str, Any]:
    sent = {**NEW, **members}
    return SHAPE.created(with_defaults(sent["type"], sent))


def test_the_defaults_are_those_of_the_reference() -> None:
    assert created() == {
        **NEW,
        "grantTypes": ["AUTHORIZATION_CODE"],
        "responseTypes": ["CODE"],
        "pkceEnforcement": "OPTIONAL",
        "parRequirement": "OPTIONAL",
        "parTimeout": 60,
        "refreshTokenDuration": 2_592_000,
        "additionalRefreshTokenReplayProtectionEnabled": True,
        "deviceTimeout": 600,
        "devicePollingInterval": 5,
        "requestScopesForMultipleResourcesEnabled": False,
        "idpSignoff": False,
        "hiddenFromAppPortal": False,
        "assignActorRoles": False,
    }


@pytest.mark.parametrize(
    ("application_type", "method", "grants", "responses"),
    [
        ("WEB_APP", "CLIENT_SECRET_BASIC", ["AUTHORIZATION_CODE"], ["CODE"]),
        ("NATIVE_APP", "NONE", ["AUTHORIZATION_CODE", "IMPLICIT"], ["TOKEN", "ID_TOKEN", "CODE"]),
        ("SINGLE_PAGE_APP", "NONE", ["IMPLICIT"], ["TOKEN", "ID_TOKEN"]),
        ("WORKER", "CLIENT_SECRET_BASIC", ["CLIENT_CREDENTIALS"], ["TOKEN"]),
        ("SERVICE", "CLIENT_SECRET_BASIC", ["CLIENT_CREDENTIALS"], ["TOKEN"]),
        ("CUSTOM_APP", "NONE", ["AUTHORIZATION_CODE"], ["CODE"]),
        ("AI_AGENT", "NONE", ["AUTHORIZATION_CODE"], ["CODE"]),
    ],
)
def test_each_type_has_its_grant_and_response_types(
    application_type: str, method: str, grants: list[str], responses: list[str]
) -> None:
    document = created(type=application_type, tokenEndpointAuthMethod=method)
    assert (document["grantTypes"], document["responseTypes"]) == (grants, responses)


def test_every_type_has_defaults() -> None:
    for each in TYPES:
        assert created(type=each)["grantTypes"]


GOOD: list[dict[str, Any]] = [
    {"grantTypes": ["DEVICE_CODE", "REFRESH_TOKEN"], "tokenEndpointAuthMethod": "NONE"},
    {"grantTypes": ["TOKEN_EXCHANGE"]},
    {"grantTypes": ["AUTHORIZATION_CODE", "CLIENT_CREDENTIALS"]},
    {"grantTypes": ["AUTHORIZATION_CODE", "CLIENT_CREDENTIALS"], "responseTypes": ["CODE", "TOKEN"]},
    {"grantTypes": ["AUTHORIZATION_CODE", "IMPLICIT"], "responseTypes": ["CODE", "ID_TOKEN"]},
    {
        "redirectUris": [
            "https://app.example/cb",
            "http://localhost:3000/callback",
            "http://127.0.0.1:8/",
            "http://[::1]/",
        ]
    },
    {"redirectUris": ["https://*.example.com/cb/*"], "allowWildcardInRedirectUris": True},
    {"type": "NATIVE_APP", "redirectUris": ["com.example.app:/callback", "myapp://callback"]},
    {"postLogoutRedirectUris": ["https://app.example/bye?x=1"]},
    {"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT", "jwksUrl": "https://app.example/jwks"},
    {"refreshTokenDuration": 60, "refreshTokenRollingDuration": 60, "refreshTokenRollingGracePeriodDuration": 0},
    {
        "corsSettings": {
            "behavior": "ALLOW_SPECIFIC_ORIGINS",
            "origins": ["https://*.example.com", "http://localhost:8"],
        }
    },
    {"corsSettings": {"behavior": "ALLOW_NO_ORIGINS"}},
    {"accessControl": {"role": {"type": "ADMIN_USERS_ONLY"}}},
    {"signing": {"algorithm": "ES256"}, "includeX5t": True},
    {"requireSignedRequestObject": True, "supportUnsignedRequestObject": False},
    {"unknown": 1, "parTimeout": 600.9},
]


@pytest.mark.parametrize("members", GOOD, ids=lambda members: ",".join(members))
def test_what_fits_is_taken(members: dict[str, Any]) -> None:
    assert created(**members)["name"] == "Shop"


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"name": None}, "REQUIRED_VALUE", "name"),
    ({"enabled": None}, "REQUIRED_VALUE", "enabled"),
    ({"protocol": None}, "REQUIRED_VALUE", "protocol"),
    ({"tokenEndpointAuthMethod": None}, "REQUIRED_VALUE", "tokenEndpointAuthMethod"),
    ({"name": ""}, "EMPTY_VALUE", "name"),
    ({"name": "n" * 257}, "SIZE_LIMIT_EXCEEDED", "name"),
    ({"type": "PING_ONE_PORTAL"}, "INVALID_VALUE", "type"),
    ({"protocol": "SAML"}, "INVALID_VALUE", "protocol"),
    ({"grantTypes": []}, "EMPTY_VALUE", "grantTypes"),
    ({"grantTypes": ["PASSWORD"]}, "INVALID_VALUE", "grantTypes[0]"),
    ({"grantTypes": ["CIBA"]}, "INVALID_VALUE", "grantTypes[0]"),
    ({"grantTypes": ["AUTHORIZATION_CODE", "AUTHORIZATION_CODE"]}, "INVALID_VALUE", "grantTypes"),
    ({"responseTypes": ["TOKEN", "CODE"]}, "INVALID_VALUE", "responseTypes"),
    ({"responseTypes": []}, "INVALID_VALUE", "responseTypes"),
    ({"grantTypes": ["IMPLICIT"], "responseTypes": ["CODE"]}, "INVALID_VALUE", "responseTypes"),
    ({"responseTypes": ["CODE", "ID_TOKEN"]}, "INVALID_VALUE", "responseTypes"),
    ({"grantTypes": ["REFRESH_TOKEN", "CLIENT_CREDENTIALS"]}, "INVALID_VALUE", "grantTypes"),
    ({"type": "WORKER", "tokenEndpointAuthMethod": "NONE"}, "INVALID_VALUE", "tokenEndpointAuthMethod"),
    ({"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT"}, "REQUIRED_VALUE", "jwks"),
    ({"jwks": {"keys": []}}, "INVALID_VALUE", "jwks"),
    ({"jwks": "{"}, "INVALID_VALUE", "jwks"),
    ({"jwks": '{"keys": []}'}, "INVALID_VALUE", "jwks"),
    ({"jwks": '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}'}, "INVALID_VALUE", "jwks"),
    ({"jwksUrl": "http://app.example/jwks"}, "INVALID_VALUE", "jwksUrl"),
    ({"redirectUris": ["http://app.example/cb"]}, "INVALID_VALUE", "redirectUris[0]"),
    ({"redirectUris": ["http://127.0.0.1.example/cb"]}, "INVALID_VALUE", "redirectUris[0]"),
    ({"redirectUris": ["https://app.example/cb#x"]}, "INVALID_VALUE", "redirectUris[0]"),
    ({"redirectUris": ["https://user@app.example/cb"]}, "INVALID_VALUE", "redirectUris[0]"),
    ({"redirectUris": ["myapp://callback"]}, "INVALID_VALUE", "redirectUris[0]"),
    ({"type": "NATIVE_APP", "redirectUris": ["javascript:alert(1)"]}, "INVALID_VALUE", "redirectUris[0]"),
    ({"redirectUris": ["/relative"]}, "INVALID_VALUE", "redirectUris[0]"),
    ({"redirectUris": ["https://a.example/", "https://a.example/"]}, "INVALID_VALUE", "redirectUris"),
    ({"redirectUris": ["https://*.example.com/"]}, "INVALID_VALUE", "redirectUris[0]"),
    ({"redirectUris": ["https://*.com/"], "allowWildcardInRedirectUris": True}, "INVALID_VALUE", "redirectUris[0]"),
    ({"redirectUris": ["https://*/"], "allowWildcardInRedirectUris": True}, "INVALID_VALUE", "redirectUris[0]"),
    ({"redirectUris": ["https://a.*.com/"], "allowWildcardInRedirectUris": True}, "INVALID_VALUE", "redirectUris[0]"),
    (
        {"redirectUris": ["https://a.example/?x=*"], "allowWildcardInRedirectUris": True},
        "INVALID_VALUE",
        "redirectUris[0]",
    ),
    (
        {"redirectUris": ["https://a.example/**"], "allowWildcardInRedirectUris": True},
        "INVALID_VALUE",
        "redirectUris[0]",
    ),
    (
        {"type": "NATIVE_APP", "redirectUris": ["my://*"], "allowWildcardInRedirectUris": True},
        "INVALID_VALUE",
        "redirectUris[0]",
    ),
    ({"postLogoutRedirectUris": ["http://app.example/"]}, "INVALID_VALUE", "postLogoutRedirectUris[0]"),
    ({"pkceEnforcement": "PLAIN"}, "INVALID_VALUE", "pkceEnforcement"),
    ({"parRequirement": True}, "INVALID_VALUE", "parRequirement"),
    ({"parTimeout": 0}, "INVALID_VALUE", "parTimeout"),
    ({"parTimeout": 601}, "INVALID_VALUE", "parTimeout"),
    ({"refreshTokenDuration": 59}, "INVALID_VALUE", "refreshTokenDuration"),
    ({"refreshTokenDuration": 2**31}, "INVALID_VALUE", "refreshTokenDuration"),
    ({"refreshTokenRollingDuration": 60}, "INVALID_VALUE", "refreshTokenDuration"),
    ({"refreshTokenRollingGracePeriodDuration": 86_401}, "INVALID_VALUE", "refreshTokenRollingGracePeriodDuration"),
    ({"refreshTokenType": "JWT"}, "INVALID_VALUE", "refreshTokenType"),
    ({"deviceTimeout": 3601}, "INVALID_VALUE", "deviceTimeout"),
    ({"devicePollingInterval": 61}, "INVALID_VALUE", "devicePollingInterval"),
    ({"devicePathId": "a b"}, "INVALID_VALUE", "devicePathId"),
    (
        {"requireSignedRequestObject": True, "supportUnsignedRequestObject": True},
        "INVALID_VALUE",
        "requireSignedRequestObject",
    ),
    ({"includeX5t": "yes"}, "INVALID_VALUE", "includeX5t"),
    ({"signing": {"algorithm": "HS256"}}, "INVALID_VALUE", "signing.algorithm"),
    ({"corsSettings": {}}, "REQUIRED_VALUE", "corsSettings.behavior"),
    ({"corsSettings": {"behavior": "ALLOW_SPECIFIC_ORIGINS"}}, "REQUIRED_VALUE", "corsSettings.origins"),
    (
        {"corsSettings": {"behavior": "ALLOW_NO_ORIGINS", "origins": ["https://a.example"]}},
        "INVALID_VALUE",
        "corsSettings.origins",
    ),
    (
        {"corsSettings": {"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": ["https://a.example/"]}},
        "INVALID_VALUE",
        "corsSettings.origins[0]",
    ),
    (
        {
            "corsSettings": {
                "behavior": "ALLOW_SPECIFIC_ORIGINS",
                "origins": [f"https://a{n}.example" for n in range(21)],
            }
        },
        "SIZE_LIMIT_EXCEEDED",
        "corsSettings.origins",
    ),
    ({"accessControl": {"group": {"type": "ANY_GROUP"}}}, "REQUIRED_VALUE", "accessControl.group.groups"),
    ({"accessControl": {"role": {"type": "EVERYBODY"}}}, "INVALID_VALUE", "accessControl.role.type"),
]


@pytest.mark.parametrize(("members", "code", "target"), BAD, ids=[f"{each[2]}-{at}" for at, each in enumerate(BAD)])
def test_what_does_not_fit_is_refused(members: dict[str, Any], code: str, target: str) -> None:
    with pytest.raises(InvalidData) as caught:
        created(**members)
    assert (code, target) in [(each.code, each.target) for each in caught.value.violations]


def test_a_jwk_set_is_a_text_with_public_keys() -> None:
    key = SigningKey.generate("ES256")
    assert created(tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwks=json.dumps({"keys": [key.to_jwk()]}))["jwks"]
    with pytest.raises(InvalidData, match="private key"):
        created(jwks=json.dumps({"keys": [key.to_private_jwk()]}))


def test_null_turns_the_replay_protection_off() -> None:
    assert (
        created(additionalRefreshTokenReplayProtectionEnabled=None)["additionalRefreshTokenReplayProtectionEnabled"]
        is False
    )
