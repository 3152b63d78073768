"""One request to an endpoint, once it is clear who asks and what they may do there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection

from gatepost.identity import audit
from gatepost.identity.entity import Page
from gatepost.identity.permissions import Permissions
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.provider.platform.actor import Actor
from gatepost.provider.platform.headers import EXTERNAL, MOST_EXTERNAL
from gatepost.provider.platform.paging import next_url, page_of
from gatepost.provider.platform.refusals import forbidden
from gatepost.provider.services import Services
from gatepost.provider.web.request import Request

if TYPE_CHECKING:
    from gatepost.provider.platform.endpoint import Endpoint

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was read, and whose actor may make it.

    Attributes:
        services: What there is to work with.
        endpoint: What is asked for.
        request: The request.
        actor: Who asks.
        permitted: What the actor may do in the environment.
        query: The fields of the query.
        body: The body, read as JSON; `None` when there is none.
        now: The time, in milliseconds since 1970.
        external: Names that the client gave its request.
    """

    services: Services
    endpoint: "Endpoint"
    request: Request
    actor: Actor
    permitted: Permissions
    query: Mapping[str, str]
    body: Any
    now: int
    external: Mapping[str, str] = field(default_factory=dict)
    _noted: list[str] = field(default_factory=list)

    @property
    def environment_id(self) -> str:
        """The environment."""
        return self.request.parameters.get("environmentId", "")

    @property
    def api(self) -> str:
        """The URL of the environment."""
        return self.services.api_url(self.environment_id)

    @property
    def url(self) -> str:
        """The URL that was asked for, without its query."""
        return f"{self.services.settings.public_url}{self.request.path.removesuffix('/')}"

    @property
    def ids(self) -> tuple[str, ...]:
        """The identifiers in the path below the environment, in order."""
        return tuple(each for name, each in self.request.parameters.items() if name != "environmentId")

    @property
    def page(self) -> Page:
        """The page that is asked for.

        Raises:
            InvalidData: When it cannot be had.
        """
        return page_of(self.services.sealing, self.url, self.query)

    def next_url(self, after: str) -> str:
        """Return the URL of the page after this one."""
        return next_url(self.services.sealing, self.url, self.query, after)

    def named(self, field_name: str) -> frozenset[str]:
        """Return the names in the field `expand` or `include` of the query.

        Raises:
            InvalidData: When one of them means nothing here.
        """
        allowed = self.endpoint.expands if field_name == "expand" else self.endpoint.includes
        names = frozenset(each.strip() for each in self.query.get(field_name, "").split(",") if each.strip())
        if not names <= set(allowed):
            message = "The value is none of those allowed."
            raise InvalidData(Violation("INVALID_VALUE", field_name, message, {"allowedValues": list(allowed)}))
        return names

    @property
    def by_self(self) -> bool:
        """Whether the user in the path is the one who asks, and a scope of their token lets them."""
        own = self.endpoint.own
        user_id = self.request.parameters.get("userId")
        return own is not None and own in self.actor.scopes and self.actor.is_self(self.environment_id, user_id)

    def require(self, *, population_id: str | None = None, application_id: str | None = None) -> None:
        """Insist on the permission of the endpoint for this population, or this application.

        Raises:
            Refused: When the actor does not have it.
        """
        permission = self.endpoint.permission
        if permission is None or self.by_self:
            return
        if not self.permitted.allow(permission, population_id=population_id, application_id=application_id):
            raise forbidden()

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads, once the endpoint's guards let it."""

        def guarded(connection: Connection) -> T:
            self._guard(connection)
            return work(connection)

        return await self.services.store.read_async(guarded)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` returns, once what it wrote is kept together with the audit of it."""

        def guarded(connection: Connection) -> T:
            self._guard(connection)
            self._noted.clear()
            done = work(connection)
            self._audit(connection)
            return done

        return await self.services.store.write_async(guarded)

    def note(self, made_id: str) -> None:
        """Note, for the audit, the identifier of what the request makes."""
        self._noted.append(made_id)

    def _guard(self, connection: Connection) -> None:
        for guard in self.endpoint.guards:
            guard(connection, self)

    def _audit(self, connection: Connection) -> None:
        action = self.endpoint.action
        if action is None:
            return
        target = next(iter((*self._noted, *reversed(self.ids))), self.environment_id)
        resource = {"type": action.partition(".")[0], "id": target, "environment": {"id": self.environment_id}}
        document: dict[str, Any] = {"actors": self._actors(), "resources": [resource]}
        document |= {"correlationId": self.request.correlation_id, **self.external}
        environment_id = target if action == "ENVIRONMENT.CREATED" else self.environment_id
        if action != "ENVIRONMENT.DELETED":
            audit.record(connection, environment_id, action, "SUCCESS", document, self.now)

    def _actors(self) -> dict[str, Any]:
        environment = {"id": self.actor.environment_id}
        actors: dict[str, Any] = {"client": {"id": self.actor.client_id, "environment": environment, "type": "CLIENT"}}
        if self.actor.user_id is not None:
            actors["user"] = {"id": self.actor.user_id, "environment": environment, "type": "USER"}
        return actors


def external_names(request: Request) -> dict[str, str]:
    """Return the names that a client gave its request.

    Raises:
        InvalidData: When one is too long.
    """
    found: dict[str, str] = {}
    for header, member in zip(EXTERNAL, ("externalTransactionId", "externalSessionId"), strict=True):
        value = request.headers.get(header)
        if value is None:
            continue
        if len(value) > MOST_EXTERNAL or not value.isprintable():
            message = f"The value must have at most {MOST_EXTERNAL} printable characters."
            raise InvalidData(Violation("SIZE_LIMIT_EXCEEDED", header, message, {"maximumValue": MOST_EXTERNAL}))
        found[member] = value
    return found
