"""Is this token good, now and here: the verifier that applications hold."""

import time
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import KeySet, base64url, compact
from gatepost.jose import header as jose_header
from gatepost.jose.algorithms import spellings
from gatepost.jose.header import Header
from gatepost.jose.strict_json import load_object
from gatepost.jose.verifying_key import VerifyingKey
from gatepost.trust.fixed_keys import FixedKeys
from gatepost.trust.issuer import Issuer
from gatepost.trust.key_source import Cause, KeyHealth, LiveKeys, Snapshot
from gatepost.verification import claims as rules_of
from gatepost.verification import waiting
from gatepost.verification.claims import ClaimRules
from gatepost.verification.token_cache import Remembered, TokenCache
from gatepost.verification.verified_token import VerifiedToken

Clock: TypeAlias = Callable[[], float]

_HEADERS_KEPT = 256

# A subclass could say of itself that it equals another token.
_CACHEABLE = (str, bytes)


class _Trusted:
    """An issuer at work: its rules, prepared, and its keys, alive."""

    __slots__ = ("accepted", "alg_names", "identifier", "keys", "rules")

    def __init__(self, issuer: Issuer, now: float) -> None:
        self.identifier = issuer.identifier
        self.accepted = issuer.algorithms
        self.alg_names = spellings(issuer.algorithms)
        self.rules = ClaimRules(issuer)
        self.keys: LiveKeys = (
            FixedKeys(issuer.keys, now) if isinstance(issuer.keys, KeySet) else issuer.keys.open(issuer.identifier, now)
        )


class _Candidate:
    """A token that was taken apart and claims an issuer that is trusted; nothing in it is believed yet."""

    __slots__ = ("claims", "header", "header_text", "signature", "signing_input", "trusted")

    def __init__(  # positional, since it is made for every token
        self,
        header_text: bytes,
        header: Header,
        claims: dict[str, object],
        signing_input: bytes,
        signature: bytes,
        trusted: _Trusted,
    ) -> None:
        self.header_text = header_text
        self.header = header
        self.claims = claims
        self.signing_input = signing_input
        self.signature = signature
        self.trusted = trusted

    def key_in(self, snapshot: Snapshot) -> VerifyingKey | None:
        """Return the key of `snapshot` that the header means, if its algorithm is accepted."""
        key = snapshot.key_set.find(self.header.kid, self.header.alg)
        return key if key is not None and key.algorithm in self.trusted.accepted else None


class Verifier:
    """Verifies the tokens of one or several issuers, each by its own rules and keys.

    A verifier is made once and shared by threads, tasks and, across a fork, by processes. The issuer of a token is
    found by its exact `iss`, never by trying.
    """

    __slots__ = ("_by_iss", "_clock", "_headers", "_max_length", "_tokens", "_trusted")

    def __init__(
        self,
        issuers: Issuer | Iterable[Issuer],
        *,
        token_cache: int | None = 1024,
        clock: Clock = time.time,
        max_length: int = compact.MAX_LENGTH,
    ) -> None:
        """Trust `issuers`; nothing is fetched yet.

        Args:
            issuers: One issuer or several.
            token_cache: How many verified tokens to remember, or `None` to verify each time anew. Of a token that is
                remembered, the time rules and the standing of its key are checked again at every use.
            clock: Returns the time in seconds since 1970.
            max_length: The greatest length of a token, in octets.

        Raises:
            ConfigurationError: When two issuers share a value of `iss`, or there is none.
        """
        self._clock = clock
        self._max_length = max_length
        self._tokens = None if token_cache is None else TokenCache(token_cache)
        self._headers: dict[bytes, Header] = {}
        self._trusted: list[_Trusted] = []
        self._by_iss: dict[str, _Trusted] = {}
        for issuer in (issuers,) if isinstance(issuers, Issuer) else issuers:
            trusted = _Trusted(issuer, clock())
            self._trusted.append(trusted)
            for iss in (issuer.identifier, *issuer.aliases):
                if self._by_iss.setdefault(iss, trusted) is not trusted:
                    raise ConfigurationError(f"two issuers are called {iss}; each value of iss means one issuer")
        if not self._trusted:
            raise ConfigurationError("a verifier needs at least one issuer")

    def verify(
        self,
        token: str | bytes,
        *,
        max_auth_age: float | None = None,
        acr: str | Iterable[str] | None = None,
        nonce: str | None = None,
        access_token: str | None = None,
    ) -> VerifiedToken:
        """Return what `token` says, if it is good.

        Waits for the network only when the issuer's keys are not at hand: at the first token, or when a token names
        a key that is not known yet.

        Args:
            token: The JWT in compact form, without `Bearer`.
            max_auth_age: Seconds since the user authenticated (`auth_time`) that are acceptable (RFC 9470).
            acr: The authentication context that is needed, or several of which any will do (RFC 9470).
            nonce: With an ID token: the nonce of the sign-on request.
            access_token: With an ID token: the access token that came with it, to check `at_hash`.

        Raises:
            TokenRejected: When it is not good; its `reason` says why.
            KeysUnavailable: When the issuer's keys cannot be had, so that nothing can be said: answer 503.
        """
        now = self._clock()
        verified = None if self._tokens is None else self._recall(token, now)
        if verified is None:
            candidate = self._read(token)
            found = self._key_at_hand(candidate, now)
            if found is None:
                found = waiting.run(self._seek_key(candidate, now), candidate.trusted.keys)
                now = self._clock()
            verified = self._accept(token, candidate, *found, now)
        if max_auth_age is None and acr is None and nonce is None and access_token is None:
            return verified
        from gatepost.verification import expectation

        leeway = self._by_iss[verified.issuer].rules.leeway
        expectation.check(
            verified, now, leeway, max_auth_age=max_auth_age, acr=acr, nonce=nonce, access_token=access_token
        )
        return verified

    async def verify_async(
        self,
        token: str | bytes,
        *,
        max_auth_age: float | None = None,
        acr: str | Iterable[str] | None = None,
        nonce: str | None = None,
        access_token: str | None = None,
    ) -> VerifiedToken:
        """Return what `token` says, if it is good, without ever blocking the event loop for the network.

        Arguments and errors are those of `verify`.
        """
        now = self._clock()
        verified = None if self._tokens is None else self._recall(token, now)
        if verified is None:
            candidate = self._read(token)
            found = self._key_at_hand(candidate, now)
            if found is None:
                found = await waiting.run_async(self._seek_key(candidate, now), candidate.trusted.keys)
                now = self._clock()
            verified = self._accept(token, candidate, *found, now)
        if max_auth_age is None and acr is None and nonce is None and access_token is None:
            return verified
        from gatepost.verification import expectation

        leeway = self._by_iss[verified.issuer].rules.leeway
        expectation.check(
            verified, now, leeway, max_auth_age=max_auth_age, acr=acr, nonce=nonce, access_token=access_token
        )
        return verified

    def prefetch(self) -> None:
        """Fetch the keys of every issuer now, so that no request waits for them.

        Raises:
            KeysUnavailable: When those of an issuer cannot be had; the others are there all the same.
        """
        now = self._clock()
        pending = [(trusted.keys, trusted.keys.refresh(now, Cause.COLD)) for trusted in self._trusted]
        failures = [error for keys, future in pending if (error := waiting.failure(future, keys)) is not None]
        if failures:
            raise failures[0]

    async def prefetch_async(self) -> None:
        """Fetch the keys of every issuer now, as `prefetch` does, without blocking the event loop."""
        import asyncio

        await asyncio.get_running_loop().run_in_executor(None, self.prefetch)

    @property
    def leeways(self) -> Mapping[str, float]:
        """The seconds of clock difference that each issuer is forgiven, by its identifier."""
        return MappingProxyType({trusted.identifier: trusted.rules.leeway for trusted in self._trusted})

    def health(self) -> Mapping[str, KeyHealth]:
        """Return how the keys of each issuer stand, by its identifier: their age, the last error, counters."""
        now = self._clock()
        return MappingProxyType({trusted.identifier: trusted.keys.health(now) for trusted in self._trusted})

    def _recall(self, token: str | bytes, now: float) -> VerifiedToken | None:
        """Return the token if it was verified before and still is good: in its time, and by keys that still stand."""
        if type(token) not in _CACHEABLE or self._tokens is None:
            return None
        remembered = self._tokens.get(token)
        if remembered is None or not remembered.since <= now < remembered.until:
            return None
        snapshot = self._by_iss[remembered.token.issuer].keys.current(now)
        if snapshot is None or snapshot.generation != remembered.generation:
            return None
        return remembered.token

    def _read(self, token: str | bytes) -> _Candidate:
        header_text, payload, signature, signing_input = compact.take_apart(token, self._max_length)
        header = self._headers.get(header_text) or jose_header.read(header_text)
        claims = load_object(base64url.decode(payload))
        iss = claims.get("iss")
        if type(iss) is not str:
            raise TokenRejected(Reason.BAD_CLAIM if "iss" in claims else Reason.MISSING_CLAIM, claim="iss")
        trusted = self._by_iss.get(iss)
        if trusted is None:
            raise TokenRejected(Reason.WRONG_ISSUER, claim="iss")
        if header.alg not in trusted.alg_names:
            raise TokenRejected(Reason.UNSUPPORTED_ALGORITHM, claim="alg")
        return _Candidate(header_text, header, claims, signing_input, base64url.decode(signature), trusted)

    def _key_at_hand(self, candidate: _Candidate, now: float) -> tuple[VerifyingKey, Snapshot] | None:
        """Return the key that signed the token, if it is among those at hand; `None` when it has to be sought."""
        snapshot = candidate.trusted.keys.current(now)
        key = None if snapshot is None else candidate.key_in(snapshot)
        if snapshot is None or key is None:
            return None
        if key.kid is not None and candidate.header.kid is not None:
            key.verify(candidate.signature, candidate.signing_input)
            return key, snapshot
        try:
            key.verify(candidate.signature, candidate.signing_input)
        except TokenRejected:
            return None  # a key without a name may have been replaced by another one: look again
        return key, snapshot

    def _seek_key(self, candidate: _Candidate, now: float) -> waiting.Steps[tuple[VerifyingKey, Snapshot]]:
        """Yield what has to be waited for, and return the key that signed the token.

        Raises:
            TokenRejected: `unknown_key`, or `bad_signature` with the newest keys that may be fetched.
        """
        keys = candidate.trusted.keys
        snapshot = keys.current(now) or (yield keys.refresh(now, Cause.COLD))
        key = candidate.key_in(snapshot)
        if key is None or not _signed_by(key, candidate):
            if key is not None and key.kid is not None and candidate.header.kid is not None:
                raise TokenRejected(Reason.BAD_SIGNATURE)
            known, snapshot = key, (yield keys.refresh(now, Cause.UNKNOWN_KEY))
            key = candidate.key_in(snapshot)
            if key is None or key == known:
                raise TokenRejected(Reason.UNKNOWN_KEY if known is None else Reason.BAD_SIGNATURE)
            key.verify(candidate.signature, candidate.signing_input)
        return key, snapshot

    def _accept(
        self, token: str | bytes, candidate: _Candidate, key: VerifyingKey, snapshot: Snapshot, now: float
    ) -> VerifiedToken:
        """Judge the claims of a token whose signature is good, and remember it."""
        since, until = rules_of.check(candidate.header.typ, candidate.claims, candidate.trusted.rules, now)
        verified = VerifiedToken(candidate.trusted.identifier, candidate.header.parameters, candidate.claims)
        # Tokens of one key share their header, so it is read once; only a header that a good token bore is kept.
        if candidate.header_text not in self._headers:
            if len(self._headers) >= _HEADERS_KEPT:
                self._headers.clear()
            self._headers[candidate.header_text] = candidate.header
        if self._tokens is not None and type(token) in _CACHEABLE:
            self._tokens.put(token, Remembered(verified, snapshot.generation, since, until))
        return verified


def _signed_by(key: VerifyingKey, candidate: _Candidate) -> bool:
    try:
        key.verify(candidate.signature, candidate.signing_input)
    except TokenRejected:
        return False
    return True
