"""Auth0."""

from collections.abc import Iterable
from typing import Unpack

from gatepost.trust.issuer import Issuer, IssuerOptions
from gatepost.trust.vendors import address


def auth0(domain: str, *, audience: str | Iterable[str] | None, **options: Unpack[IssuerOptions]) -> Issuer:
    """Return the issuer of an Auth0 tenant.

    Its identifier ends with a slash, and `iss` is compared exactly. `aud` is the API's identifier, beside the tenant's
    `/userinfo` where a user signed on with `openid`; `azp` is the client id, `scope` a string. `typ` is `JWT`, or
    `at+jwt` where the API uses the RFC 9068 profile. An API that signs with HS256 cannot be verified with public keys.

    Args:
        domain: The tenant's domain, such as `example.eu.auth0.com`, or its custom domain: the one that clients use,
            for tokens name it.
        audience: The API's identifier; for ID tokens the client id.
        **options: The other options of `Issuer`; `keys` is the tenant's JWKS by default.

    Raises:
        ConfigurationError: When the domain is not an address.

    Source: Auth0 documentation, "Validate JSON Web Tokens", "Access token profiles" and "JSON Web Key Sets".
    """
    base = address.base_url("domain", domain)
    options.setdefault("algorithms", ("RS256", "RS512", "PS256"))
    address.set_keys(options, f"{base}/.well-known/jwks.json")
    return Issuer(f"{base}/", audience=audience, **options)
