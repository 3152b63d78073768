"""The gate for FastAPI.

```python
from gatepost.gates.fastapi import Gatepost, Requires

app = FastAPI()
Gatepost(app, policy="gatepost.toml")


@app.get("/user")
async def user(token: Annotated[VerifiedToken, Requires(scopes="profile")]) -> dict[str, str | None]:
    return {"user": token.subject}
```
"""

from typing import Unpack

from fastapi import FastAPI, params
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from gatepost.errors import ConfigurationError
from gatepost.gates.asgi import Gate
from gatepost.gates.demand import Demands, requirement_of
from gatepost.gates.gatekeeper import Gatekeeper, GateOptions
from gatepost.policy.decision import Deny
from gatepost.policy.requirement import Requirement
from gatepost.verification import VerifiedToken


class Refused(HTTPException):
    """The request is not let in; `app.exception_handler(Refused)` changes what it is answered with.

    Attributes:
        deny: The decision.
    """

    def __init__(self, deny: Deny) -> None:
        headers: dict[str, str] = {}
        for name, value in deny.response_headers():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        super().__init__(deny.status, deny.detail, headers)
        self.deny = deny


class Gatepost:
    """Puts the gate into an application: the policy before everything, and what `Requires` needs.

    Middleware that is added afterwards stands outside of the gate; so does CORS, where refusals are to be read by
    pages of other origins.
    """

    def __init__(self, app: FastAPI, **options: Unpack[GateOptions]) -> None:
        """Put the gate into `app`.

        Args:
            app: The application.
            **options: The settings. With a verifier alone, only what depends on `Requires` is protected, unless there
                is a requirement. Under a policy, `/docs` and `/openapi.json` want a route as everything else does.

        Raises:
            ConfigurationError: When the settings are wrong.
        """
        self._keeper = Gatekeeper(options)
        app.state.gatepost = self._keeper
        app.add_exception_handler(Refused, self._answer)  # type: ignore[arg-type]  # it answers both
        if self._keeper.guards or options.get("protected_resource") is not None:
            app.add_middleware(Gate, gatekeeper=self._keeper)

    async def _answer(self, connection: Request | WebSocket, refused: Exception) -> Response | None:
        """Answer what `Requires` has refused."""
        assert isinstance(refused, Refused)  # noqa: S101  # it is registered for nothing else
        answer = self._keeper.refusal(refused.deny)
        response = Response(answer.body, answer.status)
        for name, value in answer.headers:
            response.headers.append(name, value)
        if isinstance(connection, Request):
            return response
        if "websocket.http.response" in connection.scope.get("extensions", {}):
            await connection.send_denial_response(response)
        else:
            await connection.close(1008)
        return None


def Requires(**demands: Unpack[Demands]) -> params.Security:  # noqa: N802  # as FastAPI's Depends and Security
    """Return a dependency that lets a request in only with a token that meets `demands`, and is that token.

    It stands in `Annotated[VerifiedToken, Requires(...)]`, or in the `dependencies` of a route, a router or the
    application, and works for WebSockets too. The OpenAPI document gets the security scheme and the scopes. A body that
    is no JSON is refused by FastAPI before any dependency is asked; a policy is asked before that.

    Args:
        **demands: `scopes`, `any_scope`, `max_auth_age`, `acr`, `claims`; none of them demands a good token.
    """
    requirement = requirement_of(demands)
    return params.Security(_Scheme(requirement), scopes=requirement.scopes or requirement.any_scope)


class _Scheme(SecurityBase):
    """A dependency which FastAPI knows to be a security scheme."""

    def __init__(self, requirement: Requirement) -> None:
        self.model = HTTPBearer(bearerFormat="JWT", description="An access token of an issuer that this API trusts.")
        self.scheme_name = "gatepost"
        self._requirement = requirement

    async def __call__(self, connection: HTTPConnection) -> VerifiedToken:
        keeper = getattr(connection.app.state, "gatepost", None)
        if not isinstance(keeper, Gatekeeper):
            raise ConfigurationError("call Gatepost(app, ...) for this application before Requires() can work")
        incoming = keeper.surroundings.from_scope(connection.scope)
        demand = keeper.demand(self._requirement)
        decision = await demand.check_async(incoming.request, connection.scope.get("gatepost"))
        if isinstance(decision, Deny):
            raise Refused(decision)
        assert decision.identity is not None  # noqa: S101  # no demand is public
        connection.state.gatepost = decision.identity
        return decision.identity
