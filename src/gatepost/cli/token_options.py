"""The options that the commands of `gatepost token` share."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

Issuer: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="URL", envvar="GATEPOST_ISSUER", show_envvar=False, help="The provider's identifier, for discovery."
    ),
]
ClientId: TypeAlias = Annotated[
    str,
    typer.Option(metavar="ID", envvar="GATEPOST_CLIENT_ID", show_envvar=False, help="The client's id."),
]
ClientSecretFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The client's secret: a file's first line; else GATEPOST_CLIENT_SECRET."),
]
AskSecret: TypeAlias = Annotated[bool, typer.Option("--ask-secret", help="Ask for the client's secret.")]
ClientKeyFile: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The client's private key in PEM form, for private_key_jwt.")
]
ClientKeyId: TypeAlias = Annotated[
    str | None, typer.Option(metavar="KID", help="The name of that key at the provider, kid.")
]
Method: TypeAlias = Literal["none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"]
AuthMethod: TypeAlias = Annotated[
    Method | None,
    typer.Option(help="How the client proves who it is; else what fits what was given and what the provider takes."),
]
Scope: TypeAlias = Annotated[
    list[str] | None, typer.Option(metavar="SCOPE", help="What to ask for; may be repeated, or hold several words.")
]
Parameter: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--param", metavar="NAME=VALUE", help="One more parameter of the request; may be repeated."),
]
AccessToken: TypeAlias = Annotated[
    bool, typer.Option("--access-token", help="Print the access token alone, in place of the whole answer.")
]
Save: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Keep the answer in a file as well, for its owner alone.")
]
