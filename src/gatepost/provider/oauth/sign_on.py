"""How a user signed on, as the tokens that come of it say."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class SignOn(NamedTuple):
    """How a user signed on.

    Attributes:
        user_id: The user.
        session_id: The session, `sid`.
        auth_time: When, in seconds since 1970.
        acr: The policy that was satisfied.
        amr: The methods that were used, such as `pwd` and `otp` (RFC 8176).
    """

    user_id: str
    session_id: str | None
    auth_time: int
    acr: str
    amr: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "userId": self.user_id,
            "sessionId": self.session_id,
            "authTime": self.auth_time,
            "acr": self.acr,
            "amr": list(self.amr),
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "SignOn":
        """Return what `document` made."""
        return cls(
            document["userId"],
            document.get("sessionId"),
            document["authTime"],
            document.get("acr", ""),
            tuple(document.get("amr", ())),
        )
