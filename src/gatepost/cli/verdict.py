"""What the keys say of a token: whether its signature is good, and whether all of it is."""

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from gatepost.cli.check import Check, failed, passed, unknown
from gatepost.errors import KeysUnavailable, Reason, TokenRejected

if TYPE_CHECKING:
    from gatepost.jose import KeySet
    from gatepost.trust.issuer import Issuer

Outcome: TypeAlias = Literal["verified", "refused", "not verified"]


class Verdict(NamedTuple):
    """The outcome, in one sentence.

    Attributes:
        outcome: `verified` only after every check against a trusted issuer and an audience.
        reason: With `refused`, the reason's stable name.
        sentence: What was found, and what to give to know more.
        signature: The check of the signature; `None` where nothing is added to what is known of its form.
    """

    outcome: Outcome
    reason: str | None
    sentence: str
    signature: Check | None


UNTRUSTED = Verdict(
    "not verified",
    None,
    "Nothing below is trusted: anyone can write such a token. Give --issuer and --audience to verify it.",
    None,
)


def by_issuer(token: str, issuer: "Issuer") -> Verdict:
    """Verify `token` by all the rules of `issuer`."""
    from gatepost.verification import Verifier

    try:
        Verifier(issuer, token_cache=None).verify(token)
    except TokenRejected as refusal:
        return Verdict("refused", str(refusal.reason), str(refusal), _signature_of(refusal))
    except KeysUnavailable as error:
        return Verdict(
            "not verified", error.code, str(error), unknown("signature", "not checked: the keys cannot be had")
        )
    signature = passed("signature", "made by a key of the issuer")
    if issuer.audience is None:
        sentence = "The issuer has signed it, but it may be for another API. Give --audience to verify it."
        return Verdict("not verified", None, sentence, signature)
    return Verdict("verified", None, "The token is good for this audience, now.", signature)


def by_keys(token: str, keys: "KeySet") -> Verdict:
    """Check the signature of `token` alone."""
    from gatepost.jose import verify_compact

    try:
        verify_compact(token, keys)
    except TokenRejected as refusal:
        return Verdict("refused", str(refusal.reason), str(refusal), _signature_of(refusal))
    sentence = "One of the keys has signed it; nothing else was verified. Give --issuer and --audience."
    return Verdict("not verified", None, sentence, passed("signature", "made by one of the keys"))


def _signature_of(refusal: TokenRejected) -> Check | None:
    """Return what a refusal says about the signature, which is checked before the claims, but for `iss`."""
    if refusal.reason in {Reason.BAD_SIGNATURE, Reason.UNKNOWN_KEY}:
        return failed("signature", refusal.reason.sentence)
    if refusal.reason in {Reason.MALFORMED, Reason.TOO_LARGE}:
        return None  # what is wrong with its form is known better
    if refusal.reason in {Reason.WRONG_ISSUER, Reason.UNSUPPORTED_ALGORITHM} or refusal.claim == "iss":
        return unknown("signature", f"not checked: {refusal}")
    return passed("signature", "made by a key of the issuer")
