"""`gatepost lambda`: functions on this machine, and what they are sent and shipped with."""

import typer

from gatepost.cli import lambda_bake_keys, lambda_event, lambda_invoke, lambda_package

app = typer.Typer(help="Call functions, make events, and prepare functions for AWS.", rich_markup_mode=None)


@app.callback()
def lambda_() -> None:
    """Call functions, make events, and prepare functions for AWS."""


app.command()(lambda_invoke.invoke)
app.command()(lambda_event.event)
app.command()(lambda_bake_keys.bake_keys)
app.command()(lambda_package.package)
