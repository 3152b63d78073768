"""Authgear."""

from collections.abc import Iterable
from typing import Unpack

from gatepost.trust.issuer import Issuer, IssuerOptions
from gatepost.trust.vendors import address


def authgear(endpoint: str, *, audience: str | Iterable[str] | None, **options: Unpack[IssuerOptions]) -> Issuer:
    """Return the issuer of an Authgear project's JWT access tokens.

    The application needs the option "Issue JWT as access token". Its tokens are signed with RS256, say `typ: at+jwt`,
    which is demanded here (ID tokens say `JWT`), and have no `nbf`. `auth_time` is the time of the original sign-on.

    Args:
        endpoint: The project's endpoint, such as `https://example.authgear.cloud`, or its custom domain.
        audience: The endpoint itself for users' tokens; the resource's URI for tokens that a client got for itself;
            for ID tokens the client id.
        **options: The other options of `Issuer`; `keys` is the project's `/oauth2/jwks` by default.

    Raises:
        ConfigurationError: When the endpoint is not an address.

    Source: Authgear documentation, "Validate JWT in your application server"; token_encoding.go.
    """
    identifier = address.base_url("endpoint", endpoint)
    options.setdefault("algorithms", ("RS256",))
    options.setdefault("require_at_jwt", options.get("token_type", "access") == "access")
    address.set_keys(options, f"{identifier}/oauth2/jwks")
    return Issuer(identifier, audience=audience, **options)
