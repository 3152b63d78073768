"""The gate for WSGI: what it hands to the application, mounts, proxies, and paths that servers give or do not give."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from gatepost import Verifier
from gatepost.gates.protected_resource import ProtectedResource
from gatepost.gates.wsgi import Gate
from gatepost.policy.policy import Policy
from tests.gates.in_process import environ_of, run_wsgi

Bearer = Callable[..., list[tuple[str, str]]]


class Recorder:
    """An application that keeps the environment it was called with."""

    def __init__(self) -> None:
        self.environ: Any = None

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        self.environ = environ
        start_response("200 OK", [])
        return [b"{}"]


def test_the_application_gets_the_token(small_policy: Policy, bearer: Bearer) -> None:
    app = Recorder()
    assert (
        run_wsgi(Gate(app, policy=small_policy), environ_of("GET", "/user", [*bearer(), ("X_USER", "root")]))[0] == 200
    )
    assert app.environ["gatepost.token"].subject == "user-1"
    assert app.environ["HTTP_X_USER"] == "user-1"


def test_a_refusal_is_a_problem_document_with_its_challenge(small_policy: Policy) -> None:
    app = Recorder()
    status, headers, body = run_wsgi(Gate(app, policy=small_policy), environ_of("GET", "/user", []))
    found = dict(headers)
    assert (status, app.environ) == (401, None)
    assert found["Content-Type"] == "application/problem+json"
    assert found["Content-Length"] == str(len(body))
    assert found["WWW-Authenticate"] == 'Bearer scope="read"'
    assert json.loads(body)["reason"] == "missing_token"


def test_head_is_refused_without_a_body(small_policy: Policy) -> None:
    assert run_wsgi(Gate(Recorder(), policy=small_policy), environ_of("HEAD", "/nowhere", []))[::2] == (403, b"")


def test_a_refusal_can_be_written_otherwise(small_policy: Policy) -> None:
    gate = Gate(Recorder(), policy=small_policy, on_refusal=lambda deny: Response(deny.reason, deny.status))
    assert run_wsgi(gate, environ_of("GET", "/user", []))[::2] == (401, b"missing_token")


def test_a_verifier_alone_demands_a_good_token_of_every_request(verifier: Verifier, bearer: Bearer) -> None:
    gate = Gate(Recorder(), verifier=verifier)
    assert run_wsgi(gate, environ_of("GET", "/any/path", []))[0] == 401
    assert run_wsgi(gate, environ_of("GET", "/any/path", bearer()))[0] == 200


def test_inside_of_a_mount(small_policy: Policy, bearer: Bearer) -> None:
    app = Recorder()
    mounted = DispatcherMiddleware(Recorder(), {"/api": Gate(app, policy=small_policy)})
    assert run_wsgi(mounted, environ_of("GET", "/api/items", []))[0] == 401
    assert run_wsgi(mounted, environ_of("GET", "/api/items", bearer()))[0] == 200
    assert run_wsgi(mounted, environ_of("GET", "/api/user", bearer()))[0] == 403
    assert (app.environ["SCRIPT_NAME"], app.environ["PATH_INFO"]) == ("/api", "/items")


def test_behind_a_proxy_that_takes_the_prefix_off(small_policy: Policy, bearer: Bearer) -> None:
    app = ProxyFix(Gate(Recorder(), policy=small_policy), x_prefix=1)
    prefix = ("X-Forwarded-Prefix", "/api")
    assert run_wsgi(app, environ_of("GET", "/items", [prefix]))[0] == 401
    assert run_wsgi(app, environ_of("GET", "/items", [*bearer(), prefix]))[0] == 200
    assert run_wsgi(app, environ_of("GET", "/open", [prefix]))[0] == 200
    assert run_wsgi(app, environ_of("GET", "/%6fpen", [prefix]))[0] == 200
    assert run_wsgi(app, environ_of("GET", "/..%2fopen", [prefix]))[0] == 400


@pytest.mark.parametrize("name", ["REQUEST_URI", "RAW_URI"])
def test_the_path_as_it_was_sent_is_what_counts(small_policy: Policy, name: str) -> None:
    gate = Gate(Recorder(), policy=small_policy)
    for target, status in {
        "/public/a%2fb": 400,
        "/public/a%3bb": 400,
        "/public/a": 200,
        "/user?x=/public/a": 401,
    }.items():
        environ = environ_of("GET", target, [])
        environ[name] = environ.pop("REQUEST_URI")
        assert run_wsgi(gate, environ)[0] == status, target


def test_without_it_what_can_be_seen_is_judged(small_policy: Policy) -> None:
    gate = Gate(Recorder(), policy=small_policy)
    for target, status in {
        "/public/a": 200,
        "/public/a%3bb": 400,
        "/public/..": 400,
        "/public/%5c": 400,
        "/public/%ff": 400,
        "/public/%25": 400,
        "/public/a%2fb": 200,  # the application sees a slash as well
        "/public/caf%C3%A9": 200,
    }.items():
        environ = environ_of("GET", target, [])
        del environ["REQUEST_URI"]
        assert run_wsgi(gate, environ)[0] == status, target


def test_a_path_that_was_rewritten_is_judged_as_the_application_sees_it(small_policy: Policy) -> None:
    environ = environ_of("GET", "/public/a", [], PATH_INFO="/user")
    assert run_wsgi(Gate(Recorder(), policy=small_policy), environ)[0] == 401


def test_an_empty_path_is_the_root(small_policy: Policy) -> None:
    environ = environ_of("GET", "", [])
    assert run_wsgi(Gate(Recorder(), policy=small_policy), environ)[0] == 403


def test_a_preflight_passes_only_when_asked_for(small_policy: Policy) -> None:
    asks = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET"), ("X-User", "root")]
    app = Recorder()
    assert run_wsgi(Gate(app, policy=small_policy), environ_of("OPTIONS", "/user", asks))[0] == 403
    assert run_wsgi(Gate(app, policy=small_policy, pass_preflight=True), environ_of("OPTIONS", "/user", asks))[0] == 200
    assert "HTTP_X_USER" not in app.environ


def test_the_protected_resource_says_who_issues_its_tokens(verifier: Verifier) -> None:
    gate = Gate(Recorder(), verifier=verifier, protected_resource=ProtectedResource("https://api.example.com"))
    status, _, body = run_wsgi(gate, environ_of("GET", "/.well-known/oauth-protected-resource", []))
    assert (status, json.loads(body)["authorization_servers"]) == (200, list(verifier.health()))
    status, _, body = run_wsgi(gate, environ_of("HEAD", "/.well-known/oauth-protected-resource", []))
    assert (status, body) == (200, b"")
