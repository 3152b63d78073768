"""The cache answers with the claims of this very token, and of nobody else's (GHSA-rp9m-7r4c-75qg)."""

from collections.abc import Callable
from typing import Any

import pytest

from gatepost import KeySet, Reason, Verifier
from tests.attacks.forging import ATTACKERS_KEY, EC, forge, gate, issued, issuers_header
from tests.verification.minting import NOW, access_claims, api_issuer
from tests.verification.outcomes import refusal

ALICE = issued(access_claims(sub="alice"))


@pytest.fixture
def verifier() -> Verifier:
    """Return a verifier that has just seen Alice's token."""
    verifier = gate()
    assert verifier.verify(ALICE) is verifier.verify(ALICE)
    return verifier


@pytest.mark.parametrize(
    "token",
    [
        ALICE[:-1],
        ALICE + "A",
        ALICE + "\0",
        ALICE + " ",
        " " + ALICE,
        ALICE + "=",
        ALICE.swapcase(),
        ALICE.upper(),
        ALICE.rpartition(".")[0] + ".",
        ALICE.rpartition(".")[0] + "." + "A" * 86,
        ALICE + "." + ALICE,
        ALICE[:100],
        ALICE.rpartition(".")[2],
    ],
    ids=range(13),
)
def test_a_text_that_resembles_a_remembered_token_is_judged_for_itself(verifier: Verifier, token: str) -> None:
    refusal(lambda: verifier.verify(token))
    refusal(lambda: verifier.verify(token.encode()))


def test_the_same_header_and_payload_under_another_signature_are_refused(verifier: Verifier) -> None:
    forged = forge(issuers_header(), access_claims(sub="alice"), ATTACKERS_KEY.sign)
    assert forged.rpartition(".")[0] == ALICE.rpartition(".")[0]
    assert refusal(lambda: verifier.verify(forged)) is Reason.BAD_SIGNATURE


def test_the_same_signature_over_another_payload_is_refused(verifier: Verifier) -> None:
    _, _, signature = ALICE.split(".")
    mallory = forge(issuers_header(), access_claims(sub="mallory")).rpartition(".")[0]
    assert refusal(lambda: verifier.verify(f"{mallory}.{signature}")) is Reason.BAD_SIGNATURE


def test_a_claim_that_names_another_user_answers_with_its_own_token(verifier: Verifier) -> None:
    bob = issued(access_claims(sub="bob", jti="token-1"))
    assert verifier.verify(bob).subject == "bob"
    assert verifier.verify(ALICE).subject == "alice"


CHANGES: dict[str, Callable[[Any], object]] = {
    "set": lambda token: token.claims.__setitem__("sub", "admin"),
    "update": lambda token: token.claims.update(sub="admin", exp=9e15),
    "merge": lambda token: token.claims.__ior__({"sub": "admin"}),
    "pop": lambda token: token.claims.pop("exp"),
    "clear": lambda token: token.claims.clear(),
    "default": lambda token: token.claims.setdefault("admin", True),
    "a nested array": lambda token: token.claims["roles"].append("admin"),
    "a slice of a nested array": lambda token: token.claims["roles"].__setitem__(slice(None), ["admin"]),
    "a nested object": lambda token: token.claims["org"].update(name="evil"),
    "deeper": lambda token: token.claims["org"]["teams"][0]["members"].append("mallory"),
    "the audience": lambda token: token.claims["aud"].append("other"),
    "the header": lambda token: token.header.update(alg="none"),
    "deep in the header": lambda token: token.header["x5c"].append("x"),
    "an attribute": lambda token: setattr(token, "subject", "admin"),
    "a new attribute": lambda token: setattr(token, "admin", True),
    "the amr": lambda token: token.amr.append("mfa"),
    "the scopes": lambda token: token.scopes.add("admin"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_claims_cannot_be_changed_to_poison_the_cache(change: Callable[[Any], object]) -> None:
    claims = access_claims(
        roles=["user"],
        org={"name": "acme", "teams": [{"members": ["alice"]}]},
        aud=["https://api.example.com"],
        amr=["pwd"],
    )
    token = issued(claims, issuers_header(x5c=["AQ"]))
    verifier = gate()
    with pytest.raises((TypeError, AttributeError)):
        change(verifier.verify(token))
    again = verifier.verify(token)
    assert again.claims == claims
    assert again.header == issuers_header(x5c=["AQ"])
    assert again.scopes == {"read", "write"}


def test_a_refusal_poisons_nothing_either(verifier: Verifier) -> None:
    for _ in range(3):
        refusal(lambda: verifier.verify(ALICE[:-1]))
        assert verifier.verify(ALICE).subject == "alice"


def test_two_verifiers_share_nothing(verifier: Verifier) -> None:
    other = Verifier(api_issuer(KeySet([ATTACKERS_KEY.public])), clock=lambda: NOW)
    assert refusal(lambda: other.verify(ALICE)) is Reason.UNKNOWN_KEY
    assert verifier.verify(ALICE).subject == "alice"


def test_a_header_that_is_remembered_belongs_to_its_exact_text(verifier: Verifier) -> None:
    for header in (issuers_header(typ="dpop+jwt"), issuers_header(crit=["exp"]), issuers_header(jwk=EC.to_jwk())):
        refusal(lambda header=header: verifier.verify(issued(access_claims(), header)))  # type: ignore[misc]
    assert verifier.verify(issued(access_claims())).subject == "alice"
