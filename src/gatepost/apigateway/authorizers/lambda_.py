"""The Lambda authorizer of both kinds of APIs: `TOKEN` and `REQUEST`."""

import json
from collections.abc import Callable
from typing import NamedTuple

from gatepost.apigateway.authorizers.answer_cache import AnswerCache
from gatepost.apigateway.authorizers.asked_policy import iam_request
from gatepost.apigateway.authorizers.lambda_answer import BadAnswer, LambdaAnswer, Unauthorized, read_answer
from gatepost.apigateway.authorizers.validation import Validation
from gatepost.apigateway.events.arn import judged_arns, method_arn
from gatepost.apigateway.events.authorizer import authorizer_event
from gatepost.apigateway.events.identity_source import identity_values
from gatepost.apigateway.exchange import Exchange, Failure
from gatepost.apigateway.iam.evaluation import evaluate_each
from gatepost.apigateway.iam.policy import Policy
from gatepost.apigateway.invocation_permission import authorizer_arn, may_invoke
from gatepost.apigateway.invoking import Functions, Invocation
from gatepost.apigateway.model.api import Api
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import LambdaAuthorizer
from gatepost.apigateway.model.function import Function

# Seconds that an API waits for its authorizer: an HTTP API's quota, and what REST APIs are reported to.
HTTP_LIMIT = 10.0
REST_LIMIT = 30.0

REST_TTL = 300.0
MAX_TTL = 3600.0

_UNAUTHORIZED = Failure("UNAUTHORIZED")
_HTTP_DENIED = Failure("ACCESS_DENIED")
_REST_DENIED = Failure("ACCESS_DENIED", message="User is not authorized to access this resource")
_REST_EXPLICITLY_DENIED = Failure(
    "ACCESS_DENIED", message="User is not authorized to access this resource with an explicit deny"
)
_NO_PERMISSION = "Invalid permissions on Lambda function"


class _Question(NamedTuple):
    """What is known before the function is called.

    Attributes:
        steps: The steps so far: name, whether it went on from there, and detail.
        failure: Why the function is not called, or `None`.
        arn: The ARN of what the request wants to invoke.
        key: What its answer is kept under.
        answer: The answer that was kept, or `None`.
    """

    steps: list[tuple[str, bool, str]]
    failure: Failure | None = None
    arn: str = ""
    key: tuple[str, ...] = ()
    answer: LambdaAnswer | None = None


class LambdaGate:
    """One Lambda authorizer at work in one API and stage."""

    def __init__(
        self,
        api: Api,
        authorizer: LambdaAuthorizer,
        function: Function,
        functions: Functions,
        assumptions: Assumptions,
        clock: Callable[[], float],
        resource_policy: Policy | None = None,
    ) -> None:
        """Let `function` decide.

        Raises:
            ConfigurationError: When the validation expression cannot be used.
        """
        self._authorizer = authorizer
        self._sources = ", ".join(authorizer.identity_sources) or "none is named"
        self._function = function.logical_id
        self._functions = functions
        self._assumptions = assumptions
        self._rest = api.kind == "REST"
        self._kind = api.kind
        self._limit = REST_LIMIT if self._rest else HTTP_LIMIT
        self._resource_policies = () if resource_policy is None else (resource_policy,)
        self._cache = AnswerCache(_ttl(api, authorizer, assumptions), clock)
        self._arn = authorizer_arn(api, authorizer)
        self._permitted = authorizer.credentials is not None or may_invoke(function, (self._arn,))
        self._validation = None
        if authorizer.kind == "TOKEN" and authorizer.validation:
            self._validation = Validation(authorizer.validation, whole=assumptions.full_validation)
        # A REST API asks for the identity sources of REQUEST only while it keeps answers; all others always do.
        self._demanding = not self._rest or authorizer.kind == "TOKEN" or self._cache.ttl > 0

    def at_hand(self, exchange: Exchange) -> bool:
        """Decide at once, unless the function has to be called."""
        question = self._question(exchange)
        if question.failure is None and question.answer is None:
            return False
        self._note(exchange, question)
        if question.answer is not None:
            self._judge(exchange, question.answer, question.arn)
        return True

    async def wait(self, exchange: Exchange) -> None:
        """Decide, and call the function for that if need be."""
        question = self._question(exchange)
        self._note(exchange, question)
        if question.failure is not None:
            return
        answer = question.answer or await self._ask(exchange, question.key)
        if answer is not None:
            self._judge(exchange, answer, question.arn)

    def _question(self, exchange: Exchange) -> _Question:
        authorizer = self._authorizer
        steps = [("authorizer", True, authorizer.name)]
        arn = method_arn(exchange, self._assumptions)
        values = identity_values(exchange, authorizer.identity_sources)
        missing = [source for source, value in zip(authorizer.identity_sources, values, strict=True) if not value]
        if missing and self._demanding:
            steps.append(("identity source", False, f"{', '.join(missing)}: missing or empty; no function is called"))
            return _Question(steps, _UNAUTHORIZED)
        steps.append(("identity source", True, self._sources))
        key = tuple([value or "" for value in values])
        answer = self._cache.get(key) if self._cache.ttl > 0 else None
        if answer is not None:  # what is kept fitted the validation expression before
            steps.append(("cache", True, "hit: the answer is kept, and asked again about this request"))
            return _Question(steps, None, arn, key, answer)
        if self._validation is not None:
            fits = self._validation.matches(key[0])
            steps.append(("validation expression", fits, authorizer.validation or ""))
            if not fits:
                return _Question(steps, _UNAUTHORIZED)
        kept = f"miss: the answer will be kept for {self._cache.ttl:g} seconds" if self._cache.ttl > 0 else "off"
        steps.append(("cache", True, kept))
        if not self._permitted:
            steps.append(("permission", False, f"{self._function} does not permit {self._arn} to invoke it"))
            return _Question(steps, Failure("AUTHORIZER_CONFIGURATION_ERROR", authorizer_error=_NO_PERMISSION))
        return _Question(steps, None, arn, key)

    @staticmethod
    def _note(exchange: Exchange, question: _Question) -> None:
        for name, passed, detail in question.steps:
            exchange.note(name, passed, detail)
        exchange.failure = question.failure

    async def _ask(self, exchange: Exchange, key: tuple[str, ...]) -> LambdaAnswer | None:
        event = authorizer_event(exchange, self._authorizer, self._assumptions)
        payload = json.dumps(event, separators=(",", ":")).encode()
        invocation = await self._functions.invoke(self._function, payload, limit=self._limit)
        exchange.authorizer_latency = invocation.milliseconds
        try:
            answer = self._read(invocation)
        except Unauthorized:
            exchange.note("function", False, f"{self._function} says Unauthorized")
            exchange.failure = _UNAUTHORIZED
            return None
        except BadAnswer as error:
            exchange.note("function", False, f"{self._function}: {error}")
            kind = "AUTHORIZER_CONFIGURATION_ERROR" if invocation.outcome == "answered" else "AUTHORIZER_FAILURE"
            exchange.failure = Failure(kind, authorizer_error=str(error))  # type: ignore[arg-type]  # both are kinds
            return None
        exchange.note("function", True, f"{self._function} answered in {invocation.milliseconds} ms")
        self._cache.put(key, answer)
        return answer._replace(identity=answer.identity._replace(latency=invocation.milliseconds))

    def _read(self, invocation: Invocation) -> LambdaAnswer:
        if invocation.outcome not in {"answered", "raised"}:
            raise BadAnswer(f"the function {invocation.outcome}")
        try:
            answer = read_answer(invocation.payload, self._authorizer, self._kind)
        except Unauthorized:
            if self._rest or self._assumptions.unauthorized_is_401:
                raise
            raise BadAnswer("the function says Unauthorized, which is taken as an error here") from None
        except BadAnswer:
            if invocation.outcome == "raised":
                raise BadAnswer("the function raised an error") from None
            raise
        if invocation.outcome == "raised":
            raise BadAnswer("the function raised an error")
        return answer

    def _judge(self, exchange: Exchange, answer: LambdaAnswer, arn: str) -> None:
        """Ask the answer about this very request."""
        exchange.identity = answer.identity  # templates of gateway responses may name its context on a deny too
        if isinstance(answer.verdict, bool):
            exchange.note("isAuthorized", answer.verdict, "true" if answer.verdict else "false")
            exchange.failure = None if answer.verdict else _HTTP_DENIED
            return
        arns = judged_arns(exchange, self._assumptions) if "%" in arn else (arn,)
        asked = [iam_request(exchange, each) for each in arns]
        verdict, about = evaluate_each((answer.verdict, *self._resource_policies), asked)
        whose = "resource policy" if verdict.document == 1 else "policy"
        exchange.note(whose, verdict.allowed, f"{verdict} of {about.resource}")
        if verdict.allowed:
            return
        if not self._rest:
            exchange.failure = _HTTP_DENIED
        else:
            exchange.failure = _REST_EXPLICITLY_DENIED if verdict.effect == "Deny" else _REST_DENIED


def _ttl(api: Api, authorizer: LambdaAuthorizer, assumptions: Assumptions) -> float:
    if not authorizer.identity_sources:
        return 0.0  # there is nothing to keep an answer under
    default = REST_TTL if api.kind == "REST" else assumptions.http_ttl
    return min(MAX_TTL, default if authorizer.ttl is None else authorizer.ttl)
