"""The events of API Gateway that ask an authorizer, in their documented shapes."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Event: TypeAlias = dict[str, Any]
Maker: TypeAlias = Callable[..., Event]

API = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5"


def stage(name: str = "prod") -> str:
    return f"{API}/{name}"


def rest_token(method: str, path: str, token: str | None, headers: Mapping[str, str] | None = None) -> Event:
    assert headers is None
    return {
        "type": "TOKEN",
        "authorizationToken": "" if token is None else f"Bearer {token}",
        "methodArn": f"{stage()}/{method}{path}",
    }


def rest_request(method: str, path: str, token: str | None, headers: Mapping[str, str] | None = None) -> Event:
    sent = {"Host": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com", **(headers or {})}
    if token is not None:
        sent.setdefault("Authorization", f"Bearer {token}")
    return {
        "type": "REQUEST",
        "methodArn": f"{stage()}/{method}{path}",
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {},
        "stageVariables": None,
        "requestContext": {
            "path": f"/prod{path}",
            "accountId": "123456789012",
            "resourceId": "0nxkpo",
            "stage": "prod",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "domainName": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
            "identity": {"apiKey": None, "sourceIp": "203.0.113.7", "clientCert": None},
            "resourcePath": "/{proxy+}",
            "httpMethod": method,
            "apiId": "a1b2c3d4e5",
        },
    }


def http_v1(method: str, path: str, token: str | None, headers: Mapping[str, str] | None = None) -> Event:
    event = rest_request(method, path, token, headers)
    del event["multiValueHeaders"], event["multiValueQueryStringParameters"]
    source = event["headers"].get("Authorization", "")
    return event | {"version": "1.0", "identitySource": source, "authorizationToken": source}


def http_v2(
    method: str, path: str, token: str | None, headers: Mapping[str, str] | None = None, *, on: str = "$default"
) -> Event:
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    if token is not None:
        sent.setdefault("authorization", f"Bearer {token}")
    raw = path if on == "$default" else f"/{on}{path}"
    return {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": f"{stage(on)}/{method}{path}",
        "identitySource": [sent["authorization"]] if "authorization" in sent else [],
        "routeKey": "ANY /{proxy+}",
        "rawPath": raw,
        "rawQueryString": "",
        "headers": sent,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "http": {"method": method, "path": raw, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": ""},
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "ANY /{proxy+}",
            "stage": on,
            "time": "10/Mar/2026:05:16:23 +0000",
            "timeEpoch": 1773119783220,
        },
        "pathParameters": {"proxy": path[1:]},
    }


MAKERS: dict[str, Maker] = {
    "rest-token": rest_token,
    "rest-request": rest_request,
    "http-1.0": http_v1,
    "http-2.0": http_v2,
}
