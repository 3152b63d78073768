"""PingOne."""

from collections.abc import Iterable
from typing import Literal, TypeAlias, Unpack, get_args

from gatepost.errors import ConfigurationError
from gatepost.trust.issuer import Issuer, IssuerOptions
from gatepost.trust.vendors import address

Region: TypeAlias = Literal["com", "eu", "ca", "com.au", "sg", "asia"]


def pingone(
    environment_id: str,
    region: Region = "com",
    *,
    audience: str | Iterable[str] | None,
    custom_domain: str | None = None,
    **options: Unpack[IssuerOptions],
) -> Issuer:
    """Return the issuer of a PingOne environment.

    Its tokens are signed with RS256 and name their key. `aud` is an array with the audience of the custom resource,
    `scope` a string; `sub`, `sid`, `acr` and `auth_time` are missing where a client acts for itself. From 2 March 2027
    on, access tokens say `typ: at+jwt`, which `require_at_jwt=True` can demand once the environment does so.

    Args:
        environment_id: The environment's id, a UUID.
        region: The end of the host name `auth.pingone.…`: `com` (North America), `eu`, `ca`, `com.au`, `sg` or `asia`.
        audience: The audience of the custom resource (its name, where it was given none); `https://api.pingone.com`
            for PingOne's own API; for ID tokens the application's client id.
        custom_domain: The environment's custom domain, such as `login.example.com`. Tokens then come from
            `https://login.example.com/as`, and still from the standard issuer where a client uses that.
        **options: The other options of `Issuer`; `keys` is the environment's JWKS by default.

    Raises:
        ConfigurationError: When the environment id, the region or the domain is not one.

    Source: PingOne Platform API, "Token claims", "OpenID Connect/OAuth 2" and "Custom Domains".
    """
    address.uuid("environment_id", environment_id, "the admin console shows under Environment > Properties")
    if region not in get_args(Region):
        raise ConfigurationError(f"region is one of {', '.join(get_args(Region))}, not {region!r}")
    identifier = f"https://auth.pingone.{region}/{environment_id}/as"
    if custom_domain is not None:
        options.setdefault("aliases", (identifier,))
        identifier = f"{address.base_url('custom_domain', custom_domain)}/as"
    options.setdefault("algorithms", ("RS256",))
    address.set_keys(options, f"{identifier}/jwks")
    return Issuer(identifier, audience=audience, **options)
