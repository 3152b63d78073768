"""API keys of REST APIs."""

from collections.abc import Iterable
from hmac import compare_digest

from gatepost.apigateway.exchange import Exchange, Failure, LambdaIdentity

_HEADER = "x-api-key"

# $context.error.message is Forbidden; the body says no more about the key.
_REFUSED = Failure("INVALID_API_KEY")


class ApiKeys:
    """The keys of an API's usage plans."""

    def __init__(self, keys: Iterable[str], source: str) -> None:
        """Take the keys; `source` is `HEADER` or `AUTHORIZER`."""
        self._keys = tuple(key.encode() for key in keys)
        self._from_authorizer = source == "AUTHORIZER"

    def check(self, exchange: Exchange) -> None:
        """Leave a failure in `exchange` when it brings none of the keys."""
        given = self._given(exchange)
        where = "usageIdentifierKey" if self._from_authorizer else _HEADER
        if not given:
            exchange.note("api key", False, f"{where} is missing or empty")
        elif not self._holds(given.encode()):
            exchange.note("api key", False, f"{where} is no key of the API's usage plans")
        else:
            exchange.note("api key", True, where)
            return
        exchange.failure = _REFUSED

    def _given(self, exchange: Exchange) -> str | None:
        if not self._from_authorizer:
            return exchange.request.header(_HEADER)
        identity = exchange.identity
        return identity.usage_key if isinstance(identity, LambdaIdentity) else None

    def _holds(self, given: bytes) -> bool:
        """Compare with every key, so that the time tells neither which one nor how much of it fits."""
        found = False
        for key in self._keys:
            found |= compare_digest(key, given)
        return found
