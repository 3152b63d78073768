"""Is this token good, now and here: the verifier that applications hold."""

import time
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import base64url, compact
from gatepost.jose import header as jose_header
from gatepost.jose.header import Header
from gatepost.jose.strict_json import load_object
from gatepost.trust.issuer import Issuer
from gatepost.trust.key_source import Cause, KeyHealth, Snapshot
from gatepost.verification import claims as rules_of
from gatepost.verification import waiting
from gatepost.verification.candidate import Candidate, Trusted
from gatepost.verification.token_cache import Remembered, TokenCache
from gatepost.verification.verified_token import VerifiedToken

Clock: TypeAlias = Callable[[], float]

_HEADERS_KEPT = 256

# A subclass could say of itself that it equals another token.
_CACHEABLE = (str, bytes)


class Verifier:
    """Verifies the tokens of one or several issuers, each by its own rules and keys.

    A verifier is made once and shared by threads, tasks and, across a fork, by processes. The issuer of a token is
    found by its exact `iss`, never by trying.
    """

    __slots__ = ("_by_iss", "_clock", "_headers", "_issuers", "_max_length", "_tokens")

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
        self._issuers: list[Trusted] = []
        self._by_iss: dict[str, Trusted] = {}
        for issuer in (issuers,) if isinstance(issuers, Issuer) else issuers:
            trusted = Trusted(issuer, clock())
            self._issuers.append(trusted)
            for iss in (issuer.identifier, *issuer.aliases):
                if self._by_iss.setdefault(iss, trusted) is not trusted:
                    raise ConfigurationError(f"two issuers are called {iss}; each value of iss means one issuer")
        if not self._issuers:
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
        verified = self._at_hand(token, now)
        if isinstance(verified, Candidate):
            snapshot = waiting.run(self._seek_key(verified, now), verified.trusted.keys)
            now = self._clock()
            verified = self._accept(token, verified, snapshot, now)
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
        verified = self._at_hand(token, now)
        if isinstance(verified, Candidate):
            snapshot = await waiting.run_async(self._seek_key(verified, now), verified.trusted.keys)
            now = self._clock()
            verified = self._accept(token, verified, snapshot, now)
        if max_auth_age is None and acr is None and nonce is None and access_token is None:
            return verified
        from gatepost.verification import expectation

        leeway = self._by_iss[verified.issuer].rules.leeway
        expectation.check(
            verified, now, leeway, max_auth_age=max_auth_age, acr=acr, nonce=nonce, access_token=access_token
        )
        return verified

    def verify_at_hand(self, token: str | bytes) -> VerifiedToken | None:
        """Return what `token` says, if it is good; `None` when that cannot be told without waiting for the network.

        Raises:
            TokenRejected: When it is not good, whatever the network would say.
        """
        verified = self._at_hand(token, self._clock())
        return None if isinstance(verified, Candidate) else verified

    def prefetch(self) -> None:
        """Fetch the keys of every issuer now, so that no request waits for them.

        Raises:
            KeysUnavailable: When those of an issuer cannot be had; the others are there all the same.
        """
        now = self._clock()
        pending = [(trusted.keys, trusted.keys.refresh(now, Cause.COLD)) for trusted in self._issuers]
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
        return MappingProxyType({trusted.identifier: trusted.rules.leeway for trusted in self._issuers})

    def health(self) -> Mapping[str, KeyHealth]:
        """Return how the keys of each issuer stand, by its identifier: their age, the last error, counters."""
        now = self._clock()
        return MappingProxyType({trusted.identifier: trusted.keys.health(now) for trusted in self._issuers})

    def _at_hand(self, token: str | bytes, now: float) -> VerifiedToken | Candidate:
        """Return the token verified, or taken apart when its key has to be sought."""
        verified = None if self._tokens is None else self._recall(self._tokens, token, now)
        if verified is not None:
            return verified
        candidate = self._read(token)
        snapshot = candidate.keys_at_hand(now)
        return candidate if snapshot is None else self._accept(token, candidate, snapshot, now)

    def _recall(self, tokens: TokenCache, token: str | bytes, now: float) -> VerifiedToken | None:
        """Return the token if it was verified before and still is good: in its time, and by keys that still stand."""
        remembered = tokens.get(token) if type(token) in _CACHEABLE else None
        if remembered is None or not remembered.since <= now < remembered.until:
            return None
        snapshot = self._by_iss[remembered.token.issuer].keys.current(now)
        if snapshot is None or snapshot.generation != remembered.generation:
            return None
        return remembered.token

    def _read(self, token: str | bytes) -> Candidate:
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
        return Candidate(header_text, header, claims, signing_input, base64url.decode(signature), trusted)

    def _seek_key(self, candidate: Candidate, now: float) -> waiting.Steps[Snapshot]:
        """Yield what has to be waited for, and return the keys of which one signed the token.

        Raises:
            TokenRejected: `unknown_key`, or `bad_signature` with the newest keys that may be fetched.
        """
        keys = candidate.trusted.keys
        snapshot = keys.current(now) or (yield keys.refresh(now, Cause.COLD))
        key = candidate.key_in(snapshot)
        if key is None or not candidate.is_signed_by(key):
            if key is not None and key.kid is not None and candidate.header.kid is not None:
                raise TokenRejected(Reason.BAD_SIGNATURE)
            known, snapshot = key, (yield keys.refresh(now, Cause.UNKNOWN_KEY))
            key = candidate.key_in(snapshot)
            if key is None or key == known:
                raise TokenRejected(Reason.UNKNOWN_KEY if known is None else Reason.BAD_SIGNATURE)
            key.verify(candidate.signature, candidate.signing_input)
        return snapshot

    def _accept(self, token: str | bytes, candidate: Candidate, snapshot: Snapshot, now: float) -> VerifiedToken:
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
