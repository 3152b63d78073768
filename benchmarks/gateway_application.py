"""The application that both gateways serve: two functions behind a JWT authorizer, one of which prints a line."""

import base64
import io
import json
import sys
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

AUDIENCE = "https://api.example.com"
RUNTIME = f"python3.{sys.version_info.minor}"

CODE = """
import json

def silent(event, context):
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps({"ok": True})}

def printing(event, context):
    print("a line")
    return silent(event, context)
"""

_TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {CodeUri: src/, Runtime: %(runtime)s}
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: {issuer: "%(issuer)s", audience: ["%(audience)s"]}
  Silent:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.silent
      Events:
        Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /silent, Method: GET}}
  Printing:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.printing
      Events:
        Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /printing, Method: GET}}
"""


def write_template(folder: Path, issuer: str) -> Path:
    """Write the application as a SAM template, and return its path."""
    folder.joinpath("src").mkdir()
    folder.joinpath("src/app.py").write_text(CODE)
    template = folder / "template.yaml"
    template.write_text(_TEMPLATE % {"runtime": RUNTIME, "issuer": issuer, "audience": AUDIENCE})
    return template


def deploy(port: int, issuer: str) -> str:
    """Make the application in the ministack that listens on `port`, by AWS's API, and return the API's id."""

    def call(path: str, body: dict[str, Any]) -> Any:
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    api: str = call("/v2/apis", {"name": "bench", "protocolType": "HTTP"})["apiId"]
    authorizer = call(
        f"/v2/apis/{api}/authorizers",
        {
            "name": "jwt",
            "authorizerType": "JWT",
            "identitySource": ["$request.header.Authorization"],
            "jwtConfiguration": {"issuer": issuer, "audience": [AUDIENCE]},
        },
    )["authorizerId"]
    for name in ("silent", "printing"):
        function = call(
            "/2015-03-31/functions",
            {
                "FunctionName": name,
                "Runtime": RUNTIME,
                "Handler": f"app.{name}",
                "Role": "arn:aws:iam::000000000000:role/bench",
                "Code": {"ZipFile": base64.b64encode(_zipped()).decode()},
            },
        )
        integration = call(
            f"/v2/apis/{api}/integrations",
            {
                "integrationType": "AWS_PROXY",
                "integrationUri": function["FunctionArn"],
                "payloadFormatVersion": "2.0",
            },
        )["integrationId"]
        call(
            f"/v2/apis/{api}/routes",
            {
                "routeKey": f"GET /{name}",
                "target": f"integrations/{integration}",
                "authorizationType": "JWT",
                "authorizerId": authorizer,
            },
        )
    call(f"/v2/apis/{api}/stages", {"stageName": "$default", "autoDeploy": True})
    return api


def _zipped() -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        archive.writestr("app.py", CODE)
    return octets.getvalue()
