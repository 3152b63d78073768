"""An issuer as it is, with its keys from elsewhere."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gatepost.jose import KeySet
from gatepost.trust.issuer import Issuer

if TYPE_CHECKING:
    from gatepost.trust.key_source import KeySource


def rekeyed(issuer: Issuer, keys: "KeySource | KeySet", *, algorithms: Iterable[str] | None = None) -> Issuer:
    """Return an issuer that differs from `issuer` only in its keys.

    Args:
        issuer: The issuer.
        keys: Where its keys come from instead.
        algorithms: The algorithms to accept instead, or `None` for the same.
    """
    return Issuer(
        issuer.identifier,
        audience=issuer.audience,
        algorithms=issuer.algorithms if algorithms is None else algorithms,
        keys=keys,
        token_type=issuer.token_type,
        leeway=issuer.leeway,
        required_claims=issuer.required_claims,
        max_token_age=issuer.max_token_age,
        aliases=issuer.aliases,
        client_id_as_audience=issuer.client_id_as_audience,
        require_at_jwt=issuer.require_at_jwt,
    )
