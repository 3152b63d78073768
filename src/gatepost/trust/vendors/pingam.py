"""PingAM, PingOne Advanced Identity Cloud, and ForgeRock AM before them."""

from collections.abc import Iterable
from typing import Unpack

from gatepost.trust.issuer import Issuer, IssuerOptions
from gatepost.trust.vendors import address, kind


def pingam(
    base_url: str,
    realm: str,
    *,
    audience: str | Iterable[str] | None,
    ca_file: str | None = None,
    **options: Unpack[IssuerOptions],
) -> Issuer:
    """Return the issuer of a PingAM realm's client-based (JWT) access tokens.

    The realm has to issue client-based tokens signed with a public-key algorithm; AM's default is HS256. Their `aud`
    is the client id, `scope` an array that ID tokens do not have, `typ` is `JWT`, and `nbf` is the moment of issue. AM
    names itself as it was addressed, so these forms of `iss` mean the same realm here: the long
    `…/oauth2/realms/root/realms/alpha`, the short `…/oauth2/alpha`, and both with the port `:443` written out, as
    Advanced Identity Cloud does.

    Old releases copied the `nonce` of the sign-on request into the access token. Such tokens count as ID tokens and
    are refused; those releases need `token_type="any"`.

    Args:
        base_url: Where AM is deployed, with its context path, such as `https://am.example.com/am`.
        realm: `/` for the root realm, else its path, such as `alpha` or `/customers/europe`.
        audience: The client id of the application that the tokens are issued to.
        ca_file: The certificates to trust for that server, as a PEM file, or `None` for the system's.
        **options: The other options of `Issuer`; `keys` is the realm's `connect/jwk_uri` by default.

    Raises:
        ConfigurationError: When the address or the realm is not one.

    Source: PingAM 7.5 documentation, "Client-based tokens", "Configure AM as an OpenID provider" and "Realms".
    """
    base = address.base_url("base_url", base_url)
    realms = [address.segment("realm", part) for part in realm.strip("/").split("/")] if realm.strip("/") else []
    long_form = "/oauth2" + "".join(f"/realms/{part}" for part in ["root", *realms])
    short_form = "/".join(["/oauth2", *realms])
    # The root realm is /oauth2 to AM itself; its sub-realms are addressed in the long form.
    path, other_path = (long_form, short_form) if realms else (short_form, long_form)
    options.setdefault(
        "aliases", (f"{base}{other_path}", *(f"{other}{form}" for other in _ports(base) for form in (path, other_path)))
    )
    kind.require_in_access_tokens(options, "scope")
    address.set_keys(options, f"{base}{path}/connect/jwk_uri", ca_file=ca_file)
    return Issuer(f"{base}{path}", audience=audience, **options)


def _ports(base: str) -> list[str]:
    """Return `base` with its default https port written out, or left out if it was; nothing for other ports."""
    scheme, _, rest = base.partition("://")
    host, slash, context = rest.partition("/")
    if scheme != "https":
        return []
    if host.endswith(":443"):
        return [f"https://{host.removesuffix(':443')}{slash}{context}"]
    return [] if host.rpartition("]")[2].count(":") else [f"https://{host}:443{slash}{context}"]
