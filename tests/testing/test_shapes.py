"""What each vendor's tokens and documents look like, as the vendors describe them."""

import json
from collections.abc import Iterator

import pytest
import urllib3

from gatepost.errors import ConfigurationError
from gatepost.jose import KeySet, strict_json, verify_compact
from gatepost.testing import LocalIssuer
from gatepost.testing.shapes import NAMES, shape_of
from gatepost.testing.shapes.shape import Kind

NOW = 1_790_000_000
TIMES = {"iss", "iat", "exp"}


@pytest.fixture
def running(request: pytest.FixtureRequest) -> Iterator[LocalIssuer]:
    with LocalIssuer(request.param, clock=lambda: NOW) as issuer:
        yield issuer


def of(*vendors: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("running", vendors, indirect=True)


def read(issuer: LocalIssuer, token: str) -> tuple[dict[str, object], dict[str, object]]:
    jws = verify_compact(token, issuer.signing_key.key_set())
    return dict(jws.header), dict(strict_json.load_object(jws.payload))


def minted(issuer: LocalIssuer, kind: Kind) -> tuple[dict[str, object], dict[str, object]]:
    return read(issuer, issuer.mint_with(kind=kind))


PATHS = {
    "auth0": ("/", "/.well-known/jwks.json", "/oauth/token"),
    "authgear": ("", "/oauth2/jwks", "/oauth2/token"),
    "cognito": ("/eu-west-1_AbCd12345", "/eu-west-1_AbCd12345/.well-known/jwks.json", "/oauth2/token"),
    "entra": ("/{t}/v2.0", "/{t}/discovery/v2.0/keys", "/{t}/oauth2/v2.0/token"),
    "generic": ("", "/jwks", "/token"),
    "google": ("", "/oauth2/v3/certs", "/token"),
    "keycloak": (
        "/realms/demo",
        "/realms/demo/protocol/openid-connect/certs",
        "/realms/demo/protocol/openid-connect/token",
    ),
    "okta": ("/oauth2/default", "/oauth2/default/v1/keys", "/oauth2/default/v1/token"),
    "pingam": (
        "/am/oauth2/realms/root/realms/alpha",
        "/am/oauth2/realms/root/realms/alpha/connect/jwk_uri",
        "/am/oauth2/realms/root/realms/alpha/access_token",
    ),
    "pingone": ("/{t}/as", "/{t}/as/jwks", "/{t}/as/token"),
    "wso2": ("/oauth2/token", "/oauth2/jwks", "/oauth2/token"),
}


@of(*NAMES)
def test_the_urls_are_laid_out_as_the_vendors(running: LocalIssuer, http: urllib3.PoolManager) -> None:
    issuer, jwks, token = (path.format(t=running.tenant) for path in PATHS[running.vendor])
    assert running.identifier == running.url + issuer
    assert running.jwks_uri == running.url + jwks
    assert running.token_endpoint == running.url + token
    document = http.request("GET", running.discovery_url).json()
    assert document["issuer"] == running.identifier
    assert document["jwks_uri"] == running.jwks_uri
    assert document["token_endpoint"] == running.token_endpoint


@of(*NAMES)
def test_the_published_keys_verify_the_tokens(running: LocalIssuer, http: urllib3.PoolManager) -> None:
    keys = KeySet.from_jwks(http.request("GET", running.jwks_uri).data)
    assert verify_compact(running.mint(), keys).key_id == running.signing_key.kid


@of(*NAMES)
def test_every_kind_of_token_has_its_times_and_its_issuer(running: LocalIssuer) -> None:
    for kind in shape_of(running.vendor).kinds:
        _, claims = minted(running, kind)
        assert claims["iss"] == running.identifier
        assert claims["iat"] == NOW
        assert claims["exp"] == NOW + shape_of(running.vendor).lifetime


@of(*NAMES)
def test_an_id_token_is_for_the_client_and_has_no_mark_of_an_access_token(running: LocalIssuer) -> None:
    _, claims = minted(running, "id")
    assert claims["aud"] == running.client_id
    assert claims["sub"]
    assert claims.keys().isdisjoint({"scope", "scp", "client_id", "cid"})


@of("pingone")
def test_pingone_user_token(running: LocalIssuer) -> None:
    header, claims = minted(running, "access")
    assert header == {"alg": "RS256", "kid": running.signing_key.kid, "typ": "at+jwt"}
    assert claims.keys() == TIMES | {
        *("client_id", "jti", "aud", "scope", "env", "org", "p1.rid"),
        *("sub", "sid", "acr", "auth_time"),
    }
    assert claims["aud"] == ["https://api.example.com"]
    assert claims["scope"] == "read write"
    assert claims["p1.rid"] == claims["jti"]
    assert claims["env"] == running.environment_id


@of("pingone")
def test_pingone_client_token_has_no_user(running: LocalIssuer) -> None:
    _, claims = minted(running, "client_credentials")
    assert claims.keys().isdisjoint({"sub", "sid", "acr", "auth_time"})


@of("pingone")
def test_pingone_keys_have_a_certificate(running: LocalIssuer, http: urllib3.PoolManager) -> None:
    [jwk] = http.request("GET", running.jwks_uri).json()["keys"]
    assert jwk.keys() >= {"kty", "e", "n", "use", "kid", "x5t", "x5c"}
    pem = f"-----BEGIN CERTIFICATE-----\n{jwk['x5c'][0]}\n-----END CERTIFICATE-----\n"
    verify_compact(running.mint_with(header={"kid": None}), KeySet.from_pem(pem))


@of("pingam")
def test_pingam_user_token(running: LocalIssuer) -> None:
    header, claims = minted(running, "access")
    assert header["typ"] == "JWT"
    assert claims["aud"] == running.client_id == claims["client_id"]
    assert claims["scope"] == ["read", "write"]
    assert claims["nbf"] == NOW
    assert claims["tokenName"] == "access_token"
    assert claims["realm"] == "/alpha"
    assert claims["cts"] == "OAUTH2_STATELESS_GRANT"
    assert claims["grant_type"] == "authorization_code"
    assert minted(running, "client_credentials")[1]["grant_type"] == "client_credentials"


def test_pingam_root_realm_is_oauth2_itself() -> None:
    with LocalIssuer("pingam", tenant="/") as issuer:
        assert issuer.identifier == f"{issuer.url}/am/oauth2"
        assert minted(issuer, "access")[1]["realm"] == "/"


@of("wso2")
def test_wso2_token(running: LocalIssuer) -> None:
    header, claims = minted(running, "client_credentials")
    assert header["typ"] == "at+jwt"
    assert str(header["kid"]).endswith("_RS256")
    assert "x5t" in header
    assert claims["aut"] == "APPLICATION"
    assert claims["sub"] == claims["aud"] == claims["azp"] == claims["client_id"] == running.client_id
    assert claims["nbf"] == claims["iat"] == NOW
    assert minted(running, "access")[1]["aut"] == "APPLICATION_USER"


@of("wso2")
def test_wso2_lists_one_key_once_for_each_algorithm(running: LocalIssuer, http: urllib3.PoolManager) -> None:
    keys = http.request("GET", running.jwks_uri).json()["keys"]
    assert [jwk["alg"] for jwk in keys] == ["RS256", "RS384", "RS512", "PS256"]
    assert len({jwk["n"] for jwk in keys}) == 1
    assert len({jwk["kid"] for jwk in keys}) == 4


def test_wso2_lists_a_key_of_another_type_once() -> None:
    with LocalIssuer("wso2", algorithm="ES256", tenant="acme") as issuer, urllib3.PoolManager() as http:
        assert len(http.request("GET", issuer.jwks_uri).json()["keys"]) == 1
        assert issuer.identifier == f"{issuer.url}/t/acme/oauth2/token"


@of("authgear")
def test_authgear_tokens_are_for_the_endpoint(running: LocalIssuer) -> None:
    header, claims = minted(running, "access")
    assert header["typ"] == "at+jwt"
    assert claims["aud"] == [running.url]
    assert claims["https://authgear.com/claims/user/is_verified"] is True
    assert "nbf" not in claims
    assert minted(running, "client_credentials")[1]["sub"] == f"client_id_{running.client_id}"


@of("cognito")
def test_cognito_access_tokens_have_no_audience(running: LocalIssuer) -> None:
    header, claims = minted(running, "access")
    assert header == {"alg": "RS256", "kid": running.signing_key.kid}
    assert "aud" not in claims
    assert claims["client_id"] == running.client_id
    assert claims["token_use"] == "access"
    assert claims["username"] == claims["sub"]
    assert minted(running, "client_credentials")[1]["sub"] == running.client_id
    assert minted(running, "id")[1]["token_use"] == "id"


def test_cognito_with_resource_binding_has_an_audience() -> None:
    with LocalIssuer("cognito", audience="https://orders.example.com") as issuer:
        assert minted(issuer, "access")[1]["aud"] == "https://orders.example.com"


@of("auth0")
def test_auth0_user_tokens_are_for_the_userinfo_endpoint_too(running: LocalIssuer) -> None:
    header, claims = minted(running, "access")
    assert header["typ"] == "JWT"
    assert claims["aud"] == ["https://api.example.com", f"{running.url}/userinfo"]
    assert claims["azp"] == running.client_id
    _, machine = minted(running, "client_credentials")
    assert machine["aud"] == "https://api.example.com"
    assert machine["sub"] == f"{running.client_id}@clients"
    assert machine["gty"] == "client-credentials"


@of("entra")
def test_entra_tokens(running: LocalIssuer, http: urllib3.PoolManager) -> None:
    header, claims = minted(running, "access")
    assert header["typ"] == "JWT"
    assert claims["scp"] == "read write"
    assert claims["tid"] == running.tenant
    assert claims["ver"] == "2.0"
    assert claims["azp"] == running.client_id
    _, app = minted(running, "client_credentials")
    assert app["roles"] == ["read", "write"]
    assert "scp" not in app
    [jwk] = http.request("GET", running.jwks_uri).json()["keys"]
    assert "alg" not in jwk
    assert jwk["issuer"] == f"{running.url}/{{tenantid}}/v2.0"


@of("okta")
def test_okta_tokens(running: LocalIssuer) -> None:
    header, claims = minted(running, "access")
    assert "typ" not in header
    assert claims["scp"] == ["read", "write"]
    assert claims["cid"] == running.client_id
    assert claims["aud"] == "api://default"
    assert str(claims["jti"]).startswith("AT.")
    assert minted(running, "client_credentials")[1]["sub"] == running.client_id


@of("keycloak")
def test_keycloak_tokens(running: LocalIssuer, http: urllib3.PoolManager) -> None:
    header, claims = minted(running, "access")
    assert header["typ"] == "JWT"
    assert claims["typ"] == "Bearer"
    assert claims["aud"] == "account"
    assert claims["azp"] == running.client_id
    assert minted(running, "client_credentials")[1]["preferred_username"] == "service-account-local-client"
    assert minted(running, "id")[1]["typ"] == "ID"
    keys = http.request("GET", running.jwks_uri).json()["keys"]
    assert [(jwk["use"], jwk["alg"]) for jwk in keys] == [("sig", "RS256"), ("enc", "RSA-OAEP")]


@of("google")
def test_google_mints_id_tokens(running: LocalIssuer) -> None:
    _, claims = read(running, running.mint())
    assert claims["aud"] == claims["azp"] == running.client_id
    assert claims["email_verified"] is True


@of("generic")
def test_the_generic_issuer_keeps_rfc_9068(running: LocalIssuer, http: urllib3.PoolManager) -> None:
    header, claims = minted(running, "client_credentials")
    assert header["typ"] == "at+jwt"
    assert claims.keys() == TIMES | {"aud", "sub", "client_id", "jti", "scope"}
    document = http.request("GET", f"{running.url}/.well-known/oauth-authorization-server").json()
    assert document["issuer"] == running.identifier


def test_several_audiences_are_an_array() -> None:
    with LocalIssuer("generic", audience=["https://a.example.com", "https://b.example.com"]) as issuer:
        assert minted(issuer, "access")[1]["aud"] == ["https://a.example.com", "https://b.example.com"]


@pytest.mark.parametrize("algorithm", ["ES512", "Ed25519", "Ed448", "PS384", "ML-DSA-44"])
def test_a_vendor_can_sign_with_any_asymmetric_algorithm(algorithm: str) -> None:
    with LocalIssuer("pingone", algorithm=algorithm) as issuer, urllib3.PoolManager() as http:
        document = http.request("GET", issuer.jwks_uri).data
        verify_compact(issuer.mint(), KeySet.from_jwks(document))
        assert ("x5c" in json.loads(document)["keys"][0]) == (algorithm != "ML-DSA-44")


def test_a_shared_secret_cannot_be_published() -> None:
    with pytest.raises(ConfigurationError, match="publishes its keys"):
        LocalIssuer("generic", algorithm="HS256")


def test_an_unknown_vendor_is_told_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="auth0, authgear"):
        LocalIssuer("pinguno")
