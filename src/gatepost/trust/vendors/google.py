"""Google sign-in."""

from collections.abc import Iterable
from typing import Unpack

from gatepost.trust.issuer import Issuer, IssuerOptions
from gatepost.trust.vendors import address


def google(*, audience: str | Iterable[str] | None, **options: Unpack[IssuerOptions]) -> Issuer:
    """Return Google as the issuer of ID tokens.

    Google's access tokens are opaque, so `token_type` is `id` here. `iss` comes in two forms, with and without
    `https://`; both mean Google. Who may sign on is for the application to decide, by `hd` for one organization.

    Args:
        audience: The OAuth client ids that are let in, which end with `.apps.googleusercontent.com`; for a service's
            token that was asked for with `target_audience`, that audience.
        **options: The other options of `Issuer`; `keys` is Google's JWKS by default.

    Source: Google Identity, "Verify the Google ID token on your server side" and "OpenID Connect".
    """
    options.setdefault("token_type", "id")
    options.setdefault("aliases", ("accounts.google.com",))
    options.setdefault("algorithms", ("RS256",))
    address.set_keys(options, "https://www.googleapis.com/oauth2/v3/certs")
    return Issuer("https://accounts.google.com", audience=audience, **options)
