"""Signing on with another device (RFC 8628)."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from gatepost.cli.failure import Failure
from gatepost.cli.plain_text import plain
from gatepost.cli.token_provider import Refused

if TYPE_CHECKING:
    from gatepost.cli.token_client import Client
    from gatepost.cli.token_provider import Provider

_INTERVAL = 5.0
_SLOWER = 5.0
_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def polled(provider: "Provider", client: "Client", asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the tokens, once somebody has signed on elsewhere with the code that is printed.

    Raises:
        Failure: When nobody did in time, or the provider refuses.
    """
    began = client.ask(provider, "device_authorization_endpoint", asked)
    code, shown, place = (began.get(name) for name in ("device_code", "user_code", "verification_uri"))
    if not isinstance(code, str) or not isinstance(shown, str) or not isinstance(place, str):
        raise Failure("the provider's answer holds no device_code, user_code and verification_uri")
    whole = began.get("verification_uri_complete")
    typer.echo(f"Sign on at {plain(place)}\nwith the code {plain(shown)}", err=True)
    if isinstance(whole, str):
        typer.echo(f"or right here: {plain(whole)}", err=True)
    interval = _number(began.get("interval"), _INTERVAL)
    deadline = time.monotonic() + _number(began.get("expires_in"), 600.0)
    form = {"grant_type": _GRANT, "device_code": code}
    while time.monotonic() < deadline:
        time.sleep(interval)
        try:
            return client.ask(provider, "token_endpoint", form)
        except Refused as refused:
            if refused.error == "slow_down":
                interval += _SLOWER
            elif refused.error != "authorization_pending":
                raise
    raise Failure("nobody signed on in time; begin again", status=1)


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and 0 < value < 86_400 else otherwise
