"""What the commands of `gatepost token` do alike: from options to a request, and from its answer to the output."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from gatepost.cli import token_options
from gatepost.cli.failure import Failure

if TYPE_CHECKING:
    from gatepost.cli.token_authorization import Pending
    from gatepost.cli.token_client import Client
    from gatepost.cli.token_provider import Provider
    from gatepost.jose import SigningKey

_TYPES = {name: f"urn:ietf:params:oauth:token-type:{name}" for name in ("access_token", "id_token", "jwt")}


def provider(issuer: str, ca_file: Path | None, http_host: Sequence[str] | None) -> "Provider":
    """Return the provider that the options name."""
    from gatepost.cli.token_provider import Provider

    return Provider(issuer, ca_file=ca_file, http_hosts=http_host or ())


def key(file: Path | None, key_id: str | None) -> "SigningKey | None":
    """Return the client's private key, if there is one."""
    if file is None:
        if key_id is not None:
            raise Failure("--client-key-id names the key in --client-key-file; give that one too")
        return None
    from gatepost.cli.trusted import read_file
    from gatepost.jose import SigningKey

    return SigningKey.from_pem(read_file(file), kid=key_id)


def client(
    provider: "Provider",
    client_id: str,
    secret_file: Path | None,
    key: "SigningKey | None",
    method: token_options.Method | None,
    *,
    ask: bool,
) -> "Client":
    """Return the client that the options describe."""
    from gatepost.cli.token_client import client as described

    return described(provider, client_id, secret_file=secret_file, ask_secret=ask, key=key, method=method)


def url(
    provider: "Provider", client: Callable[[], "Client"], parameters: dict[str, str], endpoint: str | None, *, par: bool
) -> str:
    """Return the URL to sign on at."""
    from gatepost.cli.token_authorization import pushed, url_of

    place = endpoint or provider.endpoint("authorization_endpoint")
    if par or (endpoint is None and provider.metadata.get("require_pushed_authorization_requests") is True):
        parameters = pushed(provider, client(), parameters)
    return url_of(place, parameters)


def fetched(provider: "Provider", begun: "Pending", url: str, timeout: float, *, browser: bool) -> str:
    """Return the code that a browser brings back."""
    import webbrowser

    from gatepost.cli.token_redirect import redirected

    with redirected(begun.redirect_uri, begun.state) as redirect:
        typer.echo(f"Sign on here:\n{url}", err=True)
        if browser:
            webbrowser.open(url)
        return begun.code_in(redirect.wait(timeout), provider)


def given(
    provider: "Provider",
    client_id: str,
    answer: dict[str, Any],
    access_token: bool,
    save: Path | None,
    *,
    nonce: str | None = None,
    max_age: int | None = None,
) -> int:
    """Verify what came, print it, and return the exit status."""
    from gatepost.cli.token_output import checked, give

    give(checked(provider, client_id, answer, nonce=nonce, max_age=max_age), access_token=access_token, save=save)
    return 0


def parameters(texts: Sequence[str] | None) -> dict[str, str]:
    """Return the parameters that `--param` adds."""
    found = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise Failure(f"--param {text}: write NAME=VALUE")
        found[name] = value
    return found


def words(scopes: Sequence[str] | None) -> str:
    """Return the scopes as one text."""
    return " ".join(word for each in scopes or () for word in each.split())


def scope(scopes: Sequence[str] | None) -> dict[str, str]:
    """Return the parameter that asks for scopes, if any are asked for."""
    text = words(scopes)
    return {"scope": text} if text else {}


def token_type(name: str) -> str:
    """Return the URI of a kind of token."""
    return _TYPES.get(name, name)
