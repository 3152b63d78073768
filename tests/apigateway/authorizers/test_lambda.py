"""Lambda authorizers, row by row: identity sources, answers, context, cache, permissions."""

import json
from typing import Any

import pytest

from gatepost.apigateway.exchange import Exchange, LambdaIdentity
from gatepost.apigateway.invoking import Invocation
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.function import Permission
from gatepost.apigateway.model.place import TemplateError
from gatepost.testing import TurnableClock
from tests.apigateway.authorizers.world import (
    ARN,
    FakeFunctions,
    Gatekeeper,
    allow,
    answered,
    function,
    http_api,
    http_authorizer,
    raised,
    refused,
    request_authorizer,
    rest_api,
    token_authorizer,
)

TOKEN = {"Authorization": "Bearer good"}
DENIED = "User is not authorized to access this resource"


def rest(*answers: object, authorizer: Any = None, **options: Any) -> Gatekeeper:
    return Gatekeeper(rest_api(authorizer or token_authorizer()), FakeFunctions(*answers), **options)


def http(*answers: object, authorizer: Any = None, **options: Any) -> Gatekeeper:
    return Gatekeeper(http_api(authorizer or http_authorizer()), FakeFunctions(*answers), **options)


def identity(made: Exchange) -> LambdaIdentity:
    assert made.failure is None, made.steps
    assert isinstance(made.identity, LambdaIdentity)
    return made.identity


# ── §2.1 and §2.4, identity sources ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"X-Other": "x"}], ids=str)
def test_without_a_token_no_function_is_called(headers: dict[str, str]) -> None:
    for keeper in (rest(allow()), http(allow())):
        failure = refused(keeper.ask(headers))
        assert (failure.kind, failure.www_authenticate, failure.message) == ("UNAUTHORIZED", None, None)
        assert keeper.functions.calls == []


@pytest.mark.parametrize(
    ("token", "whole", "calls"),
    [("Bearer ok", True, 1), ("Bearer not ok", True, 0), ("Bearer not ok", False, 1), ("Basic ok", False, 0)],
)
def test_the_validation_expression_is_asked_before_the_function(token: str, whole: bool, calls: int) -> None:
    authorizer = token_authorizer(validation="^Bearer [a-z]+")
    keeper = rest(allow(), authorizer=authorizer, assumptions=Assumptions(full_validation=whole))
    made = keeper.ask({"Authorization": token})
    assert len(keeper.functions.calls) == calls
    assert (made.failure is None) is bool(calls)
    if not calls:
        assert refused(made).kind == "UNAUTHORIZED"


def test_the_event_holds_the_whole_header_and_the_arn() -> None:
    keeper = rest(allow())
    keeper.ask(TOKEN)
    assert keeper.functions.calls == [
        {"type": "TOKEN", "authorizationToken": "Bearer good", "methodArn": f"{ARN}/prod/GET/users"}
    ]


SOURCES = ("method.request.header.Authorization", "method.request.querystring.user")


@pytest.mark.parametrize(
    ("ttl", "headers", "query", "calls"),
    [
        (300, TOKEN, "user=1", 1),
        (300, TOKEN, "", 0),
        (300, TOKEN, "user=", 0),
        (300, {}, "user=1", 0),
        (0, {}, "", 1),
    ],
)
def test_a_rest_api_asks_for_request_sources_only_while_it_keeps_answers(
    ttl: float, headers: dict[str, str], query: str, calls: int
) -> None:
    keeper = rest(allow(), authorizer=request_authorizer(identity_sources=SOURCES, ttl=ttl))
    made = keeper.ask(headers, query=query)
    assert (len(keeper.functions.calls), made.failure is None) == (calls, bool(calls))


def test_an_http_api_asks_for_its_sources_whether_it_keeps_answers_or_not() -> None:
    keeper = http(allow(), authorizer=http_authorizer(identity_sources=("$request.querystring.user",), ttl=0))
    assert refused(keeper.ask(TOKEN)).kind == "UNAUTHORIZED"
    assert keeper.functions.calls == []


# ── §2.4, what an answer makes of a request ──────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (allow(effect="Deny"), "ACCESS_DENIED", f"{DENIED} with an explicit deny"),
        (allow("arn:aws:execute-api:*:*:*/prod/POST/*"), "ACCESS_DENIED", DENIED),
        (raised("Unauthorized"), "UNAUTHORIZED", None),
        ({"errorMessage": "Unauthorized"}, "UNAUTHORIZED", None),
        (raised("Unauthorized: expired"), "AUTHORIZER_FAILURE", None),
        (raised("boom"), "AUTHORIZER_FAILURE", None),
        (raised("", "timed out"), "AUTHORIZER_FAILURE", None),
        (raised("", "crashed"), "AUTHORIZER_FAILURE", None),
        (raised("", "failed to start"), "AUTHORIZER_FAILURE", None),
        (raised("", "too large"), "AUTHORIZER_FAILURE", None),
        (raised("", "throttled"), "AUTHORIZER_FAILURE", None),
        (Invocation("answered", b"not json"), "AUTHORIZER_CONFIGURATION_ERROR", None),
        (Invocation("answered", b'{"policyDocument": NaN}'), "AUTHORIZER_CONFIGURATION_ERROR", None),
        (Invocation("answered", b"[" * 100_000), "AUTHORIZER_CONFIGURATION_ERROR", None),
        (None, "AUTHORIZER_CONFIGURATION_ERROR", None),
        ("Allow", "AUTHORIZER_CONFIGURATION_ERROR", None),
        ({}, "AUTHORIZER_CONFIGURATION_ERROR", None),
        ({"isAuthorized": True}, "AUTHORIZER_CONFIGURATION_ERROR", None),
        (allow() | {"principalId": None}, "AUTHORIZER_CONFIGURATION_ERROR", None),
        (allow() | {"principalId": 7}, "AUTHORIZER_CONFIGURATION_ERROR", None),
        (allow() | {"policyDocument": "{}"}, "AUTHORIZER_CONFIGURATION_ERROR", None),
        (allow(effect="allow"), "AUTHORIZER_CONFIGURATION_ERROR", None),
        (allow(context={"a": [1]}), "AUTHORIZER_CONFIGURATION_ERROR", None),
        (allow(context={"a": {"b": 1}}), "AUTHORIZER_CONFIGURATION_ERROR", None),
        (allow(context={"a": None}), "AUTHORIZER_CONFIGURATION_ERROR", None),
        (allow(context=[]), "AUTHORIZER_CONFIGURATION_ERROR", None),
        (allow(usageIdentifierKey=1), "AUTHORIZER_CONFIGURATION_ERROR", None),
        (allow("arn:" + "x" * 509), "AUTHORIZER_CONFIGURATION_ERROR", None),
        (allow(context={"a": "x" * 8192}), "AUTHORIZER_CONFIGURATION_ERROR", None),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_rest_api_refuses(answer: object, kind: str, message: str | None) -> None:
    failure = refused(rest(answer).ask(TOKEN))
    assert (failure.kind, failure.message) == (kind, message)


@pytest.mark.parametrize(
    ("answer", "simple", "kind"),
    [
        ({"isAuthorized": False}, True, "ACCESS_DENIED"),
        ({"isAuthorized": "true"}, True, "AUTHORIZER_CONFIGURATION_ERROR"),
        ({"isAuthorized": 1}, True, "AUTHORIZER_CONFIGURATION_ERROR"),
        ({}, True, "AUTHORIZER_CONFIGURATION_ERROR"),
        (allow(), True, "AUTHORIZER_CONFIGURATION_ERROR"),
        ({"isAuthorized": True}, False, "AUTHORIZER_CONFIGURATION_ERROR"),
        (allow(effect="Deny"), False, "ACCESS_DENIED"),
        (allow("arn:elsewhere"), False, "ACCESS_DENIED"),
        ({"isAuthorized": True, "context": {"claims": 1}}, True, "AUTHORIZER_CONFIGURATION_ERROR"),
        (raised("Unauthorized"), True, "UNAUTHORIZED"),
        ({"errorMessage": "Unauthorized"}, True, "UNAUTHORIZED"),
        (raised("boom"), True, "AUTHORIZER_FAILURE"),
        (raised("", "timed out"), True, "AUTHORIZER_FAILURE"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_an_http_api_refuses(answer: object, simple: bool, kind: str) -> None:
    assert refused(http(answer, authorizer=http_authorizer(simple=simple)).ask(TOKEN)).kind == kind


@pytest.mark.parametrize("answer", [raised("Unauthorized"), {"errorMessage": "Unauthorized"}], ids=["raised", "said"])
def test_whether_an_http_api_takes_unauthorized_for_a_401_is_a_setting(answer: object) -> None:
    keeper = http(answer, assumptions=Assumptions(unauthorized_is_401=False))
    assert refused(keeper.ask(TOKEN)).kind.startswith("AUTHORIZER_")


@pytest.mark.parametrize(("length", "taken"), [(8192, True), (8193, False)])
def test_an_answer_of_a_rest_api_has_a_greatest_length(length: int, taken: bool) -> None:
    text = json.dumps(allow(context={"a": ""}))
    payload = text.replace('"a": ""', f'"a": "{"x" * (length - len(text))}"').encode()
    assert len(payload) == length
    assert (rest(Invocation("answered", payload)).ask(TOKEN).failure is None) is taken


def test_a_resource_of_the_greatest_length_is_taken() -> None:
    assert identity(rest(allow(["*", "arn:" + "x" * 508])).ask(TOKEN))


def test_how_long_an_api_waits_for_its_function() -> None:
    for keeper, limit in ((rest(allow()), 30.0), (http(allow()), 10.0)):
        keeper.ask(TOKEN)
        assert keeper.functions.limits == [limit]


# ── §2.2, what is handed on ──────────────────────────────────────────────────────────────────────────────────────────
def test_a_rest_api_hands_on_texts() -> None:
    context = {"text": "a", "number": 1, "fraction": 1.5, "yes": True, "no": False}
    found = identity(rest(allow(context=context)).ask(TOKEN))
    assert found.context == {"text": "a", "number": "1", "fraction": "1.5", "yes": "true", "no": "false"}
    assert (found.principal, found.latency) == ("user", 12)


def test_an_http_api_hands_on_any_json() -> None:
    context = {"list": [1, {"a": None}], "number": 1, "yes": True}
    simple = http({"isAuthorized": True, "context": context}, authorizer=http_authorizer(simple=True))
    assert identity(simple.ask(TOKEN)) == LambdaIdentity(None, context, 12)
    assert identity(http(allow(context=context)).ask(TOKEN)).context == context
    assert identity(http(allow()).ask(TOKEN)).context is None


def test_the_context_of_a_deny_is_there_for_gateway_responses() -> None:
    made = rest(allow(effect="Deny", context={"why": "asleep"})).ask(TOKEN)
    assert refused(made)
    assert isinstance(made.identity, LambdaIdentity)
    assert made.identity.context == {"why": "asleep"}


# ── §2.5, the cache ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("kind", "ttl", "kept_for"),
    [
        ("REST", None, 300),
        ("REST", 60, 60),
        ("REST", 0, 0),
        ("REST", 9999, 3600),
        ("HTTP", None, 0),
        ("HTTP", 300, 300),
    ],
)
def test_answers_are_kept_for_the_authorizers_time(kind: str, ttl: float | None, kept_for: float) -> None:
    clock = TurnableClock(1_700_000_000)
    if kind == "REST":
        keeper = rest(allow(), authorizer=token_authorizer(ttl=ttl), clock=clock)
    else:
        keeper = http(allow(), authorizer=http_authorizer(ttl=ttl), clock=clock)
    keeper.ask(TOKEN)
    if kept_for:
        clock.advance(kept_for - 1)
        made = keeper.ask(TOKEN)
        assert identity(made).latency == 0
        assert any(step.name == "cache" and step.detail.startswith("hit") for step in made.steps)
        assert len(keeper.functions.calls) == 1
        clock.advance(1)
    keeper.ask(TOKEN)
    assert len(keeper.functions.calls) == 2


def test_an_http_apis_default_is_a_setting() -> None:
    keeper = http(allow(), assumptions=Assumptions(http_ttl=300))
    keeper.ask(TOKEN)
    keeper.ask(TOKEN)
    assert len(keeper.functions.calls) == 1


def test_it_is_the_policy_that_is_kept_and_every_request_is_asked_anew() -> None:
    keeper = rest(allow(f"{ARN}/prod/GET/users"))
    assert identity(keeper.ask(TOKEN))
    other = keeper.ask(TOKEN, path="/orders")
    assert refused(other).message == DENIED
    assert len(keeper.functions.calls) == 1
    assert identity(keeper.ask(TOKEN))


@pytest.mark.parametrize(
    "path",
    ["/admin/x", "/admin%2Fx", "/admin%2fx", "//admin//x/", "/%61dmin/x", "/admin%2F%2Fx", "/admin/%40me", "/x/%40me"],
)
def test_no_spelling_of_a_path_gets_past_a_denial(path: str) -> None:
    answer = allow()
    denied = [f"{ARN}/prod/GET/admin/*", f"{ARN}/prod/GET/x/@me"]
    answer["policyDocument"]["Statement"].append({**allow(denied, effect="Deny")["policyDocument"]["Statement"][0]})
    assert refused(rest(answer).ask(TOKEN, path=path)).message == f"{DENIED} with an explicit deny"
    assert identity(rest(answer).ask(TOKEN, path="/administration%2Fx"))


def test_an_escaped_slash_has_to_be_allowed_in_either_reading() -> None:
    answer = allow()
    statement = answer["policyDocument"]["Statement"][0]
    statement["NotResource"] = f"{ARN}/prod/GET/admin/*"
    del statement["Resource"]
    assert refused(rest(answer).ask(TOKEN, path="/admin%2Fx")).message == DENIED
    assert refused(rest(allow(f"{ARN}/prod/GET/open/*")).ask(TOKEN, path="/open%2Fx")).message == DENIED
    assert identity(rest(allow(f"{ARN}/prod/GET/open/*")).ask(TOKEN, path="/open/a%2Fb"))


def test_a_deny_is_kept_and_a_failure_is_not() -> None:
    keeper = rest(allow(effect="Deny"), allow())
    assert refused(keeper.ask(TOKEN)).kind == "ACCESS_DENIED"
    assert refused(keeper.ask(TOKEN)).kind == "ACCESS_DENIED"
    for failing in (raised("Unauthorized"), raised("boom"), {"nonsense": 1}):
        keeper = rest(failing, allow())
        assert refused(keeper.ask(TOKEN))
        assert identity(keeper.ask(TOKEN))


def test_answers_are_kept_under_all_values_of_the_identity_sources() -> None:
    sources = (*SOURCES, "stageVariables.x", "context.httpMethod")
    api = rest_api(request_authorizer(identity_sources=sources))
    keeper = Gatekeeper(api, FakeFunctions(allow()))
    assert refused(keeper.ask(TOKEN, query="user=1")).kind == "UNAUTHORIZED"
    keeper = rest(allow(), authorizer=request_authorizer(identity_sources=(*SOURCES, "context.httpMethod")))
    for request, calls in (
        ({"query": "user=1"}, 1),
        ({"query": "user=1"}, 1),
        ({"query": "user=2"}, 2),
        ({"query": "user=1", "method": "POST"}, 3),
        ({"query": "user=1", "path": "/other"}, 3),
    ):
        identity(keeper.ask(TOKEN, **request))
        assert len(keeper.functions.calls) == calls


def test_no_answer_is_kept_without_an_identity_source() -> None:
    keeper = rest(allow(), authorizer=request_authorizer(identity_sources=(), ttl=300))
    keeper.ask({})
    keeper.ask({})
    assert len(keeper.functions.calls) == 2


def test_the_cache_is_bounded() -> None:
    keeper = rest(allow())
    for number in range(1100):
        keeper.ask({"Authorization": f"t{number}"})
    keeper.ask({"Authorization": "t1099"})
    assert len(keeper.functions.calls) == 1100
    keeper.ask({"Authorization": "t0"})
    assert len(keeper.functions.calls) == 1101


# ── Permissions ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("permission", "credentials", "permitted"),
    [
        (Permission("apigateway.amazonaws.com", f"{ARN}/authorizers/abc123"), None, True),
        (Permission("apigateway.amazonaws.com", f"{ARN}/authorizers/*"), None, True),
        (Permission("apigateway.amazonaws.com", None), None, True),
        (Permission("*", f"{ARN}/*"), None, True),
        (Permission("apigateway.amazonaws.com", f"{ARN}/*/GET/users"), None, False),
        (Permission("apigateway.amazonaws.com", f"{ARN}/authorizers/other"), None, False),
        (Permission("s3.amazonaws.com", None), None, False),
        (Permission("s3.amazonaws.com", None), "arn:aws:iam::123456789012:role/invoke", True),
    ],
    ids=str,
)
def test_the_function_has_to_permit_the_authorizer(
    permission: Permission, credentials: str | None, permitted: bool
) -> None:
    keeper = rest(allow(), authorizer=token_authorizer(credentials=credentials), decide=function(permission))
    made = keeper.ask(TOKEN)
    assert (made.failure is None) is permitted
    if not permitted:
        assert refused(made).kind == "AUTHORIZER_CONFIGURATION_ERROR"
        assert keeper.functions.calls == []


def test_a_function_that_is_not_in_the_template_stops_the_start() -> None:
    with pytest.raises(TemplateError, match="Elsewhere"):
        rest(allow(), authorizer=token_authorizer(function="Elsewhere"))


def test_the_trace_names_the_statement_and_never_the_token() -> None:
    made = rest(answered(allow(effect="Deny"))).ask({"Authorization": "Bearer very-secret"})
    assert made.steps[-1].name == "policy"
    assert "statement 1: explicit deny" in made.steps[-1].detail
    assert "very-secret" not in str(made.steps)
