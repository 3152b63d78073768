"""The gate for Django: the middleware, `requires` for views of every kind, and REST framework's authentication."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync

from gatepost import ConfigurationError, VerifiedToken, Verifier
from gatepost.gates.protected_resource import ProtectedResource
from gatepost.policy.policy import Policy
from tests.gates import django_site
from tests.gates.in_process import environ_of, run_asgi, run_wsgi, scope_of

# Django wants its settings before the rest of it is imported, which `django_site` has seen to.
from django.http import HttpRequest, HttpResponse, JsonResponse  # isort: skip
from django.test import RequestFactory, override_settings  # isort: skip
from django.utils.decorators import method_decorator  # isort: skip
from django.views import View  # isort: skip
from rest_framework.permissions import IsAuthenticated  # isort: skip
from rest_framework.request import Request  # isort: skip
from rest_framework.response import Response  # isort: skip
from rest_framework.views import APIView  # isort: skip

from gatepost.gates.django import GateMiddleware, requires  # isort: skip
from gatepost.gates.django_rest import GatepostAuthentication  # isort: skip

Bearer = Callable[..., list[tuple[str, str]]]
FACTORY = RequestFactory()


def request_with(headers: list[tuple[str, str]], path: str = "/any") -> HttpRequest:
    return FACTORY.get(path, headers=dict(headers))


def see(request: Any) -> JsonResponse:
    return JsonResponse({"user": request.gatepost_token.subject})


@pytest.fixture
def by_verifier(verifier: Verifier) -> Iterator[None]:
    with override_settings(GATEPOST={"verifier": verifier}):
        yield


def test_the_middleware_hands_the_token_and_the_headers_to_the_view(small_policy: Policy, bearer: Bearer) -> None:
    app = django_site.wsgi_application({"policy": small_policy})
    status, _, body = run_wsgi(app, environ_of("GET", "/user", [*bearer(), ("X_User", "root")]))
    assert (status, json.loads(body)) == (200, {"x-user": "user-1"})
    app = django_site.asgi_application({"policy": small_policy})
    status, _, body = run_asgi(app, scope_of("GET", "/user", [*bearer(), ("X_User", "root")]))
    assert (status, json.loads(body)) == (200, {"x-user": "user-1"})


def test_headers_that_were_read_before_the_gate_are_read_again(small_policy: Policy, bearer: Bearer) -> None:
    with override_settings(GATEPOST={"policy": small_policy}):
        request = request_with([*bearer(), ("X-User", "root")], "/user")
        assert request.headers["X-User"] == "root"
        seen: list[str] = []

        def view(request: HttpRequest) -> HttpResponse:
            seen.append(request.headers["X-User"])
            return HttpResponse()

        GateMiddleware(view)(request)
        assert seen == ["user-1"]


def test_a_refusal_is_a_problem_document_with_its_challenge(small_policy: Policy) -> None:
    status, headers, body = run_wsgi(
        django_site.wsgi_application({"policy": small_policy}), environ_of("GET", "/user", [])
    )
    assert (status, dict(headers)["Content-Type"]) == (401, "application/problem+json")
    assert dict(headers)["WWW-Authenticate"] == 'Bearer scope="read"'
    assert json.loads(body)["reason"] == "missing_token"


def test_a_refusal_can_be_written_otherwise(small_policy: Policy) -> None:
    options = {"policy": small_policy, "on_refusal": lambda request, deny: HttpResponse(deny.reason, status=418)}
    status, _, body = run_wsgi(django_site.wsgi_application(options), environ_of("GET", "/user", []))
    assert (status, body) == (418, b"missing_token")


def test_a_mounted_site(small_policy: Policy, bearer: Bearer) -> None:
    app = django_site.wsgi_application({"policy": small_policy})
    environ = environ_of("GET", "/api/items", bearer(), SCRIPT_NAME="/api", PATH_INFO="/items")
    assert run_wsgi(app, environ)[0] == 200
    app = django_site.asgi_application({"policy": small_policy})
    assert run_asgi(app, scope_of("GET", "/api/items", bearer(), root_path="/api"))[0] == 200
    assert run_asgi(app, scope_of("GET", "/api/items", [], root_path="/api"))[0] == 401


def test_the_settings_have_to_be_there() -> None:
    with override_settings(GATEPOST=None), pytest.raises(ConfigurationError, match="write GATEPOST"):
        GateMiddleware(lambda request: HttpResponse())


@pytest.mark.usefixtures("by_verifier")
def test_a_view_demands_a_token(bearer: Bearer) -> None:
    view = requires(scopes="read")(see)
    assert json.loads(view(request_with(bearer())).content) == {"user": "user-1"}
    assert view(request_with([])).status_code == 401
    assert view(request_with(bearer(scope="other"))).status_code == 403


@pytest.mark.usefixtures("by_verifier")
def test_an_async_view_demands_a_token(bearer: Bearer) -> None:
    @requires(scopes="read")
    async def view(request: HttpRequest) -> HttpResponse:
        return see(request)

    assert async_to_sync(view)(request_with(bearer())).status_code == 200
    assert async_to_sync(view)(request_with([])).status_code == 401


@pytest.mark.usefixtures("by_verifier")
def test_a_class_of_views_demands_a_token(bearer: Bearer) -> None:
    @method_decorator(requires(scopes="read"), name="dispatch")
    class Seeing(View):
        def get(self, request: HttpRequest) -> HttpResponse:
            return see(request)

    assert Seeing.as_view()(request_with(bearer())).status_code == 200
    assert Seeing.as_view()(request_with([])).status_code == 401


@pytest.mark.usefixtures("by_verifier")
def test_the_middleware_with_a_verifier_alone_lets_views_demand(bearer: Bearer) -> None:
    middleware = GateMiddleware(requires()(see))
    assert GateMiddleware(lambda request: HttpResponse())(request_with([])).status_code == 200  # type: ignore[union-attr]
    assert middleware(request_with([])).status_code == 401  # type: ignore[union-attr]
    assert middleware(request_with(bearer())).status_code == 200  # type: ignore[union-attr]


def test_the_protected_resource_says_who_issues_its_tokens(verifier: Verifier) -> None:
    resource = ProtectedResource("https://api.example.com", more={"resource_name": "Example"})
    options = {"verifier": verifier, "protected_resource": resource}
    path = "/.well-known/oauth-protected-resource"
    for status, _, body in (
        run_wsgi(django_site.wsgi_application(options), environ_of("GET", path, [])),
        run_asgi(django_site.asgi_application(options), scope_of("GET", path, [])),
    ):
        assert (status, json.loads(body)["resource_name"]) == (200, "Example")


class Protected(APIView):
    authentication_classes = (GatepostAuthentication,)
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        return Response({"user": str(request.user), "scopes": sorted(cast("VerifiedToken", request.auth).scopes)})


@pytest.mark.usefixtures("by_verifier")
def test_rest_framework_authenticates_by_the_token(bearer: Bearer) -> None:
    answer = Protected.as_view()(request_with(bearer()))
    assert answer.data == {"user": "user-1", "scopes": ["read", "write"]}


@pytest.mark.usefixtures("by_verifier")
def test_rest_framework_answers_401_with_a_challenge(bearer: Bearer) -> None:
    missing = Protected.as_view()(request_with([]))
    assert (missing.status_code, missing.headers["WWW-Authenticate"]) == (401, "Bearer")
    expired = Protected.as_view()(request_with(bearer(exp=0)))
    assert (expired.status_code, expired.data["reason"]) == (401, "expired")
    assert expired.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


def test_rest_framework_takes_the_token_that_the_middleware_has_verified(small_policy: Policy, bearer: Bearer) -> None:
    with override_settings(GATEPOST={"policy": small_policy}):
        answer: Any = GateMiddleware(Protected.as_view())(request_with(bearer(), "/user"))
        assert answer.data["user"] == "user-1"


@pytest.mark.usefixtures("by_verifier")
def test_a_view_without_permissions_is_open_to_the_anonymous() -> None:
    class Open(APIView):
        authentication_classes = (GatepostAuthentication,)
        permission_classes = ()

        def get(self, request: Request) -> Response:
            return Response({"user": request.user})

    assert Open.as_view()(request_with([])).data == {"user": None}


def test_the_async_middleware_waits_for_its_view(verifier: Verifier, bearer: Bearer) -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        return see(request)

    with override_settings(GATEPOST={"verifier": verifier}):
        middleware: Any = GateMiddleware(requires()(view))

        async def ask() -> int:
            return int((await middleware(request_with(bearer()))).status_code)

        assert asyncio.run(ask()) == 200
