"""Why a token was refused, with what this person asked for beside what the token says.

The library's messages hold nothing of a token, for they end up in logs. Whoever types a token on the command line has
it already, and wants to see the slash that is missing.
"""

import json
import time
from typing import TYPE_CHECKING

from gatepost.cli.time_words import relative
from gatepost.errors import GatepostError, Reason, TokenRejected

if TYPE_CHECKING:
    from gatepost.trust.issuer import Issuer

_SHOW_AT_MOST = 200


def explain(refusal: TokenRejected, token: str, issuer: "Issuer") -> str:
    """Return the refusal's sentence, and for the mistakes that people make most, what to compare."""
    claims, sentence = _claims(token), refusal.reason.sentence.rstrip(".")
    if refusal.reason is Reason.EXPIRED:
        return f"{sentence}, {_when(claims.get('exp'))}"
    if refusal.reason is Reason.NOT_YET_VALID:
        return f"{sentence}, but {_when(claims.get('nbf'))}"
    if refusal.reason is Reason.ISSUED_IN_FUTURE:
        return f"{sentence}, {_when(claims.get('iat'))}; compare the clocks, or forgive a little with --leeway"
    if refusal.reason is Reason.WRONG_ISSUER:
        return f"{sentence}: iss is {_short(claims.get('iss'))}, expected was {_short(issuer.identifier)}"
    if refusal.reason is Reason.WRONG_AUDIENCE and refusal.claim is not None:
        found = _short(claims.get(refusal.claim))
        return f"{sentence}: {refusal.claim} is {found}, expected was {_short(issuer.audience)}"
    return str(refusal)


def _claims(token: str) -> dict[str, object]:
    from gatepost.jose import base64url, strict_json

    try:
        return strict_json.load_object(base64url.decode(token.encode("ascii", "replace").split(b".")[1]))
    except (GatepostError, IndexError):
        return {}


def _when(moment: object) -> str:
    return relative(moment, time.time()) if isinstance(moment, int | float) else "unknown when"


def _short(value: object) -> str:
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOW_AT_MOST else f"{text[:_SHOW_AT_MOST]}…"
