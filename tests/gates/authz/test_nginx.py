"""/nginx: what auth_request sends and understands."""

import pytest

from tests.gates.authz.in_process import InProcess, bearer, token


def test_a_good_token_is_let_in_with_its_headers_and_empty_ones_for_the_rest() -> None:
    got = InProcess().nginx("GET", "/user?page=2", [bearer(token())])
    assert got.status == 200
    assert (got.value("X-User"), got.value("X-Scopes"), got.value("X-Role")) == ("alice", "read", "")
    assert {"x-user", "x-scopes", "x-role"} <= {name for name, _ in got.headers}


def test_on_a_public_route_every_header_comes_back_empty() -> None:
    got = InProcess().nginx("POST", "/health", [bearer(token())])
    assert got.status == 200
    assert [value for name, value in got.headers if name.startswith("x-")] == ["", "", ""]


def test_without_a_token_the_challenge_names_no_error() -> None:
    got = InProcess().nginx("GET", "/user")
    assert (got.status, got.value("WWW-Authenticate")) == (401, 'Bearer scope="read"')


def test_too_small_a_scope_is_forbidden() -> None:
    got = InProcess().nginx("GET", "/admin/users", [bearer(token())])
    assert (got.status, got.value("X-Gatepost-Reason")) == (403, "insufficient_scope")
    assert 'error="insufficient_scope"' in got.value("WWW-Authenticate")


@pytest.mark.parametrize(
    "target", ["//user", "/a/../user", "/user%2f", "/user;x", "/%00", "user", "", "/us\xffer"], ids=repr
)
def test_an_unclear_path_is_403_since_nginx_knows_no_400(target: str) -> None:
    got = InProcess().nginx("GET", target, [bearer(token())])
    assert (got.status, got.value("X-Gatepost-Status")) == (403, "400")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("X-Original-URI", "/health")],
        [("X-Original-Method", "GET")],
        [("X-Original-Method", "GET"), ("X-Original-URI", "/health"), ("X-Original-URI", "/user")],
        [("X-Original-Method", "GET"), ("X-Original-Method", "GET"), ("X-Original-URI", "/health")],
        [("X-Original-Method", "GET x"), ("X-Original-URI", "/health")],
        [("X-Original-Method", ""), ("X-Original-URI", "/health")],
        [("X-Original-Method", "G" * 33), ("X-Original-URI", "/health")],
    ],
    ids=str,
)
def test_a_missing_or_doubled_or_impossible_original_is_refused(headers: list[tuple[str, str]]) -> None:
    got = InProcess().ask("/nginx", headers)
    assert (got.status, got.value("X-Gatepost-Reason")) == (403, "bad_request")


def test_two_authorization_headers_are_refused() -> None:
    assert InProcess().nginx("GET", "/user", [bearer(token()), bearer(token())]).status == 403


def test_nothing_but_2xx_401_and_403_is_ever_answered() -> None:
    asked = InProcess()
    targets = ["/user", "/admin/a", "/health", "/nowhere", "//", "/%", "*", "/a b", "/é"]
    headers = [[], [bearer(token())], [bearer("x")], [("Authorization", "Bearer")], [("Authorization", "\xff")]]
    found = {
        asked.nginx(method, target, each).status for method in ("GET", "x y") for target in targets for each in headers
    }
    assert found <= {200, 401, 403}
