"""What an attribute is made of, by what it is of, and the names that it may have."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from gatepost.identity.refusals import Violation
from gatepost.identity.shapes.kinds import Flag, ListOf, Text
from gatepost.identity.shapes.shape import Member, Shape

OwnerType: TypeAlias = Literal["APPLICATION", "RESOURCE"]

_RESERVED = frozenset(
    {"acr", "amr", "aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "nbf", "org", "scope", "sid", "sub"}
)
RESERVED_OF_APPLICATIONS = _RESERVED | {"at_hash", "azp", "nonce"}
RESERVED_OF_RESOURCES = _RESERVED | {"env"}
_RESERVED_BEGINNING = "p1."
MOST_OCTETS = 16_384  # of all attributes of one owner together

_NAME = Text(most=256, pattern=r"[^\s\x00-\x1f\x7f]+")
_VALUE = Text(least=0, most=MOST_OCTETS)


def _not_both_off(document: Mapping[str, Any]) -> Iterator[Violation]:
    if document.get("idToken") is False and document.get("userInfo") is False:
        yield Violation("INVALID_VALUE", "idToken", "idToken and userInfo must not both be false.")


APPLICATION_SHAPE = Shape(
    Member("name", _NAME, required=True),
    Member("value", _VALUE, required=True),
    Member("required", Flag(), default=False),
    Member("idToken", Flag(), default=True),
    Member("userInfo", Flag(), default=True),
    Member("oidcScopes", ListOf(Text(most=256))),
    rules=(_not_both_off,),
)
OPENID_SHAPE = Shape(
    Member("name", _NAME, required=True),
    Member("value", _VALUE, required=True),
    Member("idToken", Flag(), default=True),
    Member("userInfo", Flag(), default=True),
    Member("multiValued", Flag()),
    rules=(_not_both_off,),
)
RESOURCE_SHAPE = Shape(
    Member("name", _NAME, required=True), Member("value", _VALUE, required=True), Member("multiValued", Flag())
)


class Owner(NamedTuple):
    """What an attribute is of.

    Attributes:
        id: Its identifier.
        environment_id: Its environment.
        type: What it is.
        openid: Whether it is the resource `openid`.
        platform: Whether it is the resource `PingOne API`.
    """

    id: str
    environment_id: str
    type: OwnerType
    openid: bool = False
    platform: bool = False


def shape(of: Owner) -> Shape:
    """Return the shape of the attributes of an owner."""
    if of.type == "APPLICATION":
        return APPLICATION_SHAPE
    return OPENID_SHAPE if of.openid else RESOURCE_SHAPE


def name_faults(of: Owner, name: str) -> Iterator[Violation]:
    """Yield what is wrong with the name of an attribute that somebody adds."""
    reserved = RESERVED_OF_APPLICATIONS if of.type == "APPLICATION" else RESERVED_OF_RESOURCES
    if name in reserved or (of.type == "RESOURCE" and name.startswith(_RESERVED_BEGINNING)):
        yield Violation("INVALID_VALUE", "name", "This name is reserved.", {"reservedValues": sorted(reserved)})
