"""A Django site with the gate, around a view that tells what it saw."""

from collections.abc import Mapping
from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import re_path

from tests.gates.seen import forwarded

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="only for tests",
        MIDDLEWARE=["gatepost.gates.django.GateMiddleware"],
        INSTALLED_APPS=["rest_framework"],
        REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, "UNAUTHENTICATED_TOKEN": None},
        USE_TZ=True,
    )
    django.setup()


def echo(request: HttpRequest) -> JsonResponse:
    return JsonResponse(forwarded(request.headers.items()))


urlpatterns = [re_path(r"", echo)]


def wsgi_application(options: Mapping[str, object]) -> Any:
    """Return the site under WSGI with these settings."""
    from django.core.handlers.wsgi import WSGIHandler

    settings.GATEPOST = options
    return WSGIHandler()


def asgi_application(options: Mapping[str, object]) -> Any:
    """Return the site under ASGI with these settings."""
    from django.core.handlers.asgi import ASGIHandler

    settings.GATEPOST = options
    return ASGIHandler()
