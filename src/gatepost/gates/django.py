"""The gate for Django, under WSGI and ASGI.

```python
# settings.py
MIDDLEWARE = ["gatepost.gates.django.GateMiddleware", ...]
GATEPOST = {"policy": BASE_DIR / "gatepost.toml"}

# views.py
from gatepost.gates.django import requires


@requires(scopes="profile")
def user(request):
    return JsonResponse({"user": request.gatepost_token.subject})
```
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Concatenate, TypeAlias, TypeVar, Unpack, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gatepost.gates.demand import Demands, requirement_of
from gatepost.gates.django_settings import DjangoOptions, gatekeeper
from gatepost.gates.forwarding import forwarding
from gatepost.gates.gatekeeper import Gatekeeper
from gatepost.gates.incoming import Incoming
from gatepost.gates.refusal import Answer
from gatepost.policy.decision import Decision, Deny
from gatepost.verification import VerifiedToken

Handler: TypeAlias = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
View = TypeVar("View", bound=Callable[Concatenate[HttpRequest, ...], HttpResponseBase | Awaitable[HttpResponseBase]])


class GateMiddleware:
    """The middleware: it asks the policy before every request. The verified token is `request.gatepost_token`.

    It stands first, but after one that answers CORS preflights.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Handler) -> None:
        """Take what comes after it, and the settings.

        Raises:
            ConfigurationError: When the settings are wrong.
        """
        self._next = get_response
        gatekeeper()
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Let the request through, or answer it."""
        if self._is_async:
            return self._asynchronously(request)
        keeper, incoming = gatekeeper(), read(request)
        answer = _metadata(keeper, incoming)
        if answer is None and keeper.guards:
            answer = _act(request, keeper.check(incoming))
        return self._next(request) if answer is None else answer

    async def _asynchronously(self, request: HttpRequest) -> HttpResponseBase:
        keeper, incoming = gatekeeper(), read(request)
        answer = _metadata(keeper, incoming)
        if answer is None and keeper.guards:
            answer = _act(request, await keeper.check_async(incoming))
        return await cast("Awaitable[HttpResponseBase]", self._next(request)) if answer is None else answer


def requires(**demands: Unpack[Demands]) -> Callable[[View], View]:
    """Return a decorator for views, sync or async, which are reached only with a token that meets `demands`.

    Where the policy has let the request in with a token, that token has to meet the demands; otherwise the request's
    token is verified here. A class of views takes it as `@method_decorator(requires(...), name="dispatch")`.

    Args:
        **demands: `scopes`, `any_scope`, `max_auth_age`, `acr`, `claims`; none of them demands a good token.
    """
    requirement = requirement_of(demands)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> object:
            demand = gatekeeper().demand(requirement)
            return _act(request, demand.check(read(request).request, known(request))) or view(request, *args, **kwargs)

        @wraps(view)
        async def guarded_async(request: HttpRequest, *args: object, **kwargs: object) -> object:
            demand = gatekeeper().demand(requirement)
            refused = _act(request, await demand.check_async(read(request).request, known(request)))
            return refused or await cast("Awaitable[HttpResponseBase]", view(request, *args, **kwargs))

        return cast("View", guarded_async if iscoroutinefunction(view) else guarded)

    return decorate


def read(request: HttpRequest) -> Incoming:
    """Return the request as the policy reads it."""
    surroundings, scope = gatekeeper().surroundings, getattr(request, "scope", None)
    if scope is not None:
        return surroundings.from_scope(scope)
    # Django has decoded what WSGI has as octets (PEP 3333).
    paths = {name: str(request.META.get(name, "")).encode().decode("latin-1") for name in ("SCRIPT_NAME", "PATH_INFO")}
    return surroundings.from_environ({**request.META, **paths})


def known(request: HttpRequest) -> VerifiedToken | None:
    """Return the token that was verified before, or `None`."""
    return getattr(request, "gatepost_token", None)


def refuse(request: HttpRequest, deny: Deny) -> HttpResponseBase:
    """Return the answer to a refused request."""
    on_refusal = settings.GATEPOST.get("on_refusal")
    if on_refusal is not None:
        return cast("DjangoOptions", settings.GATEPOST)["on_refusal"](request, deny)
    return _response(gatekeeper().refusal(deny))


def _act(request: HttpRequest, decision: Decision) -> HttpResponseBase | None:
    """Return the refusal, or note in the request that it is let in."""
    if isinstance(decision, Deny):
        return refuse(request, decision)
    request.gatepost_token = decision.identity
    if decision.headers:
        replace = forwarding(tuple(decision.headers))
        replace.environ(request.META, decision.headers)
        vars(request).pop("headers", None)  # which are kept once they were read
        scope = getattr(request, "scope", None)
        if scope is not None:
            scope["headers"] = replace.headers(scope["headers"], decision.headers)
    return None


def _metadata(keeper: Gatekeeper, incoming: Incoming) -> HttpResponseBase | None:
    answer = keeper.metadata(incoming.request.method, incoming.request.path)
    return None if answer is None else _response(answer)


def _response(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    for name, value in answer.headers:
        # Django keeps one header of a name; challenges may stand in one (RFC 9110 §11.6.1).
        response[name] = f"{response[name]}, {value}" if name == "WWW-Authenticate" and name in response else value
    return response
