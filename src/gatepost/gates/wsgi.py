"""The gate for WSGI applications, under gunicorn, uWSGI, mod_wsgi, waitress or Werkzeug.

```python
from gatepost.gates.wsgi import Gate

application = Gate(application, policy="gatepost.toml")
```
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Unpack

from gatepost.gates.forwarding import forwarding
from gatepost.gates.gatekeeper import Gatekeeper, GateOptions
from gatepost.gates.refusal import Answer
from gatepost.policy.decision import Allow, Deny
from gatepost.policy.requirement import Requirement

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Gate:
    """A WSGI application that lets requests through to another one as the policy says.

    The verified token is `environ["gatepost.token"]`; on a public route it is `None`.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        on_refusal: "Callable[[Deny], WSGIApplication] | None" = None,
        **options: Unpack[GateOptions],
    ) -> None:
        """Put the gate before `app`.

        Args:
            app: The application.
            on_refusal: Returns what answers a refused request, such as a Werkzeug response, in place of a problem
                document.
            **options: The settings; a verifier without a requirement demands a good token of every request.

        Raises:
            ConfigurationError: When the settings are wrong.
        """
        if options.get("policy") is None:
            options.setdefault("requirement", Requirement())
        self._app = app
        self._on_refusal = on_refusal
        self._keeper = Gatekeeper(options)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let the request through, or answer it."""
        keeper = self._keeper
        incoming = keeper.surroundings.from_environ(environ)
        method = incoming.request.method
        metadata = keeper.metadata(method, incoming.request.path)
        if metadata is not None:
            return _answer(metadata, method, start_response)
        decision = keeper.check(incoming)
        if isinstance(decision, Allow):
            environ["gatepost.token"] = decision.identity
            forwarding(tuple(decision.headers)).environ(environ, decision.headers)
            return self._app(environ, start_response)
        if self._on_refusal is not None:
            return self._on_refusal(decision)(environ, start_response)
        return _answer(keeper.refusal(decision), method, start_response)


def _answer(answer: Answer, method: str, start_response: "StartResponse") -> Iterable[bytes]:
    headers = list(answer.headers)
    if answer.status != 204:
        headers.append(("Content-Length", str(len(answer.body))))
    start_response(answer.status_line, headers)
    return [] if method == "HEAD" else [answer.body]
