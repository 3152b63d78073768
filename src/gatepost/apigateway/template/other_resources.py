"""Resources that are not served, but that say how an API is reached or what calls a function."""

from gatepost.apigateway.template.property_names import check_property_names
from gatepost.apigateway.template.reading import Reading

_NOT_SERVED = {
    "AWS::ApiGateway::BasePathMapping": "Custom domains are not served: use the path of the stage.",
    "AWS::ApiGatewayV2::ApiMapping": "Custom domains are not served: use the path of the stage.",
    "AWS::Lambda::EventSourceMapping": "Only requests call functions here, no queue or stream does.",
    "AWS::Lambda::Url": "Function URLs are not served.",
    "AWS::WAFv2::WebACLAssociation": "No firewall stands before the API here.",
}
_SERVED = {
    "AWS::ApiGateway::Account",
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGateway::ClientCertificate",
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::DocumentationPart",
    "AWS::ApiGateway::DocumentationVersion",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::GatewayResponse",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Model",
    "AWS::ApiGateway::RequestValidator",
    "AWS::ApiGateway::Resource",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
    "AWS::ApiGateway::VpcLink",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::IntegrationResponse",
    "AWS::ApiGatewayV2::Model",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::RouteResponse",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ApiGatewayV2::VpcLink",
}


def check_others(reading: Reading) -> None:
    """Report resources that change how an API is reached, and properties that there are not."""
    for resource in reading.resources:
        if not reading.evaluator.exists(resource):
            continue
        check_property_names(resource.kind, reading.node(resource))
        if resource.kind in _NOT_SERVED:
            reading.report.notice(resource.place, _NOT_SERVED[resource.kind])
        elif resource.kind.startswith("AWS::ApiGateway") and resource.kind not in _SERVED:
            reading.report.problem(resource.place, f"{resource.kind} is not supported.")
    for _, node in reading.of("AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"):
        if node.get("MutualTlsAuthentication") is not None:
            node["MutualTlsAuthentication"].problem("Client certificates (mutual TLS) are not asked for here.")
