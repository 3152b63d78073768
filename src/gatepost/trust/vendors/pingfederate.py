"""PingFederate."""

from collections.abc import Iterable
from typing import Unpack

from gatepost.errors import ConfigurationError
from gatepost.trust.issuer import Issuer, IssuerOptions
from gatepost.trust.vendors import address


def pingfederate(
    base_url: str,
    *,
    audience: str | Iterable[str] | None,
    issuer: str | None = None,
    jwks_path: str | None = None,
    ca_file: str | None = None,
    **options: Unpack[IssuerOptions],
) -> Issuer:
    """Return the issuer of a PingFederate server's JWT access tokens.

    Nearly everything is a setting of the access token manager. It has to fill `Issuer Claim Value` and `Audience Claim
    Value` (both are optional there), to include the key ID header parameter where it has several keys, and to name the
    client in `client_id` and the scopes in `scope`, as it does by default. `scope` is an array, or with "Space delimit
    scope values" a string.

    Args:
        base_url: The server's base URL, such as `https://sso.example.com:9031`.
        audience: The manager's audience claim value; for ID tokens the client id.
        issuer: The manager's issuer claim value, or `None` when it is the base URL, as in ID tokens.
        jwks_path: The manager's JWKS endpoint path, which begins with `/ext/`, when it has keys of its own; `/pf/JWKS`
            is the server's. `None` asks discovery.
        ca_file: The certificates to trust for that server, as a PEM file, or `None` for the system's.
        **options: The other options of `Issuer`.

    Raises:
        ConfigurationError: When the address, the issuer or the path is not one; or when `issuer` is another than the
            base URL and nothing says where its keys are, for discovery goes by the issuer.

    Source: PingFederate Administrator's Reference, "Configuring JSON token management".
    """
    base = address.base_url("base_url", base_url)
    if jwks_path is not None:
        if not jwks_path.startswith("/"):
            raise ConfigurationError(f"jwks_path begins with a slash, such as '/pf/JWKS', not {jwks_path!r}")
        address.set_keys(options, f"{base}{jwks_path}", ca_file=ca_file)
    elif "keys" not in options:
        from gatepost.trust.discovery import Discovery

        if issuer not in {None, base}:
            raise ConfigurationError(
                "discovery goes by the issuer; with one that is not the base URL, say where the keys are: "
                "jwks_path='/pf/JWKS'"
            )
        options["keys"] = Discovery(ca_file=ca_file)
    elif ca_file is not None:
        raise ConfigurationError("with keys=..., give ca_file there: keys=JwksUrl(url, ca_file=...)")
    return Issuer(base if issuer is None else issuer, audience=audience, **options)
