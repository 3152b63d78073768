"""Amazon Cognito user pools."""

import re
from collections.abc import Iterable
from typing import Unpack

from gatepost.errors import ConfigurationError
from gatepost.trust.issuer import Issuer, IssuerOptions
from gatepost.trust.vendors import address, kind

_USER_POOL_ID = re.compile(r"([a-z]{2}(?:-[a-z]+)+-[0-9])_[A-Za-z0-9]+")


def cognito(
    user_pool_id: str,
    *,
    audience: str | Iterable[str] | None,
    endpoint: str | None = None,
    **options: Unpack[IssuerOptions],
) -> Issuer:
    """Return the issuer of a Cognito user pool.

    Its access tokens have no `aud`: `client_id` stands in for it. They are told from ID tokens by `client_id`, which
    ID tokens do not have; `token_use` says the kind too. `scope` is a string such as `orders/read`, groups are in
    `cognito:groups`. A pool whose issuer was updated signs as `issuer-cognito-idp…`; both forms mean the pool.

    Args:
        user_pool_id: Such as `eu-west-1_AbCd12345`; its first part is the region.
        audience: The app client ids that are let in; with resource binding, the resource's URL.
        endpoint: Where an emulator answers in Cognito's place, such as `http://localhost:9229`; `None` for AWS.
        **options: The other options of `Issuer`; `keys` is the pool's JWKS by default.

    Raises:
        ConfigurationError: When the user pool id or the endpoint is not one.

    Source: Amazon Cognito Developer Guide, "Understanding user pool JSON web tokens" and "Verifying JSON web tokens";
    API reference, "IssuerConfigurationType".
    """
    found = _USER_POOL_ID.fullmatch(user_pool_id)
    if found is None:
        raise ConfigurationError(
            f"user_pool_id is the region, an underscore and a name, such as 'eu-west-1_AbCd12345', not {user_pool_id!r}"
        )
    host = f"cognito-idp.{found[1]}.amazonaws.com" + (".cn" if found[1].startswith("cn-") else "")
    if endpoint is None:
        identifier = f"https://{host}/{user_pool_id}"
        options.setdefault("aliases", (f"https://issuer-{host}/{user_pool_id}",))
    else:
        identifier = f"{address.base_url('endpoint', endpoint)}/{user_pool_id}"
    options.setdefault("algorithms", ("RS256",))
    if options.get("token_type", "access") != "id":
        options.setdefault("client_id_as_audience", True)
    kind.require_in_access_tokens(options, "client_id")
    address.set_keys(options, f"{identifier}/.well-known/jwks.json")
    return Issuer(identifier, audience=audience, **options)
