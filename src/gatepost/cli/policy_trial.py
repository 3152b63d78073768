"""A policy on trial: its issuers have throw-away keys, and tokens are made to a case's liking."""

import time
from typing import TYPE_CHECKING

from gatepost.jose import SigningKey, sign_compact
from gatepost.jose.algorithms import SYMMETRIC
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.policy_file import PolicySettings
from gatepost.policy.rekeyed import rekeyed
from gatepost.policy.settings.duration import seconds
from gatepost.policy.settings.issuer import TrustedIssuer

if TYPE_CHECKING:
    from gatepost.cli.policy_cases import Case
    from gatepost.policy.decision import Decision
    from gatepost.trust.issuer import Issuer

# The quickest to make first.
_QUICK = ("ES256", "Ed25519", "ES384", "ES512", "HS256", "HS384", "HS512")

_LIFETIME = 300
_TIMES = ("exp", "nbf", "iat", "auth_time")


class Trial:
    """Decides cases."""

    def __init__(self, settings: PolicySettings) -> None:
        self._settings = settings
        self._keys = {name: _key(each.issuer) for name, each in settings.trusted.items()}
        trusted = {
            name: TrustedIssuer(rekeyed(each.issuer, self._keys[name].key_set()))
            for name, each in settings.trusted.items()
        }
        alone = PolicySettings(trusted, settings.routes, sender=settings.sender)
        self._policy = alone.policy(token_cache=None)
        self._real = settings.policy(token_cache=None)

    def decide(self, case: "Case") -> "Decision":
        """Return the decision on a case; one with a token as it is gets the policy's real keys."""
        method, _, path = case.request.partition(" ")
        if case.token is not None:
            return self._real.check(AccessRequest(method, path.strip(), authorization=(f"Bearer {case.token}",)))
        bearer = () if case.claims is None else (f"Bearer {self._mint(case)}",)
        return self._policy.check(AccessRequest(method, path.strip(), authorization=bearer))

    def _mint(self, case: "Case") -> str:
        issuer, now = self._settings.trusted[case.issuer].issuer, int(time.time())
        claims: dict[str, object] = {"iss": issuer.identifier, "sub": "test", "iat": now, "exp": now + _LIFETIME}
        claims["aud"] = "test" if issuer.audience is None else issuer.audience[0]
        claims |= {name: "test" for name in issuer.required_claims if name not in claims}
        claims |= {
            name: _moment(value, now) if name in _TIMES else value for name, value in (case.claims or {}).items()
        }
        for name in case.without:
            claims.pop(name, None)
        typ = "at+jwt" if issuer.token_type == "access" else "JWT"
        return sign_compact(claims, self._keys[case.issuer], header={"typ": typ})


def _key(issuer: "Issuer") -> SigningKey:
    quick = [name for name in _QUICK if name in issuer.algorithms]
    algorithm = quick[0] if quick else min(issuer.algorithms)
    return SigningKey.generate(algorithm, kid=None if algorithm in SYMMETRIC else "trial")


def _moment(value: object, now: int) -> object:
    """Return a time as seconds since 1970; `"-5m"` and `"+1h"` are relative to now."""
    if not isinstance(value, str) or value[:1] not in {"-", "+"}:
        return value
    span = seconds(value[1:])
    if span is None:
        return value
    return now + (round(span) if value[0] == "+" else -round(span))
