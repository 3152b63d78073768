"""What `Ref` and `Fn::GetAtt` of a resource give, as AWS forms it where that is known, and made up elsewhere."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatepost.apigateway.template.ids import made_id


class ResourceValue(NamedTuple):
    """A value.

    Attributes:
        value: The value.
        made_up: Whether it is one that AWS would choose by itself, and that means nothing to AWS.
    """

    value: str
    made_up: bool = False


# The property that holds the name which `Ref` gives, for resources whose `Ref` is their name.
_NAMES = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::EventBus": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SSM::Parameter": "Name",
}

# The part of an ARN between account and name, for resources whose ARN AWS documents.
_ARNS = {
    "AWS::DynamoDB::Table": ("dynamodb", "table/"),
    "AWS::Events::EventBus": ("events", "event-bus/"),
    "AWS::Kinesis::Stream": ("kinesis", "stream/"),
    "AWS::Logs::LogGroup": ("logs", "log-group:"),
    "AWS::SNS::Topic": ("sns", ""),
    "AWS::SQS::Queue": ("sqs", ""),
    "AWS::StepFunctions::StateMachine": ("states", "stateMachine:"),
}

_WITH_API_ID = {"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::ApiGateway::ApiKey"}


class Values:
    """Gives the values of resources in one region and account.

    Attributes:
        region: The region.
        account: The account.
        partition: The partition, such as `aws`.
    """

    def __init__(self, region: str, account: str, partition: str) -> None:
        self.region = region
        self.account = account
        self.partition = partition

    def ref(self, logical_id: str, kind: str, properties: Mapping[str, Any]) -> ResourceValue:
        """Return what `Ref` gives. `properties` hold no intrinsic functions any more."""
        if kind in _WITH_API_ID or kind.startswith("AWS::ApiGatewayV2::"):
            if kind == "AWS::ApiGatewayV2::Stage":
                return ResourceValue(str(properties.get("StageName", logical_id)))
            return ResourceValue(made_id(logical_id, 10 if kind in _WITH_API_ID else 6))
        if kind == "AWS::ApiGateway::Stage":
            return ResourceValue(str(properties.get("StageName", logical_id)))
        if kind.startswith("AWS::ApiGateway::"):
            return ResourceValue(made_id(logical_id, 6))
        if kind == "AWS::Cognito::UserPool":
            return ResourceValue(f"{self.region}_{made_id(logical_id, 9)}", made_up=True)
        if kind == "AWS::Cognito::UserPoolClient":
            return ResourceValue(made_id(logical_id, 26), made_up=True)
        if kind in {"AWS::Lambda::Version", "AWS::Lambda::Alias"}:
            return ResourceValue(self._qualified(kind, properties))
        if kind == "AWS::Lambda::LayerVersion":
            return ResourceValue(self._arn("lambda", f"layer:{properties.get('LayerName', logical_id)}:1"))
        if kind == "AWS::SQS::Queue":
            name = properties.get("QueueName", logical_id)
            return ResourceValue(f"https://sqs.{self.region}.amazonaws.com/{self.account}/{name}", made_up=True)
        if kind in {"AWS::SNS::Topic", "AWS::StepFunctions::StateMachine", "AWS::SecretsManager::Secret"}:
            return ResourceValue(self._arn(*self._service(kind, logical_id, properties)), made_up=True)
        name = properties.get(_NAMES.get(kind, ""))
        if isinstance(name, str) and name:
            return ResourceValue(name)
        return ResourceValue(logical_id, made_up=kind != "AWS::Lambda::Function")

    def attribute(self, logical_id: str, kind: str, name: str, properties: Mapping[str, Any]) -> ResourceValue | None:
        """Return what `Fn::GetAtt` gives, or `None` for an attribute that the resource is known not to have."""
        if kind == "AWS::Lambda::Function":
            function = str(properties.get("FunctionName") or logical_id)
            return ResourceValue(self._arn("lambda", f"function:{function}")) if name == "Arn" else None
        if kind == "AWS::ApiGateway::RestApi" and name in {"RootResourceId", "RestApiId"}:
            return ResourceValue(made_id(logical_id) if name == "RestApiId" else made_id(f"{logical_id}/"))
        if kind == "AWS::ApiGatewayV2::Api" and name in {"ApiEndpoint", "ApiId"}:
            api = made_id(logical_id)
            return ResourceValue(api if name == "ApiId" else f"https://{api}.execute-api.{self.region}.amazonaws.com")
        if kind == "AWS::Cognito::UserPool" and name in {"Arn", "ProviderURL", "ProviderName", "UserPoolId"}:
            return ResourceValue(self._user_pool(logical_id, name), made_up=True)
        if kind == "AWS::Lambda::Version" and name == "Version":
            return ResourceValue("1")
        if kind == "AWS::IAM::Role" and name == "Arn":
            role = str(properties.get("RoleName") or logical_id)
            return ResourceValue(f"arn:{self.partition}:iam::{self.account}:role/{role}")
        if kind == "AWS::S3::Bucket" and name == "Arn":
            return ResourceValue(f"arn:{self.partition}:s3:::{properties.get('BucketName') or logical_id.lower()}")
        if name.endswith(("Arn", "ARN")):
            return ResourceValue(self._arn(*self._service(kind, logical_id, properties)), made_up=True)
        return ResourceValue(f"{logical_id}.{name}", made_up=True)

    def _service(self, kind: str, logical_id: str, properties: Mapping[str, Any]) -> tuple[str, str]:
        """Return the service and the last part of a resource's ARN."""
        service, prefix = _ARNS.get(kind, (kind.split("::")[1].lower() if "::" in kind else "resource", ""))
        return service, f"{prefix}{properties.get(_NAMES.get(kind, '')) or logical_id}"

    def _user_pool(self, logical_id: str, name: str) -> str:
        pool = f"{self.region}_{made_id(logical_id, 9)}"
        if name == "Arn":
            return self._arn("cognito-idp", f"userpool/{pool}")
        provider = f"cognito-idp.{self.region}.amazonaws.com/{pool}"
        return {"ProviderURL": f"https://{provider}", "ProviderName": provider}.get(name, pool)

    def _qualified(self, kind: str, properties: Mapping[str, Any]) -> str:
        function = str(properties.get("FunctionName", ""))
        arn = function if function.startswith("arn:") else self._arn("lambda", f"function:{function}")
        return f"{arn}:{properties.get('Name', 'alias') if kind == 'AWS::Lambda::Alias' else '1'}"

    def _arn(self, service: str, rest: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{rest}"
