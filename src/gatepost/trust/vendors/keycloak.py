"""Keycloak and Red Hat build of Keycloak."""

from collections.abc import Iterable
from typing import Unpack

from gatepost.trust.issuer import Issuer, IssuerOptions
from gatepost.trust.vendors import address


def keycloak(
    base_url: str,
    realm: str,
    *,
    audience: str | Iterable[str] | None,
    ca_file: str | None = None,
    **options: Unpack[IssuerOptions],
) -> Issuer:
    """Return the issuer of a Keycloak realm.

    Without an audience mapper, `aud` is `account` or missing: add one to a client scope rather than leaving the
    audience unchecked. The client is in `azp`, `scope` is a string, roles are in `realm_access` and `resource_access`.
    The header's `typ` is `JWT` for every kind of token; the claim `typ` says `Bearer` or `ID`. The JWKS also lists a
    key for encryption, which is passed over.

    Args:
        base_url: Where Keycloak is reached, such as `https://sso.example.com`; releases before 17 end with `/auth`.
        realm: The realm's name.
        audience: What the audience mapper puts into `aud`; for ID tokens the client id.
        ca_file: The certificates to trust for that server, as a PEM file, or `None` for the system's.
        **options: The other options of `Issuer`; `keys` is the realm's `protocol/openid-connect/certs` by default.

    Raises:
        ConfigurationError: When the address or the realm is not one.

    Source: Keycloak documentation, "Securing applications: OpenID Connect" and "Audience support".
    """
    identifier = f"{address.base_url('base_url', base_url)}/realms/{address.segment('realm', realm)}"
    address.set_keys(options, f"{identifier}/protocol/openid-connect/certs", ca_file=ca_file)
    return Issuer(identifier, audience=audience, **options)
