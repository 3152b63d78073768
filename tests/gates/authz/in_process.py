"""The application without a server: a scope goes in, an answer comes out."""

import asyncio
import io
from collections.abc import Callable

from gatepost.gates.authz.access_log import AccessLog, Wanted
from gatepost.gates.authz.application import Application
from gatepost.gates.authz.asgi import Message
from gatepost.gates.authz.blackboard import Blackboard
from gatepost.gates.authz.deciding import Deciding
from gatepost.gates.authz.identity_token import IdentityTokens
from gatepost.gates.authz.metrics import Metrics
from gatepost.gates.authz.question import certificate_in
from gatepost.gates.authz.trusted_peers import TrustedPeers
from gatepost.jose import SigningKey, sign_compact
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.trust.issuer import Issuer
from tests.gates.authz.world import Got, Headers

KEY = SigningKey.generate("ES256")
NOW = 1_800_000_000.0
ISSUER = "https://auth.example"
AUDIENCE = "https://api.example.com"


def token(**claims: object) -> str:
    """Return a good token with these claims."""
    base = {"iss": ISSUER, "aud": AUDIENCE, "iat": int(NOW), "exp": int(NOW) + 300, "sub": "alice", "scope": "read"}
    return sign_compact(base | claims, KEY)


def policy() -> Policy:
    """Return a policy with a route of each kind."""
    routes = (
        ("GET,HEAD /user", Requirement(scopes=["read"], forward={"X-User": "sub", "X-Scopes": "scope"})),
        ("* /admin/{rest+}", Requirement(scopes=["admin"], forward={"X-User": "sub", "X-Role": "role"})),
        ("* /health", Requirement(public=True)),
    )
    issuer = Issuer(ISSUER, audience=AUDIENCE, algorithms=("ES256",), keys=KEY.key_set())
    return Policy({"main": issuer}, [(RoutePattern(text), each) for text, each in routes], clock=lambda: NOW)


class InProcess:
    """An application, to be asked.

    Attributes:
        application: The application.
        log: What it logged.
    """

    def __init__(
        self,
        policies: Callable[[], Policy] | None = None,
        *,
        wanted: Wanted = "all",
        identity: IdentityTokens | None = None,
        trusted: TrustedPeers | None = None,
        certificate_header: str | None = None,
    ) -> None:
        self.log = io.StringIO()
        if policies is None:
            always = policy()
            policies = lambda: always  # noqa: E731
        self._log = AccessLog(wanted, out=self.log, clock=lambda: NOW)
        deciding = Deciding(
            policies,
            trusted=TrustedPeers() if trusted is None else trusted,
            log=self._log,
            metrics=Metrics(),
            identity=identity,
        )
        read = None if certificate_header is None else certificate_in(certificate_header)
        self.application = Application(deciding, board=Blackboard(1), read_certificate=read)

    def ask(
        self,
        path: str,
        headers: Headers = (),
        *,
        method: str = "GET",
        client: tuple[str, int] | None = ("127.0.0.1", 4711),
    ) -> Got:
        """Return the answer to one request."""
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            raise AssertionError("the body of a question is not read")

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode("latin-1"),
            "client": client,
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }
        asyncio.run(self.application(scope, receive, send))
        self._log.flush()
        start, body = sent
        texts = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
        return Got(start["status"], texts, body["body"])

    def nginx(self, method: str, target: str, headers: Headers = ()) -> Got:
        """Return the answer to nginx's question about a request."""
        return self.ask("/nginx", [("X-Original-Method", method), ("X-Original-URI", target), *headers])

    def forward(self, method: str, target: str, headers: Headers = ()) -> Got:
        """Return the answer to Caddy's or Traefik's question about a request."""
        asked = [
            ("X-Forwarded-Method", method),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "api.example.com"),
            ("X-Forwarded-Uri", target),
        ]
        return self.ask("/forward", [*asked, *headers])

    def envoy(self, method: str, target: str, headers: Headers = ()) -> Got:
        """Return the answer to Envoy's question about a request."""
        return self.ask(f"/envoy{target}", [("Host", "api.example.com"), *headers], method=method)


def bearer(text: str) -> tuple[str, str]:
    """Return the header that carries a token."""
    return "Authorization", f"Bearer {text}"
