"""The discovery document (OpenID Connect Discovery 1.0 §3, RFC 8414 §2)."""

from collections.abc import Iterable
from typing import Any

from gatepost.identity.scopes import PREDEFINED_OPENID
from gatepost.provider.oauth import client_keys, dpop, pkce
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.grants.registry import GRANTS
from gatepost.provider.web.response import Response, json_response

_SECRET_OR_KEY = [*client_keys.SECRET_ALGORITHMS, *client_keys.KEY_ALGORITHMS]
_USUAL = {name: at for at, name in enumerate(PREDEFINED_OPENID)}
_AUTHENTICATING = ("token", "introspection", "revocation")
_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]


async def answer(call: Call) -> Response:
    """Return the discovery document."""
    return json_response(metadata(call))


def metadata(call: Call) -> dict[str, Any]:
    """Return what the document says."""
    issuer, configuration = call.issuer, call.configuration
    signing = sorted({key.algorithm for key in configuration.key_set.keys}, key=lambda each: (each != "RS256", each))
    claims = {each.name.partition(".")[0] for each in configuration.attributes_of(configuration.openid.id)}
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "pushed_authorization_request_endpoint": f"{issuer}/par",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/signoff",
        "introspection_endpoint": f"{issuer}/introspect",
        "revocation_endpoint": f"{issuer}/revoke",
        "device_authorization_endpoint": f"{issuer}/device_authorization",
        "claims_parameter_supported": False,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "require_pushed_authorization_requests": False,
        "scopes_supported": _scopes(configuration.scopes_of(configuration.openid.id)),
        "response_types_supported": [
            "code",
            "id_token",
            "token id_token",
            "code id_token",
            "code token",
            "code token id_token",
        ],
        "response_modes_supported": ["pi.flow", "query", "fragment", "form_post"],
        "grant_types_supported": [*list(GRANTS)[:1], "implicit", *list(GRANTS)[1:]],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": signing,
        "userinfo_signing_alg_values_supported": ["none"],
        "request_object_signing_alg_values_supported": ["none", *_SECRET_OR_KEY],
        **{f"{each}_endpoint_auth_methods_supported": _AUTH_METHODS for each in _AUTHENTICATING},
        **{f"{each}_endpoint_auth_signing_alg_values_supported": _SECRET_OR_KEY for each in _AUTHENTICATING},
        "claim_types_supported": ["normal"],
        "claims_supported": sorted({"sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid", *claims}),
        "code_challenge_methods_supported": list(reversed(pkce.METHODS)),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "authorization_response_iss_parameter_supported": True,
        "dpop_signing_alg_values_supported": list(dpop.ALGORITHMS),
    }


def _scopes(names: Iterable[str]) -> list[str]:
    """Return names in the order that is usual, those that were added behind the others."""
    return sorted(names, key=lambda each: (_USUAL.get(each, len(_USUAL)), each))
