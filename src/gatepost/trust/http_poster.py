"""Sending a form over HTTP, within the limits that hold for fetching."""

import time
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from gatepost.trust.fetch import FetchFailed, Response
from gatepost.trust.http_fetcher import HttpFetcher, _cause
from gatepost.trust.location import shown

if TYPE_CHECKING:
    from urllib3 import PoolManager

# Keys are asked for once in a while, but a form is sent for every token that is not known yet.
_CONNECTIONS = 16


class Poster(Protocol):
    """What sends forms: once, within its limits, following nothing."""

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Response:
        """Return what `url` answers to the form, with status 200.

        Raises:
            FetchFailed: For everything else, such as another status, a redirect, a time or size limit.
        """


class HttpPoster(HttpFetcher):
    """Sends forms with verified TLS, and reads the answer as `HttpFetcher` does."""

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Response:
        """Return what `url` answers to the form.

        Raises:
            FetchFailed: When it cannot be had within the limits, or the answer is not 200.
        """
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError

        try:
            response = self._pool_manager().request(
                "POST",
                url,
                body=urlencode(form),
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "identity",
                    "Content-Type": "application/x-www-form-urlencoded",
                    "User-Agent": "gatepost",
                    **headers,
                },
                preload_content=False,
                decode_content=False,
                redirect=False,
                retries=False,
                timeout=Timeout(connect=min(self._connect_timeout, self._total_timeout), total=self._total_timeout),
            )
        except HTTPError as error:
            raise FetchFailed(f"{shown(url)} cannot be reached: {_cause(error)}") from None
        with closing(response):
            try:
                return self._read(url, response, conditional=False)
            except (HTTPError, OSError) as error:
                raise FetchFailed(f"{shown(url)} broke off its answer: {_cause(error)}") from None
            finally:
                self._used_at = time.monotonic()

    def _pool_manager(self) -> "PoolManager":
        pool = super()._pool_manager()
        pool.connection_pool_kw["maxsize"] = _CONNECTIONS
        return pool
