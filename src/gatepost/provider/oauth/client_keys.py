"""The keys that a client signs with: its secret, its JWK set, or what its `jwksUrl` answers."""

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.identity.applications import Application
from gatepost.jose import KeySet
from gatepost.jose.algorithms import SYMMETRIC
from gatepost.jose.compact import Jws, take_apart, verify_compact
from gatepost.jose.header import read
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.public_fetcher import PublicFetcher
from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.key_source import Cause

if TYPE_CHECKING:
    from gatepost.trust.key_source import LiveKeys

SECRET_ALGORITHMS = ("HS256", "HS384", "HS512")
KEY_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_MOST_SETS = 1024


async def verified(call: Call, application: Application, token: str) -> Jws:
    """Return what a client signed.

    Raises:
        TokenRejected: When neither its secret nor a key of its own did.
        KeysUnavailable: When its keys cannot be fetched.
    """
    header = read(take_apart(token)[0])
    if header.alg in SYMMETRIC:
        return _by_secret(call, application, token)
    if application.jwks is not None:
        return verify_compact(token, _parsed(application.jwks), algorithms=KEY_ALGORITHMS)
    if application.jwks_url is None:
        return verify_compact(token, KeySet(()), algorithms=KEY_ALGORITHMS)
    live = _live(application.id, application.jwks_url, call.services.settings.development)
    now = call.services.clock()
    snapshot = live.current(now)
    if snapshot is None:
        snapshot = await asyncio.wrap_future(live.refresh(now, Cause.COLD))
    elif snapshot.key_set.find(header.kid, header.alg) is None:
        snapshot = await asyncio.wrap_future(live.refresh(now, Cause.UNKNOWN_KEY))
    return verify_compact(token, snapshot.key_set, algorithms=KEY_ALGORITHMS)


def _by_secret(call: Call, application: Application, token: str) -> Jws:
    secret = call.configuration.secret_of(application.id)
    failed: TokenRejected | None = None
    for each in () if secret is None else secret.good(call.now):
        try:
            return verify_compact(token, KeySet.from_secret(each.encode()), algorithms=SECRET_ALGORITHMS)
        except TokenRejected as error:
            failed = error
        except ConfigurationError:  # it is too short to sign with
            continue
    raise failed or TokenRejected(Reason.UNKNOWN_KEY)


@lru_cache(maxsize=_MOST_SETS)
def _parsed(jwks: str) -> KeySet:
    try:
        return KeySet.from_jwks(jwks)
    except ConfigurationError:  # it was looked at when it was saved
        return KeySet(())


@lru_cache(maxsize=_MOST_SETS)
def _live(_application_id: str, url: str, development: bool) -> "LiveKeys":
    """Return the keys at a URL, kept fresh; applications share nothing, so that none wears out another's patience."""
    source = JwksUrl(url) if development else JwksUrl(url, fetcher=PublicFetcher())
    return source.open(url, 0.0)
