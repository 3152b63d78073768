"""The authorizer's answers to every kind of event: 401, 403, 500, and what a token may do."""

import json
from typing import Any

import pytest

from gatepost import ConfigurationError, Issuer, JwksUrl, KeysUnavailable, Verifier
from gatepost.gates.aws_lambda import Unauthorized, authorizer
from gatepost.jose import SigningKey, sign_compact
from gatepost.policy.requirement import Requirement
from tests.gates.aws_lambda.events import MAKERS, Maker, http_v2, rest_request, rest_token, stage
from tests.gates.aws_lambda.iam_oracle import allows
from tests.jose.keys_at_hand import signing_key

NOW = 1_800_000_000.0
KEY = signing_key("ES256")
ISSUER = Issuer("https://issuer.example", audience="api", keys=KEY.key_set(), algorithms=("ES256",))
VERIFIER = Verifier(ISSUER, clock=lambda: NOW)
DOWN = Verifier(
    Issuer("https://issuer.example", audience="api", keys=JwksUrl("http://127.0.0.1:9/jwks")), clock=lambda: NOW
)

every_kind = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def mint(key: SigningKey = KEY, **claims: object) -> str:
    usual = {"iss": ISSUER.identifier, "aud": "api", "sub": "alice", "scope": "read write", "exp": NOW + 60}
    return sign_compact({name: value for name, value in (usual | claims).items() if value is not None}, key)


def of(event: dict[str, Any]) -> str:
    return str(event.get("methodArn") or event["routeArn"])


@every_kind
def test_a_good_token_may_use_the_whole_stage_so_that_a_kept_answer_holds_for_the_next_route(make: Maker) -> None:
    event = make("GET", "/users/1", mint())
    answer: Any = authorizer(verifier=VERIFIER, clock=lambda: NOW)(event, None)
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Resource"] == of(event).split("/GET/")[0] + "/*/*"
    assert answer["principalId"] == "alice"
    assert allows(answer, of(event).replace("users/1", "other"), NOW)
    assert not allows(answer, of(event), NOW + 60), "it outlives the token"
    assert not allows(answer, of(event).replace("a1b2c3d4e5", "zzzzzzzzzz"), NOW)
    assert answer["context"] == {
        "sub": "alice",
        "scope": "read write",
        "iss": ISSUER.identifier,
        "aud": "api",
        "exp": NOW + 60,
    }


BAD: dict[str, str | None] = {
    "none": None,
    "garbage": "garbage",
    "expired": mint(exp=NOW - 1),
    "another audience": mint(aud="other"),
    "another issuer": mint(iss="https://other.example"),
    "another key": mint(SigningKey.generate("ES256")),
}


@every_kind
@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
@pytest.mark.parametrize("kept", [True, False])
def test_without_a_good_token_it_raises_exactly_unauthorized(make: Maker, text: str | None, kept: bool) -> None:
    with pytest.raises(Unauthorized) as caught:
        authorizer(verifier=VERIFIER, kept=kept, clock=lambda: NOW)(make("GET", "/users", text), None)
    assert str(caught.value) == "Unauthorized"


@every_kind
def test_a_good_token_that_lacks_something_is_denied(make: Maker) -> None:
    handler = authorizer(verifier=VERIFIER, requirement=Requirement(scopes=("admin",)), clock=lambda: NOW)
    event = make("GET", "/users", mint())
    answer: Any = handler(event, None)
    assert {statement["Effect"] for statement in answer["policyDocument"]["Statement"]} == {"Deny"}
    assert answer["principalId"] == "alice"
    assert allows(handler(make("GET", "/users", mint(scope="admin")), None), of(event), NOW)


@every_kind
def test_keys_that_cannot_be_had_make_it_fail_and_not_blame_the_token(make: Maker) -> None:
    for requirement in (None, Requirement(scopes=("read",))):
        with pytest.raises(KeysUnavailable) as caught:
            authorizer(verifier=DOWN, requirement=requirement)(make("GET", "/users", mint()), None)
        assert str(caught.value) != "Unauthorized"


@pytest.mark.parametrize("allowed", [True, False])
def test_a_simple_response_for_an_http_api_that_expects_one(allowed: bool) -> None:
    requirement = Requirement(scopes=("read" if allowed else "admin",))
    handler = authorizer(verifier=VERIFIER, requirement=requirement, simple=True, clock=lambda: NOW)
    answer: Any = handler(http_v2("GET", "/users", mint()), None)
    assert answer.pop("context")["sub"] == "alice"
    assert answer == {"isAuthorized": allowed}
    with pytest.raises(Unauthorized):
        handler(http_v2("GET", "/users", None), None)
    with pytest.raises(ConfigurationError, match="simple=True"):
        handler(rest_token("GET", "/users", mint()), None)


@every_kind
@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_the_scheme_is_read_in_any_case(make: Maker, scheme: str) -> None:
    event = make("GET", "/users", "TOKEN")
    text = json.dumps(event).replace("Bearer TOKEN", f"{scheme} {mint()}")
    assert authorizer(verifier=VERIFIER, clock=lambda: NOW)(json.loads(text), None)["principalId"] == "alice"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Basic YTpi", "Bearer a b", "Bearer {token}, Bearer {token}", "{token}"]
)
def test_credentials_in_another_form_are_none(header: str) -> None:
    event = rest_request("GET", "/users", None, {"Authorization": header.format(token=mint())})
    with pytest.raises(Unauthorized):
        authorizer(verifier=VERIFIER, clock=lambda: NOW)(event, None)


def test_two_headers_of_one_name_are_refused() -> None:
    event = rest_request("GET", "/users", mint())
    event["multiValueHeaders"]["Authorization"] *= 2
    with pytest.raises(Unauthorized):
        authorizer(verifier=VERIFIER, clock=lambda: NOW)(event, None)


@pytest.mark.parametrize("kept", [True, False])
def test_a_bound_token_is_not_let_in_by_a_kept_answer(kept: bool) -> None:
    handler = authorizer(verifier=VERIFIER, kept=kept, clock=lambda: NOW)
    bound = mint(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})
    with pytest.raises(Unauthorized):  # it comes without its proof
        handler(rest_request("GET", "/users", bound), None)


def test_a_stage_and_a_base_path_of_an_http_api() -> None:
    handler = authorizer(verifier=VERIFIER, kept=False, clock=lambda: NOW)
    answer: Any = handler(http_v2("GET", "/users", mint(), on="prod"), None)
    assert answer["policyDocument"]["Statement"][0]["Resource"] == f"{stage()}/GET/users"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "TOKEN", "authorizationToken": "Bearer x"},
        {"type": "TOKEN", "authorizationToken": "Bearer x", "methodArn": "arn:aws:lambda:eu:1:function:x"},
        {"type": "TOKEN", "authorizationToken": "Bearer x", "methodArn": "arn:aws:execute-api:eu:1:*/prod/GET/x"},
        {"version": "2.0", "routeKey": "GET /x", "rawPath": "/x", "headers": {}},
    ],
    ids=["empty", "no ARN", "another service's ARN", "a wildcard for the API", "the event of a route"],
)
def test_another_event_is_an_error_that_says_what_to_do(event: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="name this function as the authorizer"):
        authorizer(verifier=VERIFIER)(event, None)


def test_settings_that_contradict_each_other_are_refused() -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "either a policy"),
        ({"policy": "gatepost.toml", "verifier": VERIFIER}, "either a policy"),
        ({"policy": "gatepost.toml", "requirement": Requirement()}, "requirement goes with a verifier"),
        ({"verifier": VERIFIER, "keys": "keys.json"}, "keys goes with a policy file"),
        ({"policy": "gatepost.toml", "simple": True}, "time to live to 0"),
    ]
    for options, message in wrong:
        with pytest.raises(ConfigurationError, match=message):
            authorizer(**options)


def test_the_context_is_flat_and_of_scalars_alone() -> None:
    text = mint(
        aud=["api", "other"],
        realm_access={"roles": ["admin", "user"], "deep": {"er": 1.5}},
        groups=["a b", "c"],
        verified=True,
        nothing=None,
        claims="reserved",
        principalId="mallory",
        integrationLatency=3,
    )
    answer: Any = authorizer(verifier=VERIFIER, clock=lambda: NOW)(rest_token("GET", "/", text), None)
    assert answer["principalId"] == "alice"
    assert {name: value for name, value in answer["context"].items() if name not in {"sub", "scope", "iss", "exp"}} == {
        "aud": "api other",
        "realm_access.roles": "admin user",
        "realm_access.deep.er": 1.5,
        "groups": '["a b", "c"]',
        "verified": True,
    }


def test_claims_that_do_not_fit_are_left_out_and_named() -> None:
    text = mint(huge="x" * 7900, roles=["admin"])
    answer: Any = authorizer(verifier=VERIFIER, clock=lambda: NOW)(rest_token("GET", "/", text), None)
    assert len(json.dumps(answer)) <= 8192
    assert answer["context"]["gatepost_omitted"] == "huge"
    assert answer["context"]["roles"] == "admin"


def test_only_the_claims_that_are_named_are_handed_on() -> None:
    handler = authorizer(verifier=VERIFIER, context=["sub"], clock=lambda: NOW)
    assert handler(rest_token("GET", "/", mint()), None)["context"] == {"sub": "alice"}


def test_a_client_that_acts_for_itself_is_the_principal() -> None:
    handler = authorizer(verifier=VERIFIER, clock=lambda: NOW)
    assert handler(rest_token("GET", "/", mint(sub=None, client_id="batch")), None)["principalId"] == "batch"
    assert handler(rest_token("GET", "/", mint(sub=None)), None)["principalId"] == ISSUER.identifier


def test_the_log_holds_the_reason_and_nothing_of_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "gatepost.gates.aws_lambda")
    text = mint(exp=NOW - 1)
    with pytest.raises(Unauthorized):
        authorizer(verifier=VERIFIER, clock=lambda: NOW)(rest_token("GET", "/", text), None)
    assert [record.getMessage() for record in caplog.records] == ["refused: expired"]
