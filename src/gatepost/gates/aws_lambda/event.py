"""The four events of API Gateway that ask a Lambda authorizer, told apart by their shape."""

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen

Shape: TypeAlias = Literal["rest-token", "rest-request", "http-1.0", "http-2.0"]
Event: TypeAlias = Mapping[str, object]

_ARN = re.compile(
    r"(?P<stage>arn:aws[a-z0-9-]*:execute-api:[^:/*?]*:[^:/*?]*:[^:/*?]+/[^/*?]+)/(?P<method>[^/]+)(?P<path>/.*)?",
    re.DOTALL,
)
_COMMA = re.compile(r"\s*,\s*")


class AuthorizerEvent(Frozen):
    """What an event asks.

    Attributes:
        shape: Which of the four it is.
        arn: The ARN that the answer is judged for, as it came.
        stage: The beginning of that ARN, up to the stage, without a slash at its end.
        method: The method.
        path: The path below the stage.
        authorization: The values of `Authorization`; of the header that the API names for a TOKEN event.
        dpop: The values of `DPoP`; a TOKEN event has none.
        url: The URL that the client asked for, as far as it can be told.
        certificate: The client's certificate in PEM form, where the API asks for one, or `None`.
    """

    __slots__ = ("arn", "authorization", "certificate", "dpop", "method", "path", "shape", "stage", "url")

    shape: Shape
    arn: str
    stage: str
    method: str
    path: str
    authorization: tuple[str, ...]
    dpop: tuple[str, ...]
    url: str
    certificate: str | None

    def __init__(self, event: Event) -> None:
        """Read an event.

        Raises:
            ConfigurationError: When it is no authorizer event.
        """
        shape = _shape(event)
        arn = event.get("routeArn" if shape == "http-2.0" else "methodArn")
        parts = _ARN.fullmatch(arn) if isinstance(arn, str) else None
        if parts is None:
            raise _foreign("its ARN is none of an API's method")
        context = _table(event, "requestContext")
        method, path = parts["method"], parts["path"] or "/"
        if shape == "http-2.0":
            # The ARN may name the route's template in place of the path.
            method = str(_table(context, "http").get("method", method))
            path = _below_stage(str(event.get("rawPath", path)), context.get("stage"))
        whole_path = event.get("rawPath") if shape == "http-2.0" else context.get("path")
        self._set(
            shape=shape,
            arn=arn,
            stage=parts["stage"],
            method=method,
            path=path,
            authorization=_token(event) if shape == "rest-token" else _header(event, "authorization"),
            dpop=tuple(proof for value in _header(event, "dpop") for proof in _COMMA.split(value)),
            url=f"https://{context.get('domainName', '')}{whole_path or path}",
            certificate=_certificate(context),
        )


def _shape(event: Event) -> Shape:
    if not isinstance(event, Mapping):
        raise _foreign("it is no object")
    version, kind = event.get("version"), event.get("type")
    if kind == "TOKEN":
        return "rest-token"
    if kind != "REQUEST":
        raise _foreign('its "type" is neither TOKEN nor REQUEST')
    if version == "2.0":
        return "http-2.0"
    return "rest-request" if version is None else "http-1.0"


def _foreign(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"this is not the event of a Lambda authorizer: {why}; name this function as the authorizer of an API, and "
        "not as what answers a route"
    )


def _table(event: Event, name: str) -> Event:
    found = event.get(name)
    return found if isinstance(found, Mapping) else {}


def _token(event: Event) -> tuple[str, ...]:
    token = event.get("authorizationToken")
    return (token,) if isinstance(token, str) and token else ()


def _header(event: Event, name: str) -> tuple[str, ...]:
    several = _table(event, "multiValueHeaders")
    found = [value for each, values in several.items() if each.lower() == name and values for value in _list(values)]
    if not found:
        found = [value for each, value in _table(event, "headers").items() if each.lower() == name]
    return tuple(value for value in found if isinstance(value, str))


def _list(values: object) -> list[object]:
    return values if isinstance(values, list) else [values]


def _below_stage(path: str, stage: object) -> str:
    """Return the path without the stage, with which an HTTP API writes it unless the stage is `$default`."""
    if not isinstance(stage, str) or stage == "$default":
        return path
    if path == f"/{stage}":
        return "/"
    return path.removeprefix(f"/{stage}") if path.startswith(f"/{stage}/") else path


def _certificate(context: Event) -> str | None:
    for place in ("identity", "authentication"):
        pem = _table(_table(context, place), "clientCert").get("clientCertPem")
        if isinstance(pem, str) and pem:
            return pem
    return None
