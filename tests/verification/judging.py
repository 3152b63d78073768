"""The claim rules of one issuer, asked about one set of claims."""

from typing import Any

import pytest

from gatepost.errors import Reason, TokenRejected
from gatepost.verification.claims import ClaimRules, check
from tests.verification.minting import CLIENT, NOW, api_issuer

Window = tuple[float, float]


def window(claims: dict[str, object], *, typ: str | None = None, now: float = NOW, **options: Any) -> Window:
    """Return the window in which the claims of a token are good, as the issuer's rules judge them."""
    return check(typ, claims, ClaimRules(api_issuer(**options)), now)


def id_window(claims: dict[str, object], **options: Any) -> Window:
    return window(claims, **{"token_type": "id", "audience": CLIENT, **options})


def refusal(claims: dict[str, object], **options: Any) -> tuple[Reason, str | None]:
    with pytest.raises(TokenRejected) as caught:
        window(claims, **options)
    return caught.value.reason, caught.value.claim


def id_refusal(claims: dict[str, object], **options: Any) -> tuple[Reason, str | None]:
    return refusal(claims, **{"token_type": "id", "audience": CLIENT, **options})
