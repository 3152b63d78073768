"""Authorizers, as OpenAPI (`x-amazon-apigateway-authorizer`) or a resource says them."""

import re
from typing import Literal

from gatepost.apigateway.model.authorizer import Authorizer, JwtAuthorizer, LambdaAuthorizer, Payload
from gatepost.apigateway.template.ids import made_id
from gatepost.apigateway.template.node import Node
from gatepost.apigateway.template.reading import Reading

_POOL = re.compile(r"arn:[^:]+:cognito-idp:(?P<region>[^:]+):\d*:userpool/(?P<pool>[\w-]+)")
_JWT_SOURCE = re.compile(r"\$request\.(?:header|querystring)\.[^\s,.]\S*")
_REST_SOURCE = re.compile(
    r"method\.request\.(?:header|querystring)\.[^\s,]+|stageVariables\.\w+|context\.[\w.]+", re.IGNORECASE
)
_HTTP_SOURCE = re.compile(r"\$(?:request\.(?:header|querystring)\.[^\s,]+|stageVariables\.\w+|context\.[\w.]+)")
_MOST_AUDIENCES = 50
_LONGEST_TTL = 3600

_URI = ("authorizerUri", "AuthorizerUri")
_SOURCE = ("identitySource", "IdentitySource")
_TTL = ("authorizerResultTtlInSeconds", "AuthorizerResultTtlInSeconds")
_VALIDATION = ("identityValidationExpression", "IdentityValidationExpression")
_CREDENTIALS = (
    "authorizerCredentials",
    "AuthorizerCredentials",
    "authorizerCredentialsArn",
    "AuthorizerCredentialsArn",
)
_PAYLOAD = ("authorizerPayloadFormatVersion", "AuthorizerPayloadFormatVersion")
_SIMPLE = ("enableSimpleResponses", "EnableSimpleResponses")
_POOLS = ("providerARNs", "ProviderARNs")


def rest_authorizer(
    node: Node, name: str, identity: str, reading: Reading, header: str | None = None
) -> Authorizer | None:
    """Read an authorizer of a REST API; `None` after a report.

    Args:
        node: The authorizer.
        name: Its name.
        identity: What its id is made from.
        reading: The template.
        header: The header that OpenAPI names beside the authorizer.
    """
    kind = (node.text("type", "Type") or "").upper()
    if kind == "COGNITO_USER_POOLS":
        return _cognito(node, name, reading, header)
    if kind not in {"TOKEN", "REQUEST"}:
        named = node.text("type", "Type") or "(none)"
        (node.get("type", "Type") or node).problem(
            f"The authorizer type {named} is not supported. Use TOKEN, REQUEST or COGNITO_USER_POOLS."
        )
        return None
    sources = _sources(node, _REST_SOURCE, "method.request.header.NAME, method.request.querystring.NAME")
    if kind == "TOKEN" and not sources and header is not None:
        sources = (f"method.request.header.{header}",)
    made = _lambda(node, name, identity, "TOKEN" if kind == "TOKEN" else "REQUEST", "1.0", sources, reading)
    if node.boolean(*_SIMPLE):
        node.problem("A REST API takes policies alone. Simple responses belong to HTTP APIs.")
    if kind == "TOKEN" and (len(sources) != 1 or not sources[0].lower().startswith("method.request.header.")):
        node.problem("A TOKEN authorizer needs one header as its identity source, such as method.request.header.X.")
    if kind == "REQUEST" and not sources and made is not None and made.ttl != 0:
        node.problem("A REQUEST authorizer without identity source may not be cached: add one, or make its TTL 0.")
    return made


def http_authorizer(
    node: Node, name: str, identity: str, reading: Reading, issuer: str | None = None
) -> Authorizer | None:
    """Read an authorizer of an HTTP API; `None` after a report.

    Args:
        node: The authorizer.
        name: Its name.
        identity: What its id is made from.
        reading: The template.
        issuer: The issuer that OpenAPI names beside the authorizer.
    """
    kind = (node.text("type", "AuthorizerType") or "").upper()
    if kind == "JWT":
        return _jwt(node, name, reading, issuer)
    if kind != "REQUEST":
        named = node.text("type", "AuthorizerType") or "(none)"
        (node.get("type", "AuthorizerType") or node).problem(
            f"The authorizer type {named} is not supported. Use JWT or REQUEST."
        )
        return None
    version = node.text(*_PAYLOAD)
    if version not in {"1.0", "2.0"}:
        (node.get(*_PAYLOAD) or node).problem("AuthorizerPayloadFormatVersion has to be 1.0 or 2.0.")
    sources = _sources(node, _HTTP_SOURCE, "$request.header.NAME, $request.querystring.NAME, $context.NAME")
    made = _lambda(node, name, identity, "REQUEST", "2.0" if version == "2.0" else "1.0", sources, reading)
    if made is not None and made.ttl and not sources:
        node.problem("An authorizer without identity source may not be cached: add one, or make its TTL 0.")
    if made is not None and made.simple and made.payload == "1.0":
        node.problem("Simple responses need the payload format version 2.0.")
    return made


def _lambda(
    node: Node,
    name: str,
    identity: str,
    kind: Literal["TOKEN", "REQUEST"],
    payload: Payload,
    sources: tuple[str, ...],
    reading: Reading,
) -> LambdaAuthorizer | None:
    uri = node.get(*_URI)
    if uri is None:
        node.problem("The authorizer has no URI of a function.")
        return None
    function = reading.functions.use(uri, uri.own_text())
    ttl = node.integer(*_TTL)
    if ttl is not None and not 0 <= ttl <= _LONGEST_TTL:
        node.problem(f"The TTL of an authorizer has to be from 0 to {_LONGEST_TTL} seconds.")
    validation = node.text(*_VALIDATION)
    if validation is not None and not _is_pattern(validation):
        node.problem("The validation expression is not a regular expression.")
    if function is None:
        return None
    return LambdaAuthorizer(
        name=name,
        authorizer_id=made_id(identity, 6),
        function=function,
        kind=kind,
        payload=payload,
        identity_sources=sources,
        validation=validation if kind == "TOKEN" else None,
        ttl=ttl,
        simple=bool(node.boolean(*_SIMPLE)),
        credentials=node.text(*_CREDENTIALS),
        place=node.place,
    )


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _sources(node: Node, form: re.Pattern[str], forms: str) -> tuple[str, ...]:
    member = node.get(*_SOURCE)
    found = []
    for each in member.elements() if member is not None else ():
        for source in each.own_text().split(","):
            text = source.strip()
            if not form.fullmatch(text):
                each.problem(f"The identity source {text or '(empty)'} is not supported. Use {forms} and the like.")
            found.append(text)
    return tuple(found)


def _jwt(node: Node, name: str, reading: Reading, issuer: str | None) -> JwtAuthorizer | None:
    configuration = node.get("jwtConfiguration", "JwtConfiguration")
    if configuration is None:
        node.problem("A JWT authorizer needs a JwtConfiguration with issuer and audience.")
        return None
    own = configuration.text("issuer", "Issuer") or issuer or ""
    if not own.startswith(("https://", "http://")):
        (configuration.get("issuer", "Issuer") or configuration).problem("The issuer has to be a URL with https.")
    audience = configuration.texts("audience", "Audience")
    if not audience:
        configuration.problem("The audience is missing: name what the token's aud or client_id has to be.")
    if len(audience) > _MOST_AUDIENCES:
        configuration.problem(f"An authorizer may have {_MOST_AUDIENCES} audiences, and this one has {len(audience)}.")
    sources = node.texts(*_SOURCE)
    if len(sources) != 1 or not _JWT_SOURCE.fullmatch(sources[0]):
        (node.get(*_SOURCE) or node).problem(
            "A JWT authorizer needs one identity source: $request.header.NAME or $request.querystring.NAME."
        )
    return JwtAuthorizer(
        name=name,
        issuer=reading.issuers.get(own, own),
        audience=audience,
        identity_source=sources[0] if sources else "$request.header.Authorization",
        place=node.place,
    )


def _cognito(node: Node, name: str, reading: Reading, header: str | None) -> JwtAuthorizer | None:
    pools = node.texts(*_POOLS)
    found = [_POOL.fullmatch(pool) for pool in pools]
    if len(found) != 1 or found[0] is None:
        (node.get(*_POOLS) or node).problem(
            "A Cognito authorizer needs the ARN of one user pool in ProviderARNs; several are not supported."
        )
        return None
    issuer = f"https://cognito-idp.{found[0]['region']}.amazonaws.com/{found[0]['pool']}"
    sources = _sources(node, _REST_SOURCE, "method.request.header.NAME")
    source = sources[0] if sources else f"method.request.header.{header or 'Authorization'}"
    if len(sources) > 1 or not source.lower().startswith("method.request.header."):
        node.problem("A Cognito authorizer needs one header as its identity source.")
    if node.get(*_VALIDATION) is not None:
        node.notice("The validation expression of a Cognito authorizer is left out: the token is verified anyway.")
    return JwtAuthorizer(
        name=name,
        issuer=reading.issuers.get(issuer, issuer),
        audience=(),
        identity_source=f"$request.header.{source.split('.', 3)[3]}",
        cognito=True,
        place=node.place,
    )
