"""Whom a token is bound to: `cnf` (RFC 7800 §3.1), by a DPoP key (RFC 9449 §6.1) or a certificate (RFC 8705 §3.1)."""

import re
from collections.abc import Mapping
from hmac import compare_digest

from gatepost.errors import Reason, TokenRejected
from gatepost.frozen import Frozen
from gatepost.verification.verified_token import VerifiedToken

_SHA_256 = re.compile(r"[A-Za-z0-9_-]{43}")


class Confirmation(Frozen):
    """The thumbprints that the sender has to prove.

    Attributes:
        jkt: That of the key of the DPoP proof, or `None`.
        x5t_s256: That of the client's certificate, or `None`.
    """

    __slots__ = ("jkt", "x5t_s256")

    jkt: str | None
    x5t_s256: str | None

    def __init__(self, jkt: str | None = None, x5t_s256: str | None = None) -> None:
        self._set(jkt=jkt, x5t_s256=x5t_s256)


NOBODY = Confirmation()


def of(token: VerifiedToken) -> Confirmation:
    """Return whom `token` is bound to.

    Raises:
        TokenRejected: `bad_claim` when `cnf` is of the wrong form; `wrong_binding` when it names no way of binding
            that is known here, since the binding cannot be checked then.
    """
    claims = token.unsealed
    if "cnf" not in claims:
        return NOBODY
    cnf = claims["cnf"]
    if not isinstance(cnf, Mapping):
        raise TokenRejected(Reason.BAD_CLAIM, claim="cnf")
    jkt, x5t_s256 = _thumbprint(cnf, "jkt"), _thumbprint(cnf, "x5t#S256")
    if jkt is None and x5t_s256 is None:
        raise TokenRejected(Reason.WRONG_BINDING, claim="cnf")
    return Confirmation(jkt, x5t_s256)


def check(expected: str, proven: str) -> None:
    """Check that the thumbprint that the sender proved is the one expected, in the same time whatever they are.

    Raises:
        TokenRejected: `wrong_binding`, when it is another one.
    """
    if not compare_digest(expected.encode(), proven.encode()):
        raise TokenRejected(Reason.WRONG_BINDING, claim="cnf")


def _thumbprint(cnf: Mapping[str, object], name: str) -> str | None:
    if name not in cnf:
        return None
    value = cnf[name]
    if isinstance(value, str) and _SHA_256.fullmatch(value):
        return value
    raise TokenRejected(Reason.BAD_CLAIM, claim="cnf")
