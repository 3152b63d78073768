"""The gate for Flask.

```python
from gatepost.gates.flask import Gatepost, current_token, requires

Gatepost(app, policy="gatepost.toml")


@app.post("/transfer")
@requires(scopes="transfer", max_auth_age=300)
def transfer():
    return {"user": current_token.subject}
```
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import NamedTuple, ParamSpec, TypeAlias, Unpack

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.local import LocalProxy

from gatepost.errors import ConfigurationError
from gatepost.gates.demand import Demands, requirement_of
from gatepost.gates.forwarding import forwarding
from gatepost.gates.gatekeeper import Gatekeeper, GateOptions
from gatepost.gates.refusal import Answer
from gatepost.policy.decision import Deny
from gatepost.verification import VerifiedToken

P = ParamSpec("P")
OnRefusal: TypeAlias = Callable[[Deny], ResponseReturnValue]
Returned: TypeAlias = ResponseReturnValue | Awaitable[ResponseReturnValue]

# As the gate for WSGI has it. `flask.g` may outlive a request, in a script or a test that has pushed a context.
_TOKEN = "gatepost.token"


class Gatepost:
    """The extension: it asks the policy before every request, and serves what `requires` needs.

    It decides before every other `before_request` function of the application, so that none of them sees a header that
    the policy sets. What runs after a request runs after a refusal too: Flask-CORS adds its headers to it.
    """

    def __init__(
        self, app: Flask | None = None, *, on_refusal: OnRefusal | None = None, **options: Unpack[GateOptions]
    ) -> None:
        """Take the settings, and the application if it is there.

        Args:
            app: The application; without it, `init_app` comes later.
            on_refusal: Returns the answer to a refused request in place of a problem document.
            **options: The settings. `app.config["GATEPOST_POLICY"]` stands for a policy that is missing. With a
                verifier alone, only what is marked with `requires` is protected, unless there is a requirement.
        """
        self._on_refusal = on_refusal
        self._options = options
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Put the gate before the views of `app`.

        Raises:
            ConfigurationError: When the settings are wrong.
        """
        options = self._options.copy()
        if options.get("policy") is None and options.get("verifier") is None:
            options["policy"] = app.config.get("GATEPOST_POLICY")
        gate = _Gate(Gatekeeper(options), self._on_refusal)
        app.extensions["gatepost"] = gate
        app.before_request_funcs.setdefault(None, []).insert(0, gate.before_request)


class _Gate(NamedTuple):
    """The extension in one application."""

    keeper: Gatekeeper
    on_refusal: OnRefusal | None

    def before_request(self) -> ResponseReturnValue | None:
        incoming = self.keeper.surroundings.from_environ(request.environ)
        metadata = self.keeper.metadata(incoming.request.method, incoming.request.path)
        if metadata is not None:
            return _response(metadata)
        if not self.keeper.guards:
            return None
        decision = self.keeper.check(incoming)
        if isinstance(decision, Deny):
            return self.refuse(decision)
        request.environ[_TOKEN] = decision.identity
        forwarding(tuple(decision.headers)).environ(request.environ, decision.headers)
        return None

    def refuse(self, deny: Deny) -> ResponseReturnValue:
        return _response(self.keeper.refusal(deny)) if self.on_refusal is None else self.on_refusal(deny)


def requires(**demands: Unpack[Demands]) -> Callable[[Callable[P, Returned]], Callable[P, ResponseReturnValue]]:
    """Return a decorator for views, sync or async, which are reached only with a token that meets `demands`.

    It stands below `@app.route`. Where the policy has let the request in with a token, that token has to meet the
    demands; otherwise the request's token is verified here.

    Args:
        **demands: `scopes`, `any_scope`, `max_auth_age`, `acr`, `claims`; none of them demands a good token.
    """
    requirement = requirement_of(demands)

    def decorate(view: Callable[P, Returned]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            gate = current_app.extensions.get("gatepost")
            if not isinstance(gate, _Gate):
                raise ConfigurationError("call Gatepost(app, ...) before requires() can work")
            incoming = gate.keeper.surroundings.from_environ(request.environ)
            decision = gate.keeper.demand(requirement).check(incoming.request, request.environ.get(_TOKEN))
            if isinstance(decision, Deny):
                return gate.refuse(decision)
            request.environ[_TOKEN] = decision.identity
            return current_app.ensure_sync(view)(*args, **kwargs)  # type: ignore[no-any-return]

        return guarded

    return decorate


def _current() -> VerifiedToken:
    token = request.environ.get(_TOKEN)
    if not isinstance(token, VerifiedToken):
        raise RuntimeError("this request has no token: its route is public, or nothing demands one")  # noqa: TRY004
    return token


# The token of the request that is being handled. On a public route there is none, and it is false.
current_token: VerifiedToken = LocalProxy(_current)  # type: ignore[assignment]


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, list(answer.headers))
