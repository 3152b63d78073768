"""`gatepost keys generate`: a fresh signing key."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gatepost.cli.failure import Failure

if TYPE_CHECKING:
    from gatepost.jose import SigningKey

app = typer.Typer(help="Make keys.", rich_markup_mode=None)


@app.callback()
def keys() -> None:
    """Make keys."""


@app.command()
def generate(
    *,
    alg: Annotated[
        str, typer.Option(metavar="ALG", help="RS256, PS256, ES256, Ed25519, ML-DSA-65, HS256 and their kin.")
    ] = "ES256",
    kid: Annotated[str | None, typer.Option(metavar="KID", help="The key id; its thumbprint unless given.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to put the private key, readable by you alone.")
    ] = None,
    format: Annotated[Literal["jwk", "pem"], typer.Option(help="How to write the private key.")] = "jwk",
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
) -> int:
    """Generate a signing key, and print its public half as a JWK set.

    With --out the private key goes into that file and the JWK set to standard output. Without it the private key
    goes to standard output, and the JWK set to standard error.

    Example: gatepost keys generate --alg ES256 --out signing-key.json > jwks.json
    """
    from gatepost.jose import SigningKey

    key = SigningKey.generate(alg, kid=kid)
    private = key.to_private_pem() if format == "pem" else json.dumps(key.to_private_jwk(), indent=2) + "\n"
    if out is None:
        typer.echo(private, nl=False)
        typer.echo("This is a PRIVATE key: keep it secret. With --out FILE it goes into a file of your own.", err=True)
    else:
        _write(out, private, force=force)
        typer.echo(f"The private key {key.kid or ''} is in {out}; keep it secret.".replace("  ", " "), err=True)
    public = _public(key)
    if public is None:
        typer.echo("A shared secret has no public half: whoever verifies with it can sign with it too.", err=True)
    else:
        typer.echo(public, err=out is None)
    return 0


def _public(key: "SigningKey") -> str | None:
    from gatepost.jose.algorithms import SYMMETRIC

    return None if key.algorithm in SYMMETRIC else json.dumps(key.key_set().to_jwks(), indent=2)


def _write(path: Path, text: str, *, force: bool) -> None:
    """Write a secret to a new file that only its owner may read; it is never there half, nor open to others."""
    # With --force it is written beside the old file and takes its place, so that its mode is new as well.
    place = path.with_name(f".{path.name}.{os.getpid()}") if force else path
    try:
        file = os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w")
    except FileExistsError:
        raise Failure(f"{path} is there already and stays as it is; choose another name, or add --force") from None
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}") from None
    try:
        with file:
            file.write(text)
        place.replace(path)
    except OSError as error:
        place.unlink(missing_ok=True)
        raise Failure(f"{path} cannot be written: {error.strerror}") from None
