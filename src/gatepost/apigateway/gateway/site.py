"""A template that is served: its functions, its authorizers and its gateways, which begin and end together."""

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple

from gatepost.apigateway.answers.http_proxy import HttpProxying
from gatepost.apigateway.authorizers.authorizing import Authorizing
from gatepost.apigateway.authorizers.discovery_document import TIME_LIMIT
from gatepost.apigateway.functions.pool import FunctionPool
from gatepost.apigateway.gateway.gateway import Gateway
from gatepost.apigateway.gateway.integrating import Integrating
from gatepost.apigateway.gateway.server import Answering
from gatepost.apigateway.gateway.stages import by_stage
from gatepost.apigateway.gateway.trace import Trace
from gatepost.apigateway.model.api import Api, Application
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.errors import ConfigurationError


class Settings(NamedTuple):
    """How to serve.

    Attributes:
        assumptions: What to assume where nobody knows.
        allow_iam: The ARN of the principal that requests to `AWS_IAM` routes count as, or `None` to refuse them.
        allow_unreachable_issuers: Whether to begin though an issuer's discovery fails.
        concurrency: How many processes a function may have.
        api: The logical id of the one API to serve, or `None` for all.
        ca_file: Certificates that issuers' servers may have besides those that the system trusts, or `None`.
        issuer_seconds: How long an issuer may take for a document; AWS's own limit unless a test needs more.
        handed_on: Variables of the environment for all functions.
    """

    assumptions: Assumptions = Assumptions()
    allow_iam: str | None = None
    allow_unreachable_issuers: bool = False
    concurrency: int = 4
    api: str | None = None
    ca_file: str | None = None
    issuer_seconds: float = TIME_LIMIT
    handed_on: Mapping[str, str] = {}


class Output(NamedTuple):
    """Where what the gateway has to say goes, line by line.

    Attributes:
        function: The lines of functions.
        access: The access logs.
        complain: What went wrong in the gateway itself.
        trace: What remembers the requests.
    """

    function: Callable[[str], None]
    access: Callable[[str], None]
    complain: Callable[[str, BaseException], None]
    trace: Trace


class Site:
    """An application that is served.

    Attributes:
        application: The application.
        apis: The APIs that are served.
        gateways: What answers for each of them, by logical id; the stages of an API share its port, as on AWS.
    """

    def __init__(self, application: Application, settings: Settings, output: Output) -> None:
        """Make everything; nothing runs yet.

        Raises:
            TemplateError: When something in the template cannot be served.
        """
        self.application = application
        self.apis = served_apis(application, settings.api)
        self._settings = settings
        self._pool = FunctionPool(
            application.functions,
            concurrency=settings.concurrency,
            log=output.function,
            handed_on=settings.handed_on,
            warm=True,
        )
        self._proxying = HttpProxying()
        self._authorizing: list[Authorizing] = []
        self._gateways: list[Gateway] = []
        stages: dict[str, dict[str, Gateway]] = {}
        for api in self.apis:
            authorizing = self._authorizer(api)
            gateway = self._gateway(api, authorizing, output)
            self._authorizing.append(authorizing)
            self._gateways.append(gateway)
            stages.setdefault(api.logical_id, {})[api.stage.name] = gateway
        self.gateways: Mapping[str, Answering] = {name: by_stage(found) for name, found in stages.items()}

    def _authorizer(self, api: Api) -> Authorizing:
        settings = self._settings
        return Authorizing(
            api,
            self.application.functions,
            self._pool,
            assumptions=settings.assumptions,
            allow_iam=settings.allow_iam,
            ca_file=settings.ca_file,
            time_limit=settings.issuer_seconds,
        )

    def _gateway(self, api: Api, authorizing: Authorizing, output: Output) -> Gateway:
        assumptions = self._settings.assumptions
        return Gateway(
            api,
            authorizing=authorizing,
            integrating=Integrating(
                api, self.application.functions, self._pool, assumptions=assumptions, proxying=self._proxying
            ),
            assumptions=assumptions,
            trace=output.trace,
            access_log=output.access,
            complain=output.complain,
        )

    async def start(self, before: "Site | None" = None) -> None:
        """Begin: with the processes of the functions, and the discovery of every issuer.

        Args:
            before: The site that this one takes the place of; the processes of functions that are the same stay.

        Raises:
            ConfigurationError: When an issuer cannot be discovered, or a function cannot be run.
        """
        unreachable = self._settings.allow_unreachable_issuers
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pool.start(None if before is None else before._pool))
                for authorizing in self._authorizing:
                    tasks.create_task(authorizing.start(allow_unreachable=unreachable))
        except BaseException as error:
            await self.close()
            if isinstance(error, BaseExceptionGroup):
                raise error.exceptions[0] from None
            raise

    @property
    def notices(self) -> tuple[str, ...]:
        """What is served otherwise than on AWS, and why, one line each."""
        of_authorizers = (notice for each in self._authorizing for notice in each.notices)
        return tuple(dict.fromkeys((*self.application.notices, *of_authorizers, *self._pool.notices)))

    async def retire(self, seconds: float = 30.0) -> None:
        """Let what is on its way come to its end, for so many seconds at most, and end."""
        await self._pool.stop_watching()
        try:
            async with asyncio.timeout(seconds):
                for gateway in self._gateways:
                    await gateway.idle()
        except TimeoutError:
            pass
        finally:
            await self.close()

    async def close(self) -> None:
        """End."""
        for authorizing in self._authorizing:
            authorizing.close()
        await self._proxying.close()
        await self._pool.close()


def served_apis(application: Application, wanted: str | None) -> tuple[Api, ...]:
    """Return the APIs to serve.

    Raises:
        ConfigurationError: When there is none, or none of that name.
    """
    if not application.apis:
        raise ConfigurationError("the template has no API: no AWS::Serverless::Api, HttpApi or events of theirs")
    if wanted is None:
        return application.apis
    found = tuple(api for api in application.apis if api.logical_id == wanted)
    if not found:
        known = ", ".join(api.logical_id for api in application.apis)
        raise ConfigurationError(f"the template has no API {wanted}; it has {known}")
    return found
