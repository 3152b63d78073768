"""`gatepost token`: a token from any OpenID provider, for a person or for a client."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatepost.cli import options, token_options
from gatepost.cli import token_asking as asking
from gatepost.cli.failure import Failure

if TYPE_CHECKING:
    from gatepost.cli.token_client import Client

app = typer.Typer(help="Get a token from any OpenID provider.", no_args_is_help=False, rich_markup_mode=None)

_CALLBACK = "http://localhost:3000/callback"


@app.command()
def authorize(
    *,
    issuer: token_options.Issuer,
    client_id: token_options.ClientId,
    client_secret_file: token_options.ClientSecretFile = None,
    ask_secret: token_options.AskSecret = False,
    client_key_file: token_options.ClientKeyFile = None,
    client_key_id: token_options.ClientKeyId = None,
    auth_method: token_options.AuthMethod = None,
    scope: token_options.Scope = None,
    param: token_options.Parameter = None,
    redirect_uri: Annotated[
        str, typer.Option(metavar="URL", help="Where the browser comes back to; the client is registered with it.")
    ] = _CALLBACK,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the URL, and open nothing.")] = False,
    pending: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Print the URL, keep what belongs to it there, and end; see --code."),
    ] = None,
    code: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="With --pending: the code, or the whole address that the browser came to."),
    ] = None,
    authorization_endpoint: Annotated[
        str | None, typer.Option(metavar="URL", help="Where to sign on, in place of discovery.")
    ] = None,
    par: Annotated[bool, typer.Option("--par", help="Push the request to the provider first (RFC 9126).")] = False,
    max_age: Annotated[
        int | None, typer.Option(metavar="SECONDS", min=0, help="The person has to have signed on that lately.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="How long to wait for the browser to come back.")
    ] = 300.0,
    access_token: token_options.AccessToken = False,
    save: token_options.Save = None,
    ca_file: options.CaFile = None,
    http_host: options.HttpHost = None,
) -> int:
    """Get a token for a person, who signs on in a browser.

    The authorization code with PKCE, always; state, iss and the ID token are verified. The browser comes back to a
    port of this machine. Without a browser here: --pending FILE prints the URL and ends, and --code brings the code.

    Example: gatepost token authorize --issuer http://localhost:9000/ENVIRONMENT/as --client-id ID
    """
    from gatepost.cli.token_authorization import Pending, read_code

    provider, scopes = asking.provider(issuer, ca_file, http_host), asking.words(scope) or "openid"
    asked = {"scope": scopes, **asking.parameters(param), **({} if max_age is None else {"max_age": str(max_age)})}

    key = asking.key(client_key_file, client_key_id)

    def client() -> "Client":
        return asking.client(provider, client_id, client_secret_file, key, auth_method, ask=ask_secret)

    if code is not None:
        if pending is None:
            raise Failure("--code needs --pending FILE, with which the URL was printed")
        begun = Pending.read(pending, issuer)
        found = read_code(code, begun, provider)
    else:
        begun = Pending.begin(issuer, redirect_uri, openid="openid" in scopes.split())
        url = asking.url(provider, client, begun.parameters(client_id, asked), authorization_endpoint, par=par)
        if pending is not None:
            begun.keep(pending)
            typer.echo("Sign on here, and take the code from the address that you are sent to:", err=True)
            typer.echo(url)
            return 0
        found = asking.fetched(provider, begun, url, timeout, browser=not no_browser)
    form = {
        "grant_type": "authorization_code",
        "code": found,
        "redirect_uri": begun.redirect_uri,
        "code_verifier": begun.verifier,
    }
    answer = client().ask(provider, "token_endpoint", form)
    if pending is not None:
        pending.unlink(missing_ok=True)
    return asking.given(provider, client_id, answer, access_token, save, nonce=begun.nonce, max_age=max_age)


@app.command()
def client_credentials(
    *,
    issuer: token_options.Issuer,
    client_id: token_options.ClientId,
    client_secret_file: token_options.ClientSecretFile = None,
    ask_secret: token_options.AskSecret = False,
    client_key_file: token_options.ClientKeyFile = None,
    client_key_id: token_options.ClientKeyId = None,
    auth_method: token_options.AuthMethod = None,
    scope: token_options.Scope = None,
    param: token_options.Parameter = None,
    access_token: token_options.AccessToken = False,
    save: token_options.Save = None,
    ca_file: options.CaFile = None,
    http_host: options.HttpHost = None,
) -> int:
    """Get a token for the client itself.

    Example: gatepost token client-credentials --issuer https://auth.pingone.eu/ENVIRONMENT/as --client-id ID
    """
    provider = asking.provider(issuer, ca_file, http_host)
    key = asking.key(client_key_file, client_key_id)
    client = asking.client(provider, client_id, client_secret_file, key, auth_method, ask=ask_secret)
    form = {"grant_type": "client_credentials", **asking.scope(scope), **asking.parameters(param)}
    return asking.given(provider, client_id, client.ask(provider, "token_endpoint", form), access_token, save)


@app.command()
def device(
    *,
    issuer: token_options.Issuer,
    client_id: token_options.ClientId,
    client_secret_file: token_options.ClientSecretFile = None,
    ask_secret: token_options.AskSecret = False,
    client_key_file: token_options.ClientKeyFile = None,
    client_key_id: token_options.ClientKeyId = None,
    auth_method: token_options.AuthMethod = None,
    scope: token_options.Scope = None,
    param: token_options.Parameter = None,
    access_token: token_options.AccessToken = False,
    save: token_options.Save = None,
    ca_file: options.CaFile = None,
    http_host: options.HttpHost = None,
) -> int:
    """Get a token for a person, who signs on with another device (RFC 8628).

    Example: gatepost token device --issuer http://localhost:9000/ENVIRONMENT/as --client-id ID --scope openid
    """
    from gatepost.cli.token_device import polled

    provider = asking.provider(issuer, ca_file, http_host)
    key = asking.key(client_key_file, client_key_id)
    client = asking.client(provider, client_id, client_secret_file, key, auth_method, ask=ask_secret)
    answer = polled(provider, client, {**asking.scope(scope), **asking.parameters(param)})
    return asking.given(provider, client_id, answer, access_token, save)


@app.command()
def refresh(
    *,
    issuer: token_options.Issuer,
    client_id: token_options.ClientId,
    client_secret_file: token_options.ClientSecretFile = None,
    ask_secret: token_options.AskSecret = False,
    client_key_file: token_options.ClientKeyFile = None,
    client_key_id: token_options.ClientKeyId = None,
    auth_method: token_options.AuthMethod = None,
    refresh_token: Annotated[
        str,
        typer.Option("--from", metavar="FILE", help="The refresh token, or what --save kept; - for standard input."),
    ] = "-",
    scope: token_options.Scope = None,
    param: token_options.Parameter = None,
    access_token: token_options.AccessToken = False,
    save: token_options.Save = None,
    ca_file: options.CaFile = None,
    http_host: options.HttpHost = None,
) -> int:
    """Get a fresh token for a refresh token.

    With --save FILE the new refresh token takes the place of the old one there, which is good no more.

    Example: gatepost token refresh --issuer URL --client-id ID --from tokens.json --save tokens.json
    """
    from gatepost.cli.token_input import token_in

    provider = asking.provider(issuer, ca_file, http_host)
    key = asking.key(client_key_file, client_key_id)
    client = asking.client(provider, client_id, client_secret_file, key, auth_method, ask=ask_secret)
    before = token_in(refresh_token, "refresh_token")
    form = {"grant_type": "refresh_token", "refresh_token": before, **asking.scope(scope), **asking.parameters(param)}
    answer = client.ask(provider, "token_endpoint", form)
    if save is not None:
        answer.setdefault("refresh_token", before)  # RFC 6749 §6: without a new one, the old one stays good
    return asking.given(provider, client_id, answer, access_token, save)


@app.command()
def exchange(
    *,
    issuer: token_options.Issuer,
    client_id: token_options.ClientId,
    client_secret_file: token_options.ClientSecretFile = None,
    ask_secret: token_options.AskSecret = False,
    client_key_file: token_options.ClientKeyFile = None,
    client_key_id: token_options.ClientKeyId = None,
    auth_method: token_options.AuthMethod = None,
    subject_token: Annotated[
        str, typer.Option(metavar="FILE", help="The token of whom it is about, or what --save kept; - for stdin.")
    ] = "-",
    subject_token_type: Annotated[
        str, typer.Option(metavar="TYPE", help="access_token, id_token, jwt, or a URI.")
    ] = "access_token",
    actor_token: Annotated[str | None, typer.Option(metavar="FILE", help="The token of who acts, likewise.")] = None,
    actor_token_type: Annotated[
        str, typer.Option(metavar="TYPE", help="access_token, id_token, jwt, or a URI.")
    ] = "access_token",
    audience: Annotated[list[str] | None, typer.Option(metavar="AUD", help="Whom the new token is for.")] = None,
    requested_token_type: Annotated[
        str | None, typer.Option(metavar="TYPE", help="What kind of token to ask for.")
    ] = None,
    scope: token_options.Scope = None,
    param: token_options.Parameter = None,
    access_token: token_options.AccessToken = False,
    save: token_options.Save = None,
    ca_file: options.CaFile = None,
    http_host: options.HttpHost = None,
) -> int:
    """Exchange a token for another one (RFC 8693).

    Example: gatepost token exchange --issuer URL --client-id ID --subject-token user.json --audience https://api.example
    """
    from gatepost.cli.token_input import token_in

    provider = asking.provider(issuer, ca_file, http_host)
    key = asking.key(client_key_file, client_key_id)
    client = asking.client(provider, client_id, client_secret_file, key, auth_method, ask=ask_secret)
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": token_in(subject_token, subject_token_type),
        "subject_token_type": asking.token_type(subject_token_type),
        **asking.scope(scope),
        **asking.parameters(param),
    }
    if actor_token is not None:
        form["actor_token"] = token_in(actor_token, actor_token_type)
        form["actor_token_type"] = asking.token_type(actor_token_type)
    if audience:
        form["audience"] = " ".join(audience)
    if requested_token_type is not None:
        form["requested_token_type"] = asking.token_type(requested_token_type)
    answer = client.ask(provider, "token_endpoint", form)
    return asking.given(provider, client_id, answer, access_token, save)
