"""Whether a token is what a JWT authorizer asks for, in the order of AWS: form, algorithm, key, signature, claims."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from gatepost.apigateway.authorizers import descriptions as say
from gatepost.apigateway.authorizers.issuer_keys import IssuerKeys, KeysAtHand, NoKeys
from gatepost.apigateway.authorizers.token_claims import Rules, check_claims
from gatepost.apigateway.authorizers.unread_token import Refused, UnreadToken, decode, scopes_of, take_apart
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import JwtAuthorizer
from gatepost.errors import TokenRejected
from gatepost.jose.verifying_key import VerifyingKey

# What is checked, in this order; the names are those of `Refused.check` and of the trace.
CHECKS = ("form", "algorithm", "keys", "kid", "signature", "iss", "aud", "exp", "nbf", "iat")

_RSA = frozenset({"RS256", "RS384", "RS512"})
_RSA_PSS = frozenset({"PS256", "PS384", "PS512"})
_REMEMBERED = 1024

WriteClaims = Callable[[Mapping[str, Any]], Mapping[str, str]]


class Verified(NamedTuple):
    """A token that is good.

    Attributes:
        claims: Its claims.
        texts: Its claims as they are handed on.
        scopes: All its scopes.
        generation: The generation of the keys that verified it.
        since: From when on it is good, in seconds since 1970.
        until: Until when, exclusive.
    """

    claims: Mapping[str, Any]
    texts: Mapping[str, str]
    scopes: tuple[str, ...]
    generation: int
    since: float
    until: float


class TokenCheck:
    """The check of one authorizer.

    Tokens that were found good are remembered by their whole text. Of such a token the time is checked again each
    time, and that the keys are the same and not older than two hours.
    """

    def __init__(
        self,
        authorizer: JwtAuthorizer,
        keys: IssuerKeys,
        assumptions: Assumptions,
        clock: Callable[[], float],
        write_claims: WriteClaims,
    ) -> None:
        """Check for `authorizer` with the issuer's `keys`; `write_claims` makes texts of claims."""
        self._keys = keys
        self._algorithms = _RSA | _RSA_PSS if assumptions.rsa_pss else _RSA
        self._seeks = assumptions.refetch_unknown_key
        audience = frozenset(authorizer.audience)
        self._rules = Rules(authorizer.issuer, audience, assumptions.leeway, assumptions.require_exp)
        self._clock = clock
        self._write_claims = write_claims
        self._remembered: OrderedDict[str, Verified] = OrderedDict()

    def recall(self, token: str) -> Verified | None:
        """Return the token if it was found good before, and still is."""
        verified = self._remembered.get(token)
        if verified is None:
            return None
        now = self._clock()
        keys = self._keys.at_hand(now)
        if keys is None or keys.generation != verified.generation or not verified.since <= now < verified.until:
            return None
        self._remembered.move_to_end(token)
        return verified

    def at_hand(self, token: str) -> Verified | None:
        """Return the token if it is good, or `None` when keys have to be fetched to tell.

        Raises:
            Refused: When it is not good.
        """
        keys = self._keys.at_hand(self._clock())
        if keys is None:
            return None
        unread = take_apart(token, self._algorithms)
        key = _key_of(unread, keys)
        if key is None:
            if self._may_seek(unread):
                return None
            raise _unknown_key(unread)
        return self._judge(token, unread, key, keys)

    async def wait(self, token: str) -> Verified:
        """Return the token if it is good, and fetch keys for that if need be.

        Raises:
            Refused: When it is not good, or keys cannot be had.
        """
        unread = take_apart(token, self._algorithms)
        at_hand = self._keys.at_hand(self._clock())
        keys = _keys_or_refusal(at_hand or await self._keys.fetch())
        key = _key_of(unread, keys)
        if key is None and at_hand is not None and self._may_seek(unread):
            keys = _keys_or_refusal(await self._keys.seek())
            key = _key_of(unread, keys)
        if key is None:
            raise _unknown_key(unread)
        return self._judge(token, unread, key, keys)

    def _may_seek(self, unread: UnreadToken) -> bool:
        return self._seeks and unread.header.kid is not None and self._keys.may_seek(self._clock())

    def _judge(self, token: str, unread: UnreadToken, key: VerifyingKey, keys: KeysAtHand) -> Verified:
        signature = decode(unread.signature, "signature")
        try:
            key.verify(signature, unread.signing_input)
        except TokenRejected:
            raise Refused("signature", say.BAD_SIGNATURE) from None
        window = check_claims(unread.claims, self._rules, self._clock())
        verified = Verified(
            unread.claims,
            MappingProxyType(dict(self._write_claims(unread.claims))),
            scopes_of(unread.claims),
            keys.generation,
            window.since,
            window.until,
        )
        self._remembered[token] = verified
        if len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)
        return verified


def _key_of(unread: UnreadToken, keys: KeysAtHand) -> VerifyingKey | None:
    """Return the key with the very `kid` of the header; a key without a name is nobody's."""
    kid = unread.header.kid
    key = None if kid is None else keys.key_set.find(kid, unread.header.alg)
    return None if key is None or key.kid != kid else key


def _keys_or_refusal(outcome: KeysAtHand | NoKeys) -> KeysAtHand:
    if isinstance(outcome, NoKeys):
        raise Refused("keys", outcome.description, outcome.cause)
    return outcome


def _unknown_key(unread: UnreadToken) -> Refused:
    kid = unread.header.kid
    missing = "the token's header has no kid"
    detail = missing if kid is None else f"the issuer has no key {kid[:64]!r} for {unread.header.alg}"
    return Refused("kid", say.UNKNOWN_KEY, detail)
