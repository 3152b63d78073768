"""The gate for gRPC servers, sync and asyncio.

```python
from gatepost.gates.grpc import GateInterceptor, current_token

server = grpc.server(pool, interceptors=[GateInterceptor(policy="gatepost.toml")])


def transfer(self, request, context):  # its route in the policy: "POST /example.Bank/Transfer"
    return Receipt(user=current_token().subject)
```
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextvars import Context, ContextVar, copy_context
from typing import Any, Final, TypeAlias, Unpack, cast

import grpc

from gatepost.gates.gatekeeper import Gatekeeper, GateOptions
from gatepost.gates.grpc_metadata import admitted
from gatepost.gates.incoming import Incoming
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Deny
from gatepost.policy.requirement import Requirement
from gatepost.verification import VerifiedToken
from gatepost.verification.client_certificate import ClientCertificate

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Served: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"  # no generic class at run time
Details: TypeAlias = grpc.HandlerCallDetails
Behaviour: TypeAlias = Callable[..., Any]

_END: Final = object()

_token: ContextVar[VerifiedToken | None] = ContextVar("gatepost_token", default=None)
_STATUS = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    503: grpc.StatusCode.UNAVAILABLE,
}


def current_token() -> VerifiedToken:
    """Return the token of the call that is being handled.

    Raises:
        LookupError: When its route is public.
    """
    token = _token.get()
    if token is None:
        raise LookupError("this call has no token: its route is public")
    return token


class _Interceptor:
    """What the two interceptors have in common: how they read a call, and what they answer."""

    def __init__(self, **options: Unpack[GateOptions]) -> None:
        """Take the settings.

        Args:
            **options: The settings. A call is a `POST` to `/package.Service/Method`. A verifier without a requirement
                demands a good token of every call. A DPoP proof needs `public_origin`.

        Raises:
            ConfigurationError: When the settings are wrong.
        """
        if options.get("policy") is None:
            options.setdefault("requirement", Requirement())
        self._keeper = Gatekeeper(options)

    def _incoming(self, details: Details, context: grpc.ServicerContext) -> Incoming:
        sent = [(name, value) for name, value in details.invocation_metadata or () if isinstance(value, str)]
        pem = next(iter(cast("Mapping[str, Sequence[bytes]]", context.auth_context()).get("x509_pem_cert", ())), None)
        return Incoming(
            AccessRequest(
                "POST",
                details.method,
                authorization=[value for name, value in sent if name == "authorization"],
                dpop=[value for name, value in sent if name == "dpop"],
                url=f"{self._keeper.surroundings.origin or ''}{details.method}",
                certificate=ClientCertificate.from_pem(pem) if pem else None,
            )
        )

    def _trailers(self, deny: Deny) -> tuple[tuple[str, str], ...]:
        headers = self._keeper.refusal(deny).headers[1:]
        return (("gatepost-reason", deny.reason), *((name.lower(), value) for name, value in headers))

    def _sync(self, behaviour: Behaviour, streams: bool, details: Details) -> Behaviour:
        def unary(request: object, context: grpc.ServicerContext) -> object:
            within, inner = self._admit(details, context)
            return within.run(behaviour, request, inner)

        def stream(request: object, context: grpc.ServicerContext) -> Iterator[object]:
            within, inner = self._admit(details, context)
            replies = iter(within.run(behaviour, request, inner))
            while (reply := within.run(next, replies, _END)) is not _END:
                yield reply

        return stream if streams else unary

    def _admit(self, details: Details, context: grpc.ServicerContext) -> tuple[Context, grpc.ServicerContext]:
        """Return in which context the method runs, and the one that it is given; or abort the call."""
        decision = self._keeper.check(self._incoming(details, context))
        if isinstance(decision, Deny):
            context.set_trailing_metadata(self._trailers(decision))
            context.abort(_STATUS[decision.status], decision.detail)
            raise RuntimeError("abort raises")  # noqa: TRY004  # for the type checker
        within = copy_context()
        within.run(_token.set, decision.identity)
        return within, admitted(context, decision.headers)


class GateInterceptor(_Interceptor, grpc.ServerInterceptor):
    """Refuses calls to a sync server as the policy says.

    The decision is made where the method would run, so that nothing waits in the server's own thread. A refusal has the
    challenge in its trailing metadata, as `www-authenticate`.
    """

    def intercept_service(self, continuation: Callable[[Details], Served], details: Details) -> Served:
        """Return a handler that asks the policy before it calls the method."""
        handler = continuation(details)
        return None if handler is None else _rebuilt(handler, lambda method, many: self._sync(method, many, details))


class AsyncGateInterceptor(_Interceptor, grpc.aio.ServerInterceptor):
    """Refuses calls to an asyncio server as the policy says, without ever blocking its loop."""

    async def intercept_service(self, continuation: Callable[[Details], Awaitable[Served]], details: Details) -> Served:
        """Return a handler that asks the policy before it calls the method."""
        handler = await continuation(details)
        return None if handler is None else _rebuilt(handler, lambda method, many: self._either(method, many, details))

    def _either(self, behaviour: Behaviour, streams: bool, details: Details) -> Behaviour:
        async def generator(request: object, context: Any) -> AsyncIterator[object]:  # noqa: ANN401
            async for reply in behaviour(request, await self._admit_async(details, context)):
                yield reply

        async def coroutine(request: object, context: Any) -> object:  # noqa: ANN401
            return await behaviour(request, await self._admit_async(details, context))

        if inspect.isasyncgenfunction(behaviour):
            return generator
        # A method that is no coroutine runs in a thread of the server's.
        return coroutine if inspect.iscoroutinefunction(behaviour) else self._sync(behaviour, streams, details)

    async def _admit_async(self, details: Details, context: Any) -> grpc.ServicerContext:  # noqa: ANN401
        decision = await self._keeper.check_async(self._incoming(details, context))
        if isinstance(decision, Deny):
            await context.abort(_STATUS[decision.status], decision.detail, self._trailers(decision))
            raise RuntimeError("abort raises")  # noqa: TRY004  # for the type checker
        _token.set(decision.identity)  # each call has a task of its own
        return admitted(context, decision.headers)


def _rebuilt(handler: Handler, guarded: Callable[[Behaviour, bool], Behaviour]) -> Handler:
    """Return the same handler around a guarded behaviour."""
    make, behaviour = {
        (False, False): (grpc.unary_unary_rpc_method_handler, handler.unary_unary),
        (False, True): (grpc.unary_stream_rpc_method_handler, handler.unary_stream),
        (True, False): (grpc.stream_unary_rpc_method_handler, handler.stream_unary),
        (True, True): (grpc.stream_stream_rpc_method_handler, handler.stream_stream),
    }[handler.request_streaming, handler.response_streaming]
    return make(
        guarded(cast("Behaviour", behaviour), handler.response_streaming),
        request_deserializer=handler.request_deserializer,
        response_serializer=handler.response_serializer,
    )
