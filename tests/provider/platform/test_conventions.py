"""What every request and answer has in common: statuses, headers, errors, names that clients give."""

import json
import re
from typing import Any

import pytest

from gatepost.identity import audit
from gatepost.provider.platform.routes import failing
from gatepost.provider.web.request import Request
from tests.provider.platform.conftest import ORIGIN, Api

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
NOWHERE = "8c2b3c0e-0000-4000-8000-000000000000"
APPLICATION = {
    "name": "a",
    "enabled": True,
    "type": "WEB_APP",
    "protocol": "OPENID_CONNECT",
    "tokenEndpointAuthMethod": "NONE",
    "redirectUris": ["https://a.example/"],
}

_HEADERS = {
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "cache-control",
    "correlation-id",
    "expires",
    "pragma",
    "strict-transport-security",
    "vary",
    "x-content-type-options",
    "x-frame-options",
    "x-xss-protection",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/users", 200),
        ("GET", "/nothing", 404),
        ("GET", f"/users/{NOWHERE}", 404),
        ("PUT", "/users", 405),
        ("OPTIONS", "/users", 204),
        ("POST", "/users", 415),
    ],
)
def test_every_answer_has_the_headers(api: Api, method: str, path: str, status: int) -> None:
    answer = api(method, path)
    assert answer.status == status
    assert set(answer.headers) >= _HEADERS
    assert _UUID.fullmatch(answer.headers["correlation-id"])
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "via" not in answer.headers


def test_a_script_of_any_origin_may_ask_first(api: Api) -> None:
    answer = api("OPTIONS", "/users", token="", origin="https://a.example", access_control_request_method="POST")
    assert answer.status == 204
    for name in ("Authorization", "Content-Type", "Correlation-Id", "X-Content-Type-Options", "X-client-version"):
        assert name in answer.headers["access-control-allow-headers"].split(", ")
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (401, "ACCESS_FAILED", "The request could not be completed. You do not have access to this resource."),
        (404, "NOT_FOUND", "The request could not be completed. The requested resource was not found."),
        (
            400,
            "INVALID_DATA",
            "The request could not be completed. One or more validation errors were in the request.",
        ),
    ],
)
def test_an_error_has_its_form(api: Api, status: int, code: str, message: str) -> None:
    answer = {
        401: lambda: api("GET", "/users", token=""),
        404: lambda: api("GET", f"/users/{NOWHERE}"),
        400: lambda: api("POST", "/users", {}),
    }[status]()
    assert answer.status == status
    assert answer.headers["content-type"] == "application/json"
    assert _UUID.fullmatch(answer.body["id"])
    assert (answer.body["code"], answer.body["message"]) == (code, message)


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/users", "GET, HEAD, OPTIONS, POST"),
        (f"/users/{NOWHERE}/password", "GET, HEAD, OPTIONS, POST, PUT"),
        ("/activities", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_is_not_there_is_refused_with_those_that_are(api: Api, path: str, allow: str) -> None:
    answer = api("DELETE", path)
    assert answer.status == 405
    assert answer.headers["allow"] == allow
    assert answer.body["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/xml"])
def test_a_body_of_another_type_is_refused(api: Api, media_type: str) -> None:
    answer = api("POST", "/populations", {"name": "x"}, media_type=media_type)
    assert answer.status == 415
    assert answer.body["code"] == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize("media_type", ["application/json; charset=UTF-8", "application/hal+json", "Application/JSON"])
def test_a_body_of_a_type_that_is_json_is_taken(api: Api, media_type: str) -> None:
    assert api("POST", "/populations", {"name": "x"}, media_type=media_type).status == 201


@pytest.mark.parametrize(
    "raw",
    [b"{", b"", b"\xff\xfe", b'{"name": "a", "name": "b"}', b'{"name": NaN}', b"[" * 100_000, b"1" * 5000],
    ids=["cut", "empty", "no UTF-8", "twice", "NaN", "deep", "long number"],
)
def test_a_body_that_is_not_json_is_refused(api: Api, raw: bytes) -> None:
    answer = api("POST", "/populations", raw=raw, content_type="application/json")
    assert answer.status == 400
    assert answer.body["code"] == "INVALID_REQUEST"


@pytest.mark.parametrize("body", [[], "text", 5, None, True])
def test_a_body_that_is_no_object_is_refused(api: Api, body: object) -> None:
    answer = api("POST", "/populations", raw=json.dumps(body).encode())
    assert answer.status == 400
    assert answer.body["code"] == "INVALID_DATA"


@pytest.mark.parametrize("identifier", ["1", "A" * 36, f"{NOWHERE}0", "%00", "..%2f", NOWHERE.upper(), "💥"])
def test_what_is_no_identifier_is_not_found(shared: Api, identifier: str) -> None:
    assert shared("GET", f"/users/{identifier}").status == 404
    assert shared("GET", f"/applications/{identifier}/secret").status == 404
    assert shared("GET", f"/v1/environments/{identifier}").status == 404


def test_a_field_of_the_query_that_comes_twice_is_refused(api: Api) -> None:
    assert api("GET", "/users?limit=1&limit=2").body["code"] == "INVALID_REQUEST"


def test_names_of_requests_go_into_the_audit(both: Api) -> None:
    body = {"name": "x"}
    made = both("POST", "/populations", body, x_ping_external_transaction_id="t-1", x_ping_external_session_id="s-1")
    assert made.status == 201
    event = both.services.store.read(lambda connection: audit.latest(connection, both.environment_id))[0]
    assert event.document["externalTransactionId"] == "t-1"
    assert event.document["externalSessionId"] == "s-1"


def test_a_name_of_a_request_has_a_hundred_characters_at_most(api: Api) -> None:
    assert api("GET", "/users", x_ping_external_transaction_id="x" * 100).status == 200
    refused = api("GET", "/users", x_ping_external_transaction_id="x" * 101)
    assert refused.status == 400
    assert refused.details == {("SIZE_LIMIT_EXCEEDED", "x-ping-external-transaction-id")}


# ── What is wrong with a request, all of it in one answer ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "body", "details"),
    [
        (
            "/applications",
            {},
            {("REQUIRED_VALUE", each) for each in ("name", "enabled", "type", "protocol", "tokenEndpointAuthMethod")}
            | {("REQUIRED_VALUE", "grantTypes")},
        ),
        (
            "/applications",
            {**APPLICATION, "name": 5, "enabled": "yes", "type": "NO_TYPE", "parTimeout": 601, "tags": [1]},
            {
                ("INVALID_VALUE", "name"),
                ("INVALID_VALUE", "enabled"),
                ("INVALID_VALUE", "type"),
                ("INVALID_VALUE", "parTimeout"),
                ("INVALID_VALUE", "tags[0]"),
                ("REQUIRED_VALUE", "grantTypes"),
            },
        ),
        (
            "/applications",
            {**APPLICATION, "redirectUris": ["https://a.example/#f", "javascript:alert(1)", "/relative"]},
            {("INVALID_VALUE", f"redirectUris[{each}]") for each in range(3)},
        ),
        ("/applications", {**APPLICATION, "name": "Gatepost administration"}, {("UNIQUENESS_VIOLATION", "name")}),
        (
            "/resources",
            {"name": "r", "audience": "https://api.pingone.com", "accessTokenValiditySeconds": 299},
            {("INVALID_VALUE", "accessTokenValiditySeconds")},
        ),
        ("/resources", {"name": "r", "audience": "https://api.pingone.com"}, {("INVALID_VALUE", "audience")}),
        ("/populations", {"name": ""}, {("EMPTY_VALUE", "name")}),
        ("/populations", {"name": "x" * 257}, {("SIZE_LIMIT_EXCEEDED", "name")}),
        ("/populations", {"name": "Default"}, {("UNIQUENESS_VIOLATION", "name")}),
        (
            "/populations",
            {"name": "p", "passwordPolicy": {"id": NOWHERE}},
            {("REFERENCE_NOT_FOUND", "passwordPolicy.id")},
        ),
        ("/users", {}, {("REQUIRED_VALUE", "username")}),
        (
            "/users",
            {"username": "u", "email": "no address", "name": {"given": 5}, "population": {"id": "x"}},
            {("INVALID_VALUE", "email"), ("INVALID_VALUE", "name.given"), ("INVALID_VALUE", "population.id")},
        ),
        ("/users", {"username": "u", "population": {"id": NOWHERE}}, {("REFERENCE_NOT_FOUND", "population.id")}),
        ("/users", {"username": "Administrator"}, {("UNIQUENESS_VIOLATION", "username")}),
        (
            "/users",
            {"username": "u", "password": {"value": "short"}},
            {("PASSWORD_REQUIREMENTS_NOT_MET", "password.value")},
        ),
        ("/groups", {"name": "g", "userFilter": "username pr"}, {("INVALID_VALUE", "userFilter")}),
        ("/signOnPolicies", {"name": "two words"}, {("INVALID_VALUE", "name")}),
        (
            "/passwordPolicies",
            {"name": "p", "length": {"min": 20, "max": 10}},
            {("INVALID_VALUE", "length.min")},
        ),
        ("/keys", {"name": "k", "signatureAlgorithm": "MD5withRSA"}, {("INVALID_VALUE", "signatureAlgorithm")}),
    ],
)
def test_everything_that_is_wrong_is_told(
    shared: Api, path: str, body: dict[str, Any], details: set[tuple[str, str]]
) -> None:
    refused = shared("POST", path, body)
    assert refused.status == 400, refused.body
    assert refused.body["code"] == "INVALID_DATA"
    assert refused.details == details


def test_the_limits_stand_in_the_inner_error(api: Api) -> None:
    refused = api("POST", "/applications", {**APPLICATION, "parTimeout": 0, "pkceEnforcement": "SOMETIMES"})
    inner = {each["target"]: each["innerError"] for each in refused.body["details"]}
    assert inner["parTimeout"] == {"rangeMinimumValue": 1, "rangeMaximumValue": 600}
    assert inner["pkceEnforcement"] == {"allowedValues": ["OPTIONAL", "REQUIRED", "S256_REQUIRED"]}


def test_a_number_of_any_length_is_judged(api: Api) -> None:
    raw = b'{"name":"r","accessTokenValiditySeconds":1' + b"0" * 400 + b"}"
    assert api("POST", "/resources", raw=raw).details == {("INVALID_VALUE", "accessTokenValiditySeconds")}


@pytest.mark.parametrize(
    ("raw", "target"),
    [
        (b'{"name": "g", "customData": {"a": [1, "x\\u0000"]}}', "customData.a[1]"),
        (b'{"name": "g", "customData": {"\\ud800": 1}}', "customData"),
        (b'{"name": "g", "customData": {"a": 1e400}}', "customData.a"),
        (b'{"name": "g", "customData": {"a": ' + b"[" * 40 + b"]" * 40 + b"}}", "customData.a" + "[0]" * 31),
        (b'{"name": "\\u0000"}', "name"),
    ],
    ids=["NUL", "half a character", "infinite", "deep", "NUL in a name"],
)
def test_what_no_database_takes_is_refused(shared: Api, raw: bytes, target: str) -> None:
    refused = shared("POST", "/groups", raw=raw)
    assert refused.status == 400
    assert refused.details == {("INVALID_VALUE", target)}


def test_a_bad_expression_is_refused_when_it_is_saved(both: Api) -> None:
    resource = both("POST", "/resources", {"name": "r"}).id
    at = f"/resources/{resource}/attributes"
    refused = both("POST", at, {"name": "claim", "value": "${user.name.}"})
    assert refused.status == 400
    assert refused.details == {("INVALID_VALUE", "value")}
    assert "column" in refused.body["details"][0]["message"]
    made = both("POST", at, {"name": "claim", "value": "${user.email}"})
    for method in ("PUT", "PATCH"):
        assert both(method, f"{at}/{made.id}", {"name": "claim", "value": "${"}).status == 400
    assert both("GET", f"{at}/{made.id}").body["value"] == "${user.email}"


def test_unknown_members_are_ignored(api: Api) -> None:
    made = api("POST", "/populations", {"name": "x", "unknown": 1, "id": NOWHERE, "createdAt": "now", "_links": {}})
    assert made.status == 201
    assert "unknown" not in made.body
    assert made.id != NOWHERE
    assert made.body["createdAt"] == "2026-03-23T16:37:59.659Z"


# ── PUT, PATCH and DELETE ────────────────────────────────────────────────────────────────────────────────────────


def test_put_replaces_and_patch_changes(both: Api) -> None:
    made = both("POST", "/applications", {**APPLICATION, "description": "d", "homePageUrl": "https://a.example/"})
    at = f"/applications/{made.id}"
    both.now += 60
    patched = both("PATCH", at, {"description": "e"})
    assert patched.status == 200
    assert (patched.body["description"], patched.body["homePageUrl"]) == ("e", "https://a.example/")
    assert patched.body["createdAt"] == "2026-03-23T16:37:59.659Z"
    assert patched.body["updatedAt"] == "2026-03-23T16:38:59.659Z"
    assert "homePageUrl" not in both("PATCH", at, {"homePageUrl": None}).body
    replaced = both("PUT", at, {**APPLICATION, "name": "b"})
    assert replaced.status == 200
    assert "description" not in replaced.body
    assert both("GET", at).body == replaced.body
    assert both("PUT", at, {"name": "c"}).status == 400
    assert both("PATCH", at, {"type": "WORKER"}).details >= {("INVALID_VALUE", "type")}


def test_what_is_deleted_is_gone(both: Api) -> None:
    made = both("POST", "/resources", {"name": "r"})
    gone = both("DELETE", f"/resources/{made.id}")
    assert (gone.status, gone.body) == (204, None)
    for method in ("GET", "DELETE", "PATCH"):
        assert both(method, f"/resources/{made.id}", {} if method == "PATCH" else None).status == 404


def test_location_is_where_a_new_thing_is(both: Api) -> None:
    resource = both("POST", "/resources", {"name": "r"}).id
    policy, client = both("POST", "/signOnPolicies", {"name": "p"}).id, f"/applications/{both.made.client_id}"
    for path, body in (
        ("/populations", {"name": "x"}),
        ("/groups", {"name": "x"}),
        ("/users", {"username": "x"}),
        ("/applications", APPLICATION),
        (f"/resources/{resource}/scopes", {"name": "x"}),
        (f"/resources/{resource}/attributes", {"name": "x", "value": "y"}),
        (f"{client}/attributes", {"name": "x", "value": "y"}),
        ("/passwordPolicies", {"name": "x"}),
        (f"/signOnPolicies/{policy}/actions", {"type": "LOGIN", "priority": 1}),
        (
            f"/applications/{both.made.client_id}/signOnPolicyAssignments",
            {"priority": 1, "signOnPolicy": {"id": policy}},
        ),
        ("/keys", {"name": "k", "algorithm": "EC", "keyLength": 256, "signatureAlgorithm": "SHA256withECDSA"}),
    ):
        made = both("POST", path, body)
        assert made.status == 201, made.body
        location = made.headers["location"]
        assert location == f"{ORIGIN}{both.at}{path}/{made.id}" == made.body["_links"]["self"]["href"]
        assert both("GET", location).body == made.body


def test_nothing_that_was_refused_is_kept(both: Api) -> None:
    before = both("GET", "/activities?limit=1000").body["size"]
    assert both("POST", "/populations", {"name": "Default"}).status == 400
    assert both("DELETE", f"/users/{NOWHERE}").status == 404
    assert both("GET", "/activities?limit=1000").body["size"] == before


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "INVALID_REQUEST"), (404, "NOT_FOUND"), (413, "REQUEST_TOO_LARGE"), (500, "UNEXPECTED_ERROR")],
)
def test_where_no_endpoint_answers_an_error_has_its_form_too(status: int, code: str) -> None:
    answer = failing(Request("POST", "/v1/x"), status, "the body is too large")
    body = json.loads(answer.body)
    assert (answer.status, body["code"]) == (status, code)
    assert body["message"].startswith("The request could not be completed.")
