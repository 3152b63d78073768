"""Whether a request may be made at all: a good token, a permission that reaches there, and a body of the right kind."""

from collections.abc import Sequence
from dataclasses import replace

from gatepost.identity import permissions
from gatepost.identity.ids import is_id
from gatepost.identity.permissions import Permissions
from gatepost.identity.refusals import NotFound
from gatepost.provider.platform.actor import Actor, authenticated
from gatepost.provider.platform.bodies import checked
from gatepost.provider.platform.call import Call, external_names
from gatepost.provider.platform.endpoint import JSON, Endpoint
from gatepost.provider.platform.refusals import Refused, forbidden
from gatepost.provider.services import Services
from gatepost.provider.web.request import Request


async def admitted(services: Services, endpoints: Sequence[Endpoint], request: Request) -> Call:
    """Return the call that a request is.

    Args:
        services: What there is to work with.
        endpoints: What the method and the path may mean; the media type of the body says which.
        request: The request.

    Raises:
        IdentityError: When it may not be made.
        BadRequest: When it cannot be read.
    """
    external = external_names(request)
    actor = await authenticated(services, request.headers.get("authorization"))
    endpoint = _meant(endpoints, request)
    if endpoint is None:
        raise Refused(415)
    if not all(is_id(each) for each in request.parameters.values()):
        raise NotFound("an identifier is a UUID in lower case")
    permitted = await _permitted(services, actor, request.parameters.get("environmentId"))
    call = Call(services, endpoint, request, actor, permitted, request.query.as_dict(), None, services.now(), external)
    if not _allowed(call):
        raise forbidden()
    return _with_body(call)


async def _permitted(services: Services, actor: Actor, environment_id: str | None) -> Permissions:
    if environment_id is None:
        return permissions.NONE
    configuration = await services.configurations.get_async(environment_id)
    if configuration is None:
        # Who administers an organization may know which environments there are not.
        if any(each.scope_type == "ORGANIZATION" for each in actor.assignments):
            raise NotFound("there is no such environment")
        raise forbidden()
    return actor.within(environment_id, configuration.organization_id)


def _allowed(call: Call) -> bool:
    permission = call.endpoint.permission
    if permission is None or call.by_self:
        return True
    if "environmentId" not in call.request.parameters:
        return any(each.role is not None and permission in each.role.permissions for each in call.actor.assignments)
    if permission in call.permitted.everywhere:
        return True
    return call.endpoint.anywhere and bool(
        call.permitted.populations(permission) or call.permitted.applications(permission)
    )


def _meant(endpoints: Sequence[Endpoint], request: Request) -> Endpoint | None:
    if endpoints[0].takes is None:
        return endpoints[0]
    media_type = _plain(request.media_type)
    for each in endpoints:
        if _plain(each.media_type) == media_type or (each.media_type == JSON and media_type == "application/hal"):
            return each
    if not request.body and not media_type:
        return next((each for each in endpoints if each.optional), None)
    return None


def _plain(media_type: str) -> str:
    """Return a media type without `+json`, which PingOne's own types have or not."""
    return media_type.lower().removesuffix("+json")


def _with_body(call: Call) -> Call:
    endpoint, request = call.endpoint, call.request
    if endpoint.takes is None or (endpoint.optional and not request.body.strip()):
        return call
    return replace(call, body=checked(request.json()))
