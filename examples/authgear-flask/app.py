"""An application server whose users sign on with Authgear.

The job of Authgear's guide "Validate JWT in your application server": a decorator lets a request in only with a good
access token, and a route that moves money asks the user to sign on again when that was more than five minutes ago.

    AUTHGEAR_ENDPOINT=https://example.authgear.cloud flask run
"""

import os
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Flask, Response, g, jsonify, request

from gatepost import Discovery, Issuer, KeysUnavailable, TokenRejected, VerifiedToken, Verifier
from gatepost.trust.vendors import authgear

FIVE_MINUTES = 5 * 60

P = ParamSpec("P")
View = Callable[P, Response]


def create_app(verifier: Verifier | None = None) -> Flask:
    """Return the application; Flask calls this by itself.

    Args:
        verifier: Whose tokens are let in; by default what the environment variables say.
    """
    app = Flask(__name__)
    # Made once: it keeps the keys of the project at hand, and fresh, for all requests.
    verifier = verifier or Verifier(issuer_from_environment())

    def protected(*, max_auth_age: float | None = None) -> Callable[[View[P]], View[P]]:
        """Let a request in only with a good token; `g.token` is what the token says.

        Args:
            max_auth_age: Seconds since the user signed on, after which this has to be done again.
        """

        def decorate(view: View[P]) -> View[P]:
            @wraps(view)
            def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
                token = bearer_token(request.headers.get("Authorization"))
                if token is None:
                    return answer(401, "Send the access token: Authorization: Bearer <token>", challenge="Bearer")
                try:
                    g.token = verifier.verify(token, max_auth_age=max_auth_age)
                except TokenRejected as refusal:
                    status, reason = refusal.reason.status, str(refusal.reason)
                    return answer(status, str(refusal), reason=reason, challenge=refusal.challenge())
                except KeysUnavailable as error:
                    # Nothing is known against the token: it is the server that cannot answer.
                    response = answer(503, "The keys cannot be had right now; try again.", reason=error.code)
                    response.headers["Retry-After"] = f"{error.retry_after:.0f}"
                    return response
                return view(*args, **kwargs)

            return guarded

        return decorate

    @app.get("/hello")
    @protected()
    def hello() -> Response:
        token: VerifiedToken = g.token
        return jsonify(message="Hello!", user=token.subject, user_data=token.claims)

    @app.post("/transfer")
    @protected(max_auth_age=FIVE_MINUTES)
    def transfer() -> Response:
        token: VerifiedToken = g.token
        return jsonify(message="The money is on its way.", user=token.subject)

    return app


def issuer_from_environment() -> Issuer:
    """Return the Authgear project that `AUTHGEAR_ENDPOINT` names.

    Its tokens for users name the endpoint as their audience; `AUTHGEAR_AUDIENCE` is for those that a client gets for
    itself, which name a resource.
    """
    endpoint = os.environ.get("AUTHGEAR_ENDPOINT")
    if not endpoint:
        raise SystemExit("Say which Authgear project: AUTHGEAR_ENDPOINT=https://example.authgear.cloud flask run")
    return authgear(endpoint, audience=os.environ.get("AUTHGEAR_AUDIENCE") or endpoint, keys=Discovery())


def bearer_token(authorization: str | None) -> str | None:
    """Return the token of an `Authorization` header (RFC 6750 §2.1), or `None` where there is none."""
    parts = (authorization or "").split()
    return parts[1] if len(parts) == 2 and parts[0].lower() == "bearer" else None


def answer(status: int, message: str, *, reason: str | None = None, challenge: str | None = None) -> Response:
    """Return a refusal that says what to do: to a person in the body, to a program in `WWW-Authenticate`."""
    body = {"message": message} if reason is None else {"message": message, "reason": reason}
    response = jsonify(body)
    response.status_code = status
    if challenge is not None:
        response.headers["WWW-Authenticate"] = challenge
    return response
