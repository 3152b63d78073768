"""Who may use a route of an API: the one entry that the gateway asks."""

import asyncio
import time
from collections.abc import Callable, Mapping

from gatepost.apigateway.answers.limits import METHOD_ARN, arn_over_limit
from gatepost.apigateway.authorizers.api_key import ApiKeys
from gatepost.apigateway.authorizers.discovery_document import TIME_LIMIT, make_fetcher
from gatepost.apigateway.authorizers.gates import GateParts, make_gates
from gatepost.apigateway.authorizers.issuer_check import HTTP_NOTICE, is_plain_http, objection, refusal
from gatepost.apigateway.authorizers.issuer_keys import IssuerKeys
from gatepost.apigateway.events.arn import method_arn
from gatepost.apigateway.exchange import Exchange, Failure
from gatepost.apigateway.invoking import Functions
from gatepost.apigateway.model.api import IAM, Api, Route
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import JwtAuthorizer, LambdaAuthorizer
from gatepost.apigateway.model.function import Function
from gatepost.apigateway.model.place import Problem, TemplateError
from gatepost.trust.fetch import Fetcher, FetchFailed

_ASSUMED = Assumptions()

# A method's ARN is nothing but its path and a few short names.
_LONG_PATH = METHOD_ARN // 2

# A request that reaches no route is refused, whoever asks.
_NO_ROUTE = Failure("MISSING_AUTHENTICATION_TOKEN")


class Authorizing:
    """The authorizers, API keys and resource policy of one API at work.

    Attributes:
        notices: What the user should know, one line each; complete after `start`.
    """

    def __init__(
        self,
        api: Api,
        application_functions: Mapping[str, Function],
        functions: Functions,
        *,
        assumptions: Assumptions = _ASSUMED,
        clock: Callable[[], float] = time.time,
        allow_iam: str | None = None,
        fetcher: Fetcher | None = None,
        ca_file: str | None = None,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        """Prepare everything; nothing is fetched yet.

        Args:
            api: The API.
            application_functions: The functions of the template by logical id.
            functions: What runs them.
            assumptions: What to assume where AWS's behaviour is not known.
            clock: Returns the time in seconds since 1970.
            allow_iam: The ARN of the principal that requests to `AWS_IAM` routes are taken to come from, or `None` to
                refuse such routes.
            fetcher: What fetches discovery documents and keys, or `None` for urllib3 within AWS's limits.
            ca_file: A PEM file of CA certificates to trust besides the system's, or `None`.
            time_limit: Seconds that an issuer has for a document; AWS's own limit unless a test needs more.

        Raises:
            TemplateError: With everything that cannot be enforced: an unknown authorizer, an `AWS_IAM` route, a
                malformed resource policy, and so on.
            ConfigurationError: When the CA file is not there, or `allow_iam` names no principal.
        """
        self.notices: tuple[str, ...] = ()
        self._rest = api.kind == "REST"
        self._assumptions = assumptions
        self._jwt = [each for each in api.authorizers.values() if isinstance(each, JwtAuthorizer)]
        if self._jwt and fetcher is None:
            fetcher = make_fetcher(ca_file, time_limit)
        self._issuers = {
            each.issuer: IssuerKeys(each.issuer, fetcher, clock, time_limit)
            for each in self._jwt
            if fetcher is not None
        }
        self._gates, self._resource_policy = make_gates(
            GateParts(api, application_functions, functions, self._issuers, assumptions, clock, allow_iam)
        )
        self._keys = ApiKeys(api.api_keys, api.api_key_source)
        # A Lambda authorizer's policy and the resource policy are one question, which its gate asks.
        self._answers_for_policy = frozenset(
            name for name, each in api.authorizers.items() if isinstance(each, LambdaAuthorizer)
        ) | {IAM}

    async def start(self, *, allow_unreachable: bool = False) -> None:
        """Look for the discovery document of every issuer, as AWS does when an authorizer is created.

        Args:
            allow_unreachable: Whether an issuer whose document cannot be had is a notice and no error.

        Raises:
            TemplateError: With every issuer that may not be asked, or whose document cannot be had.
        """
        problems: list[Problem] = []
        notices: list[str] = []
        reachable: list[JwtAuthorizer] = []
        for authorizer in {each.issuer: each for each in self._jwt}.values():
            why = objection(authorizer.issuer)
            if why is not None:
                problems.append(Problem(authorizer.place, f"the issuer of {authorizer.name!r} may not be asked: {why}"))
            else:
                reachable.append(authorizer)
                if is_plain_http(authorizer.issuer):
                    notices.append(f"{authorizer.place}: {HTTP_NOTICE.format(authorizer.issuer)}")
        outcomes = await asyncio.gather(*(self._locate(each) for each in reachable))
        for authorizer, cause in zip(reachable, outcomes, strict=True):
            if cause is None:
                continue
            problem = Problem(authorizer.place, refusal(authorizer.issuer, cause))
            if allow_unreachable:
                notices.append(str(problem))
            else:
                problems.append(problem)
        self.notices = tuple(notices)
        if problems:
            raise TemplateError(*problems)

    def close(self) -> None:
        """Give up every fetch that is on its way."""
        for keys in self._issuers.values():
            keys.close()

    def authorize_at_hand(self, exchange: Exchange) -> bool:
        """Decide at once, as `authorize` would; `False`, with nothing done, when that takes waiting."""
        route = exchange.route
        if route is None:
            exchange.failure = _NO_ROUTE
            return True
        name = route.authorizer
        if name is not None:
            if self._is_arn_too_long(exchange) or self._is_denied_before(exchange, name):
                return True
            if not self._gates[name].at_hand(exchange):
                return False
        self._finish(exchange, name)
        return True

    async def authorize(self, exchange: Exchange) -> None:
        """Decide whether a request may go on: leave its identity in `exchange`, or the failure, and note each step."""
        if self.authorize_at_hand(exchange):
            return
        route = exchange.route
        assert route is not None and route.authorizer is not None  # noqa: PT018, S101  # nothing else takes waiting
        await self._gates[route.authorizer].wait(exchange)
        self._finish(exchange, route.authorizer)

    async def _locate(self, authorizer: JwtAuthorizer) -> str | None:
        try:
            await self._issuers[authorizer.issuer].locate()
        except FetchFailed as error:
            return str(error)
        return None

    def _is_denied_before(self, exchange: Exchange, name: str) -> bool:
        if self._resource_policy is None or name == IAM or name not in self._answers_for_policy:
            return False
        return self._resource_policy.denies(exchange)

    def _is_arn_too_long(self, exchange: Exchange) -> bool:
        """Tell whether a REST API refuses the request for the length of its ARN, and leave the failure if it does."""
        if not self._rest or len(exchange.path) < _LONG_PATH:
            return False
        failure = arn_over_limit(method_arn(exchange, self._assumptions))
        if failure is None:
            return False
        exchange.note("methodArn", False, f"it has more than {METHOD_ARN} bytes")
        exchange.failure = failure
        return True

    def _finish(self, exchange: Exchange, name: str | None) -> None:
        """Ask what is asked after the authorizer: the resource policy, and the API key."""
        route, policy = exchange.route, self._resource_policy
        if exchange.failure is not None or route is None:
            return
        if name is None:
            exchange.note("authorizer", True, "none: the route is open")
        if policy is None:
            pass
        elif name == IAM:
            policy.denies(exchange)  # Table A: the principal is allowed, so that only an explicit deny counts
        elif name is None or name not in self._answers_for_policy:
            policy.check(exchange)
        self._check_key(exchange, route)

    def _check_key(self, exchange: Exchange, route: Route) -> None:
        if exchange.failure is None and route.api_key_required:
            self._keys.check(exchange)
