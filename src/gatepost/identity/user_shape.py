"""What a user is made of."""

from collections.abc import Iterable, Mapping
from typing import Any
from unicodedata import category

from gatepost.identity.folding import FOLDED_MOST, fold
from gatepost.identity.refusals import Violation
from gatepost.identity.shapes.kinds import Choice, Flag, Tell, Text, Url
from gatepost.identity.shapes.shape import Member, Shape, reference

USERNAME_MOST = 128
# One address, without a display name, comments or quoted parts; letters of any script (RFC 6531).
_EMAIL = r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)*[^\W_](?:[\w-]{0,61}[^\W_])?"
_PHONE = r"[+0-9(][0-9 ().+/xX-]{2,31}"
_LANGUAGE = r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*"


class Line(Text):
    """A text of one line that people can read: no control, formatting or unassigned characters."""

    def read(self, value: object, target: str, tell: Tell) -> str:
        """Return the text."""
        told: list[Violation] = []
        text = super().read(value, target, told.append)
        if not told and any(_unreadable(each) for each in text):
            told.append(Violation("INVALID_VALUE", target, "The value has a character that is not allowed."))
        for each in told:
            tell(each)
        return text


class Folded(Line):
    """A line that is compared by how it is folded."""

    def read(self, value: object, target: str, tell: Tell) -> str:
        """Return the text."""
        told: list[Violation] = []
        text = super().read(value, target, told.append)
        if not told and len(fold(text)) > FOLDED_MOST:
            told.append(Violation("SIZE_LIMIT_EXCEEDED", target, "The value is too long once it is normalized."))
        for each in told:
            tell(each)
        return text


def _unreadable(character: str) -> bool:
    return (not character.isascii() and category(character)[0] == "C") or character < " " or character == "\x7f"


def _plain_username(user: Mapping[str, Any]) -> Iterable[Violation]:
    username = user.get("username", "")
    if username != username.strip() or not fold(username).strip():
        yield Violation("INVALID_VALUE", "username", "The value must not begin or end with a blank.")


_NAME = Shape(
    Member("formatted", Line(most=256)),
    Member("given", Folded(most=256)),
    Member("middle", Line(most=256)),
    Member("family", Folded(most=256)),
    Member("honorificPrefix", Line(most=256)),
    Member("honorificSuffix", Line(most=256)),
)
_ADDRESS = Shape(
    Member("streetAddress", Text(most=256)),
    Member("locality", Line(most=256)),
    Member("region", Line(most=256)),
    Member("postalCode", Line(most=40)),
    Member("countryCode", Text(most=2, pattern=r"[A-Za-z]{2}")),
)
# Taken with a new user, and never shown.
PASSWORD = Shape(Member("value", Text(most=4096), required=True), Member("forceChange", Flag(), default=False))

SHAPE = Shape(
    Member("username", Folded(most=USERNAME_MOST), required=True),
    Member("email", Folded(most=320, pattern=_EMAIL)),
    Member("name", _NAME),
    Member("nickname", Line(most=256)),
    Member("title", Line(most=256)),
    Member("address", _ADDRESS),
    Member("primaryPhone", Line(most=32, pattern=_PHONE)),
    Member("mobilePhone", Line(most=32, pattern=_PHONE)),
    Member("locale", Line(most=256, pattern=_LANGUAGE)),
    Member("timezone", Line(most=256, pattern=r"[A-Za-z0-9_+/-]+")),
    Member("preferredLanguage", Line(most=256)),
    Member("photo", Shape(Member("href", Url("https", "http"), required=True))),
    Member("type", Line(most=256)),
    Member("accountId", Line(most=256)),
    Member("externalId", Line(most=1024)),
    Member("population", reference()),
    Member("enabled", Flag(), default=True),
    Member("emailVerified", Flag(), default=False),
    Member("mfaEnabled", Flag(), default=False),
    Member(
        "lifecycle",
        Shape(Member("status", Choice("ACCOUNT_OK", "VERIFICATION_REQUIRED"), default="ACCOUNT_OK")),
        default={"status": "ACCOUNT_OK"},
    ),
    Member("password", PASSWORD, hidden=True),
    rules=[_plain_username],
)

# What a replacement that does not name it leaves as it is: it is changed by requests of its own.
KEPT = ("population", "enabled", "emailVerified", "mfaEnabled", "lifecycle")

# What is not for the request to say.
BEGINNING: Mapping[str, Any] = {
    "account": {"canAuthenticate": True, "status": "OK"},
    "identityProvider": {"type": "PING_ONE"},
    "verifyStatus": "NOT_INITIATED",
}
