"""`gatepost verify`: is this token good, now?"""

from typing import Annotated

import typer

from gatepost.cli import options, token_argument
from gatepost.cli.failure import Failure, complain


def verify(
    token: token_argument.Token,
    *,
    issuer: options.Issuer = None,
    audience: options.Audience = None,
    any_audience: Annotated[bool, typer.Option("--any-audience", help="Accept tokens for every audience.")] = False,
    vendor: options.Vendor = None,
    setting: options.Setting = None,
    jwks_url: options.JwksUrl = None,
    jwks_file: options.JwksFile = None,
    pem_file: options.PemFile = None,
    secret_file: options.SecretFile = None,
    algorithm: options.Algorithm = None,
    token_type: options.TokenType = None,
    leeway: options.Leeway = None,
    client_id_as_audience: options.ClientIdAsAudience = False,
    max_auth_age: options.MaxAuthAge = None,
    nonce: options.Nonce = None,
    ca_file: options.CaFile = None,
    http_host: options.HttpHost = None,
) -> int:
    """Verify a token: print its claims, or say why it is refused.

    Exit status: 0 with the claims as JSON on standard output; 1 with the reason on standard error, first its stable
    name, such as expired; 2 when nothing can be said, for the keys cannot be had or an option is wrong.

    Example: gatepost verify - --issuer https://auth.pingone.eu/<environment>/as --audience https://api.example.com
    """
    from gatepost.cli.refusal import explain
    from gatepost.cli.trusted import issuer_from, keys_from
    from gatepost.errors import TokenRejected
    from gatepost.verification import Verifier

    if not audience and not any_audience:
        raise Failure("say whom the token is for: --audience AUD; or --any-audience, to accept one for another API too")
    if audience and any_audience:
        raise Failure("--audience and --any-audience contradict each other; give one of them")
    trusted = issuer_from(
        issuer=issuer,
        vendor=vendor,
        settings=setting or (),
        audience=audience or (),
        keys=keys_from(
            jwks_url=jwks_url,
            jwks_file=jwks_file,
            pem_file=pem_file,
            secret_file=secret_file,
            ca_file=ca_file,
            http_hosts=http_host or (),
        ),
        algorithms=algorithm or (),
        token_type=token_type,
        leeway=leeway,
        client_id_as_audience=client_id_as_audience,
    )
    text = token_argument.read(token)
    try:
        verified = Verifier(trusted, token_cache=None).verify(text, max_auth_age=max_auth_age, nonce=nonce)
    except TokenRejected as refusal:
        return complain(explain(refusal, text, trusted), 1, program=str(refusal.reason))
    _print_claims(verified.claims)
    return 0


def _print_claims(claims: dict[str, object]) -> None:
    from rich.syntax import Syntax

    from gatepost.cli.plain_text import plain_json
    from gatepost.cli.terminal import console

    text, out = plain_json(claims, indent=2), console()
    if out.is_terminal:
        out.print(Syntax(text, "json", background_color="default", word_wrap=True))
    else:
        typer.echo(text)
