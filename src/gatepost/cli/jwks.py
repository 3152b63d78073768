"""`gatepost jwks`: which keys does this issuer publish?"""

from typing import TYPE_CHECKING, Annotated

import typer

from gatepost.cli import options

if TYPE_CHECKING:
    from gatepost.cli.published import Published


def jwks(
    url: Annotated[str, typer.Argument(metavar="URL", help="An issuer's identifier, or the URL of a JWK set.")],
    *,
    ca_file: options.CaFile = None,
    http_host: options.HttpHost = None,
    as_json: options.Json = False,
) -> int:
    """List the keys that an issuer publishes, and those that are passed over.

    Exit status: 0 when there is a key that can verify, 1 when there is none, 2 when the keys cannot be had.
    """
    from gatepost.cli.published import fetch

    published = fetch(url, None if ca_file is None else str(ca_file), http_host or ())
    if as_json:
        from gatepost.cli.plain_text import plain_json

        typer.echo(plain_json(published.as_json(), indent=2))
    else:
        _show(published)
    return 0 if published.keys else 1


def _show(published: "Published") -> None:
    from rich.text import Text

    from gatepost.cli.plain_text import plain
    from gatepost.cli.terminal import console, show, table

    out = console()
    out.print(Text(f"Keys of {plain(published.place)}, {published.found_by}"), soft_wrap=True)
    if published.keys:
        shown = table("kid", "kty", "alg", "use", "size", "thumbprint", on=out)
        for key in published.keys:
            shown.add_row(*(Text(plain(cell)) for cell in key))
        show(shown, on=out)
    else:
        out.print(Text("No key of it can verify a token.", "bold red"))
    for line in published.skipped:
        out.print(Text.assemble(("passed over  ", "yellow"), plain(line)), soft_wrap=True)
