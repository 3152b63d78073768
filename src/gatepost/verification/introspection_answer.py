"""What an introspection endpoint says of a token (RFC 7662 §2.2): pure."""

from collections.abc import Mapping

from gatepost.errors import Reason, TokenRejected
from gatepost.jose.strict_json import load_object
from gatepost.trust.fetch import FetchFailed
from gatepost.trust.issuer import Issuer
from gatepost.verification import claims as rules_of
from gatepost.verification.claims import ClaimRules

# Some servers also introspect the tokens that are meant for themselves, and call those active too.
_OTHER_KINDS = frozenset({"refresh_token", "refresh", "id_token"})


def read(body: bytes) -> dict[str, object] | None:
    """Return what the answer says of an active token, or `None` for one that is not active.

    Raises:
        FetchFailed: When the answer is not strict JSON, or does not say whether the token is active.
    """
    try:
        answer = load_object(body)
    except TokenRejected:
        raise FetchFailed("its answer is not a strict JSON object") from None
    active = answer.get("active")
    if active is True:
        return answer
    if active is False:
        return None
    raise FetchFailed("its answer does not say by true or false whether the token is active")


def judge(claims: Mapping[str, object], issuer: Issuer, rules: ClaimRules, now: float) -> tuple[float, float]:
    """Return the window in which an active token is good: from, inclusive, and until, exclusive, in seconds.

    Args:
        claims: What the answer says.
        issuer: The issuer that was asked.
        rules: Its rules.
        now: The time in seconds since 1970.

    Raises:
        TokenRejected: With the first rule that does not hold.
    """
    iss = claims.get("iss", issuer.identifier)
    if not isinstance(iss, str):
        raise TokenRejected(Reason.BAD_CLAIM, claim="iss")
    if iss != issuer.identifier and iss not in issuer.aliases:
        raise TokenRejected(Reason.WRONG_ISSUER, claim="iss")
    token_type = claims.get("token_type", "")
    if not isinstance(token_type, str):
        raise TokenRejected(Reason.BAD_CLAIM, claim="token_type")
    if token_type.lower() in _OTHER_KINDS:
        raise TokenRejected(Reason.WRONG_TYPE, claim="token_type")
    if claims.get("token_use") == "access_token":  # Ory Hydra's word; in a JWT only Cognito's `access` means that
        claims = {name: value for name, value in claims.items() if name != "token_use"}
    return rules_of.check(None, claims, rules, now)
