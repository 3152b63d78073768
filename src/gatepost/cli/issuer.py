"""`gatepost issuer`: a vendor's issuer on this machine, until Ctrl-C."""

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from gatepost.cli import options

if TYPE_CHECKING:
    from gatepost.testing import LocalIssuer

_NOT_FOR_CLIENTS = frozenset({"google"})
# What these vendors want besides, where others have a default.
_FORMS = {"auth0": ("audience={audience}",), "entra": ("scope={audience}/.default",), "okta": ("scope=read",)}


def issuer(
    *,
    vendor: Annotated[
        str, typer.Option(metavar="NAME", help="Whom to imitate: pingone, wso2, authgear, cognito and others.")
    ] = "generic",
    port: options.Port = 0,
    tls: Annotated[bool, typer.Option("--tls", help="Serve https, with a self-signed certificate.")] = False,
    audience: Annotated[
        list[str] | None, typer.Option(metavar="AUD", help="The audience of its tokens; else the vendor's default.")
    ] = None,
    tenant: Annotated[
        str | None, typer.Option(metavar="NAME", help="The environment, realm, tenant or user pool; else an example's.")
    ] = None,
    client_id: Annotated[str | None, typer.Option(metavar="ID", help="The client's id; else an example's.")] = None,
    client_secret: Annotated[
        str | None, typer.Option(metavar="SECRET", help="The client's secret; else a random one.")
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option(metavar="SCOPE", help="A scope that the client may have; else read and write.")
    ] = None,
    algorithm: Annotated[str, typer.Option(metavar="ALG", help="What its tokens are signed with.")] = "RS256",
    lifetime: Annotated[
        int | None, typer.Option(metavar="SECONDS", min=1, help="How long tokens are good; else the vendor's default.")
    ] = None,
) -> int:
    """Run an issuer on this machine that is as strict as the vendor.

    It has discovery, a JWK set and a client-credentials token endpoint, in the vendor's layout and token shape. What
    to copy is printed first, a good token among it. Ctrl-C ends it.

    Example: gatepost issuer --vendor wso2 --port 9443 --tls
    """
    from threading import Event

    from gatepost.cli.loopback import listening
    from gatepost.testing import LocalIssuer

    local = LocalIssuer(
        vendor,
        audience=audience,
        tenant=tenant,
        client_id=client_id,
        client_secret=client_secret,
        scopes=scope or ("read", "write"),
        lifetime=lifetime,
        algorithm=algorithm,
        port=port,
        tls=tls,
    )
    with listening(local, port, "--port"):
        _introduce(local)
        Event().wait()
    return 0


def _introduce(local: "LocalIssuer") -> None:
    from gatepost.cli.invitation import facts, invite, program

    facts(
        ("vendor", local.vendor),
        ("identifier", local.identifier),
        ("discovery", local.discovery_url),
        ("JWK set", local.jwks_uri),
        ("token endpoint", local.token_endpoint),
        ("audience", " ".join(local.audience)),
        ("client id", local.client_id),
        ("client secret", local.client_secret),
        *((("certificate", local.ca_file),) if local.ca_file is not None else ()),
    )
    invite(
        "To copy (Ctrl-C ends)",
        (
            ("a user's token, good as of now", local.mint()),
            *_ask(local),
            ("is a token good? it is read from standard input", f"{program()} verify - {_trust(local)}"),
        ),
    )


def _ask(local: "LocalIssuer") -> tuple[tuple[str, str], ...]:
    """Return how to ask for a token by curl, where the vendor gives one to a client for itself."""
    if local.vendor in _NOT_FOR_CLIENTS:
        return ()
    form = ["grant_type=client_credentials", *_FORMS.get(local.vendor, ())]
    words = ["curl", "-s", "-u", f"{local.client_id}:{local.client_secret}"]
    if local.ca_file is not None:
        words += ["--cacert", local.ca_file]
    for field in form:
        words += ["-d", field.format(audience=local.audience[0])]
    return (("a token for the client itself", shlex.join([*words, local.token_endpoint])),)


def _trust(local: "LocalIssuer") -> str:
    """Return the options that trust it by its vendor's rules."""
    trusted = local.issuer()
    words = ["--issuer", trusted.identifier]
    for audience in trusted.audience or ():
        words += ["--audience", audience]
    if trusted.token_type != "access":
        words += ["--token-type", trusted.token_type]
    if trusted.client_id_as_audience:
        words.append("--client-id-as-audience")
    if trusted.leeway:
        words += ["--leeway", f"{trusted.leeway:g}"]
    if local.ca_file is not None:
        words += ["--ca-file", local.ca_file]
    return shlex.join(words)
