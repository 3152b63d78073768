"""Okta."""

from collections.abc import Iterable
from typing import Unpack

from gatepost.errors import ConfigurationError
from gatepost.trust.issuer import Issuer, IssuerOptions
from gatepost.trust.vendors import address


def okta(
    domain: str,
    authorization_server: str | None = "default",
    *,
    audience: str | Iterable[str] | None,
    **options: Unpack[IssuerOptions],
) -> Issuer:
    """Return the issuer of an Okta authorization server.

    Access tokens have no `typ`; the client is in `cid`, the scopes in `scp`, an array.

    Args:
        domain: The organization's domain, such as `example.okta.com`, or its custom domain.
        authorization_server: The id of a custom authorization server, or `default`. `None` is the org server, whose
            access tokens are for Okta's own API and cannot be verified by anyone else; its ID tokens can.
        audience: The authorization server's audience, `api://default` for `default`; for ID tokens the client id.
        **options: The other options of `Issuer`; `keys` is the authorization server's JWKS by default.

    Raises:
        ConfigurationError: When the domain or the server's id is not one, or access tokens of the org server are asked
            for.

    Source: Okta developer documentation, "Authorization servers" and "Validate access tokens".
    """
    base = address.base_url("domain", domain)
    options.setdefault("algorithms", ("RS256",))
    if authorization_server is None:
        if options.get("token_type", "access") != "id":
            raise ConfigurationError(
                "access tokens of Okta's org server are only for Okta itself; name a custom authorization server, "
                "such as authorization_server='default', or ask for ID tokens with token_type='id'"
            )
        address.set_keys(options, f"{base}/oauth2/v1/keys")
        return Issuer(base, audience=audience, **options)
    identifier = f"{base}/oauth2/{address.segment('authorization_server', authorization_server)}"
    address.set_keys(options, f"{identifier}/v1/keys")
    return Issuer(identifier, audience=audience, **options)
