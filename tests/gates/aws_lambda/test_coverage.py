"""The policy that is answered, against the policy that decides: not one request more, however long it is kept."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepost import Issuer
from gatepost.errors import ConfigurationError
from gatepost.gates.aws_lambda import authorizer
from gatepost.gates.aws_lambda.finding import Unauthorized
from gatepost.jose import sign_compact
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_pattern import RoutePattern
from tests.gates.aws_lambda.events import MAKERS, rest_request, stage
from tests.gates.aws_lambda.iam_oracle import allows
from tests.jose.keys_at_hand import signing_key

NOW = 1_800_000_000.0
KEY = signing_key("ES256")
ISSUER = Issuer("https://issuer.example", audience="api", keys=KEY.key_set(), algorithms=("ES256",))

WORDS = ("users", "me", "posts")
PATHS = ["/", *("/" + "/".join(parts) for depth in (1, 2, 3, 4) for parts in product(WORDS, repeat=depth))]
REQUESTS = [(method, path) for method in ("GET", "POST") for path in PATHS]

# What servers may read in two ways, or a policy takes for no route at all.
UNCLEAR = [
    ("GET", path)
    for path in (
        "/users/a;b",
        "/users//me",
        "/users/%2Fme",
        "/users/a%2fposts",
        "/users/./me",
        "/users/../me",
        "/users/..",
        "/users/.",
        "/users/%2e%2e/me",
        "/users/a%5cb",
        "/users/a\\b",
        "/users/a%00",
        "/users/a%253f",
        "/users/me/",
    )
]


def policy_of(routes: Mapping[str, str | None]) -> Policy:
    """Return a policy with routes, each with the scope that it demands; `None` demands a good token alone."""
    return Policy(
        {"main": ISSUER},
        [
            (RoutePattern(match), Requirement(scopes=() if scope is None else (scope,)))
            for match, scope in routes.items()
        ],
        clock=lambda: NOW,
    )


def token(scope: str, **claims: object) -> str:
    return sign_compact(
        {"iss": ISSUER.identifier, "aud": "api", "sub": "alice", "scope": scope, "exp": NOW + 60} | claims, KEY
    )


def decided(policy: Policy, method: str, path: str, text: str) -> bool:
    return policy.check(AccessRequest(method, path, authorization=(f"Bearer {text}",))).allowed


def arn(method: str, path: str) -> str:
    return f"{stage()}/{method}{path}"


def answers(
    policy: Policy, requests: Iterable[tuple[str, str]], text: str
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    handler = authorizer(policy=policy)
    for method, path in requests:
        yield method, path, handler(rest_request(method, path, text), None)


# Each with the scopes of a token: its answer has to allow exactly what the policy does, whatever was asked first.
EXACT: dict[str, tuple[dict[str, str | None], str]] = {
    "literals": ({"GET /users": None, "POST /users": "write", "GET /": None}, "read"),
    "the rest of a path": ({"* /users/{rest+}": None, "GET /users": "admin"}, "read"),
    "one segment": ({"GET /users/{id}": None}, "read"),
    "one segment in the middle": ({"GET /users/{id}/posts": None}, "read"),
    "one segment in front": ({"GET /{tenant}/posts": None, "GET /users": None}, "read"),
    "one segment, and one of its values allowed as well": ({"GET /users/{id}": None, "GET /users/me": None}, "read"),
    "methods": ({"GET /users/{id}": None, "* /users/{id}": "admin", "POST /me": None}, "read"),
    "a protected route elsewhere": ({"GET /users/{id}": None, "GET /posts/{id}": "admin"}, "read"),
    "nothing": ({"GET /users/{id}": "admin"}, "read"),
}


@pytest.mark.parametrize(("routes", "scopes"), EXACT.values(), ids=EXACT)
def test_the_answer_to_any_request_allows_exactly_what_the_policy_does(
    routes: dict[str, str | None], scopes: str
) -> None:
    policy, text = policy_of(routes), token(scopes)
    wanted = {request: decided(policy, *request, text) for request in REQUESTS + UNCLEAR}
    for method, path, answer in answers(policy, [("GET", "/users"), ("GET", "/users/me"), ("POST", "/none")], text):
        found = {request: allows(answer, arn(*request), NOW) for request in REQUESTS}
        assert found == {request: wanted[request] for request in REQUESTS}, (method, path)
        assert not [one for one in UNCLEAR if allows(answer, arn(*one), NOW) > wanted[one]]


# A route that another one, which is refused, lies within; and one with a longer one under it.
PARTLY: dict[str, tuple[dict[str, str | None], str]] = {
    "a protected value": ({"GET /users/{id}": None, "GET /users/me": "admin"}, "read"),
    "a protected value under the rest": ({"* /users/{rest+}": None, "GET /users/me/posts": "admin"}, "read"),
    "a longer route": ({"GET /users/{id}": None, "GET /users/{id}/posts": None}, "read"),
    "a rest behind a segment": ({"GET /{tenant}/posts/{rest+}": None}, "read"),
    "one method of two": ({"* /users/{id}": None, "POST /users/me": "admin"}, "read"),
    "a literal with a sign of its own": ({"GET /users/*": None, "GET /users/$me": None}, "read"),
}


@pytest.mark.parametrize(("routes", "scopes"), PARTLY.values(), ids=PARTLY)
def test_what_cannot_be_written_is_allowed_for_one_request_at_a_time(
    routes: dict[str, str | None], scopes: str
) -> None:
    policy, text = policy_of(routes), token(scopes)
    check_soundness(policy, text, REQUESTS[::3] + UNCLEAR)


ROUTE = st.builds(
    lambda method, parts, rest: f"{method} /" + "/".join((*parts, *rest)),
    st.sampled_from(("GET", "POST", "*", "GET,POST")),
    st.lists(st.sampled_from((*WORDS, "{a}", "{b}")), max_size=3, unique=True),
    st.sampled_from(((), ("{rest+}",))),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(ROUTE, st.sampled_from((None, "one", "two")), min_size=1, max_size=6),
    st.sampled_from(("none", "one", "one two")),
    st.lists(st.sampled_from(REQUESTS), min_size=1, max_size=3),
)
def test_no_answer_allows_what_the_policy_does_not(
    routes: dict[str, str | None], scopes: str, asked: list[tuple[str, str]]
) -> None:
    try:
        policy = policy_of(routes)
    except ConfigurationError:
        return  # two of them match the same requests
    check_soundness(policy, token(scopes), asked)


def check_soundness(policy: Policy, text: str, asked: list[tuple[str, str]]) -> None:
    """Check that the answer is exact for the request that was made, and allows no other that the policy does not."""
    for method, path, answer in answers(policy, asked, text):
        assert allows(answer, arn(method, path), NOW) == (decided(policy, method, path, text) and "*" not in path)
        for other in REQUESTS:
            if allows(answer, arn(*other), NOW):
                assert decided(policy, *other, text), (method, path, other)


def test_a_route_that_cannot_be_covered_is_allowed_for_this_request() -> None:
    policy, text = policy_of({"GET /users/{id}": None, "GET /users/me": "admin"}), token("read")
    ((_, _, answer),) = answers(policy, [("GET", "/users/42")], text)
    assert allows(answer, arn("GET", "/users/42"), NOW)
    assert not allows(answer, arn("GET", "/users/43"), NOW)
    assert not allows(answer, arn("GET", "/users/me"), NOW)


@pytest.mark.parametrize("kind", MAKERS)
def test_an_answer_that_is_not_kept_is_about_one_request(kind: str) -> None:
    policy, text = policy_of({"GET /users": None, "GET /users/{id}": None}), token("read")
    handler = authorizer(policy=policy, kept=False)
    event = MAKERS[kind]("GET", "/users/42", text)
    own = event.get("methodArn") or event["routeArn"]
    answer: Any = handler(event, None)
    assert answer["policyDocument"]["Statement"][0]["Resource"] == own
    assert not allows(handler(MAKERS[kind]("POST", "/users/42", text), None), own, NOW)


def test_a_wildcard_in_a_path_never_becomes_one_in_the_policy() -> None:
    policy, text = policy_of({"GET /users/{id}": None, "GET /users/me": "admin"}), token("read")
    for handler in (authorizer(policy=policy), authorizer(policy=policy, kept=False)):
        answer = handler(rest_request("GET", "/users/*", text), None)
        assert not allows(answer, arn("GET", "/users/me"), NOW)


def test_a_bad_token_is_unauthorized_even_where_no_route_is() -> None:
    handler = authorizer(policy=policy_of({"GET /users": None}))
    for path in ("/users", "/none", "/users/../x"):
        with pytest.raises(Unauthorized):
            handler(rest_request("GET", path, "garbage"), None)


def test_an_answer_ends_with_the_token_and_with_the_age_of_the_sign_on() -> None:
    policy = Policy(
        {"main": ISSUER},
        [
            (RoutePattern("GET /users"), Requirement()),
            (RoutePattern("GET /posts"), Requirement(max_auth_age=30)),
        ],
        clock=lambda: NOW,
    )
    ((_, _, answer),) = answers(policy, [("GET", "/users")], token("read", auth_time=NOW - 10))
    for path, seconds in (("/users", 60), ("/posts", 20)):
        assert allows(answer, arn("GET", path), NOW + seconds - 1)
        assert not allows(answer, arn("GET", path), NOW + seconds)


def test_a_policy_too_large_for_one_answer_still_decides_each_request() -> None:
    policy, text = policy_of({f"* /service-{number:03}/{{rest+}}": None for number in range(60)}), token("read")
    ((_, _, answer),) = answers(policy, [("PUT", "/service-059/x")], text)
    assert allows(answer, arn("PUT", "/service-059/x"), NOW)
    assert not allows(answer, arn("PUT", "/elsewhere"), NOW)


@pytest.mark.parametrize("path", ["/users/a|b", "/users/%zz", "/users/%ff"])
def test_a_request_that_the_policy_refuses_is_denied_though_a_pattern_reaches_it(path: str) -> None:
    policy, text = policy_of({"GET /users/{id}": None}), token("read")
    ((_, _, answer),) = answers(policy, [("GET", path)], text)
    assert not allows(answer, arn("GET", path), NOW)
    assert allows(answer, arn("GET", "/users/42"), NOW)
