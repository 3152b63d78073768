"""The ASGI application: an endpoint for each kind of proxy, and those for whoever runs the server."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from gatepost.errors import KeysUnavailable
from gatepost.gates.authz.answer import Answer, document, text
from gatepost.gates.authz.asgi import Receive, Scope, Send
from gatepost.gates.authz.blackboard import Blackboard
from gatepost.gates.authz.deciding import Deciding
from gatepost.gates.authz.known_questions import KnownQuestions
from gatepost.gates.authz.metrics import exposition
from gatepost.gates.authz.outbox import Outbox
from gatepost.gates.authz.question import Asking, ReadCertificate, endpoint_of
from gatepost.policy.policy import Policy
from gatepost.trust.key_source import KeyHealth

_PERIOD = 1.0
_NOT_FOUND = document(
    404, {"title": "Not Found", "detail": "Endpoints: /nginx /forward /envoy/… /healthz /readyz /metrics /jwks"}
)
_CLOSE = (b"connection", b"close")


class Application:
    """One worker's application.

    Attributes:
        asking: What puts proxies' questions to the policy.
        draining: Whether the server is about to end: answers then ask proxies to close their connections, so that none
            is cut while a request is on its way.
    """

    def __init__(
        self,
        deciding: Deciding,
        *,
        board: Blackboard,
        worker: int = 0,
        read_certificate: ReadCertificate | None = None,
    ) -> None:
        """Make the application of a worker.

        Args:
            deciding: What decides.
            board: Where the workers write their figures.
            worker: The place of this one on it.
            read_certificate: What reads the client's certificate, or `None` when no proxy hands one on.
        """
        self.draining = False
        self._deciding = deciding
        self._board = board
        self._worker = worker
        self.asking = Asking(deciding, read_certificate)
        self._known = KnownQuestions(deciding)
        self._outbox: Outbox | None = None
        self._warmed: Policy | None = None
        self._warming: asyncio.Task[None] | None = None
        self._beat: asyncio.TimerHandle | None = None

    def known_to(self, peer: str | None) -> KnownQuestions | None:
        """Return what answers a peer's questions the shortest way, or `None` for one that is not trusted."""
        return self._known if self._deciding.trusts(peer) else None

    def outbox(self, loop: asyncio.AbstractEventLoop) -> Outbox:
        """Return where answers wait to be written together."""
        if self._outbox is None:
            self._outbox = Outbox(loop)
        return self._outbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or begin and end with the server."""
        if scope["type"] == "http":
            answer = await self._answer(scope)
            headers = [*answer.headers, _CLOSE] if self.draining else answer.headers
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": answer.body})
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _answer(self, scope: Scope) -> Answer:
        path: bytes = scope["raw_path"]
        endpoint = endpoint_of(path)
        if endpoint is None:
            return self._own(scope["path"])
        client = scope["client"]
        peer: str | None = None if client is None else client[0]
        return await self.asking.answer(endpoint, peer, scope["method"], path, scope["headers"])

    def _own(self, path: str) -> Answer:
        if path == "/healthz":
            return text(200, "ok\n")
        if path == "/readyz":
            return self._readiness()
        if path == "/metrics":
            self._note_figures()
            return text(200, exposition(self._board.read_all()), b"text/plain; version=0.0.4; charset=utf-8")
        if path == "/jwks" and self._deciding.identity is not None:
            return document(200, self._deciding.identity.jwks(), b"application/jwk-set+json")
        return _NOT_FOUND

    def _readiness(self) -> Answer:
        """Return 200 when requests can be decided on: keys of at least one issuer are there, where any is trusted."""
        issuers = {identifier: health.keys for identifier, health in self._health().items()}
        ready = not self.draining and (not issuers or any(issuers.values()))
        return document(200 if ready else 503, {"ready": ready, "draining": self.draining, "keys": issuers})

    def _health(self) -> Mapping[str, KeyHealth]:
        verifier = self._deciding.policies().verifier
        return {} if verifier is None else verifier.health()

    def _note_figures(self) -> None:
        self._board.write(self._worker, self._deciding.metrics.figures(self._health()))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._tick()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._beat is not None:
            self._beat.cancel()
        if self._warming is not None:
            self._warming.cancel()
        self._note_figures()
        self._deciding.log.flush()
        await send({"type": "lifespan.shutdown.complete"})

    def _tick(self) -> None:
        """Do what is done once a second: publish the figures, write the log, and see that keys are at hand."""
        loop = asyncio.get_running_loop()
        self._beat = loop.call_later(_PERIOD, self._tick)
        self._note_figures()
        self._deciding.log.flush()
        policy = self._deciding.policies()
        if policy is not self._warmed:
            self._warmed = policy
            if self._warming is not None:
                self._warming.cancel()
            self._warming = loop.create_task(_warm(policy))


async def _warm(policy: Policy) -> None:
    """Fetch the keys of every issuer, so that no request waits for them; try again until they are there."""
    verifier = policy.verifier
    while verifier is not None and not all(health.keys for health in verifier.health().values()):
        with suppress(KeysUnavailable):
            await verifier.prefetch_async()  # which itself does not trouble an issuer that just failed
        await asyncio.sleep(_PERIOD)
