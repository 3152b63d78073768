"""`gatepost inspect`: what does this token say, and what is wrong with it?"""

import time
from typing import TYPE_CHECKING

import typer

from gatepost.cli import options, token_argument
from gatepost.cli.failure import Failure

if TYPE_CHECKING:
    from gatepost.cli.verdict import Verdict
    from gatepost.jose import KeySet
    from gatepost.trust.issuer import Issuer
    from gatepost.trust.key_source import KeySource


def inspect(
    token: token_argument.Token,
    *,
    issuer: options.Issuer = None,
    audience: options.Audience = None,
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
    ca_file: options.CaFile = None,
    http_host: options.HttpHost = None,
    as_json: options.Json = False,
) -> int:
    """Take a token apart, whole or broken, and list every check.

    Without keys nothing of it is trusted. With --issuer and --audience it is verified as well; with keys alone only
    its signature is.

    Exit status: 0 when no check failed, 1 when one did, 2 when the keys cannot be had or an option is wrong.
    """
    from gatepost.cli.inspection import Inspection
    from gatepost.cli.trusted import issuer_from, keys_from

    keys = keys_from(
        jwks_url=jwks_url,
        jwks_file=jwks_file,
        pem_file=pem_file,
        secret_file=secret_file,
        ca_file=ca_file,
        http_hosts=http_host or (),
    )
    trusted: Issuer | None = None
    if issuer is not None or vendor is not None:
        trusted = issuer_from(
            issuer=issuer,
            vendor=vendor,
            settings=setting or (),
            audience=audience or (),
            keys=keys,
            algorithms=algorithm or (),
            token_type=token_type,
            leeway=leeway,
            client_id_as_audience=client_id_as_audience,
        )
    elif audience:
        raise Failure("an audience means nothing without an issuer; add --issuer URL, or --vendor NAME")
    text = token_argument.read(token)
    inspection = Inspection(text, time.time(), trusted, _judge(text, trusted, keys))
    if as_json:
        from gatepost.cli.plain_text import plain_json

        typer.echo(plain_json(inspection.as_json(), indent=2))
    else:
        from gatepost.cli.inspection_page import show

        show(inspection)
    return inspection.status


def _judge(token: str, issuer: "Issuer | None", keys: "KeySource | KeySet | None") -> "Verdict":
    from gatepost.cli import verdict
    from gatepost.jose import KeySet
    from gatepost.trust.jwks_url import JwksUrl

    if issuer is not None:
        return verdict.by_issuer(token, issuer)
    if isinstance(keys, JwksUrl):
        from gatepost.cli.published import key_set

        keys = key_set(keys, keys.url)
    return verdict.by_keys(token, keys) if isinstance(keys, KeySet) else verdict.UNTRUSTED
