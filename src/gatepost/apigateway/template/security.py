"""Who may use an operation, as OpenAPI says it: security schemes and security requirements."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from gatepost.apigateway.model.api import IAM
from gatepost.apigateway.model.authorizer import Authorizer, JwtAuthorizer
from gatepost.apigateway.template.authorizers import http_authorizer, rest_authorizer
from gatepost.apigateway.template.node import Node
from gatepost.apigateway.template.reading import Reading

_DISCOVERY = "/.well-known/openid-configuration"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_AUTHTYPE = "x-amazon-apigateway-authtype"
# What SAM's translator writes for `Authorizer: NONE`, which keeps the default authorizer away.
_NOBODY = "NONE"
MOST_SCOPES = 10


class Access(NamedTuple):
    """Who may use a route.

    Attributes:
        authorizer: The name of the authorizer, `AWS_IAM`, or `None` for everybody.
        scopes: The scopes, one of which a token needs.
        api_key: Whether an API key has to be sent.
    """

    authorizer: str | None = None
    scopes: tuple[str, ...] = ()
    api_key: bool = False


class Schemes(NamedTuple):
    """The security schemes of a document.

    Attributes:
        authorizers: The authorizers by name; `None` for one that was reported.
        iam: The names that stand for IAM.
        api_key: The names that stand for an API key.
    """

    authorizers: Mapping[str, Authorizer | None]
    iam: frozenset[str]
    api_key: frozenset[str]


def read_schemes(document: Node, kind: Literal["HTTP", "REST"], api: str, reading: Reading) -> Schemes:
    """Read the security schemes of a document.

    Args:
        document: The document.
        kind: What the API is.
        api: The logical id of the API.
        reading: The template.
    """
    authorizers: dict[str, Authorizer | None] = {}
    iam: set[str] = set()
    api_key: set[str] = set()
    # OpenAPI 2 and 3
    found = document.get("securityDefinitions") or document["components"].get("securitySchemes")
    for name, node in found.items() if found is not None else ():
        authtype = (node.text(_AUTHTYPE) or "").lower()
        authorizer = node.get(_AUTHORIZER)
        if authtype == "awssigv4":
            iam.add(name)
        elif authorizer is not None:
            header = node.text("name") if node.text("in") == "header" else None
            if kind == "REST":
                authorizers[name] = rest_authorizer(authorizer, name, f"{api}/{name}", reading, header)
            else:
                issuer = (node.text("openIdConnectUrl") or "").removesuffix(_DISCOVERY) or None
                authorizers[name] = http_authorizer(authorizer, name, f"{api}/{name}", reading, issuer)
        elif kind == "REST" and node.text("type") == "apiKey" and _is_api_key(node):
            api_key.add(name)
        else:
            authorizers[name] = None
    return Schemes(authorizers, frozenset(iam), frozenset(api_key))


def _is_api_key(node: Node) -> bool:
    return (node.text("name") or "").lower() == "x-api-key" and node.text("in") == "header"


def read_access(
    operation: Node, document: Node, kind: Literal["HTTP", "REST"], schemes: Schemes, reading: Reading
) -> Access:
    """Return who may use an operation."""
    own = operation.get("security")
    everywhere = document.get("security")
    if own is None and everywhere is not None and everywhere.value:
        if kind == "REST":
            everywhere.problem(
                "A REST API ignores security at the top of a document, so its operations would be open on AWS."
                " Write it at every operation."
            )
        own = everywhere
    access = _requirements(own, schemes) if own is not None else Access()
    return _with_auth_type(operation, access)


def _requirements(security: Node, schemes: Schemes) -> Access:
    if not isinstance(security.value, list):
        security.problem("Security is a list of requirements: [{NAME: []}], or [] for everybody.")
        return Access()
    named: list[tuple[Node, str, tuple[str, ...]]] = []
    for requirement in security.elements():
        pairs = list(requirement.items())
        if not pairs and len(list(security.elements())) > 1:
            requirement.problem("An empty requirement beside others would open the route. Remove it, or the others.")
        named += [(node, name, tuple(scope.own_text() for scope in node.elements())) for name, node in pairs]
    access = Access()
    for node, name, scopes in named:
        if name in schemes.api_key:
            access = access._replace(api_key=True)
        elif name in schemes.iam:
            access = _one(node, access, IAM, ())
        elif name in schemes.authorizers:
            authorizer = schemes.authorizers[name]
            if authorizer is None:
                node.problem(f"The security scheme {name} has no authorizer that is supported; AWS would leave it out.")
            access = _one(node, access, name, scopes)
            check_scopes(node, scopes, authorizer)
        elif name != _NOBODY:
            node.problem(f"There is no security scheme {name}. Without it, AWS would leave the route open.")
    return access


def _one(node: Node, access: Access, authorizer: str, scopes: tuple[str, ...]) -> Access:
    if access.authorizer is not None:
        node.problem("A route has one authorizer at most. Remove the others.")
    return access._replace(authorizer=authorizer, scopes=scopes)


def check_scopes(node: Node, scopes: tuple[str, ...], authorizer: Authorizer | None) -> None:
    """Report scopes that the authorizer cannot ask for, or too many."""
    if scopes and authorizer is not None and not isinstance(authorizer, JwtAuthorizer):
        node.problem("Scopes belong to JWT and Cognito authorizers alone; a function decides by itself.")
    if len(scopes) > MOST_SCOPES:
        node.problem(f"A route may name {MOST_SCOPES} scopes, and this one names {len(scopes)}.")


def _with_auth_type(operation: Node, access: Access) -> Access:
    """Apply `x-amazon-apigateway-auth`, which names IAM or nobody at all."""
    auth = operation.get("x-amazon-apigateway-auth")
    if auth is None:
        return access
    kind = (auth.text("type") or "").upper()
    if kind == IAM:
        if access.authorizer not in {None, IAM}:
            auth.problem(f"{IAM} contradicts the security requirement. Remove one of them.")
        return access._replace(authorizer=IAM, scopes=())
    if kind != "NONE":
        auth.problem(f"The type {kind or '(none)'} is not supported. Use AWS_IAM or NONE, or a security requirement.")
    elif access.authorizer is not None:
        auth.problem("NONE contradicts the security requirement. Remove one of them.")
    return access
