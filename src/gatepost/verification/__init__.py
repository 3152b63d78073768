"""Is this token good, now, here: claim rules, the verifier, and its cache."""

from gatepost.verification.verified_token import VerifiedToken
from gatepost.verification.verifier import Verifier

__all__ = ["VerifiedToken", "Verifier"]
