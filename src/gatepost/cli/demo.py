"""`gatepost demo`: an issuer, a protected API, and real requests between them."""

from typing import TYPE_CHECKING, Annotated

import typer

from gatepost.cli import options
from gatepost.cli.failure import Failure

if TYPE_CHECKING:
    from gatepost.testing import LocalIssuer


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="End after the table, in place of serving on.")] = False,
    port: options.Port = 0,
    issuer_port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="The issuer's port; a free one unless given.")
    ] = 0,
) -> int:
    """Show an issuer, a protected API, and real requests between them.

    The issuer is PingOne-shaped. The table says what was let in and what was refused, and why; every line of it is a
    real HTTP request, and the API gets its keys over HTTP, by discovery. Nothing leaves this machine. Then the demo
    goes on serving, for you to try.

    Exit status: 1 when an answer is not the expected one.
    """
    try:
        import flask  # noqa: F401
    except ModuleNotFoundError:
        raise Failure("the demo's API needs Flask; run: pip install 'gatepost[server,flask]'") from None
    import time
    from threading import Event

    from gatepost.cli import demo_story, demo_table
    from gatepost.cli.demo_api import Serving, create_api
    from gatepost.cli.demo_client import send
    from gatepost.cli.invitation import facts
    from gatepost.cli.loopback import listening
    from gatepost.testing import LocalIssuer, TurnableClock
    from gatepost.verification import Verifier

    clock = TurnableClock()
    clock.advance(-demo_story.LENGTH)
    local = LocalIssuer(audience=demo_story.AUDIENCE, scopes=demo_story.SCOPES, clock=clock, port=issuer_port)
    stranger = LocalIssuer(audience=demo_story.AUDIENCE, tenant=demo_story.OTHER_ENVIRONMENT, clock=clock)
    with listening(local, issuer_port, "--issuer-port"), stranger:
        verifier = Verifier(local.issuer(), clock=clock)
        with Serving(create_api(verifier, clock), port) as api:
            url = f"{api.url}/user"
            facts(("issuer", local.identifier), ("API", url))
            rows = [(step, send(url, step)) for step in demo_story.tell(local, stranger, clock)]
            demo_table.show(rows)
            if not all(demo_table.as_expected(step, answer) for step, answer in rows):
                return 1
            if not once:
                clock.set(time.time())
                _invite(local, url)
                Event().wait()
    return 0


def _invite(local: "LocalIssuer", url: str) -> None:
    from gatepost.cli.invitation import invite, program

    token = local.mint()
    bearer = "curl -i -H 'Authorization: Bearer"
    credentials = f"-u '{local.client_id}:{local.client_secret}' -d grant_type=client_credentials"
    invite(
        "Now try it yourself (Ctrl-C ends)",
        (
            ("let in: a user's token, good for an hour", f"{bearer} {token}' {url}"),
            ("refused: no token", f"curl -i {url}"),
            ("refused: another character in the signature", f"{bearer} {_spoiled(token)}' {url}"),
            ("a fresh token, for the client itself", f"curl -s {credentials} {local.token_endpoint}"),
            ("what it says", f"{program()} inspect {token} --issuer {local.identifier} --audience {local.audience[0]}"),
        ),
    )


def _spoiled(token: str) -> str:
    """Return `token` with another character in the middle of its signature."""
    place = token.rindex(".") + 100
    return f"{token[:place]}{'A' if token[place] != 'A' else 'B'}{token[place + 1 :]}"
