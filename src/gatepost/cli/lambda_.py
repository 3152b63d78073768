"""`gatepost lambda`: functions on this machine, and what they are sent and shipped with."""

from importlib import import_module
from importlib.util import find_spec

import typer

from gatepost.cli import lambda_event, lambda_invoke

app = typer.Typer(help="Call functions, make events, and prepare functions for AWS.", rich_markup_mode=None)


@app.callback()
def lambda_() -> None:
    """Call functions, make events, and prepare functions for AWS."""


app.command()(lambda_invoke.invoke)
app.command()(lambda_event.event)
for _name in ("bake_keys", "package"):
    _module = f"gatepost.cli.lambda_{_name}"
    if find_spec(_module) is not None:
        app.command()(getattr(import_module(_module), _name))
