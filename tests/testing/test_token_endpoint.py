"""The token endpoint: RFC 6749 to the letter, and each vendor's own answers."""

import base64
import json
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

import pytest
import urllib3

from gatepost.jose import KeySet, strict_json, verify_compact
from gatepost.testing import LocalIssuer
from gatepost.testing.shapes import NAMES

FORM = "application/x-www-form-urlencoded"
GRANT = {"grant_type": "client_credentials"}

# What a request for all that the client may have looks like.
WANTED = {
    "auth0": {"audience": "https://api.example.com"},
    "entra": {"scope": "api://0d4c7e2a-93b5-4c1f-8a6d-7e5f4b3c2a19/.default"},
    "okta": {"scope": "read write"},
}


@pytest.fixture
def running(request: pytest.FixtureRequest) -> Iterator[LocalIssuer]:
    with LocalIssuer(getattr(request, "param", "generic"), clock=lambda: 1_790_000_000) as issuer:
        yield issuer


def of(*vendors: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("running", vendors, indirect=True)


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def ask(
    issuer: LocalIssuer,
    parameters: Mapping[str, str] | str,
    headers: Mapping[str, str] | None = None,
    *,
    content_type: str = FORM,
) -> urllib3.BaseHTTPResponse:
    """Ask for a token; by default with the right credentials in the header."""
    body = parameters if isinstance(parameters, str) else urlencode(parameters)
    sent = {
        "Content-Type": content_type,
        **(basic(issuer.client_id, issuer.client_secret) if headers is None else headers),
    }
    with urllib3.PoolManager(retries=False, timeout=5.0) as pool:
        return pool.request("POST", issuer.token_endpoint, body=body, headers=sent)


@of(*NAMES)
def test_a_client_gets_a_token_of_the_vendors_shape(running: LocalIssuer) -> None:
    answer = ask(running, GRANT | WANTED.get(running.vendor, {}))
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert body["token_type"] == "Bearer"
    token = body["id_token"] if running.vendor == "google" else body["access_token"]
    claims = strict_json.load_object(verify_compact(token, running.signing_key.key_set()).payload)
    assert claims["iss"] == running.identifier
    assert claims["iat"] == 1_790_000_000


def test_credentials_go_into_the_body_just_as_well(running: LocalIssuer) -> None:
    credentials = {"client_id": running.client_id, "client_secret": running.client_secret}
    assert ask(running, GRANT | credentials, {}).status == 200


def test_basic_credentials_are_form_encoded_first() -> None:
    with LocalIssuer("generic", client_id="my client/ü", client_secret="p%ss:wörd+ x") as issuer:
        assert ask(issuer, GRANT).status == 200


def test_a_scope_is_granted_as_asked(running: LocalIssuer) -> None:
    body = ask(running, GRANT | {"scope": "write write"}).json()
    assert body["scope"] == "write"
    claims = strict_json.load_object(verify_compact(body["access_token"], running.signing_key.key_set()).payload)
    assert claims["scope"] == "write"


def refusals(running: LocalIssuer) -> dict[str, tuple[Mapping[str, str] | str, Mapping[str, str] | None, int, str]]:
    own, secret = running.client_id, running.client_secret
    return {
        "no credentials": (GRANT, {}, 401, "invalid_client"),
        "client id alone": (GRANT | {"client_id": own}, {}, 401, "invalid_client"),
        "unknown client": (GRANT, basic("somebody", secret), 401, "invalid_client"),
        "wrong secret": (GRANT, basic(own, secret + "x"), 401, "invalid_client"),
        "another scheme": (GRANT, {"Authorization": f"Bearer {secret}"}, 401, "invalid_client"),
        "broken base64": (GRANT, {"Authorization": "Basic ***"}, 401, "invalid_client"),
        "no colon": (GRANT, {"Authorization": "Basic YWJj"}, 401, "invalid_client"),
        "no UTF-8": (GRANT, {"Authorization": "Basic /zo="}, 401, "invalid_client"),
        "two methods": (GRANT | {"client_secret": secret}, None, 400, "invalid_request"),
        "no grant type": ({}, None, 400, "invalid_request"),
        "empty grant type": ({"grant_type": ""}, None, 400, "invalid_request"),
        "another grant type": ({"grant_type": "password"}, None, 400, "unsupported_grant_type"),
        "unknown scope": (GRANT | {"scope": "read admin"}, None, 400, "invalid_scope"),
        "repeated parameter": ("grant_type=client_credentials&scope=read&scope=read", None, 400, "invalid_request"),
        "broken form": ("grant_type", None, 400, "invalid_request"),
        "broken UTF-8": ("grant_type=%FF", None, 400, "invalid_request"),
    }


@pytest.mark.parametrize(
    "case",
    [
        *("no credentials", "client id alone", "unknown client", "wrong secret", "another scheme", "broken base64"),
        *("no colon", "no UTF-8", "two methods", "no grant type", "empty grant type", "another grant type"),
        *("unknown scope", "repeated parameter", "broken form", "broken UTF-8"),
    ],
)
def test_a_bad_request_is_refused_as_rfc_6749_says(running: LocalIssuer, case: str) -> None:
    parameters, headers, status, error = refusals(running)[case]
    answer = ask(running, parameters, headers)
    assert answer.status == status
    assert answer.json()["error"] == error
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_not_allowed(running: LocalIssuer, http: urllib3.PoolManager, method: str) -> None:
    answer = http.request(method, running.token_endpoint)
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_another_media_type_is_not_supported(running: LocalIssuer, content_type: str) -> None:
    assert ask(running, GRANT, content_type=content_type).status == 415


def test_a_media_type_may_have_parameters(running: LocalIssuer) -> None:
    assert ask(running, GRANT, content_type=f"{FORM}; charset=UTF-8").status == 200


PINGONE_DENIED = "Request denied: Unsupported authentication method (Correlation ID: "


@of("pingone")
def test_pingone_says_unsupported_method_to_a_wrong_secret(running: LocalIssuer) -> None:
    answer = ask(running, GRANT, basic(running.client_id, "wrong"))
    assert (answer.status, answer.json()["error"]) == (401, "invalid_client")
    assert answer.json()["error_description"].startswith(PINGONE_DENIED)


@of("pingone")
def test_pingone_wants_one_scope_to_be_granted(running: LocalIssuer) -> None:
    body = ask(running, GRANT | {"scope": "admin"}).json()
    assert body["error"] == "invalid_scope"
    assert body["error_description"].startswith("At least one scope must be granted (Correlation ID: ")


@pytest.mark.parametrize(
    ("running", "case", "status", "body"),
    [
        (
            "wso2",
            "wrong secret",
            401,
            {"error": "invalid_client", "error_description": "Client credentials are invalid."},
        ),
        (
            "pingam",
            "unknown scope",
            400,
            {"error": "invalid_scope", "error_description": "Unknown/invalid scope(s): [admin]"},
        ),
        (
            "pingam",
            "another grant type",
            400,
            {"error": "unsupported_grant_type", "error_description": "Grant type is not supported: password"},
        ),
        ("cognito", "wrong secret", 400, {"error": "invalid_client"}),
        ("cognito", "another grant type", 400, {"error": "unsupported_grant_type"}),
        ("auth0", "wrong secret", 401, {"error": "access_denied", "error_description": "Unauthorized"}),
        (
            "okta",
            "wrong secret",
            401,
            {
                "error": "invalid_client",
                "error_description": "The client secret supplied for a confidential client is invalid.",
            },
        ),
        (
            "keycloak",
            "unknown scope",
            400,
            {"error": "invalid_scope", "error_description": "Invalid scopes: admin"},
        ),
        (
            "keycloak",
            "wrong secret",
            401,
            {"error": "unauthorized_client", "error_description": "Invalid client or Invalid client credentials"},
        ),
        ("google", "wrong secret", 401, {"error": "invalid_client", "error_description": "Unauthorized"}),
    ],
    indirect=["running"],
)
def test_a_vendor_refuses_in_its_own_words(
    running: LocalIssuer, case: str, status: int, body: dict[str, object]
) -> None:
    parameters, headers, _, _ = refusals(running)[case]
    answer = ask(running, parameters, headers)
    assert (answer.status, answer.json()) == (status, body)


@of("okta")
def test_okta_tells_an_unknown_client_by_its_own_api_error(running: LocalIssuer) -> None:
    body = ask(running, GRANT, basic("somebody", "x")).json()
    assert body["errorCode"] == body["errorLink"] == "invalid_client"
    assert body["errorSummary"] == "Invalid value for 'client_id' parameter."


@of("okta")
def test_okta_wants_a_scope(running: LocalIssuer) -> None:
    body = ask(running, GRANT).json()
    assert body["error"] == "invalid_scope"
    assert "'scope' must be provided" in body["error_description"]


@of("auth0")
def test_auth0_wants_an_audience_that_it_knows(running: LocalIssuer) -> None:
    assert ask(running, GRANT).status == 403
    answer = ask(running, GRANT | {"audience": "https://other.example.com"})
    assert answer.status == 403
    assert answer.json() == {
        "error": "access_denied",
        "error_description": "Service not enabled within domain: https://other.example.com",
    }


@of("auth0")
def test_auth0_takes_json_as_well(running: LocalIssuer) -> None:
    wanted = {
        **GRANT,
        "audience": "https://api.example.com",
        "client_id": running.client_id,
        "client_secret": running.client_secret,
    }
    assert ask(running, json.dumps(wanted), {}, content_type="application/json").status == 200


@of("auth0")
@pytest.mark.parametrize("body", ["", "[]", '{"grant_type": 1}', '{"scope": "a", "scope": "b"}', "{" * 9000])
def test_auth0_takes_only_an_object_of_strings(running: LocalIssuer, body: str) -> None:
    answer = ask(running, body, content_type="application/json")
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")


@of("entra")
@pytest.mark.parametrize(
    ("scope", "error", "code"),
    [
        ("", "invalid_request", 900144),
        ("read", "invalid_scope", 1002012),
        ("api://x/read", "invalid_scope", 1002012),
        ("api://x/.default api://y/.default", "invalid_scope", 1002012),
        ("api://x/.default", "invalid_resource", 500011),
    ],
    ids=["none", "bare", "not .default", "two", "unknown resource"],
)
def test_entra_wants_the_default_scope_of_one_resource(running: LocalIssuer, scope: str, error: str, code: int) -> None:
    answer = ask(running, GRANT | {"scope": scope})
    assert answer.status == 400
    body = answer.json()
    assert body["error"] == error
    assert body["error_codes"] == [code]
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert body["timestamp"] == "2026-09-21 14:13:20Z"


@of("entra")
def test_entra_grants_the_default_scope_by_the_bare_id_too(running: LocalIssuer) -> None:
    assert ask(running, GRANT | {"scope": f"{running.audience[0]}/.default"}).status == 200


@of("entra")
def test_entra_gives_even_a_broken_body_a_code(running: LocalIssuer) -> None:
    assert ask(running, "grant_type").json()["error_codes"] == [900144]


def test_the_token_verifies_with_the_published_keys(running: LocalIssuer, http: urllib3.PoolManager) -> None:
    keys = KeySet.from_jwks(http.request("GET", running.jwks_uri).data)
    verify_compact(ask(running, GRANT).json()["access_token"], keys)
