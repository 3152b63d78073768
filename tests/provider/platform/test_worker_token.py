"""A worker application gets its token at the token endpoint, and uses it here."""

import asyncio
import json
from base64 import b64encode

from gatepost.identity.ids import new_id
from gatepost.provider.oauth.routes import routes
from gatepost.provider.web.request import Request
from tests.provider.platform.conftest import Api


def test_a_token_of_the_token_endpoint_is_good_here(both: Api) -> None:
    for method, pattern, handler in routes(both.services):
        both.application.router.add(method, pattern, handler)
    credentials = f"{both.made.client_id}:{both.made.client_secret}".encode()
    request = Request(
        "POST",
        f"/{both.environment_id}/as/token",
        headers={
            "authorization": f"Basic {b64encode(credentials).decode()}",
            "content-type": "application/x-www-form-urlencoded",
        },
        body=b"grant_type=client_credentials",
        client="192.0.2.1",
        correlation_id=new_id(),
    )
    answer = asyncio.run(both.application.answer(request))
    assert answer.status == 200, answer.body
    token = json.loads(answer.body)["access_token"]
    assert both("GET", "/users", token=token).status == 200
    assert both("POST", "/populations", {"name": "x"}, token=token).status == 201
