"""What a key is made of, as the platform's API names it."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.shapes.kinds import Choice, Flag, Text, Whole
from gatepost.identity.shapes.shape import Member, Shape

Algorithm: TypeAlias = Literal["RS256", "ES256", "PS256"]

ALGORITHMS: tuple[Algorithm, ...] = ("RS256", "ES256", "PS256")
VALIDITY_DAYS = 3650

_SIGNATURE_ALGORITHMS: Mapping[str, Algorithm] = {
    "SHA256withRSA": "RS256",
    "SHA256withECDSA": "ES256",
    "SHA256withRSAandMGF1": "PS256",
}
NAMES: Mapping[str, tuple[str, int, str]] = {
    "RS256": ("RSA", 2048, "SHA256withRSA"),
    "ES256": ("EC", 256, "SHA256withECDSA"),
    "PS256": ("RSA", 2048, "SHA256withRSAandMGF1"),
}
SHAPE = Shape(
    Member("name", Text(most=256), required=True),
    Member("algorithm", Choice("RSA", "EC"), fixed=True),
    Member("keyLength", Whole(256, 2048), fixed=True),
    Member("signatureAlgorithm", Choice(*_SIGNATURE_ALGORITHMS), default="SHA256withRSA", fixed=True),
    Member("usageType", Choice("SIGNING"), default="SIGNING", fixed=True),
    Member("validityPeriod", Whole(1, VALIDITY_DAYS), default=VALIDITY_DAYS, fixed=True),
    Member("default", Flag(), default=False),
)


def wanted(sent: object) -> tuple[Algorithm, int, str]:
    """Return the algorithm, the days and the name of the key that a request asks for, to be given to `generate`.

    Raises:
        InvalidData: When what was sent does not fit.
    """
    document = SHAPE.created(sent)
    algorithm = _SIGNATURE_ALGORITHMS[document["signatureAlgorithm"]]
    kind, length, _ = NAMES[algorithm]
    told = [
        Violation("INVALID_VALUE", member, "The value does not fit signatureAlgorithm.", {"allowedValues": [fitting]})
        for member, fitting in (("algorithm", kind), ("keyLength", length))
        if document.get(member, fitting) != fitting
    ]
    if told:
        raise InvalidData(*told)
    return algorithm, document["validityPeriod"], document["name"]
