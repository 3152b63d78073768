"""WSO2 Identity Server and Asgardeo."""

from collections.abc import Iterable
from typing import Unpack

from gatepost.trust.issuer import Issuer, IssuerOptions
from gatepost.trust.vendors import address


def wso2(
    base_url: str,
    tenant: str | None = None,
    *,
    audience: str | Iterable[str] | None,
    ca_file: str | None = None,
    **options: Unpack[IssuerOptions],
) -> Issuer:
    """Return the issuer of a WSO2 Identity Server's JWT access tokens.

    The application has to issue JWTs; opaque tokens are the default. `typ` is `at+jwt` in newer releases and `JWT` in
    older ones, `scope` a string, or an array where so configured. `nbf` is the moment of issue, so a verifier whose
    clock is a moment behind would refuse a fresh token: `leeway` is 5 seconds unless given. The JWKS lists one key
    under several ids, one for each algorithm.

    Args:
        base_url: Where the server is reached, such as `https://localhost:9443` or `https://api.asgardeo.io`.
        tenant: The tenant's domain, or Asgardeo's organization; `None` for the root tenant.
        audience: The client id of the application that the tokens are issued to; WSO2 puts it into `aud`.
        ca_file: The certificates to trust for that server, as a PEM file, or `None` for the system's. A fresh server
            has a self-signed one.
        **options: The other options of `Issuer`; `keys` is the tenant's `/oauth2/jwks` by default.

    Raises:
        ConfigurationError: When the address or the tenant is not one.

    Source: WSO2 Identity Server documentation, "Token persistence" and "JWT access tokens"; JWTTokenIssuer.java.
    """
    root = address.base_url("base_url", base_url)
    if tenant is not None:
        root = f"{root}/t/{address.segment('tenant', tenant)}"
    options.setdefault("algorithms", ("RS256", "RS384", "RS512", "PS256"))
    options.setdefault("leeway", 5)
    address.set_keys(options, f"{root}/oauth2/jwks", ca_file=ca_file)
    return Issuer(f"{root}/oauth2/token", audience=audience, **options)
