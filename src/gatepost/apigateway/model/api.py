"""An API: its stage, its routes and who may use them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gatepost.apigateway.model.authorizer import Authorizer
from gatepost.apigateway.model.function import Function
from gatepost.apigateway.model.integration import Integration
from gatepost.apigateway.model.place import NOWHERE, Place

IAM = "AWS_IAM"
DEFAULT_STAGE = "$default"
DEFAULT_ROUTE = "$default"


@dataclass(frozen=True, slots=True)
class Route:
    """A route of an HTTP API, or a method of a REST API's resource.

    Attributes:
        method: In capitals, or `ANY`. Empty for `$default`.
        path: The template of the path, such as `/pets/{id}` or `/{proxy+}`; `$default` for that route.
        integration: What answers.
        authorizer: The name of the authorizer, `AWS_IAM`, or `None` for everybody.
        scopes: The scopes, one of which a token needs.
        api_key_required: Whether an API key has to be sent (REST APIs).
        operation: The operation's name, or an empty string.
        resource_id: The id of the REST API's resource.
        place: Where it stands in the template.
    """

    method: str
    path: str
    integration: Integration
    authorizer: str | None = None
    scopes: tuple[str, ...] = ()
    api_key_required: bool = False
    operation: str = ""
    resource_id: str = ""
    place: Place = NOWHERE

    @property
    def key(self) -> str:
        """The route key: `GET /pets/{id}`, or `$default`."""
        return f"{self.method} {self.path}" if self.path != DEFAULT_ROUTE else DEFAULT_ROUTE


@dataclass(frozen=True, slots=True)
class Stage:
    """What an API is served as.

    Attributes:
        name: The first segment of every path, or `$default`, which has none.
        variables: The stage variables.
        access_log: The format of the access log, with `$context` variables, or `None`.
        place: Where it stands in the template.
    """

    name: str = DEFAULT_STAGE
    variables: Mapping[str, str] = field(default_factory=dict)
    access_log: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Cors:
    """An HTTP API's CORS configuration.

    Attributes:
        origins: The origins, `*` for all; one may begin or end with `*`, as `https://*`.
        methods: The methods, `*` for all.
        headers: The request headers, `*` for all.
        expose: The response headers that a page may read.
        max_age: Seconds that a browser may keep the answer, or `None`.
        credentials: Whether credentials are allowed.
    """

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    expose: tuple[str, ...] = ()
    max_age: int | None = None
    credentials: bool = False


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """How a REST API answers where it is the API itself that answers.

    Attributes:
        status: The status, or `None` for the kind's own.
        parameters: `gatewayresponse.header.NAME` with its value, a quoted text or a mapping expression.
        templates: For each content type, the template of the body.
    """

    status: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Api:
    """An API.

    Attributes:
        logical_id: Its name in the template.
        name: Its name on AWS.
        kind: `HTTP` or `REST`.
        api_id: Its id in ARNs, ten characters made from the logical id.
        stage: What it is served as.
        routes: The routes.
        authorizers: The authorizers by name.
        cors: The CORS configuration of an HTTP API, or `None`.
        gateway_responses: For each kind, such as `UNAUTHORIZED` or `DEFAULT_4XX`, how a REST API answers.
        binary_media_types: The media types that a REST API hands on as base64, such as `image/*`.
        resource_policy: A REST API's resource policy (an IAM policy document), or `None`.
        api_keys: The values of the API keys of a REST API; those of its usage plans' keys.
        api_key_source: `HEADER` or `AUTHORIZER`.
        region: The region in its ARNs.
        account: The account in its ARNs.
        ignores_warnings: Whether AWS would create an HTTP API without those authorizers of its document whose issuer
            cannot be discovered, and without their routes.
        place: Where it stands in the template.
    """

    logical_id: str
    name: str
    kind: Literal["HTTP", "REST"]
    api_id: str
    stage: Stage
    routes: tuple[Route, ...]
    authorizers: Mapping[str, Authorizer] = field(default_factory=dict)
    cors: Cors | None = None
    gateway_responses: Mapping[str, GatewayResponse] = field(default_factory=dict)
    binary_media_types: tuple[str, ...] = ()
    resource_policy: Mapping[str, Any] | None = None
    api_keys: frozenset[str] = frozenset()
    api_key_source: Literal["HEADER", "AUTHORIZER"] = "HEADER"
    region: str = "us-east-1"
    account: str = "123456789012"
    ignores_warnings: bool = False
    place: Place = NOWHERE

    @property
    def arn(self) -> str:
        """The first part of the ARN of everything that can be invoked in it."""
        return f"arn:aws:execute-api:{self.region}:{self.account}:{self.api_id}"


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that a template describes.

    Attributes:
        apis: The APIs, in the template's order.
        functions: The functions by logical id.
        notices: What the user should know, one line each: what is served otherwise than on AWS, and why.
        files: The files that it was read from.
    """

    apis: tuple[Api, ...]
    functions: Mapping[str, Function]
    notices: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
