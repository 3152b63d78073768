"""Which handler answers where."""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from gatepost.provider.oauth import (
    device_authorization,
    discovery,
    introspect,
    jwks,
    par,
    revoke,
    token,
    userinfo,
)
from gatepost.provider.oauth.endpoint import Answering, endpoint, preflight
from gatepost.provider.services import Services
from gatepost.provider.web.router import Handler

Route: TypeAlias = tuple[str, str, Handler]

_KEEP = 300  # seconds


class _Endpoint(NamedTuple):
    path: str
    methods: tuple[str, ...]
    answering: Answering
    keep: int = 0


_ENDPOINTS = (
    _Endpoint(".well-known/openid-configuration", ("GET",), discovery.answer, _KEEP),
    _Endpoint("jwks", ("GET",), jwks.answer, _KEEP),
    _Endpoint("token", ("POST",), token.answer),
    _Endpoint("introspect", ("POST",), introspect.answer),
    _Endpoint("revoke", ("POST",), revoke.answer),
    _Endpoint("userinfo", ("GET", "POST"), userinfo.answer),
    _Endpoint("par", ("POST",), par.answer),
    _Endpoint("device_authorization", ("POST",), device_authorization.answer),
)


def routes(services: Services) -> Iterable[Route]:
    """Yield the method, the pattern and the handler of each endpoint."""
    for each in _ENDPOINTS:
        pattern = f"/{{environmentId}}/as/{each.path}"
        handler = endpoint(services, each.answering, keep=each.keep)
        for method in each.methods:
            yield method, pattern, handler
        yield "OPTIONS", pattern, preflight(*each.methods)
