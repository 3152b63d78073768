"""/forward: what Caddy's forward_auth and Traefik's ForwardAuth send, and hand to the client."""

import json

import pytest

from tests.gates.authz.in_process import InProcess, bearer, token


def test_a_good_token_is_let_in_with_every_header() -> None:
    got = InProcess().forward("GET", "/user?page=2", [bearer(token())])
    assert got.status == 200
    assert (got.value("X-User"), got.value("X-Scopes"), got.value("X-Role")) == ("alice", "read", "")
    assert "x-role" in {name for name, _ in got.headers}


def test_a_refusal_is_a_problem_document_with_the_challenge() -> None:
    got = InProcess().forward("GET", "/user", [bearer(token(exp=1))])
    assert (got.status, got.value("Content-Type")) == (401, "application/problem+json")
    assert json.loads(got.body)["reason"] == "expired"
    assert got.value("WWW-Authenticate").startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize("name", ["X-Forwarded-Method", "X-Forwarded-Uri", "X-Forwarded-Host", "X-Forwarded-Proto"])
def test_a_doubled_header_of_the_proxy_is_refused(name: str) -> None:
    assert InProcess().forward("GET", "/health", [(name, "/health")]).status == 400


@pytest.mark.parametrize("missing", ["X-Forwarded-Method", "X-Forwarded-Uri"])
def test_a_missing_header_of_the_proxy_is_refused(missing: str) -> None:
    sent = {"X-Forwarded-Method": "GET", "X-Forwarded-Uri": "/health"}
    del sent[missing]
    assert InProcess().ask("/forward", list(sent.items())).status == 400


def test_the_originals_of_another_proxys_kind_mean_nothing() -> None:
    got = InProcess().forward("GET", "/user", [("X-Original-URI", "/health"), ("X-Original-Method", "GET")])
    assert got.status == 401
