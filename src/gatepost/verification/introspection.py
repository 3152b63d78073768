"""Tokens that only their issuer can read: it is asked about each (RFC 7662)."""

import os
import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import compact
from gatepost.jose.strict_json import JsonObject
from gatepost.trust import location
from gatepost.trust.fetch import FetchFailed
from gatepost.trust.http_poster import HttpPoster, Poster
from gatepost.trust.issuer import Issuer
from gatepost.verification import introspection_answer
from gatepost.verification.claims import ClaimRules
from gatepost.verification.client_authentication import ClientAuthentication
from gatepost.verification.introspection_flight import Answer, Flights
from gatepost.verification.limits import check_number
from gatepost.verification.refusal_cache import Refusal, RefusalCache
from gatepost.verification.token_cache import Remembered, TokenCache
from gatepost.verification.verified_token import VerifiedToken

if TYPE_CHECKING:
    from concurrent.futures import Future

Clock: TypeAlias = Callable[[], float]

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750 §2.1
_REFUSALS = 1024
_UNANSWERED = Refusal(None, message="the question about the token was not answered; ask again")


def is_opaque(token: str) -> bool:
    """Tell whether `token` is not of the form of a signed JWT, so that only its issuer can say what it means."""
    return token.count(".") != 2


class Introspection:
    """Asks an issuer about its tokens, and judges the answer by the same rules as the claims of a JWT.

    It is made once and shared by threads, tasks and, across a fork, by processes.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        issuer: str,
        audience: str | Iterable[str] | None,
        client: ClientAuthentication,
        leeway: float = 0,
        required_claims: Iterable[str] = (),
        max_token_age: float | None = None,
        aliases: Iterable[str] = (),
        client_id_as_audience: bool = False,
        ca_file: str | os.PathLike[str] | None = None,
        http_hosts: Iterable[str] = (),
        connect_timeout: float = 1.5,
        total_timeout: float = 3.0,
        max_bytes: int = 65_536,
        cache_size: int | None = 1024,
        max_age: float = 60.0,
        refusal_age: float = 2.0,
        clock: Clock = time.time,
        poster: Poster | None = None,
    ) -> None:
        """Take the endpoint; nothing is asked yet. All times are in seconds.

        Args:
            endpoint: The URL of the introspection endpoint: https, or http on loopback or at one of `http_hosts`.
            issuer: The issuer's identifier, which `iss` has to be where the answer says it.
            audience: As for `Issuer`: what `aud` of the answer has to name; `None` accepts every audience.
            client: How we prove who we are.
            leeway: Seconds of clock difference to forgive.
            required_claims: Names of claims that the answer has to have besides `exp` and the audience.
            max_token_age: Seconds since `iat` after which a token is refused as too old, or `None`.
            aliases: Other exact values of `iss` that mean this issuer.
            client_id_as_audience: Whether `client_id` is compared where `aud` is missing.
            ca_file: A file of CA certificates in PEM form to trust besides the system's, or `None`.
            http_hosts: Hosts that may be asked by plain http besides those on loopback.
            connect_timeout: The limit for a connection to stand.
            total_timeout: The limit for a whole answer.
            max_bytes: The limit of an answer's size.
            cache_size: How many good tokens to remember, or `None` to ask each time.
            max_age: How long a good token is remembered, at most until its `exp`: one that is revoked lives no longer.
            refusal_age: How long a refusal or a failure is remembered, 10 at most.
            clock: Returns the time in seconds since 1970.
            poster: What sends the question, or `None` for urllib3 within the limits above.

        Raises:
            ConfigurationError: When a value makes no sense, or the endpoint may not be asked.
        """
        location.check(endpoint, tuple(http_hosts))
        check_number("max_age", max_age, 0, 86_400)
        check_number("refusal_age", refusal_age, 0, 10)
        check_number("connect_timeout", connect_timeout, 0.001, 60)
        check_number("total_timeout", total_timeout, 0.001, 60)
        check_number("max_bytes", max_bytes, 1, 10_000_000)
        self._endpoint = endpoint
        self._issuer = Issuer(
            issuer,
            audience=audience,
            keys=_NoKeys(),
            leeway=leeway,
            required_claims=required_claims,
            max_token_age=max_token_age,
            aliases=aliases,
            client_id_as_audience=client_id_as_audience,
        )
        self._rules = ClaimRules(self._issuer)
        self._client = client
        self._poster = poster or HttpPoster(
            ca_file=ca_file, connect_timeout=connect_timeout, total_timeout=total_timeout, max_bytes=max_bytes
        )
        self._wait_limit = total_timeout + 1.0
        self._tokens = None if cache_size is None else TokenCache(cache_size)
        self._refusals = RefusalCache(_REFUSALS)
        self._max_age = max_age
        self._refusal_age = refusal_age
        self._clock = clock
        self._flights = Flights()

    @property
    def issuer(self) -> str:
        """The issuer's identifier, which its verified tokens name."""
        return self._issuer.identifier

    def verify(self, token: str | bytes) -> VerifiedToken:
        """Return what the issuer says of `token`, if it is good.

        Args:
            token: The token, without `Bearer`.

        Raises:
            TokenRejected: When it is not good: `inactive`, or what the claim rules say.
            KeysUnavailable: When the endpoint gives no clear answer, so that nothing can be said: answer 503.
        """
        text = _text_of(token)
        answer = self._recall(text)
        if answer is None:
            flight, first = self._flights.join(text)
            if first:
                self._ask(text, flight)
            answer = _landed(flight, self._wait_limit)
        return _opened(answer)

    async def verify_async(self, token: str | bytes) -> VerifiedToken:
        """Return what `verify` returns, without ever blocking the event loop for the network."""
        import asyncio

        text = _text_of(token)
        answer = self._recall(text)
        if answer is None:
            flight, first = self._flights.join(text)
            if first:
                try:
                    asyncio.get_running_loop().run_in_executor(None, self._ask, text, flight)
                except RuntimeError:  # the loop is about to end
                    self._flights.land(text, flight, _UNANSWERED)
            # Others wait for the same answer: this task's cancellation must not cancel it for them.
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(flight)), self._wait_limit)
            answer = _landed(flight, 0)
        return _opened(answer)

    def _recall(self, token: str) -> Answer | None:
        now = self._clock()
        remembered = None if self._tokens is None else self._tokens.get(token)
        if remembered is not None and remembered.since <= now < remembered.until:
            return remembered.token
        return self._refusals.get(token, now)

    def _ask(self, token: str, flight: "Future[Answer]") -> None:
        answer: Answer = _UNANSWERED
        try:
            answer = self._answer(token)
        finally:  # whatever happens, nobody waits for ever
            self._flights.land(token, flight, answer)

    def _answer(self, token: str) -> Answer:
        asked_at = self._clock()
        form = {"token": token, "token_type_hint": "access_token", **self._client.form(self.issuer, asked_at)}
        try:
            body = self._poster.post(self._endpoint, form, self._client.headers()).body
            claims = introspection_answer.read(body)
            if claims is None:
                return self._refuse(token, Refusal(Reason.INACTIVE))
            since, until = introspection_answer.judge(claims, self._issuer, self._rules, self._clock())
        except FetchFailed as error:
            return self._refuse(token, Refusal(None, message=self._unavailable(error)))
        except TokenRejected as error:
            return self._refuse(token, Refusal(error.reason, claim=error.claim))
        verified = VerifiedToken(self.issuer, JsonObject(), claims)
        if self._tokens is not None:
            self._tokens.put(token, Remembered(verified, 0, since, min(until, asked_at + self._max_age)))
        return verified

    def _refuse(self, token: str, refusal: Refusal) -> Refusal:
        self._refusals.put(token, refusal, self._clock() + self._refusal_age)
        return refusal

    def _unavailable(self, error: FetchFailed) -> str:
        advice = "; it does not accept how the client authenticates" if error.status in {401, 403} else ""
        return f"the introspection endpoint of {self.issuer} gives no answer: {error}{advice}"


class _NoKeys:
    """Stands for the keys of an issuer whose tokens nobody but itself can read."""

    def check(self, _identifier: str) -> None:
        """Accept every issuer."""

    def open(self, identifier: str, _now: float) -> NoReturn:
        """Refuse."""
        raise ConfigurationError(f"the tokens of {identifier} are introspected; there are no keys")


def _text_of(token: object) -> str:
    text = token.decode("latin-1") if isinstance(token, bytes) else token
    if not isinstance(text, str):
        raise TokenRejected(Reason.MALFORMED)
    if len(text) > compact.MAX_LENGTH:
        raise TokenRejected(Reason.TOO_LARGE)
    if not _TOKEN.fullmatch(text):
        raise TokenRejected(Reason.MALFORMED)
    return text


def _landed(flight: "Future[Answer]", timeout: float) -> Answer:
    try:
        return flight.result(timeout)
    except TimeoutError:
        return _UNANSWERED


def _opened(answer: Answer) -> VerifiedToken:
    if isinstance(answer, Refusal):
        raise answer.error()
    return answer
