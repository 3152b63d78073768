"""Where a JWT authorizer finds the token: in one header, or in one parameter of the query."""

import re
from collections.abc import Callable

from gatepost.apigateway.events.identity_source import identity_values
from gatepost.apigateway.exchange import Exchange
from gatepost.errors import ConfigurationError

FindToken = Callable[[Exchange], str | None]

_FORM = re.compile(r"(?:\$request|method\.request)\.(?:header|querystring)\.[^\s,]+")

# The prefix is optional, and may be written in any case.
_BEARER = re.compile(r"bearer[ \t]+", re.IGNORECASE)


def token_finder(source: str) -> FindToken:
    """Return what finds the token of a request, `None` where there is none or an empty one.

    Args:
        source: `$request.header.NAME` or `$request.querystring.NAME`; a REST API writes `method.request.header.NAME`.

    Raises:
        ConfigurationError: When it is another source.
    """
    sources = (source.strip(),)
    if not _FORM.fullmatch(sources[0]):
        raise ConfigurationError(
            f"the identity source {source!r} is none of a JWT authorizer: give one, such as "
            "$request.header.Authorization or $request.querystring.token"
        )

    def find(exchange: Exchange) -> str | None:
        value = identity_values(exchange, sources)[0]
        if not value:
            return None
        prefix = _BEARER.match(value)
        return (value[prefix.end() :] or None) if prefix else value

    return find
