"""The function behind the protected route: API Gateway calls it only with a good token, and says what is in it."""

import json
from collections.abc import Mapping
from typing import Any


def handler(event: Mapping[str, Any], _context: object) -> dict[str, object]:
    """Answer `GET /hello` with who calls."""
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    body = {"message": "Hello!", "user": claims["sub"], "application": claims.get("client_id", "")}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
