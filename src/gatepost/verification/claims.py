"""The claims of a token, judged by one issuer's rules: pure, with the time as an argument.

Access tokens follow RFC 9068 §4 as far as the vendors' older forms allow, ID tokens follow OpenID Connect Core
§3.1.3.7; the rules are mutually exclusive (RFC 8725 §3.12). A claim of the wrong type is refused, never passed over.
"""

from collections.abc import Mapping

from gatepost.errors import Reason, TokenRejected
from gatepost.frozen import Frozen
from gatepost.trust.issuer import Issuer

# `typ` in lower case, without `application/` (RFC 9068 §2.1, RFC 8725 §3.11). Every other explicit type is a token for
# another purpose: a DPoP proof, a logout token, a refresh token, a security event.
_TYPES = {
    "access": frozenset({None, "jwt", "at+jwt"}),
    "id": frozenset({None, "jwt"}),
    "any": frozenset({None, "jwt", "at+jwt"}),
}
_AT_JWT_ONLY = frozenset({"at+jwt"})

# What one kind of token carries and the other never does. `events` makes a logout token or a security event
# (OpenID Connect Back-Channel Logout §2.4, RFC 8417), which is neither.
_FOREIGN = {
    "access": frozenset({"nonce", "at_hash", "c_hash", "events"}),
    "id": frozenset({"scope", "scp", "client_id", "cid", "azpacr", "appidacr", "events"}),
    "any": frozenset({"events"}),
}

# How Cognito, PingAM and Keycloak tell their tokens apart in the payload. Cognito has just two kinds; another value of
# the others is somebody's own claim, and says nothing.
_VENDOR_MARKS: Mapping[str, Mapping[str, str]] = {
    "token_use": {"access": "access", "id": "id", "*": "neither"},
    "tokenName": {"access_token": "access", "id_token": "id"},
    "typ": {
        "Bearer": "access",
        "DPoP": "access",
        "ID": "id",
        "Refresh": "neither",
        "Offline": "neither",
        "Logout": "neither",
    },
}

_STRINGS = ("sub", "jti", "client_id", "azp", "acr", "nonce", "at_hash", "c_hash")
_STRINGS_OR_ARRAYS = ("scope", "scp")
_UNUSUAL = frozenset({*_VENDOR_MARKS, "scp", "azp", "amr", "nonce", "at_hash", "c_hash"})

_ABSENT = object()
_ALWAYS = float("-inf")


class ClaimRules(Frozen):
    """What one issuer's tokens must say, prepared for checking."""

    __slots__ = (
        "audience",
        "client_id_as_audience",
        "foreign",
        "is_id",
        "leeway",
        "max_token_age",
        "required_claims",
        "token_type",
        "types",
        "unusual",
        "usual_audience",
    )

    audience: frozenset[str] | None
    client_id_as_audience: bool
    foreign: frozenset[str]
    is_id: bool
    leeway: float
    max_token_age: float | None
    required_claims: tuple[str, ...]
    token_type: str
    types: frozenset[str | None]
    unusual: frozenset[str]
    usual_audience: frozenset[str]

    def __init__(self, issuer: Issuer) -> None:
        required = issuer.required_claims
        if issuer.token_type == "id":
            required += ("sub", "iat")
        only_at_jwt = issuer.require_at_jwt and issuer.token_type != "id"
        self._set(
            audience=None if issuer.audience is None else frozenset(issuer.audience),
            client_id_as_audience=issuer.client_id_as_audience,
            foreign=_FOREIGN[issuer.token_type],
            is_id=issuer.token_type == "id",
            leeway=issuer.leeway,
            max_token_age=issuer.max_token_age,
            required_claims=required,
            token_type=issuer.token_type,
            types=_AT_JWT_ONLY if only_at_jwt else _TYPES[issuer.token_type],
            usual_audience=frozenset(() if issuer.token_type == "id" else issuer.audience or ()),
            unusual=_UNUSUAL | _FOREIGN[issuer.token_type],
        )


def check(typ: str | None, claims: Mapping[str, object], rules: ClaimRules, now: float) -> tuple[float, float]:
    """Return the window in which these claims stay good: from, inclusive, and until, exclusive, in seconds.

    Args:
        typ: The header's `typ`, in lower case and without `application/`.
        claims: The payload.
        rules: The issuer's rules.
        now: The time in seconds since 1970.

    Raises:
        TokenRejected: With the first rule that does not hold.
    """
    if typ not in rules.types:
        raise TokenRejected(Reason.WRONG_TYPE, claim="typ")
    get = claims.get
    if not (  # the usual token passes here in one step; the functions below find what is unusual, and say what
        claims.keys().isdisjoint(rules.unusual)
        and type(get("sub", "")) is str
        and type(get("scope", "")) is str
        and type(get("jti", "")) is str
        and type(get("client_id", "")) is str
        and type(get("acr", "")) is str
        and type(get("auth_time", 0)) is int
    ):
        _check_kind(claims, rules)
        _check_form(claims)
    for name in rules.required_claims:
        if name not in claims:
            raise TokenRejected(Reason.MISSING_CLAIM, claim=name)
    aud = get("aud")
    one = aud[0] if type(aud) is list and len(aud) == 1 else aud
    if type(one) is not str or one not in rules.usual_audience:
        _check_audience(claims, rules)
    return _check_times(claims, rules, now)


def _check_kind(claims: Mapping[str, object], rules: ClaimRules) -> None:
    foreign = claims.keys() & rules.foreign
    if foreign:
        raise TokenRejected(Reason.WRONG_TYPE, claim=min(foreign))
    for name, kinds in _VENDOR_MARKS.items():
        if name not in claims:
            continue
        mark = claims[name]
        if not isinstance(mark, str):
            raise TokenRejected(Reason.BAD_CLAIM, claim=name)
        kind = kinds.get(mark, kinds.get("*", rules.token_type))
        if kind == "neither" or rules.token_type not in {kind, "any"}:
            raise TokenRejected(Reason.WRONG_TYPE, claim=name)


def _check_form(claims: Mapping[str, object]) -> None:
    for name in _STRINGS:
        if type(claims.get(name, "")) is not str:
            raise TokenRejected(Reason.BAD_CLAIM, claim=name)
    for name in _STRINGS_OR_ARRAYS:
        if type(value := claims.get(name, "")) is not str:
            _check_strings(name, value)
    if "amr" in claims:
        _check_strings("amr", claims["amr"])
    if "auth_time" in claims:
        _number(claims["auth_time"], "auth_time")


def _check_audience(claims: Mapping[str, object], rules: ClaimRules) -> None:
    aud = claims.get("aud", _ABSENT)
    if aud is _ABSENT and rules.client_id_as_audience:
        aud = claims.get("client_id", _ABSENT)
    accepted = rules.audience
    if aud is _ABSENT:
        if accepted is None and not rules.is_id:
            return
        raise TokenRejected(Reason.MISSING_CLAIM, claim="aud")
    named = [aud] if type(aud) is str else _check_strings("aud", aud)
    if accepted is None:
        return
    if accepted.isdisjoint(named):
        raise TokenRejected(Reason.WRONG_AUDIENCE, claim="aud")
    if rules.is_id:
        _check_authorized_party(claims, named, accepted)


def _check_authorized_party(claims: Mapping[str, object], aud: list[str], accepted: frozenset[str]) -> None:
    # OpenID Connect Core §3.1.3.7, rules 3 to 5: no audience that is not trusted, and a token for several says whose.
    if not accepted.issuperset(aud):
        raise TokenRejected(Reason.WRONG_AUDIENCE, claim="aud")
    azp = claims.get("azp")
    if azp is None and len(aud) > 1:
        raise TokenRejected(Reason.MISSING_CLAIM, claim="azp")
    if azp is not None and azp not in accepted:
        raise TokenRejected(Reason.WRONG_AUDIENCE, claim="azp")


def _check_times(claims: Mapping[str, object], rules: ClaimRules, now: float) -> tuple[float, float]:
    leeway = rules.leeway
    exp = claims.get("exp", _ABSENT)
    if exp is _ABSENT:
        raise TokenRejected(Reason.MISSING_CLAIM, claim="exp")
    until = (exp if type(exp) is int else _number(exp, "exp")) + leeway
    if now >= until:
        raise TokenRejected(Reason.EXPIRED, claim="exp")
    since = _ALWAYS
    if "nbf" in claims:
        since = _number(claims["nbf"], "nbf") - leeway
        if now < since:
            raise TokenRejected(Reason.NOT_YET_VALID, claim="nbf")
    iat = claims.get("iat", _ABSENT)
    if iat is _ABSENT:
        if rules.max_token_age is not None:
            raise TokenRejected(Reason.MISSING_CLAIM, claim="iat")
        return since, until
    issued = iat if type(iat) is int else _number(iat, "iat")
    if now < issued - leeway:
        raise TokenRejected(Reason.ISSUED_IN_FUTURE, claim="iat")
    since = max(since, issued - leeway)
    if rules.max_token_age is not None:
        too_old = issued + rules.max_token_age + leeway
        if now > too_old:
            raise TokenRejected(Reason.TOO_OLD, claim="iat")
        until = min(until, too_old)
    return since, until


def _number(value: object, name: str) -> float:
    """Return a NumericDate (RFC 7519 §2): a JSON number, never a bool or a string."""
    if type(value) is int or type(value) is float:
        return value
    raise TokenRejected(Reason.BAD_CLAIM, claim=name)


def _check_strings(name: str, value: object) -> list[str]:
    if not isinstance(value, list):
        raise TokenRejected(Reason.BAD_CLAIM, claim=name)
    for element in value:
        if type(element) is not str:
            raise TokenRejected(Reason.BAD_CLAIM, claim=name)
    return value
