"""Fetching over HTTP with urllib3, which is imported at the first fetch."""

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING

from gatepost.errors import ConfigurationError
from gatepost.trust import after_fork
from gatepost.trust.fetch import FetchFailed, Response, entity_tag, max_age
from gatepost.trust.location import shown

if TYPE_CHECKING:
    from ssl import SSLCertVerificationError, SSLContext

    from urllib3 import BaseHTTPResponse, PoolManager

_CHUNK = 16 * 1024

# X509_verify_cert(3ssl): a certificate whose issuer is not known, or that has issued itself.
_UNKNOWN_CA = frozenset({2, 18, 19, 20, 21})


class HttpFetcher:
    """Fetches with verified TLS, within limits of time and size, and follows no redirect.

    Nothing is decompressed, so that the limit of size is the limit of work.
    """

    def __init__(
        self,
        *,
        ca_file: str | os.PathLike[str] | None = None,
        connect_timeout: float = 1.5,
        total_timeout: float = 3.0,
        max_bytes: int = 150_000,
        idle_timeout: float = 15.0,
    ) -> None:
        """Make a fetcher; nothing is opened yet.

        Args:
            ca_file: A file of CA certificates in PEM form to trust besides the system's, or `None`.
            connect_timeout: Seconds for the connection to stand.
            total_timeout: Seconds for the whole answer to be there.
            max_bytes: The greatest size of a body.
            idle_timeout: Seconds after which an open connection is not used again. What stands between may have
                forgotten it without a word, and the next fetch would wait in vain.

        Raises:
            ConfigurationError: When the file is not there.
        """
        if ca_file is not None and not os.path.isfile(ca_file):  # noqa: PTH113  # pathlib costs a tenth of a cold start
            raise ConfigurationError(f"the CA file {os.fspath(ca_file)!r} does not exist")
        self._ca_file = ca_file
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._max_bytes = max_bytes
        self._idle_timeout = idle_timeout
        self._used_at = 0.0
        self._pool: PoolManager | None = None
        after_fork.register(self)

    def fetch(self, url: str, *, etag: str | None = None) -> Response:
        """Return what `url` answers.

        Raises:
            FetchFailed: When it cannot be had within the limits, or the answer is neither 200 nor 304.
        """
        from urllib3.exceptions import HTTPError

        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "gatepost"}
        if etag is not None:
            headers["If-None-Match"] = etag
        try:
            response = self._ask(url, headers)
        except HTTPError as error:
            raise FetchFailed(f"{shown(url)} cannot be reached: {_cause(error)}") from None
        with closing(response):
            try:
                return self._read(url, response, conditional=etag is not None)
            except (HTTPError, OSError) as error:
                raise FetchFailed(f"{shown(url)} broke off its answer: {_cause(error)}") from None
            finally:
                self._used_at = time.monotonic()

    def forget_parent(self) -> None:
        """In the child of a fork: drop the pool without touching its sockets, which belong to the parent."""
        self._pool = None

    def _ask(self, url: str, headers: dict[str, str]) -> "BaseHTTPResponse":
        from urllib3.exceptions import ProtocolError

        reused = self._pool is not None
        try:
            return self._request(url, headers)
        except ProtocolError:
            if not reused:
                raise
            self._used_at = float("-inf")  # the server may have closed the connection in that very moment
            return self._request(url, headers)

    def _request(self, url: str, headers: dict[str, str]) -> "BaseHTTPResponse":
        from urllib3 import Timeout

        return self._pool_manager().request(
            "GET",
            url,
            headers=headers,
            preload_content=False,
            decode_content=False,
            redirect=False,
            retries=False,
            timeout=Timeout(connect=min(self._connect_timeout, self._total_timeout), total=self._total_timeout),
        )

    def _read(self, url: str, response: "BaseHTTPResponse", *, conditional: bool) -> Response:
        status = response.status
        if status == 304 and conditional:
            return self._response(response, b"")
        if 300 <= status < 400 and status != 304:
            raise FetchFailed(f"{shown(url)} redirects, which is not followed; give the final URL", status=status)
        if status != 200:
            raise FetchFailed(f"{shown(url)} answered with status {status}", status=status)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise FetchFailed(f"{shown(url)} answered compressed, which was not asked for", status=status)
        body = b""
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > self._max_bytes:
                raise FetchFailed(f"{shown(url)} answered with more than {self._max_bytes} bytes", status=status)
        return self._response(response, body)

    @staticmethod
    def _response(response: "BaseHTTPResponse", body: bytes) -> Response:
        headers = response.headers
        keep = max_age(headers.get("Cache-Control"), headers.get("Age"))
        return Response(response.status, body, etag=entity_tag(headers.get("ETag")), max_age=keep)

    def _pool_manager(self) -> "PoolManager":
        pool, now = self._pool, time.monotonic()
        if pool is None or now - self._used_at > self._idle_timeout:
            from gatepost.trust.timed_connection import pool_manager

            # A new pool, since another thread may be about to use the old one.
            context = self._context() if pool is None else pool.connection_pool_kw["ssl_context"]
            self._pool = pool = pool_manager(context)
        self._used_at = now
        return pool

    def _context(self) -> "SSLContext":
        import ssl

        context = ssl.create_default_context()
        if self._ca_file is not None:
            try:
                context.load_verify_locations(cafile=self._ca_file)
            except OSError:  # ssl.SSLError is one
                path = os.fspath(self._ca_file)
                raise FetchFailed(f"the CA file {path!r} holds no certificate in PEM form") from None
        return context


def _cause(error: Exception) -> str:
    """Return what happened in a few words, without anything that the server sent."""
    from ssl import SSLCertVerificationError, SSLError

    from urllib3.exceptions import NameResolutionError, NewConnectionError
    from urllib3.exceptions import TimeoutError as TimedOut

    seen = (error, *error.args, error.__cause__, error.__context__)
    for each in seen:
        if isinstance(each, SSLCertVerificationError):
            return _distrust(each)
        if isinstance(each, NameResolutionError):
            return "its name cannot be resolved"
        if isinstance(each, NewConnectionError):  # to urllib3 it is a timeout, whatever happened
            refused = isinstance(each.__cause__, ConnectionRefusedError)
            return "connection refused" if refused else "no connection can be made"
        if isinstance(each, TimedOut | TimeoutError):
            return "it took too long"
        if isinstance(each, SSLError):
            return "TLS failed"
    return type(error).__name__


def _distrust(error: "SSLCertVerificationError") -> str:
    advice = "; name its CA with ca_file" if error.verify_code in _UNKNOWN_CA else ""
    return f"its certificate is not trusted ({error.verify_message.rstrip('.')}){advice}"
