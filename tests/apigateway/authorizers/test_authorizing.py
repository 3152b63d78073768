"""What stands around the authorizers: open routes, AWS_IAM, API keys, resource policies, Cognito on a REST API."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gatepost.apigateway.exchange import Exchange, IamIdentity, JwtIdentity
from gatepost.apigateway.model.authorizer import JwtAuthorizer
from gatepost.apigateway.model.place import TemplateError
from gatepost.errors import ConfigurationError
from gatepost.testing import LocalIssuer, TurnableClock
from tests.apigateway.authorizers.world import (
    ARN,
    FakeFunctions,
    Gatekeeper,
    allow,
    http_api,
    refused,
    request_authorizer,
    rest_api,
    run,
    token_authorizer,
)

NOW = 1_700_000_000
TOKEN = {"Authorization": "Bearer good"}
ME = "arn:aws:iam::123456789012:user/me"
ANONYMOUS = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
SHOWN = "arn:aws:execute-api:us-east-1:********9012:a1b2c3d4e5/prod/GET/users"


def resource_policy(effect: str, resource: str = "execute-api:/*", **members: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource} | members
    return {"resource_policy": {"Version": "2012-10-17", "Statement": [statement]}}


NOTHING = resource_policy("Allow", "arn:aws:execute-api:*:*:elsewhere/*")


# ── Open and closed ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_route_without_an_authorizer_is_open() -> None:
    assert Gatekeeper(http_api()).ask({}).failure is None


def test_a_request_without_a_route_is_refused() -> None:
    keeper = Gatekeeper(http_api())
    made = keeper.ask({})
    made.route = None
    run(keeper.authorizing.authorize(made))
    assert refused(made)


def test_an_authorizer_that_is_not_there_stops_the_start() -> None:
    with pytest.raises(TemplateError, match="Nobody"):
        Gatekeeper(http_api(authorizer="Nobody"))


@pytest.mark.parametrize("make", [http_api, rest_api])
def test_iam_routes_stop_the_start_unless_a_principal_is_named(make: Any) -> None:
    with pytest.raises(TemplateError, match="--allow-iam"):
        Gatekeeper(make(authorizer="AWS_IAM"))
    assert Gatekeeper(make(authorizer="AWS_IAM"), allow_iam=ME).ask({}).identity == IamIdentity(ME)
    with pytest.raises(ConfigurationError, match="names no principal"):
        Gatekeeper(make(authorizer="AWS_IAM"), allow_iam="me")


@pytest.mark.parametrize(
    ("api", "why"),
    [
        (http_api(JwtAuthorizer("J", "https://a.example", ())), "audience"),
        (http_api(JwtAuthorizer("J", "https://a.example", ("x",), "$request.body")), "identity source"),
        (http_api(JwtAuthorizer("J", "https://a.example", (), cognito=True)), "REST APIs"),
        (rest_api(JwtAuthorizer("J", "https://a.example", ("x",))), "HTTP APIs"),
        (rest_api(token_authorizer(validation="(")), "validation expression"),
        (rest_api(token_authorizer(identity_sources=())), "one header"),
        (rest_api(more={"resource_policy": {"Version": "1"}}), "resource policy"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_enforced_stops_the_start(api: Any, why: str) -> None:
    with pytest.raises(TemplateError, match=why):
        Gatekeeper(api)


# ── The length of an ARN ─────────────────────────────────────────────────────────────────────────────────────────────
COGNITO = JwtAuthorizer("J", "https://a.example", (), cognito=True)
ROOM = 1600 - len(f"{ARN}/prod/GET/")
LAMBDA = {"functions": FakeFunctions(allow())}


@pytest.mark.parametrize(
    ("api", "more", "settings", "kind"),
    [
        (rest_api(token_authorizer()), 0, LAMBDA, None),
        (rest_api(token_authorizer()), 1, LAMBDA, "URI_TOO_LONG"),
        (rest_api(COGNITO), 0, {}, "UNAUTHORIZED"),
        (rest_api(COGNITO), 1, {}, "URI_TOO_LONG"),
        (rest_api(authorizer="AWS_IAM"), 0, {"allow_iam": ME}, None),
        (rest_api(authorizer="AWS_IAM"), 1, {"allow_iam": ME}, "URI_TOO_LONG"),
        (rest_api(authorizer=None), 1, {}, None),
        (http_api(request_authorizer(), stage="prod"), 1, LAMBDA, None),
    ],
)
def test_a_rest_api_refuses_an_arn_of_more_than_1600_bytes_where_there_is_an_authorizer(
    api: Any, more: int, settings: dict[str, Any], kind: str | None
) -> None:
    made = Gatekeeper(api, **settings).ask(
        {"Authorization": ""} if kind == "UNAUTHORIZED" else TOKEN, path="/" + "x" * (ROOM + more)
    )
    assert (None if made.failure is None else made.failure.kind) == kind


# ── API keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("headers", "passes"),
    [({"x-api-key": "k1"}, True), ({"X-API-KEY": "k2"}, True), ({"x-api-key": "k"}, False), ({"x-api-key": ""}, False),
     ({}, False), ({"x-api-key": "k\xe9"}, False)],
    ids=str,
)  # fmt: skip
def test_an_api_key(headers: Mapping[str, str], passes: bool) -> None:
    keeper = Gatekeeper(rest_api(api_key_required=True, more={"api_keys": frozenset({"k1", "k2"})}))
    made = keeper.ask(headers)
    assert (made.failure is None) is passes
    if not passes:
        assert refused(made).kind == "INVALID_API_KEY"
        assert "k1" not in str(made.steps)


def test_an_empty_key_is_no_key() -> None:
    keeper = Gatekeeper(rest_api(api_key_required=True, more={"api_keys": frozenset({""})}))
    assert refused(keeper.ask({"x-api-key": ""})).kind == "INVALID_API_KEY"


def test_no_key_passes_where_there_are_none() -> None:
    assert refused(Gatekeeper(rest_api(api_key_required=True)).ask({"x-api-key": "x"})).kind == "INVALID_API_KEY"


@pytest.mark.parametrize(("key", "passes"), [("k1", True), ("k3", False), (None, False)])
def test_the_key_may_come_from_the_authorizer(key: str | None, passes: bool) -> None:
    more = {"api_keys": frozenset({"k1"}), "api_key_source": "AUTHORIZER"}
    api = rest_api(token_authorizer(), api_key_required=True, more=more)
    answer = allow() | ({} if key is None else {"usageIdentifierKey": key})
    made = Gatekeeper(api, FakeFunctions(answer)).ask({**TOKEN, "x-api-key": "k1"})
    assert (made.failure is None) is passes


def test_the_authorizer_is_asked_before_the_key() -> None:
    keeper = Gatekeeper(rest_api(token_authorizer(), api_key_required=True), FakeFunctions(allow()))
    assert refused(keeper.ask({})).kind == "UNAUTHORIZED"
    assert refused(keeper.ask(TOKEN)).kind == "INVALID_API_KEY"


# ── Resource policies ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (resource_policy("Allow"), None),
        (resource_policy("Allow", "execute-api:/prod/GET/users"), None),
        (resource_policy("Allow", f"{ARN}/*"), None),
        (resource_policy("Allow", Principal={"AWS": ME}), ANONYMOUS + SHOWN),
        (resource_policy("Allow", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}), None),
        (resource_policy("Allow", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), ANONYMOUS + SHOWN),
        (NOTHING, ANONYMOUS + SHOWN),
        (resource_policy("Deny"), f"{ANONYMOUS}{SHOWN} with an explicit deny"),
    ],
    ids=str,
)
def test_a_resource_policy_alone_has_to_allow(policy: dict[str, Any], message: str | None) -> None:
    made = Gatekeeper(rest_api(more=policy)).ask({})
    assert (None if made.failure is None else made.failure.message) == message


@pytest.mark.parametrize("path", ["/admin/x", "/admin%2Fx", "/%61dmin/x", "//admin/x"])
def test_no_spelling_of_a_path_gets_past_a_resource_policy(path: str) -> None:
    policy = resource_policy("Allow")
    policy["resource_policy"]["Statement"] += resource_policy("Deny", "execute-api:/prod/GET/admin/*")[
        "resource_policy"
    ]["Statement"]
    made = Gatekeeper(rest_api(more=policy)).ask({}, path=path)
    assert refused(made).kind == "ACCESS_DENIED"


@pytest.mark.parametrize(
    ("answer", "policy", "message", "calls"),
    [
        (allow(), resource_policy("Allow"), None, 1),
        (allow(), NOTHING, None, 1),
        (allow(), resource_policy("Deny"), f"{ANONYMOUS}{SHOWN} with an explicit deny", 0),
        (allow("arn:x"), resource_policy("Allow"), None, 1),
        (allow("arn:x"), NOTHING, "User is not authorized to access this resource", 1),
        (allow("arn:x"), resource_policy("Deny"), f"{ANONYMOUS}{SHOWN} with an explicit deny", 0),
        (
            allow(effect="Deny"),
            resource_policy("Allow"),
            "User is not authorized to access this resource with an explicit deny",
            1,
        ),
    ],
    ids=str,
)
def test_table_a_for_lambda_authorizers(
    answer: object, policy: dict[str, Any], message: str | None, calls: int
) -> None:
    keeper = Gatekeeper(rest_api(request_authorizer(ttl=0), more=policy), FakeFunctions(answer))
    made = keeper.ask(TOKEN)
    assert (None if made.failure is None else made.failure.message) == message
    assert len(keeper.functions.calls) == calls


@pytest.mark.parametrize(
    ("policy", "passes"),
    [(resource_policy("Allow"), True), (NOTHING, True), (resource_policy("Deny", Principal={"AWS": ME}), False)],
    ids=str,
)
def test_table_a_for_iam(policy: dict[str, Any], passes: bool) -> None:
    made = Gatekeeper(rest_api(authorizer="AWS_IAM", more=policy), allow_iam=ME).ask({})
    assert (made.failure is None) is passes


# ── Cognito ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def issuer() -> Iterator[LocalIssuer]:
    with LocalIssuer("cognito", clock=TurnableClock(NOW)) as running:
        yield running


def cognito(issuer: LocalIssuer, more: dict[str, Any] | None = None, **route: Any) -> Gatekeeper:
    authorizer = JwtAuthorizer("Pool", issuer.identifier, (), "method.request.header.Authorization", cognito=True)
    return Gatekeeper(rest_api(authorizer, more=more, **route), clock=issuer.clock)


def answer(made: Exchange) -> tuple[str, str | None, str | None]:
    failure = refused(made)
    return failure.kind, failure.message, failure.www_authenticate


def test_a_cognito_authorizer_takes_id_tokens_where_the_method_names_no_scopes(issuer: LocalIssuer) -> None:
    keeper = cognito(issuer)
    token = issuer.mint_with({"cognito:groups": ["a", "b"]}, kind="id")
    for prefix in ("Bearer ", ""):
        made = keeper.ask({"Authorization": prefix + token})
        assert made.failure is None
        assert isinstance(made.identity, JwtIdentity)
        assert made.identity.claims["cognito:groups"] == "a,b"
        assert made.identity.claims["iat"] == "Tue Nov 14 22:13:20 UTC 2023"
        assert made.identity.claims["auth_time"] == str(NOW)
    access = keeper.ask({"Authorization": issuer.mint_with(kind="access")})
    assert answer(access) == ("UNAUTHORIZED", None, None)


def test_a_cognito_authorizer_takes_access_tokens_with_a_scope_that_the_method_names(issuer: LocalIssuer) -> None:
    keeper = cognito(issuer, scopes=("read",))
    assert keeper.ask({"Authorization": issuer.mint_with(kind="access", scopes=("read",))}).failure is None
    other = issuer.mint_with(kind="access", scopes=("write",))
    assert answer(keeper.ask({"Authorization": other})) == ("UNAUTHORIZED", None, None)
    assert answer(keeper.ask({"Authorization": issuer.mint_with(kind="id")})) == ("UNAUTHORIZED", None, None)


def test_a_cognito_authorizer_answers_as_rest_apis_do(issuer: LocalIssuer) -> None:
    keeper = cognito(issuer)
    assert answer(keeper.ask({})) == ("UNAUTHORIZED", None, None)
    assert answer(keeper.ask({"Authorization": "x"})) == ("UNAUTHORIZED", None, None)
    expired = issuer.mint_with({"exp": NOW - 1}, kind="id")
    assert answer(keeper.ask({"Authorization": expired})) == ("UNAUTHORIZED", "The incoming token has expired", None)


def test_the_trace_says_when_a_token_was_verified_before(issuer: LocalIssuer) -> None:
    keeper = cognito(issuer)
    token = {"Authorization": issuer.mint_with(kind="id")}
    first, second = ({step.name for step in keeper.ask(token).steps} for _ in range(2))
    assert ("signature" in first, "signature" in second) == (True, False)


def test_with_cognito_a_resource_policy_has_to_allow_explicitly(issuer: LocalIssuer) -> None:
    token = {"Authorization": issuer.mint_with(kind="id")}
    assert cognito(issuer, resource_policy("Allow")).ask(token).failure is None
    assert refused(cognito(issuer, NOTHING).ask(token)).kind == "ACCESS_DENIED"
    assert refused(cognito(issuer, resource_policy("Deny")).ask(token)).kind == "ACCESS_DENIED"
    assert refused(cognito(issuer, resource_policy("Deny")).ask({})).kind == "UNAUTHORIZED"
