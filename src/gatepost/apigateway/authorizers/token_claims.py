"""Whether the claims of a token are what a JWT authorizer asks for: pure, with the time as an argument."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatepost.apigateway.authorizers import descriptions as say
from gatepost.apigateway.authorizers.unread_token import Refused

_ALWAYS = float("-inf")
_FOR_EVER = float("inf")
_SHOWN = 200


class Rules(NamedTuple):
    """What claims have to be.

    Attributes:
        issuer: `iss`, to the letter.
        audience: The audiences, one of which has to be named; empty when none is asked for.
        leeway: Seconds of clock difference to forgive.
        require_exp: Whether `exp` has to be there.
    """

    issuer: str
    audience: frozenset[str]
    leeway: float
    require_exp: bool


class Window(NamedTuple):
    """When a token is good.

    Attributes:
        since: From when on, in seconds since 1970.
        until: Until when, exclusive.
    """

    since: float
    until: float


def check_claims(claims: Mapping[str, Any], rules: Rules, now: float) -> Window:
    """Return when a token with these claims is good, which is now among other times.

    The order is that of the documentation: `iss`, `aud` or `client_id`, `exp`, `nbf`, `iat`.

    Raises:
        Refused: With the first claim that is not as it has to be.
    """
    if claims.get("iss") != rules.issuer:
        raise Refused("iss", say.WRONG_ISSUER, _compared(claims.get("iss"), rules.issuer))
    if rules.audience and not _names_audience(claims, rules.audience):
        raise Refused("aud", say.WRONG_AUDIENCE, _audience(claims, rules.audience))
    until = _time(claims, "exp", rules.leeway, _ALWAYS if rules.require_exp else _FOR_EVER)
    if now >= until:
        raise Refused("exp", say.EXPIRED, f"{now - until:.0f} seconds ago" if "exp" in claims else "it has no exp")
    not_before = _time(claims, "nbf", -rules.leeway, _ALWAYS)
    if now < not_before:
        raise Refused("nbf", say.NOT_YET, f"{not_before - now:.1f} seconds to go")
    issued = _time(claims, "iat", -rules.leeway, _ALWAYS)
    if now < issued:
        raise Refused("iat", say.FROM_THE_FUTURE, f"{issued - now:.1f} seconds ahead of this clock")
    return Window(max(not_before, issued), until)


def _names_audience(claims: Mapping[str, Any], accepted: frozenset[str]) -> bool:
    # `client_id` is looked at only where there is no `aud`.
    named = claims["aud"] if "aud" in claims else claims.get("client_id")
    if isinstance(named, str):
        return named in accepted
    return (
        "aud" in claims
        and isinstance(named, list)
        and any(isinstance(each, str) and each in accepted for each in named)
    )


def _time(claims: Mapping[str, Any], name: str, shift: float, absent: float) -> float:
    if name not in claims:
        return absent
    value = claims[name]
    if type(value) is not int and type(value) is not float:  # Go passes over other types; that would not be safe
        raise Refused(name, say.INVALID)
    return value + shift


def _compared(found: object, wanted: str) -> str:
    if not isinstance(found, str):
        return "it has no iss"
    if found.rstrip("/") == wanted.rstrip("/"):
        return f"{_shown(found)} and {_shown(wanted)} differ just by a trailing slash"
    return f"it is {_shown(found)}, and has to be {_shown(wanted)}"


def _audience(claims: Mapping[str, Any], accepted: frozenset[str]) -> str:
    name = "aud" if "aud" in claims else "client_id"
    if name not in claims:
        return "it has neither aud nor client_id"
    return f"its {name} is {_shown(claims[name])}, and has to name one of {_shown(sorted(accepted))}"


def _shown(value: object) -> str:
    return repr(value)[:_SHOWN]
