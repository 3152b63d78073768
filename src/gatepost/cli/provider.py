"""`gatepost provider`: an OpenID provider that speaks PingOne, and what is done with its database."""

from pathlib import Path
from typing import Annotated

import typer

from gatepost.cli import provider_files, provider_keys
from gatepost.cli.provider_options import DATABASE, Database, KeyFile

app = typer.Typer(
    help="Serve an OpenID provider that speaks PingOne, or look after its database.", rich_markup_mode=None
)
app.command()(provider_files.seed)
app.command()(provider_files.export)
app.command()(provider_files.backup)
app.command()(provider_files.restore)
app.add_typer(provider_keys.app, name="keys")


@app.callback(invoke_without_command=True)
def provider(
    context: typer.Context,
    *,
    database: Database = DATABASE,
    port: Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="The port, 0 for a free one.")] = 9000,
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to listen on.")] = "127.0.0.1",
    public_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The origin that clients use; http://localhost:PORT unless given."),
    ] = None,
    bootstrap: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write there, as JSON, what the first start made: ids, URLs and secrets."),
    ] = None,
    key_file: KeyFile = None,
    workers: Annotated[int, typer.Option(metavar="N", min=1, max=256, help="How many processes serve.")] = 1,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(metavar="NETWORK", help="A proxy whose X-Forwarded-For says who asks; may be repeated."),
    ] = None,
    smtp: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Send mail by smtp://user@host:587; the password in GATEPOST_SMTP_PASSWORD."),
    ] = None,
    mail_from: Annotated[str, typer.Option(metavar="ADDRESS", help="Whom that mail comes from.")] = "",
    rotate_keys_after: Annotated[
        int,
        typer.Option(metavar="DAYS", min=0, help="Let the next key sign after so many days; 0: when it is said."),
    ] = 90,
) -> int:
    """Serve an OpenID provider that speaks PingOne, with its platform API under /v1.

    The first start makes an organization, an environment, an administrator and a worker application, and writes what
    a client needs into the file of --bootstrap. Several servers may share one database, one key and one public URL.

    Where the public URL is on this machine, mail goes onto the console and to /_gatepost/outbox; elsewhere it needs
    --smtp.

    Exit status: 0 once a signal ended it, 2 when it cannot be started.

    Example: gatepost provider --bootstrap gatepost.json
    """
    if context.invoked_subcommand is not None:
        return 0
    from gatepost.cli.provider_serve import Wishes, serve

    return serve(
        Wishes(
            database=database,
            host=host,
            port=port,
            public_url=public_url,
            bootstrap=bootstrap,
            key_file=key_file,
            workers=workers,
            trusted_proxies=tuple(trusted_proxy or ()),
            rotate_after=rotate_keys_after,
            smtp=smtp,
            mail_from=mail_from,
        )
    )
