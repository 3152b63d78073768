"""/envoy/…: what Envoy's ext_authz over HTTP sends and understands."""

import pytest

from tests.gates.authz.in_process import InProcess, bearer, token


def test_the_path_after_the_prefix_and_the_method_are_the_originals() -> None:
    assert InProcess().envoy("GET", "/user", [bearer(token())]).status == 200
    assert InProcess().envoy("POST", "/user", [bearer(token())]).status == 403


def test_headers_that_are_not_earned_are_named_for_removal() -> None:
    got = InProcess().envoy("GET", "/user", [bearer(token())])
    assert (got.value("X-User"), got.value("X-Scopes")) == ("alice", "read")
    assert got.value("x-envoy-auth-headers-to-remove") == "X-Role"
    got = InProcess().envoy("GET", "/health")
    assert got.value("x-envoy-auth-headers-to-remove") == "X-User,X-Scopes,X-Role"


@pytest.mark.parametrize("target", ["//user", "/", "/../healthz", "/envoy/health", "/health/../user", "/health#x"])
def test_no_spelling_leads_out_of_the_prefix(target: str) -> None:
    assert InProcess().envoy("GET", target, [bearer(token())]).status in {400, 403}


@pytest.mark.parametrize("path", ["/envoy", "/envoyhealth", "/Envoy/health", "/nginx/", "/forward/x", "/"])
def test_other_paths_are_no_endpoint(path: str) -> None:
    assert InProcess().ask(path, [bearer(token())]).status == 404
