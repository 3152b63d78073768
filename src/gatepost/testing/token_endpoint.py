"""The client-credentials token endpoint, as strict as RFC 6749 §2.3.1, §4.4 and §5.2."""

import base64
import binascii
import hmac
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import parse_qsl, unquote_plus

from gatepost.errors import TokenRejected
from gatepost.jose import strict_json
from gatepost.testing.http_server import Answer, Request, json_answer
from gatepost.testing.problem import Problem, TokenRequestRefused
from gatepost.testing.shapes.shape import Shape

_FORM = "application/x-www-form-urlencoded"
_NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class TokenEndpoint:
    """Answers token requests of the one client."""

    def __init__(
        self, shape: Shape, client_secret: str, mint: Callable[[Sequence[str]], str], clock: Callable[[], float]
    ) -> None:
        """Set the endpoint up.

        Args:
            shape: The vendor's shape.
            client_secret: The client's secret.
            mint: Returns a token with these scopes.
            clock: The time in seconds, for error bodies.
        """
        self._shape = shape
        self._client_secret = client_secret
        self._mint = mint
        self._clock = clock

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request."""
        if request.method != "POST":
            return json_answer(405, {"error": "method_not_allowed"}, {"Allow": "POST"})
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != _FORM and not (media_type == "application/json" and self._shape.accepts_json):
            return json_answer(415, {"error": "unsupported_media_type"})
        try:
            parameters = _form(request.body) if media_type == _FORM else _json(request.body)
            self._authenticate(request.headers.get("authorization"), parameters)
            grant_type = parameters.get("grant_type")
            if not grant_type:
                raise TokenRequestRefused(Problem.NO_GRANT_TYPE)
            if grant_type != "client_credentials":
                raise TokenRequestRefused(Problem.UNSUPPORTED_GRANT_TYPE, grant_type)
            scopes = self._shape.granted_scopes(parameters)
        except TokenRequestRefused as refused:
            return self._refusal(refused)
        return json_answer(200, self._shape.token_answer(self._mint(scopes), scopes), _NOT_STORED)

    def _authenticate(self, authorization: str | None, parameters: dict[str, str]) -> None:
        secret = parameters.get("client_secret")
        if authorization is not None:
            if secret is not None:
                raise TokenRequestRefused(Problem.TWO_METHODS)  # RFC 6749 §2.3: at most one
            client_id, secret = _basic(authorization)
        else:
            client_id = parameters.get("client_id", "")
        if not client_id or secret is None:
            raise TokenRequestRefused(Problem.NO_CREDENTIALS)
        known = _same(client_id, self._shape.site.client_id)
        right = _same(secret, self._client_secret)
        if not known:
            raise TokenRequestRefused(Problem.UNKNOWN_CLIENT, client_id)
        if not right:
            raise TokenRequestRefused(Problem.WRONG_SECRET)

    def _refusal(self, refused: TokenRequestRefused) -> Answer:
        told = self._shape.error_answer(refused.problem)
        description = None if told.description is None else told.description.replace("{value}", refused.value)
        body = self._shape.error_body(refused.problem, told, description, int(self._clock()))
        challenge = {"WWW-Authenticate": f'Basic realm="{self._shape.realm}"'} if told.status == 401 else {}
        return json_answer(told.status, body, {**_NOT_STORED, **challenge})


def _form(body: bytes) -> dict[str, str]:
    try:
        # RFC 6749 appendix B: UTF-8; §3.2: parameters without a value are treated as if they were omitted.
        return _each_once(parse_qsl(body.decode(), strict_parsing=bool(body), errors="strict", max_num_fields=64))
    except ValueError:
        raise TokenRequestRefused(Problem.MALFORMED) from None


def _json(body: bytes) -> dict[str, str]:
    try:
        members = strict_json.load_object(body)
    except TokenRejected:
        raise TokenRequestRefused(Problem.MALFORMED) from None
    if not all(isinstance(value, str) for value in members.values()):
        raise TokenRequestRefused(Problem.MALFORMED)
    return {name: str(value) for name, value in members.items()}


def _each_once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if name in parameters:
            raise TokenRequestRefused(Problem.REPEATED_PARAMETER, name)  # RFC 6749 §3.2
        parameters[name] = value
    return parameters


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise TokenRequestRefused(Problem.NO_CREDENTIALS) from None
    if scheme.lower() != "basic" or not colon:
        raise TokenRequestRefused(Problem.NO_CREDENTIALS)
    return unquote_plus(client_id), unquote_plus(secret)  # RFC 6749 §2.3.1


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
