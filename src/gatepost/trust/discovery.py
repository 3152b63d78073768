"""Discovery: an issuer's own document says where its keys are (OpenID Connect Discovery 1.0 §4, RFC 8414 §3)."""

from collections.abc import Collection
from typing import Unpack
from urllib.parse import urlsplit

from gatepost.errors import ConfigurationError, TokenRejected
from gatepost.jose.strict_json import load_object
from gatepost.trust import location
from gatepost.trust.fetch import Fetcher, FetchFailed
from gatepost.trust.key_source import LiveKeys
from gatepost.trust.origin import FetchedKeys, read_jwks
from gatepost.trust.remote import RemoteKeys, RemoteOptions

# Seconds after which the document is read again, so that a move of the JWK set is followed.
_READ_AGAIN = 3600.0

# When that fails: seconds until the next try, and until the place that it named is believed no more.
_TRY_AGAIN = 300.0
_BELIEVED_FOR = 7200.0

# Answers of a JWK set's URL that mean that it has moved.
_MOVED = frozenset({404, 410})

# Answers that mean that there is no such document, so that the other one may be asked for.
_ABSENT = frozenset({400, 401, 403, 404, 405, 410})


class Discovery(RemoteKeys):
    """The keys that the issuer's discovery document names: what `Issuer(keys=None)` means."""

    __slots__ = ()

    def __init__(self, **options: Unpack[RemoteOptions]) -> None:
        """Take the options of `RemoteKeys`.

        Raises:
            ConfigurationError: When an option makes no sense.
        """
        super().__init__(**options)

    def check(self, identifier: str) -> None:
        """Check that the issuer's identifier is a URL that may be fetched.

        Raises:
            ConfigurationError: When it is not; such an issuer's keys have to be given in another way.
        """
        parts = location.check(identifier, self.http_hosts)
        if parts.query:
            raise ConfigurationError("an issuer with a query has no discovery document (OpenID Connect Discovery §2)")

    def open(self, identifier: str, now: float) -> LiveKeys:
        """Return the keys at work."""
        return self.keep_fresh(identifier, DiscoveredOrigin(identifier, self.make_fetcher(), self.http_hosts), now)


class DiscoveredOrigin:
    """A JWK set at the URL that the discovery document names."""

    def __init__(self, identifier: str, fetcher: Fetcher, http_hosts: Collection[str] = ()) -> None:
        self._identifier = identifier
        self._fetcher = fetcher
        self._http_hosts = http_hosts
        self._jwks_uri: str | None = None
        self._found_at = self._ask_at = 0.0
        self._note: str | None = None

    def fetch(self, now: float, previous: FetchedKeys | None) -> FetchedKeys:
        """Return the keys, after having read the document when that is due."""
        known = self._jwks_uri
        jwks_uri = self._locate(now)
        if jwks_uri != known and previous is not None:
            previous = FetchedKeys(previous.key_set)  # an ETag names a version at its own URL only
        try:
            fetched = read_jwks(jwks_uri, self._fetcher, previous)
        except FetchFailed as error:
            self._ask_at = now  # it may have moved
            if error.status not in _MOVED or self._found_at == now:
                raise
            moved_to = self._locate(now)
            if moved_to == jwks_uri:
                raise
            fetched = read_jwks(moved_to, self._fetcher, None if previous is None else FetchedKeys(previous.key_set))
        return fetched if self._note is None else fetched.with_note(self._note)

    def _locate(self, now: float) -> str:
        """Return the `jwks_uri`. A known one outlives an outage of the document alone, but not for ever."""
        known = self._jwks_uri
        if known is not None and self._found_at <= now < self._ask_at:
            return known
        try:
            self._jwks_uri = discover(self._identifier, self._fetcher, self._http_hosts)
        except FetchFailed as error:
            if known is None or not self._found_at <= now < self._found_at + _BELIEVED_FOR:
                raise
            self._note = str(error)
            self._ask_at = now + _TRY_AGAIN
            return known
        self._found_at, self._ask_at, self._note = now, now + _READ_AGAIN, None
        return self._jwks_uri


def discover(identifier: str, fetcher: Fetcher, http_hosts: Collection[str] = ()) -> str:
    """Return the `jwks_uri` of the issuer `identifier`.

    OpenID Connect's place is asked first, and RFC 8414's when there is nothing; no other place is guessed.

    Raises:
        FetchFailed: When there is no document, it is of another issuer, or it names no URL that may be fetched.
    """
    openid, oauth = document_urls(identifier)
    try:
        response = fetcher.fetch(openid)
    except FetchFailed as error:
        if error.status not in _ABSENT:
            raise
        try:
            url, response = oauth, fetcher.fetch(oauth)
        except FetchFailed as second:
            raise FetchFailed(f"{error}, and {second}", status=second.status) from None
    else:
        url = openid
    try:
        document = load_object(response.body)
    except TokenRejected:
        raise FetchFailed(f"{url} is not a JSON object in strict UTF-8, without duplicate members") from None
    _check_issuer(url, document.get("issuer"), identifier)
    try:
        return location.check_found(document.get("jwks_uri"), url, http_hosts)
    except ConfigurationError as error:
        raise FetchFailed(f"{url} names a jwks_uri that may not be fetched: {error}") from None


def document_urls(identifier: str) -> tuple[str, str]:
    """Return where the document of `identifier` is: by OpenID Connect Discovery §4, and by RFC 8414 §3.1."""
    parts = urlsplit(identifier)
    path = parts.path.rstrip("/")
    openid = parts._replace(path=f"{path}/.well-known/openid-configuration").geturl()
    oauth = parts._replace(path=f"/.well-known/oauth-authorization-server{path}").geturl()
    return openid, oauth


def _check_issuer(url: str, found: object, identifier: str) -> None:
    if found == identifier:
        return
    if isinstance(found, str) and found.removesuffix("/") == identifier.removesuffix("/"):
        with_slash = "with" if found.endswith("/") else "without"
        raise FetchFailed(
            f"{url} names the issuer {with_slash} a trailing slash, and the setting differs by just that; "
            f"write the identifier {with_slash} it"
        )
    raise FetchFailed(f"{url} is the document of another issuer than {identifier}")
