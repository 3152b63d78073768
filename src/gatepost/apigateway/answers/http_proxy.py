"""HTTP proxy integrations: another server answers.

Requests go through `urllib3` in a pool of threads, which is bounded, so that a slow server holds up no other route.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TYPE_CHECKING

from gatepost.apigateway.answers.hop_by_hop import end_to_end
from gatepost.apigateway.answers.integration_failed import IntegrationFailed, IntegrationTimedOut
from gatepost.apigateway.answers.limits import PAYLOAD
from gatepost.apigateway.answers.outgoing_request import OutgoingRequest, outgoing_request
from gatepost.apigateway.answers.parameter_mapping import mapped_response
from gatepost.apigateway.answers.remapped import remapped
from gatepost.apigateway.exchange import Exchange, Response
from gatepost.apigateway.model.integration import HttpProxy

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

__all__ = ["HttpProxying", "IntegrationFailed", "IntegrationTimedOut"]

_CHUNK = 64 * 1024
_REMAPPED_CONNECTION = frozenset({"connection"})
_OWN_HEADERS = frozenset({"apigw-requestid", "content-length"})


class HttpProxying:
    """Answers with what other servers answer."""

    __slots__ = ("_pool", "_threads")

    def __init__(self, *, concurrency: int = 32, ca_file: str | None = None) -> None:
        """Prepare connections, and open none.

        Args:
            concurrency: How many requests may be under way at once.
            ca_file: Certificates to trust, in PEM, instead of the machine's.
        """
        from urllib3 import PoolManager

        self._pool = PoolManager(maxsize=concurrency, block=False, cert_reqs="CERT_REQUIRED", ca_certs=ca_file)
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="http-proxy")

    async def answer(self, exchange: Exchange) -> Response:
        """Send the request to the server of the route's integration, and return what it answers.

        Redirects are handed on, not followed. `exchange.integration_status` and `integration_latency` are set.

        Raises:
            IntegrationTimedOut: When it did not answer in the integration's time.
            IntegrationFailed: When it could not be reached, or answered with something that cannot be handed on.
        """
        integration = exchange.route.integration if exchange.route is not None else None
        if not isinstance(integration, HttpProxy):
            raise TypeError("the route has no HTTP proxy integration")
        request = outgoing_request(exchange, integration)
        began = monotonic()
        deadline = began + integration.timeout
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(integration.timeout):
                answer = await loop.run_in_executor(self._threads, self._fetch, request, deadline)
        except TimeoutError:
            raise IntegrationTimedOut(f"no answer within {integration.timeout:g} seconds") from None
        finally:
            exchange.integration_latency = int((monotonic() - began) * 1000)
        exchange.integration_status = answer.status
        if exchange.api.kind == "REST":
            headers = remapped(end_to_end(answer.headers, keep=_REMAPPED_CONNECTION))
            return Response(answer.status, headers, answer.body)
        answer = Response(answer.status, end_to_end(answer.headers, without=_OWN_HEADERS), answer.body)
        return mapped_response(answer, integration.response_parameters, exchange)

    async def close(self) -> None:
        """Close all connections, once the requests under way have ended or run out of time."""
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)
        self._pool.clear()

    def _fetch(self, request: OutgoingRequest, deadline: float) -> Response:
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError, NewConnectionError
        from urllib3.exceptions import TimeoutError as PoolTimeout

        left = deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            response = self._pool.request(
                request.method,
                request.url,
                body=request.body or None,
                headers=_headers(request.headers),
                timeout=Timeout(total=left),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            with response:
                body = _read(response, deadline)
                return Response(response.status, tuple(response.headers.items()), body)
        except NewConnectionError:
            raise IntegrationFailed("INTEGRATION_FAILURE", "no connection to the integration's server") from None
        except (PoolTimeout, TimeoutError):
            raise TimeoutError from None
        except (HTTPError, OSError, ValueError) as error:
            # The type says what broke; the message could hold the URL.
            why = f"the integration's server broke off ({type(error).__name__})"
            raise IntegrationFailed("INTEGRATION_FAILURE", why) from None


def _headers(headers: tuple[tuple[str, str], ...]) -> "dict[str, str]":
    from urllib3 import HTTPHeaderDict
    from urllib3.util import SKIP_HEADER

    sent = HTTPHeaderDict()
    for name, value in headers:
        sent.add(name, value)
    for name in ("Accept-Encoding", "User-Agent"):
        # What the client did not send, urllib3 must not add.
        if name not in sent:
            sent[name] = SKIP_HEADER
    return sent  # type: ignore[return-value]  # a mapping that may hold a name twice


def _read(response: "BaseHTTPResponse", deadline: float) -> bytes:
    chunks = []
    size = 0
    for chunk in response.stream(_CHUNK, decode_content=False):
        size += len(chunk)
        if size > PAYLOAD:
            raise IntegrationFailed("BAD_INTEGRATION_RESPONSE", f"the response is larger than {PAYLOAD} bytes")
        if monotonic() > deadline:
            raise TimeoutError
        chunks.append(chunk)
    return b"".join(chunks)
