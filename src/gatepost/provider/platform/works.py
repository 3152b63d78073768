"""The functions of the identities as work for endpoints: with the identifiers in the path, and what was sent."""

from collections.abc import Callable
from typing import Any

from gatepost.provider.platform.answers import Work

Function = Callable[..., Any]


def by_ids(function: Function) -> Work:
    """Return what calls a function with the environment and the identifiers in the path."""
    return lambda connection, call: function(connection, call.environment_id, *call.ids)


def by_ids_now(function: Function) -> Work:
    """Return what calls a function with the environment, the identifiers in the path, and the time."""
    return lambda connection, call: function(connection, call.environment_id, *call.ids, call.now)


def by_page(function: Function) -> Work:
    """Return what calls a function with the environment, the identifiers in the path, and the page."""
    return lambda connection, call: function(connection, call.environment_id, *call.ids, call.page)


def by_body(function: Function, **more: object) -> Work:
    """Return what calls a function with the environment, the identifiers in the path, the body and the time."""
    return lambda connection, call: function(connection, call.environment_id, *call.ids, call.body, call.now, **more)
