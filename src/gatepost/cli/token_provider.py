"""What a provider says of itself, and forms that are sent to it."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatepost.cli.failure import Failure
from gatepost.errors import ConfigurationError, TokenRejected
from gatepost.jose.strict_json import load_object
from gatepost.trust import location
from gatepost.trust.discovery import document_urls
from gatepost.trust.fetch import FetchFailed, Response
from gatepost.trust.http_poster import HttpPoster

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

_TIMEOUT = 20.0
_MOST_OCTETS = 1_000_000
_ABSENT = frozenset({400, 401, 403, 404, 405, 410})


class Refused(Failure):
    """The provider refuses a request.

    Attributes:
        error: The error code, such as `invalid_grant`.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"the provider refuses: {error}{f': {description}' if description else ''}", status=1)
        self.error = error


class Provider:
    """A provider, found by discovery.

    Attributes:
        identifier: Its identifier.
        metadata: What its document says.
        ca_file: Certificates to trust besides the system's, or `None`.
        http_hosts: Hosts that may be asked without TLS besides those on loopback.
    """

    def __init__(self, identifier: str, *, ca_file: Path | None = None, http_hosts: Iterable[str] = ()) -> None:
        """Take the identifier; nothing is fetched yet.

        Raises:
            ConfigurationError: When it is no URL that may be fetched.
        """
        self.identifier = identifier
        self.ca_file = ca_file
        self.http_hosts = tuple(http_hosts)
        location.check(identifier, self.http_hosts)
        self._http = _Sender(ca_file=ca_file, total_timeout=_TIMEOUT, connect_timeout=5, max_bytes=_MOST_OCTETS)
        self._metadata: Mapping[str, Any] | None = None
        self._found_at = identifier

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What its discovery document says.

        Raises:
            Failure: When it cannot be had, or is another provider's.
        """
        if self._metadata is None:
            self._metadata = self._discovered()
        return self._metadata

    def endpoint(self, name: str) -> str:
        """Return the URL of an endpoint, such as `token_endpoint`.

        Raises:
            Failure: When the provider has none, or none that may be asked.
        """
        url = self.metadata.get(name)
        if url is None:
            raise Failure(f"{self.identifier} has no {name}; it does not offer this")
        try:
            return location.check_found(url, self._found_at, self.http_hosts)
        except ConfigurationError as error:
            raise Failure(f"{self.identifier} names a {name} that may not be asked: {error}") from None

    def send(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
        """Return the JSON object that an endpoint answers to a form.

        Raises:
            Refused: When it answers with an error.
            Failure: When it cannot be asked, or answers with something else.
        """
        try:
            return _object(self._http.post(url, form, headers).body, url)
        except FetchFailed as error:
            raise Failure(str(error)) from None

    def _discovered(self) -> Mapping[str, Any]:
        openid, oauth = document_urls(self.identifier)
        try:
            try:
                body = self._http.fetch(openid).body
                self._found_at = openid
            except FetchFailed as error:
                if error.status not in _ABSENT:
                    raise
                body = self._http.fetch(oauth).body
                self._found_at = oauth
        except FetchFailed as error:
            raise Failure(f"the provider cannot be found: {error}") from None
        document = _object(body, self._found_at)
        if document.get("issuer") != self.identifier:
            raise Failure(f"{self._found_at} is the document of another issuer than {self.identifier}")
        return document


class _Sender(HttpPoster):
    """Sends forms, and reads the error that a provider answers with."""

    def _read(self, url: str, response: "BaseHTTPResponse", *, conditional: bool) -> Response:
        if response.status == 201:  # RFC 9126 §2.2
            return Response(201, response.read(_MOST_OCTETS, decode_content=False))
        if 400 <= response.status < 500 and response.headers.get("Content-Type", "").startswith("application/json"):
            body = response.read(_MOST_OCTETS, decode_content=False)
            try:
                found = load_object(body)
            except TokenRejected:
                found = None
            if found is not None and isinstance(found.get("error"), str):
                description = found.get("error_description")
                raise Refused(str(found["error"]), description if isinstance(description, str) else "")
        return super()._read(url, response, conditional=conditional)


def _object(body: bytes, url: str) -> dict[str, Any]:
    try:
        return json.loads(json.dumps(load_object(body)))  # type: ignore[no-any-return]  # plain, to be written again
    except TokenRejected:
        raise Failure(f"{location.shown(url)} does not answer with a JSON object") from None
