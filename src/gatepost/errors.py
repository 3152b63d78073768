"""Everything that can go wrong, as a small closed family.

`GatepostError` has three children: a token was refused (`TokenRejected`), the keys to judge it cannot be had
(`KeysUnavailable`), or the set-up itself is wrong (`ConfigurationError`). No message of theirs ever holds a token,
a claim's value, a secret, or content that was fetched.
"""

from collections.abc import Sequence
from enum import Enum


class Reason(str, Enum):
    """Why a token was refused: a closed list, whose values are stable names.

    Attributes:
        status: The HTTP status of the refusal, 401 or 403.
        error: The error code of the challenge (RFC 6750 §3.1, RFC 9470 §3).
        sentence: What happened, in one sentence for a log or an `error_description`.
    """

    status: int
    error: str
    sentence: str

    MALFORMED = "malformed", "The token is not a well-formed JWT."
    TOO_LARGE = "too_large", "The token is larger than this verifier accepts."
    UNSUPPORTED_ALGORITHM = "unsupported_algorithm", "The token is signed with an algorithm that is not accepted."
    UNKNOWN_KEY = "unknown_key", "The issuer has no key that fits the token."
    BAD_SIGNATURE = "bad_signature", "The signature does not match the token."
    WRONG_TYPE = "wrong_type", "The token is of another kind than the one expected."
    WRONG_ISSUER = "wrong_issuer", "The token comes from an issuer that is not trusted."
    WRONG_AUDIENCE = "wrong_audience", "The token is meant for another audience."
    EXPIRED = "expired", "The token has expired."
    NOT_YET_VALID = "not_yet_valid", "The token is not valid yet."
    ISSUED_IN_FUTURE = "issued_in_future", "The token says that it was issued in the future."
    TOO_OLD = "too_old", "The token was issued too long ago."
    MISSING_CLAIM = "missing_claim", "The token lacks a required claim."
    BAD_CLAIM = "bad_claim", "A claim of the token has a value that is not allowed."
    WRONG_NONCE = "wrong_nonce", "The token answers another sign-on request."
    INSUFFICIENT_SCOPE = (
        "insufficient_scope",
        "The token does not carry what this request needs.",
        403,
        "insufficient_scope",
    )
    INSUFFICIENT_AUTHENTICATION = (
        "insufficient_authentication",
        "The user has to authenticate again, or more strongly.",
        401,
        "insufficient_user_authentication",
    )
    WRONG_BINDING = "wrong_binding", "The token is bound to another sender."
    REPLAYED = "replayed", "The proof has been used before."
    REVOKED = "revoked", "The token has been revoked."
    INACTIVE = "inactive", "The issuer says that the token is not active."

    def __new__(cls, value: str, sentence: str, status: int = 401, error: str = "invalid_token") -> "Reason":
        """Make the member `value`, with what a gate has to answer."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        member.status = status
        member.error = error
        return member

    def __str__(self) -> str:
        """Return the stable name, such as `expired`."""
        return str.__str__(self)


class GatepostError(Exception):
    """Base of every error that Gatepost raises on purpose.

    Attributes:
        code: A stable name for programs, such as `expired` or `keys_unavailable`.
    """

    code: str = "error"


class TokenRejected(GatepostError):
    """The token is not good, here and now.

    Attributes:
        reason: Why, as a member of `Reason`.
        claim: The name of the claim or header parameter at fault, or `None`.
        max_age: With `insufficient_authentication`: the greatest age in seconds that would do, or `None`.
        acr_values: With `insufficient_authentication`: the authentication contexts that would do.
        scopes: With `insufficient_scope`: the scopes that are needed.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        claim: str | None = None,
        max_age: float | None = None,
        acr_values: Sequence[str] = (),
        scopes: Sequence[str] = (),
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.claim = claim
        self.max_age = max_age
        self.acr_values = tuple(acr_values)
        self.scopes = tuple(scopes)

    @property
    def code(self) -> str:  # type: ignore[override]  # an attribute of the base, computed here
        """The reason's stable name."""
        return str(self.reason)

    def __str__(self) -> str:
        """Return the reason's sentence, and the name of the claim at fault."""
        return self.reason.sentence if self.claim is None else f"{self.reason.sentence} ({self.claim})"

    def challenge(self) -> str:
        """Return the value of the `WWW-Authenticate` header for this refusal (RFC 6750 §3, RFC 9470 §3)."""
        parts = [f'error="{self.reason.error}"', f'error_description="{self.reason.sentence}"']
        if self.scopes:
            parts.append(f'scope="{" ".join(self.scopes)}"')
        if self.acr_values:
            parts.append(f'acr_values="{" ".join(self.acr_values)}"')
        if self.max_age is not None:
            parts.append(f'max_age="{self.max_age:.0f}"')
        return "Bearer " + ", ".join(parts)


class KeysUnavailable(GatepostError):
    """The issuer's keys cannot be had, so nothing can be said about the token: answer 503, never 401.

    Attributes:
        retry_after: Seconds after which another try may succeed; the value for a `Retry-After` header.
    """

    code = "keys_unavailable"
    status = 503

    def __init__(self, message: str, *, retry_after: float = 30.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ConfigurationError(GatepostError):
    """The set-up is wrong; the message says what, where, and what to write instead."""

    code = "configuration"
