"""The gate for Flask: the extension, `requires`, `current_token`, and how it lives with other extensions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from gatepost import ConfigurationError, Verifier
from gatepost.gates.flask import Gatepost, current_token, requires
from gatepost.gates.protected_resource import ProtectedResource
from gatepost.gates.wsgi import Gate
from gatepost.policy.policy import Policy

Bearer = Callable[..., list[tuple[str, str]]]


def create_app(**options: Any) -> Flask:
    app = Flask(__name__)

    @app.get("/user")
    @requires(scopes="read")
    def user() -> ResponseReturnValue:
        return jsonify(user=current_token.subject, header=request.headers.get("X-User"))

    @app.get("/public/open")
    def open_to_all() -> ResponseReturnValue:
        return jsonify(known=bool(current_token))

    @app.get("/public/mine")
    @requires()
    def mine() -> ResponseReturnValue:
        return jsonify(user=current_token.subject)

    @app.get("/public/admin")
    @requires(any_scope=["write", "admin"], claims={"role": "admin"}, acr="1", max_auth_age=300)
    def admin() -> ResponseReturnValue:
        return "admin"

    @app.get("/public/later")
    @requires()
    async def later() -> ResponseReturnValue:
        return jsonify(user=current_token.subject)

    if options:
        Gatepost(app, **options)
    return app


def test_under_a_policy(small_policy: Policy, bearer: Bearer) -> None:
    client = create_app(policy=small_policy).test_client()
    answer = client.get("/user", headers=[*bearer(), ("X-User", "root")])
    assert answer.json == {"user": "user-1", "header": "user-1"}
    assert client.get("/user").status_code == 401
    assert client.get("/nowhere", headers=bearer()).status_code == 403
    assert client.get("/public/nowhere").status_code == 404
    assert client.get("/public/open").json == {"known": False}


def test_a_refusal_is_a_problem_document_with_its_challenge(small_policy: Policy, bearer: Bearer) -> None:
    answer = create_app(policy=small_policy).test_client().get("/user", headers=bearer(scope="other"))
    assert (answer.status_code, answer.content_type) == (403, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="insufficient_scope"')
    assert answer.get_json(force=True)["reason"] == "insufficient_scope"


def test_what_is_demanded_on_a_public_route_is_verified_there(small_policy: Policy, bearer: Bearer) -> None:
    client = create_app(policy=small_policy).test_client()
    assert client.get("/public/mine").status_code == 401
    assert client.get("/public/mine", headers=bearer()).json == {"user": "user-1"}


def test_with_a_verifier_alone_only_what_demands_a_token_is_protected(verifier: Verifier, bearer: Bearer) -> None:
    client = create_app(verifier=verifier).test_client()
    assert client.get("/public/open").status_code == 200
    assert client.get("/user").status_code == 401
    assert client.get("/user", headers=bearer()).status_code == 200
    assert client.get("/user", headers=bearer(scope="other")).status_code == 403
    assert client.get("/user", headers=[*bearer(), *bearer()]).status_code == 400


def test_all_demands_together(verifier: Verifier, bearer: Bearer) -> None:
    client = create_app(verifier=verifier).test_client()

    def status(**claims: object) -> int:
        return client.get("/public/admin", headers=bearer(**claims)).status_code

    assert status(role="admin", scope="write") == 200
    assert status(role=["user", "admin"], scope="admin") == 200
    assert status(role="admin", scope="read") == 403
    assert status(role="a", scope="write") == 403
    assert status(role="admin", scope="write", acr="0") == 401
    assert status(role="admin", scope="write", auth_time=0) == 401


def test_an_async_view(verifier: Verifier, bearer: Bearer) -> None:
    pytest.importorskip("asgiref")
    client = create_app(verifier=verifier).test_client()
    assert client.get("/public/later").status_code == 401
    assert client.get("/public/later", headers=bearer()).json == {"user": "user-1"}


def test_the_application_may_come_later_and_say_where_the_policy_is(tmp_path: Path) -> None:
    path = tmp_path / "gatepost.toml"
    path.write_text('[[routes]]\nmatch = "GET /public/{path+}"\npublic = true\n')
    app, gate = create_app(), Gatepost()
    app.config["GATEPOST_POLICY"] = path
    gate.init_app(app)
    client = app.test_client()
    assert client.get("/public/open").status_code == 200
    assert client.get("/user").status_code == 403


def test_requires_without_the_extension_lets_nobody_in() -> None:
    app = create_app()
    app.testing = True
    with pytest.raises(ConfigurationError, match="call Gatepost"):
        app.test_client().get("/user")


def test_there_is_no_token_where_none_is_demanded(verifier: Verifier) -> None:
    app = create_app(verifier=verifier)
    with app.test_request_context("/public/open"):
        assert not bool(current_token)
        with pytest.raises(RuntimeError, match="has no token"):
            _ = current_token.subject


def test_a_token_does_not_outlive_its_request(verifier: Verifier, bearer: Bearer) -> None:
    app = create_app(verifier=verifier)
    client = app.test_client()
    with app.app_context():  # in which all requests share one `flask.g`
        assert client.get("/user", headers=bearer()).status_code == 200
        assert client.get("/user").status_code == 401
        assert client.get("/public/open").json == {"known": False}


def test_behind_the_gate_for_wsgi_its_token_is_known(small_policy: Policy, verifier: Verifier, bearer: Bearer) -> None:
    app = create_app(verifier=verifier)
    app.wsgi_app = Gate(app.wsgi_app, policy=small_policy)  # type: ignore[method-assign]
    assert app.test_client().get("/user", headers=bearer()).json == {"user": "user-1", "header": "user-1"}


def test_it_decides_before_what_was_registered_before(small_policy: Policy) -> None:
    app, met = Flask(__name__), []
    app.before_request(lambda: met.append(request.path))
    Gatepost(app, policy=small_policy)
    assert app.test_client().get("/user").status_code == 401
    assert met == []


def test_what_runs_after_a_request_runs_after_a_refusal_too(small_policy: Policy) -> None:
    app = create_app(policy=small_policy)

    @app.after_request
    def allow_origin(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "https://app.example"
        return response

    assert "Access-Control-Allow-Origin" in app.test_client().get("/user").headers


def test_a_blueprint_is_behind_the_gate_as_well(small_policy: Policy, bearer: Bearer) -> None:
    app, api = Flask(__name__), Blueprint("api", __name__, url_prefix="/api")
    api.add_url_rule("/items", view_func=lambda: "items")
    app.register_blueprint(api)
    Gatepost(app, policy=small_policy)
    assert app.test_client().get("/api/items").status_code == 401
    assert app.test_client().get("/api/items", headers=bearer()).status_code == 200


def test_a_refusal_can_be_written_otherwise(small_policy: Policy) -> None:
    app = create_app(policy=small_policy, on_refusal=lambda deny: ({"error": deny.reason}, deny.status))
    answer = app.test_client().get("/user")
    assert (answer.status_code, answer.json) == (401, {"error": "missing_token"})


def test_the_protected_resource_says_who_issues_its_tokens(verifier: Verifier) -> None:
    resource = ProtectedResource("https://api.example.com", scopes_supported=["read"])
    client = create_app(verifier=verifier, protected_resource=resource).test_client()
    found: Any = client.get("/.well-known/oauth-protected-resource").json
    assert found["scopes_supported"] == ["read"]
    assert "resource_metadata=" in client.get("/user").headers["WWW-Authenticate"]
