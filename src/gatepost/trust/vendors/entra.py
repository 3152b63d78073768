"""Microsoft Entra ID."""

from collections.abc import Iterable
from typing import Literal, Unpack

from gatepost.errors import ConfigurationError
from gatepost.trust.issuer import Issuer, IssuerOptions
from gatepost.trust.vendors import address, kind

_PUBLIC_CLOUD = "https://login.microsoftonline.com"
_CHINA = "https://login.partner.microsoftonline.cn"


def entra(
    tenant_id: str,
    *,
    audience: str | Iterable[str] | None,
    version: Literal[1, 2] = 2,
    authority: str = _PUBLIC_CLOUD,
    **options: Unpack[IssuerOptions],
) -> Issuer:
    """Return the issuer of a Microsoft Entra tenant.

    An API's manifest decides the version of its tokens (`requestedAccessTokenVersion`), whatever endpoint the client
    used; an API that gets both needs two issuers. Delegated permissions are in `scp`, a string; application permissions
    in `roles`. Access tokens name the client (`azp`, in version 1 `appid`), which tells them from ID tokens where
    client and API are one application. The JWKS gives its keys no `alg`. Tokens for Microsoft Graph are not yours to
    verify, and never pass.

    Args:
        tenant_id: The directory's id, a UUID. Tokens name it even where clients say a domain name or `common`.
        audience: Version 2: the API's application (client) id, a bare UUID. Version 1: its application id URI, such as
            `api://2c1e3a54-…`.
        version: 2 for `https://login.microsoftonline.com/<tenant>/v2.0`, 1 for `https://sts.windows.net/<tenant>/`.
        authority: The cloud's sign-on host: `https://login.microsoftonline.us` for US Government,
            `https://login.partner.microsoftonline.cn` for China.
        **options: The other options of `Issuer`; `keys` is the tenant's JWKS by default. An application with a signing
            key of its own needs `keys=JwksUrl("…/discovery/v2.0/keys?appid=…")`.

    Raises:
        ConfigurationError: When the tenant id is no UUID, or the version or the authority is not one.

    Source: Microsoft identity platform, "Access token claims reference" and "Access tokens: validate the issuer".
    """
    address.uuid("tenant_id", tenant_id, "the portal shows as Directory (tenant) ID; tokens hold no other name of it")
    if version not in {1, 2}:
        raise ConfigurationError(f"version is 1 or 2, not {version!r}")
    base = address.base_url("authority", authority)
    options.setdefault("algorithms", ("RS256",))
    kind.require_in_access_tokens(options, "azp" if version == 2 else "appid")
    if version == 1:
        host = "sts.chinacloudapi.cn" if base == _CHINA else "sts.windows.net"
        address.set_keys(options, f"{base}/{tenant_id}/discovery/keys")
        return Issuer(f"https://{host}/{tenant_id}/", audience=audience, **options)
    address.set_keys(options, f"{base}/{tenant_id}/discovery/v2.0/keys")
    return Issuer(f"{base}/{tenant_id}/v2.0", audience=audience, **options)
