"""The claims of a token, checked one by one, each by the rule that verification uses.

Verification stops at the first rule that does not hold. Here every claim is laid before it alone, among claims that
are beyond reproach.
"""

from collections.abc import Iterator, Mapping

from gatepost.cli.check import Check, failed, passed, unknown
from gatepost.cli.time_words import duration, relative
from gatepost.errors import Reason, TokenRejected
from gatepost.jose.header import Header
from gatepost.jose.strict_json import JsonArray, JsonObject
from gatepost.trust.issuer import Issuer, TokenType
from gatepost.verification import claims as rules_of

_SHAPES = {
    "sub": "a string",
    "jti": "a string",
    "client_id": "a string",
    "azp": "a string",
    "acr": "a string",
    "aud": "a string or an array of strings",
    "scope": "a string or an array of strings",
    "scp": "a string or an array of strings",
    "amr": "an array of strings",
    "auth_time": "a number",
}
_KINDS: Mapping[str, str] = {"access": "an access token", "id": "an ID token", "any": "an access token or an ID token"}

# What tells an access token, an ID token and tokens for other purposes apart.
_MARKS = ("nonce", "at_hash", "c_hash", "token_use", "typ", "events", "scope", "scp", "client_id", "cid")


class ClaimChecks:
    """Checks the claims of one token at one moment."""

    def __init__(self, header: Mapping[str, object], claims: Mapping[str, object], now: float, issuer: Issuer | None):
        typ = header.get("typ")
        self._typ = Header(JsonObject({"alg": "RS256", "typ": typ})).typ if isinstance(typ, str) else None
        self._claims = claims
        self._now = now
        self._issuer = issuer
        self._leeway = 0.0 if issuer is None else issuer.leeway

    def all(self) -> Iterator[Check]:
        """Yield every check."""
        yield self._kind()
        yield self._iss()
        yield self._aud()
        yield from self._shapes()
        yield self._exp()
        yield from self._since("nbf", "usable", Reason.NOT_YET_VALID)
        yield from self._since("iat", "issued", Reason.ISSUED_IN_FUTURE)
        if self._issuer is not None:
            for name in self._issuer.required_claims:
                yield passed(name, "there, as required") if name in self._claims else failed(name, "required, missing")

    def _kind(self) -> Check:
        marks = {name: self._claims[name] for name in _MARKS if name in self._claims}
        if self._issuer is not None:
            wanted = self._issuer.token_type
            refusal = self._refusal(marks, wanted, self._typ, require_at_jwt=self._issuer.require_at_jwt)
            if refusal is not None and refusal.reason is Reason.WRONG_TYPE:
                return failed("kind", f"not {_KINDS[wanted]}{_because(refusal)}")
            return passed("kind", _KINDS[wanted])
        as_access, as_id = (self._refusal(marks, "access", self._typ), self._refusal(marks, "id", self._typ))
        if as_access is None and as_id is None:
            return passed("kind", "may be an access token or an ID token: nothing tells which")
        if as_access is None or as_id is None:
            return passed("kind", _KINDS["access" if as_access is None else "id"])
        if Reason.BAD_CLAIM in {as_access.reason, as_id.reason}:
            return unknown("kind", "a claim of the wrong type hides it")
        return failed("kind", f"neither an access token nor an ID token{_because(as_access)}")

    def _iss(self) -> Check:
        iss = self._claims.get("iss")
        if not isinstance(iss, str):
            return failed("iss", "missing" if "iss" not in self._claims else "it is no string")
        if self._issuer is None:
            return unknown("iss", "a string; give --issuer to compare it")
        if iss in {self._issuer.identifier, *self._issuer.aliases}:
            return passed("iss", "the trusted issuer")
        expected = self._issuer.identifier
        hint = ", but for the slash at the end" if iss.rstrip("/") == expected.rstrip("/") else ""
        return failed("iss", f"not the trusted issuer, {expected}{hint}")

    def _aud(self) -> Check:
        aud = self._claims.get("aud")
        if "aud" not in self._claims:
            if self._issuer is None:
                return unknown("aud", "missing; some issuers name only the client_id")
            if not self._issuer.client_id_as_audience:
                return failed("aud", "missing")
            aud = self._claims.get("client_id")
        if self._refusal({"aud": aud}) is not None:
            return failed("aud", f"not {_SHAPES['aud']}")
        if self._issuer is None or self._issuer.audience is None:
            return unknown("aud", "give --audience to compare it")
        named = {aud} if isinstance(aud, str) else set(aud if isinstance(aud, list) else ())
        if named.isdisjoint(self._issuer.audience):
            return failed("aud", f"for another audience than {', '.join(self._issuer.audience)}")
        return passed("aud", "names the audience")

    def _shapes(self) -> Iterator[Check]:
        there = [name for name in _SHAPES if name in self._claims and name != "aud"]
        wrong = [name for name in there if self._refusal({name: self._claims[name]}) is not None]
        for name in wrong:
            yield failed(name, f"not {_SHAPES[name]}")
        if there and not wrong:
            yield passed("types", f"{', '.join(there)}: as they have to be")

    def _exp(self) -> Check:
        exp = self._claims.get("exp")
        refusal = self._refusal({"exp": exp} if "exp" in self._claims else {"exp": None})
        if refusal is None and isinstance(exp, int | float):
            return passed("exp", f"expires {relative(exp, self._now)}")
        if refusal is not None and refusal.reason is Reason.EXPIRED and isinstance(exp, int | float):
            return failed("exp", f"expired {relative(exp, self._now)}")
        return failed("exp", "missing: the token would never expire" if "exp" not in self._claims else "not a number")

    def _since(self, name: str, word: str, too_early: Reason) -> Iterator[Check]:
        if name not in self._claims:
            return
        moment = self._claims[name]
        refusal = self._refusal({name: moment})
        if not isinstance(moment, int | float) or (refusal is not None and refusal.reason is not too_early):
            yield failed(name, "not a number")
        elif refusal is None:
            yield passed(name, f"{word} {relative(moment, self._now)}")
        else:
            ahead = duration(moment - self._now)
            yield failed(name, f"{word} only {relative(moment, self._now)}; a clock may be {ahead} off")

    def _refusal(
        self,
        claims: Mapping[str, object],
        kind: TokenType = "any",
        typ: str | None = None,
        *,
        require_at_jwt: bool = False,
    ) -> TokenRejected | None:
        """Return how verification refuses these claims among good ones, or `None`."""
        rules = rules_of.ClaimRules(
            Issuer(
                "https://issuer.invalid",
                audience=None,
                token_type=kind,
                leeway=self._leeway,
                require_at_jwt=require_at_jwt,
            )
        )
        good = {"aud": "good", "sub": "good", "iat": self._now, "exp": self._now + 60}
        try:
            rules_of.check(typ, JsonObject({**good, **_read_only(claims)}), rules, self._now)
        except TokenRejected as refusal:
            return refusal
        return None


def _because(refusal: TokenRejected) -> str:
    return "" if refusal.claim is None else f", by its {refusal.claim}"


def _read_only(claims: Mapping[str, object]) -> dict[str, object]:
    return {name: JsonArray(value) if isinstance(value, list) else value for name, value in claims.items()}
