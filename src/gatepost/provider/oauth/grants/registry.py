"""Which module answers which grant type."""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from gatepost.provider.oauth.client_authentication import Client
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.grants import (
    authorization_code,
    client_credentials,
    device_code,
    refresh_token,
    token_exchange,
)
from gatepost.provider.web.response import Response


class Grant(NamedTuple):
    """A grant type.

    Attributes:
        permission: What an application has to have among its grant types.
        answer: Answers a token request.
    """

    permission: str
    answer: Callable[[Call, Client], Awaitable[Response]]


GRANTS: Mapping[str, Grant] = {
    "authorization_code": Grant("AUTHORIZATION_CODE", authorization_code.answer),
    "client_credentials": Grant("CLIENT_CREDENTIALS", client_credentials.answer),
    "refresh_token": Grant("REFRESH_TOKEN", refresh_token.answer),
    "urn:ietf:params:oauth:grant-type:device_code": Grant("DEVICE_CODE", device_code.answer),
    "urn:ietf:params:oauth:grant-type:token-exchange": Grant("TOKEN_EXCHANGE", token_exchange.answer),
}
