"""Who calls an endpoint: an application, or a resource, that proved it in the way that is configured for it."""

from typing import NamedTuple

from gatepost.errors import TokenRejected
from gatepost.identity import client_secrets
from gatepost.identity.applications import Application
from gatepost.identity.resources import Resource
from gatepost.provider.oauth import client_assertion, client_keys, client_proof
from gatepost.provider.oauth.client_assertion import Assertion
from gatepost.provider.oauth.client_proof import Sent
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError, invalid_client
from gatepost.provider.oauth.once import Once

_ALGORITHMS = {"CLIENT_SECRET_JWT": client_keys.SECRET_ALGORITHMS, "PRIVATE_KEY_JWT": client_keys.KEY_ALGORITHMS}
_NOTED_EVERY = 3_600_000
_noted: dict[str, int] = {}


class Client(NamedTuple):
    """An application that calls an endpoint.

    Attributes:
        application: The application.
        assertion: What it signed, if that is how it authenticated.
        once: What its call uses up, in the transaction of the call.
    """

    application: Application
    assertion: Assertion | None = None
    once: tuple[Once, ...] = ()

    @property
    def public(self) -> bool:
        """Whether it proved nothing."""
        return self.application.token_endpoint_auth_method == "NONE"


async def authenticate(call: Call) -> Client:
    """Return the application that calls.

    Raises:
        OAuthError: When it is none that is enabled, did not prove it, or proved it in another way than configured.
        KeysUnavailable: When its keys cannot be fetched.
    """
    sent = client_proof.read(call.request)
    application = call.configuration.applications.get(sent.client_id)
    return await _application(call, sent, application)


async def authenticate_asker(call: Call) -> Client | Resource:
    """Return who asks about a token: an application, or a resource with its own secret.

    Raises:
        OAuthError: As for `authenticate`.
        KeysUnavailable: When its keys cannot be fetched.
    """
    sent = client_proof.read(call.request)
    resource = call.configuration.resources.get(sent.client_id)
    if resource is None:
        return await _application(call, sent, call.configuration.applications.get(sent.client_id))
    if sent.way != resource.introspect_endpoint_auth_method or resource.type != "CUSTOM":
        raise _refused(sent)
    if sent.way != "NONE":
        await _check_secret(call, sent)
    return resource


async def _application(call: Call, sent: Sent, application: Application | None) -> Client:
    if application is None or not application.enabled:
        raise _refused(sent)
    method = application.token_endpoint_auth_method
    if sent.way == "ASSERTION" and method in _ALGORITHMS:
        assertion = await _checked_assertion(call, application, sent.proof, _ALGORITHMS[method])
        return Client(application, assertion, _once(call, application.id, assertion))
    if sent.way != method:
        raise _refused(sent)
    if method != "NONE":
        await _check_secret(call, sent)
    return Client(application)


async def _checked_assertion(
    call: Call, application: Application, token: str, algorithms: tuple[str, ...]
) -> Assertion:
    audiences = frozenset({f"{call.issuer}/token", call.issuer, call.services.settings.public_url + call.request.path})
    try:
        jws = await client_keys.verified(call, application, token)
        if jws.header["alg"] not in algorithms:
            raise invalid_client()
        return client_assertion.check(jws, client_id=application.id, audiences=audiences, now=call.services.clock())
    except TokenRejected:
        raise invalid_client() from None


def _once(call: Call, client_id: str, assertion: Assertion) -> tuple[Once, ...]:
    if assertion.jti is None:
        return ()
    name = call.request.path.rstrip("/").rpartition("/")[2]
    what = f"assertion\0{client_id}\0{name}\0{assertion.jti}"
    return (Once(what, int(assertion.expires_at * 1000) + 1000, invalid_client()),)


async def _check_secret(call: Call, sent: Sent) -> None:
    secret = call.configuration.secret_of(sent.client_id)
    if secret is None:
        raise _refused(sent)
    which = client_secrets.matches(secret, sent.proof, call.now)
    if which is None:
        raise _refused(sent)
    if which == "previous":
        await _note_previous(call, sent.client_id)


async def _note_previous(call: Call, owner_id: str) -> None:
    """Keep for administrators that the previous secret is in use still; once an hour is often enough."""
    if call.now - _noted.get(owner_id, 0) < _NOTED_EVERY:
        return
    _noted[owner_id] = call.now
    await call.services.store.write_async(
        lambda connection: client_secrets.previous_used(connection, owner_id, call.now)
    )


def _refused(sent: Sent) -> OAuthError:
    return invalid_client(basic=sent.way == "CLIENT_SECRET_BASIC")
