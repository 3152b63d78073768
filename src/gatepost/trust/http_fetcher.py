"""Fetching over HTTP with urllib3, which is imported at the first fetch."""

import os
import time
import weakref
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gatepost.errors import ConfigurationError
from gatepost.trust.fetch import FetchFailed, Response, max_age

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

_CHUNK = 16 * 1024


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
    ) -> None:
        """Make a fetcher; nothing is opened yet.

        Args:
            ca_file: A file of CA certificates in PEM form to trust besides the system's, or `None`.
            connect_timeout: Seconds for the connection to stand.
            total_timeout: Seconds for the whole answer to be there.
            max_bytes: The greatest size of a body.

        Raises:
            ConfigurationError: When the file is not there.
        """
        if ca_file is not None and not os.path.isfile(ca_file):  # noqa: PTH113  # pathlib costs a tenth of a cold start
            raise ConfigurationError(f"the CA file {os.fspath(ca_file)!r} does not exist")
        self._ca_file = ca_file
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._max_bytes = max_bytes
        self._pool: PoolManager | None = None
        _fetchers.add(self)

    def fetch(self, url: str, *, etag: str | None = None) -> Response:
        """Return what `url` answers.

        Raises:
            FetchFailed: When it cannot be had within the limits, or the answer is neither 200 nor 304.
        """
        from urllib3.exceptions import HTTPError

        deadline = time.monotonic() + self._total_timeout
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "gatepost"}
        if etag is not None:
            headers["If-None-Match"] = etag
        try:
            response = self._ask(url, headers)
        except HTTPError as error:
            raise FetchFailed(f"{_name(url)} cannot be reached: {_cause(error)}") from None
        try:
            return self._read(url, response, deadline, conditional=etag is not None)
        except (HTTPError, OSError) as error:
            raise FetchFailed(f"{_name(url)} broke off its answer: {_cause(error)}") from None
        finally:
            response.close()

    def forget_connections(self) -> None:
        """Drop the pool without touching its sockets, which belong to the parent process."""
        self._pool = None

    def _ask(self, url: str, headers: dict[str, str]) -> "BaseHTTPResponse":
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

    def _read(self, url: str, response: "BaseHTTPResponse", deadline: float, *, conditional: bool) -> Response:
        status = response.status
        if status == 304 and conditional:
            return self._response(response, b"")
        if 300 <= status < 400:
            raise FetchFailed(f"{_name(url)} redirects, which is not followed; give the final URL", status=status)
        if status != 200:
            raise FetchFailed(f"{_name(url)} answered with status {status}", status=status)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise FetchFailed(f"{_name(url)} answered compressed, which was not asked for", status=status)
        body = b""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise FetchFailed(f"{_name(url)} took longer than {self._total_timeout:g} seconds", status=status)
            _limit_next_read(response, left)
            chunk = response.read1(_CHUNK)
            if not chunk:
                break
            body += chunk
            if len(body) > self._max_bytes:
                raise FetchFailed(f"{_name(url)} answered with more than {self._max_bytes} bytes", status=status)
        return self._response(response, body)

    @staticmethod
    def _response(response: "BaseHTTPResponse", body: bytes) -> Response:
        headers = response.headers
        keep = max_age(headers.get("Cache-Control"), headers.get("Age"))
        return Response(response.status, body, etag=headers.get("ETag"), max_age=keep)

    def _pool_manager(self) -> "PoolManager":
        if self._pool is None:
            import ssl

            from urllib3 import PoolManager

            context = ssl.create_default_context()
            if self._ca_file is not None:
                try:
                    context.load_verify_locations(cafile=self._ca_file)
                except (OSError, ssl.SSLError):
                    path = os.fspath(self._ca_file)
                    raise FetchFailed(f"the CA file {path!r} holds no certificate in PEM form") from None
            self._pool = PoolManager(num_pools=4, maxsize=2, ssl_context=context)
        return self._pool


def _limit_next_read(response: "BaseHTTPResponse", seconds: float) -> None:
    """Let the next read from the server take at most `seconds`; urllib3's own limit begins anew with every read."""
    answer = getattr(response, "_original_response", None)
    connection = getattr(getattr(getattr(answer, "fp", None), "raw", None), "_sock", None)
    if connection is not None:
        connection.settimeout(seconds)


def _name(url: str) -> str:
    """Return `url` without its query, which might hold something that is nobody's business."""
    return urlsplit(url)._replace(query="").geturl()


def _cause(error: Exception) -> str:
    """Return what happened in a few words, without anything that the server sent."""
    from ssl import SSLCertVerificationError, SSLError

    from urllib3.exceptions import NameResolutionError, NewConnectionError
    from urllib3.exceptions import TimeoutError as TimedOut

    chain: list[object] = [error, *error.args, error.__cause__, error.__context__]
    for each in chain:
        if isinstance(each, SSLCertVerificationError):
            return f"its certificate is not trusted ({each.verify_message}); name its CA with ca_file"
        if isinstance(each, SSLError):
            return "TLS failed"
        # urllib3 makes both of these a kind of time-out.
        if isinstance(each, NameResolutionError):
            return "its name cannot be resolved"
        if isinstance(each, NewConnectionError | ConnectionRefusedError):
            return "the connection is refused"
        if isinstance(each, TimedOut | TimeoutError):
            return "it took too long"
    return type(error).__name__


def _after_fork() -> None:
    for fetcher in list(_fetchers):
        fetcher.forget_connections()


_fetchers: "weakref.WeakSet[HttpFetcher]" = weakref.WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
