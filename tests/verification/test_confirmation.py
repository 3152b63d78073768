"""`cnf`: whom a token is bound to (RFC 7800 §3.1, RFC 9449 §6.1, RFC 8705 §3.1)."""

from typing import Any

import pytest

from gatepost.errors import Reason, TokenRejected
from gatepost.jose.strict_json import JsonObject
from gatepost.verification import VerifiedToken, confirmation
from gatepost.verification.confirmation import NOBODY, Confirmation

JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
X5T = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"


def token(**claims: Any) -> VerifiedToken:
    return VerifiedToken("https://issuer.example", JsonObject(), claims)


def test_a_token_without_cnf_is_bound_to_nobody() -> None:
    assert confirmation.of(token(sub="alice")) is NOBODY


@pytest.mark.parametrize(
    ("cnf", "bound"),
    [
        ({"jkt": JKT}, Confirmation(JKT)),
        ({"x5t#S256": X5T}, Confirmation(None, X5T)),
        ({"jkt": JKT, "x5t#S256": X5T}, Confirmation(JKT, X5T)),
        ({"jkt": JKT, "kid": "1"}, Confirmation(JKT)),
    ],
    ids=str,
)
def test_a_token_is_bound_to_a_key_a_certificate_or_both(cnf: object, bound: Confirmation) -> None:
    assert confirmation.of(token(cnf=cnf)) == bound


@pytest.mark.parametrize("cnf", [{}, {"kid": "1"}, {"jwk": {"kty": "EC"}}, {"x5t": X5T}, {"JKT": JKT}], ids=str)
def test_a_binding_that_cannot_be_checked_is_a_wrong_one(cnf: object) -> None:
    with pytest.raises(TokenRejected) as caught:
        confirmation.of(token(cnf=cnf))
    assert (caught.value.reason, caught.value.claim) == (Reason.WRONG_BINDING, "cnf")


@pytest.mark.parametrize(
    "cnf",
    [
        None,
        JKT,
        [],
        [{"jkt": JKT}],
        1,
        *({"jkt": value} for value in (None, 1, "", JKT + "=", JKT[:-1], "é" * 43, [JKT])),
    ],
    ids=ascii,
)
def test_a_cnf_of_another_form_is_a_bad_claim(cnf: object) -> None:
    with pytest.raises(TokenRejected) as caught:
        confirmation.of(token(cnf=cnf))
    assert (caught.value.reason, caught.value.claim) == (Reason.BAD_CLAIM, "cnf")


def test_a_thumbprint_is_proven_or_not() -> None:
    confirmation.check(JKT, JKT)
    for other in (X5T, JKT.lower(), "", "é"):
        with pytest.raises(TokenRejected) as caught:
            confirmation.check(JKT, other)
        assert caught.value.reason is Reason.WRONG_BINDING
