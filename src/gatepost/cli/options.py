"""The options that several commands share, with one help text each."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

Issuer: TypeAlias = Annotated[
    str | None, typer.Option(metavar="URL", help="The issuer's identifier: the exact value of iss.")
]
Vendor: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="In place of --issuer: pingone, wso2, authgear, cognito and others.")
]
Setting: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the vendor, such as base_url=https://…"),
]
Audience: TypeAlias = Annotated[
    list[str] | None, typer.Option(metavar="AUD", help="The audience that aud has to name; of several, any will do.")
]
ClientIdAsAudience: TypeAlias = Annotated[
    bool, typer.Option("--client-id-as-audience", help="Where aud is missing, compare client_id, as Cognito needs.")
]
JwksUrl: TypeAlias = Annotated[
    str | None, typer.Option(metavar="URL", help="Where the keys are, in place of discovery.")
]
JwksFile: TypeAlias = Annotated[Path | None, typer.Option(metavar="FILE", help="The keys themselves, as a JWK set.")]
PemFile: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The key itself: a public key or a certificate in PEM form.")
]
SecretFile: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The shared secret of HS256 and its kin: the whole file, as it is.")
]
Algorithm: TypeAlias = Annotated[
    list[str] | None, typer.Option(metavar="ALG", help="Accept only this algorithm; may be given several times.")
]
TokenType: TypeAlias = Annotated[
    Literal["access", "id", "any"] | None, typer.Option(help="The kind of token to accept; access unless given.")
]
Leeway: TypeAlias = Annotated[
    float | None, typer.Option(metavar="SECONDS", help="The clock difference to forgive; none unless given.")
]
CaFile: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The certificates to trust, in PEM form, besides the system's.")
]
HttpHost: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST", help="A host that may be fetched from without TLS, besides loopback."),
]
MaxAuthAge: TypeAlias = Annotated[
    float | None, typer.Option(metavar="SECONDS", help="The user has to have authenticated at most that long ago.")
]
Nonce: TypeAlias = Annotated[str | None, typer.Option(metavar="NONCE", help="The nonce that an ID token has to bear.")]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
Port: TypeAlias = Annotated[
    int, typer.Option(metavar="PORT", min=0, max=65535, help="The port; a free one unless given.")
]
