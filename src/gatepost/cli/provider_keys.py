"""`gatepost provider keys`: what an environment signs its tokens with."""

import json
import time
from typing import Annotated, Literal

import typer

from gatepost.cli import options
from gatepost.cli.failure import Failure
from gatepost.cli.provider_options import DATABASE, Database, Environment, KeyFile
from gatepost.cli.provider_store import first_environment, provider_store

app = typer.Typer(help="Show the keys that tokens are signed with, or rotate them.", rich_markup_mode=None)


@app.command(name="list")
def list_(
    *,
    database: Database = DATABASE,
    environment: Environment = None,
    key_file: KeyFile = None,
    as_json: options.Json = False,
) -> int:
    """List the keys: CURRENT signs, NEXT is published already, PREVIOUS still."""
    with provider_store(database, key_file) as (store, _):
        from gatepost.identity import signing_keys, times
        from gatepost.identity.entity import MOST_PER_PAGE, Page

        environment_id = first_environment(store, environment)
        found = store.read(lambda each: signing_keys.listed(each, environment_id, Page(MOST_PER_PAGE))).items
        rows = [
            {
                "id": each.id,
                "algorithm": each.algorithm,
                "status": each.status,
                "createdAt": times.write(each.created_at),
                "expiresAt": times.write(each.expires_at),
            }
            for each in sorted(found, key=lambda each: (each.algorithm, each.created_at))
        ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return 0
    from gatepost.cli.terminal import console, show, table

    out = console()
    shown = table("id", "algorithm", "status", "created", "expires", on=out, wrap=False)
    for row in rows:
        shown.add_row(*row.values())
    show(shown, on=out)
    return 0


@app.command()
def rotate(
    *,
    database: Database = DATABASE,
    environment: Environment = None,
    key_file: KeyFile = None,
    algorithm: Annotated[
        Literal["RS256", "PS256", "ES256"], typer.Option(help="Which of the environment's keys.")
    ] = "RS256",
    overlap: Annotated[
        int | None,
        typer.Option(
            metavar="SECONDS", min=0, help="How long the key before is published; as long as tokens live unless given."
        ),
    ] = None,
) -> int:
    """Let the NEXT key sign from now on, and publish a new one as the next.

    Servers that run do so at once. With --overlap 0, tokens of the key before are good no more: for a key that leaked.

    Example: gatepost provider keys rotate
    """
    with provider_store(database, key_file) as (store, sealing):
        from gatepost.identity import signing_keys
        from gatepost.identity.entity import MOST_PER_PAGE, Page

        environment_id, now = first_environment(store, environment), int(time.time() * 1000)
        there = store.read(lambda each: signing_keys.listed(each, environment_id, Page(MOST_PER_PAGE))).items
        if not any(each.algorithm == algorithm for each in there):
            raise Failure(f"the environment has no key of {algorithm}; make one with the platform's API first")
        new = signing_keys.generate(algorithm, now=now)
        kept = None if overlap is None else overlap * 1000
        key = store.write(lambda each: signing_keys.rotate(each, environment_id, new, now, sealing, overlap=kept))
    typer.echo(f"{key.id} signs now, with {algorithm}", err=True)
    return 0
