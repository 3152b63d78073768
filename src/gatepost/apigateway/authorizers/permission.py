"""Whether a function lets an API invoke it (`AWS::Lambda::Permission`)."""

from gatepost.apigateway.iam.wildcard import wildcard
from gatepost.apigateway.model.api import Api
from gatepost.apigateway.model.authorizer import LambdaAuthorizer
from gatepost.apigateway.model.function import Function

_PRINCIPALS = frozenset({"apigateway.amazonaws.com", "*"})


def authorizer_arn(api: Api, authorizer: LambdaAuthorizer) -> str:
    """Return the ARN that an authorizer invokes its function as."""
    return f"{api.arn}/authorizers/{authorizer.authorizer_id}"


def is_permitted(function: Function, source_arn: str) -> bool:
    """Tell whether API Gateway may invoke `function` on behalf of `source_arn`."""
    return any(
        permission.principal in _PRINCIPALS
        and (permission.source_arn is None or wildcard(permission.source_arn).matches(source_arn))
        for permission in function.permissions
    )
