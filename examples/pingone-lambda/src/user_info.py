"""The protected function: it runs only for requests that the authorizer has let in."""

import json
import time
from collections.abc import Mapping
from typing import Any

HEADERS = {
    "Content-Type": "application/json",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization,Content-Type",
    "Access-Control-Allow-Methods": "GET,OPTIONS",
}


def handler(event: Mapping[str, Any], _context: object) -> dict[str, object]:
    """Answer `GET /user` with what the authorizer has handed on."""
    caller = event["requestContext"]["authorizer"]
    body = {
        "success": True,
        "message": "JWT verification successful - Connection established",
        "user": caller["principalId"],
        "scope": caller.get("scope", ""),
        "timestamp": int(time.time()),
    }
    return {"statusCode": 200, "headers": HEADERS, "body": json.dumps(body)}
