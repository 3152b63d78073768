"""A request as a gate sees it, and the credentials in it."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gatepost.frozen import Frozen
from gatepost.verification.client_certificate import ClientCertificate
from gatepost.verification.sender_constraint import Scheme

_SCHEMES: Mapping[str, Scheme] = {"bearer": "bearer", "dpop": "dpop"}
# Servers put several headers of one name together with commas (RFC 9110 §5.3), which no token has in it.
_NEXT_CREDENTIALS = re.compile(r",\s*(?:Basic|Bearer|DPoP)(?:\s|\Z)", re.IGNORECASE)


class AccessRequest(Frozen):
    """What a decision needs to know of a request.

    Attributes:
        method: The method, such as `GET`.
        path: The path as it was sent, with its escapes and without its query.
        authorization: The values of all `Authorization` headers.
        dpop: The values of all `DPoP` headers (RFC 9449 §4.1).
        url: The URL that the client asked for, without query, as far as the gate can tell; for a DPoP proof.
        certificate: The client's certificate, or `None` when it showed none.
    """

    __slots__ = ("authorization", "certificate", "dpop", "method", "path", "url")

    method: str
    path: str
    authorization: tuple[str, ...]
    dpop: tuple[str, ...]
    url: str
    certificate: ClientCertificate | None

    def __init__(
        self,
        method: str,
        path: str,
        *,
        authorization: Iterable[str] = (),
        dpop: Iterable[str] = (),
        url: str = "",
        certificate: ClientCertificate | None = None,
    ) -> None:
        set_once = object.__setattr__  # as `_set` does, in half the time: one is made for every request
        set_once(self, "method", method)
        set_once(self, "path", path.partition("?")[0])
        set_once(self, "authorization", tuple(authorization))
        set_once(self, "dpop", tuple(dpop))
        set_once(self, "url", url)
        set_once(self, "certificate", certificate)

    @classmethod
    def of(cls, method: str, target: str, headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> "AccessRequest":
        """Return the request with this method, target and headers, whatever the spelling of their names."""
        items = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
        return cls(
            method,
            target,
            authorization=[value for name, value in items if name.lower() == "authorization"],
            dpop=[value for name, value in items if name.lower() == "dpop"],
        )


class Credentials(NamedTuple):
    """A token, and the scheme it came with.

    Attributes:
        scheme: `bearer` or `dpop`.
        token: The token's text.
    """

    scheme: Scheme
    token: str


class BadCredentials(Exception):
    """The request carries credentials that cannot be read in one way; the message says why."""


def credentials(authorization: tuple[str, ...]) -> Credentials | None:
    """Return the token among the values of `Authorization`, or `None` when there is none.

    Raises:
        BadCredentials: For more than one value, or one of the schemes Bearer and DPoP that is not of their form.
    """
    if not authorization:
        return None
    if len(authorization) > 1 or ("," in authorization[0] and _NEXT_CREDENTIALS.search(authorization[0])):
        raise BadCredentials("the request has more than one Authorization header")
    scheme, _, token = authorization[0].strip(" \t").partition(" ")
    known, token = _SCHEMES.get(scheme.lower()), token.lstrip(" ")
    if known is None or not token:
        return None
    # What is no b64token (RFC 6750 §2.1) is refused as a token; here only what a server on the way might cut in two.
    if " " in token or "\t" in token or "," in token:
        raise BadCredentials("the Authorization header is not the scheme, a space and one token")
    return Credentials(known, token)
