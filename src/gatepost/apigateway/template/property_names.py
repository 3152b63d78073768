"""The properties of the resources that decide who gets in (CloudFormation user guide, "Resource types reference").

CloudFormation refuses a property that a resource does not have. Passed over, `AuthorizationTyp` would be an open route.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from gatepost.apigateway.template.node import Node

_NAMES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        kind: frozenset(names.split())
        for kind, names in {
            "AWS::ApiGateway::Authorizer": """
                AuthType AuthorizerCredentials AuthorizerResultTtlInSeconds AuthorizerUri IdentitySource
                IdentityValidationExpression Name ProviderARNs RestApiId Type""",
            "AWS::ApiGateway::Method": """
                ApiKeyRequired AuthorizationScopes AuthorizationType AuthorizerId HttpMethod Integration
                MethodResponses OperationName RequestModels RequestParameters RequestValidatorId ResourceId
                RestApiId""",
            "AWS::ApiGateway::RestApi": """
                ApiKeySourceType BinaryMediaTypes Body BodyS3Location CloneFrom Description
                DisableExecuteApiEndpoint EndpointAccessMode EndpointConfiguration FailOnWarnings
                MinimumCompressionSize Mode Name Parameters Policy SecurityPolicy Tags Version""",
            "AWS::ApiGatewayV2::Api": """
                ApiKeySelectionExpression BasePath Body BodyS3Location CorsConfiguration CredentialsArn Description
                DisableExecuteApiEndpoint DisableSchemaValidation FailOnWarnings IpAddressType Name ProtocolType
                RouteKey RouteSelectionExpression Tags Target Version""",
            "AWS::ApiGatewayV2::Authorizer": """
                ApiId AuthorizerCredentialsArn AuthorizerPayloadFormatVersion AuthorizerResultTtlInSeconds
                AuthorizerType AuthorizerUri EnableSimpleResponses IdentitySource IdentityValidationExpression
                JwtConfiguration Name""",
            "AWS::ApiGatewayV2::Route": """
                ApiId ApiKeyRequired AuthorizationScopes AuthorizationType AuthorizerId ModelSelectionExpression
                OperationName RequestModels RequestParameters RouteKey RouteResponseSelectionExpression Target""",
            "AWS::Lambda::Permission": """
                Action EventSourceToken FunctionName FunctionUrlAuthType InvokedViaFunctionUrl Principal
                PrincipalOrgID SourceAccount SourceArn""",
        }.items()
    }
)


def check_property_names(kind: str, node: Node) -> None:
    """Report the properties of a resource that its type does not have.

    Args:
        kind: Its type.
        node: Its properties.
    """
    known = _NAMES.get(kind)
    if known is None:
        return
    for name, member in node.items():
        if name not in known:
            near = get_close_matches(name, known, 1)
            remedy = f"Write {near[0]}." if near else "Remove it."
            member.problem(f"{kind} has no property {name}, so CloudFormation refuses it. {remedy}")
