"""An issuer's discovery document, as API Gateway reads it: `<issuer>/.well-known/openid-configuration`, and no other.

The document's own `issuer` is not compared: AWS is not known to do so. `gatepost gateway check` tells when it differs.
"""

from typing import NamedTuple

from gatepost.errors import ConfigurationError, TokenRejected
from gatepost.jose import KeySet
from gatepost.jose.strict_json import load_object
from gatepost.trust import location
from gatepost.trust.discovery import document_urls
from gatepost.trust.fetch import Fetcher, FetchFailed

# HTTP API quotas: neither can be raised.
TIME_LIMIT = 1.5
MAX_BYTES = 150_000


class DiscoveryDocument(NamedTuple):
    """What is needed of it.

    Attributes:
        url: Where it was read.
        issuer: The issuer that it names, or an empty string.
        jwks_uri: Where the keys are.
    """

    url: str
    issuer: str
    jwks_uri: str


def make_fetcher(ca_file: str | None = None, time_limit: float = TIME_LIMIT) -> Fetcher:
    """Return what fetches within AWS's limits.

    Args:
        ca_file: A PEM file of CA certificates to trust besides the system's, or `None`.
        time_limit: Seconds that a fetch may take.

    Raises:
        ConfigurationError: When the CA file is not there.
    """
    from gatepost.trust.http_fetcher import HttpFetcher

    return HttpFetcher(ca_file=ca_file, connect_timeout=time_limit, total_timeout=time_limit, max_bytes=MAX_BYTES)


def read_discovery(issuer: str, fetcher: Fetcher) -> DiscoveryDocument:
    """Return the discovery document of `issuer`.

    Raises:
        FetchFailed: When it cannot be had, or names no place of keys that may be fetched.
    """
    url = document_urls(issuer)[0]
    try:
        document = load_object(fetcher.fetch(url).body)
    except TokenRejected:
        raise FetchFailed(f"{url} is not a JSON object in strict UTF-8, without duplicate members") from None
    try:
        jwks_uri = location.check_found(document.get("jwks_uri"), url)
    except ConfigurationError as error:
        raise FetchFailed(f"{url} names a jwks_uri that may not be fetched: {error}") from None
    named = document.get("issuer")
    return DiscoveryDocument(url, named if isinstance(named, str) else "", jwks_uri)


def read_keys(jwks_uri: str, fetcher: Fetcher) -> KeySet:
    """Return the keys that `jwks_uri` answers; there may be none that is of use.

    Raises:
        FetchFailed: When they cannot be had, or the document holds private or shared keys.
    """
    try:
        return KeySet.from_jwks(fetcher.fetch(jwks_uri).body)
    except ConfigurationError as error:
        raise FetchFailed(f"{location.shown(jwks_uri)} is refused: {error}") from None
