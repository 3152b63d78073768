"""The Config OP plan of the OpenID conformance suite."""

from urllib.parse import urlsplit

from tests.provider.world import World

ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "end_session_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "pushed_authorization_request_endpoint",
    "device_authorization_endpoint",
)
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def test_oidcc_discovery_endpoint_verification(provider: World) -> None:
    reply = provider.get(f"{provider.issuer}/.well-known/openid-configuration")
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("application/json")
    metadata = reply.json
    assert metadata["issuer"] == provider.issuer
    assert not urlsplit(metadata["issuer"]).query
    assert not urlsplit(metadata["issuer"]).fragment
    for name in ENDPOINTS:
        assert metadata[name].startswith(f"{provider.url}/"), name
    assert "code" in metadata["response_types_supported"]
    assert "openid" in metadata["scopes_supported"]
    assert "public" in metadata["subject_types_supported"]
    assert "RS256" in metadata["id_token_signing_alg_values_supported"]
    assert {"authorization_code", "implicit"} <= set(metadata["grant_types_supported"])
    assert "client_secret_basic" in metadata["token_endpoint_auth_methods_supported"]
    assert "none" not in metadata["token_endpoint_auth_signing_alg_values_supported"]
    assert {"sub", "iss", "name", "email"} <= set(metadata["claims_supported"])
    assert metadata["authorization_response_iss_parameter_supported"] is True
    for name, value in metadata.items():
        assert value not in (None, "", []), name

    keys = provider.get(metadata["jwks_uri"]).json["keys"]
    assert keys
    assert len({each["kid"] for each in keys}) == len(keys)
    for each in keys:
        assert not PRIVATE & each.keys()
        assert each["use"] == "sig"
    assert any(each["kty"] == "RSA" for each in keys)


def test_every_endpoint_of_the_document_is_served(provider: World) -> None:
    metadata = provider.get(f"{provider.issuer}/.well-known/openid-configuration").json
    for name in ENDPOINTS:
        assert provider.get(metadata[name]).status != 404, name
