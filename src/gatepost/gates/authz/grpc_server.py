"""Envoy's gRPC `ext_authz`: the service `envoy.service.auth.v3.Authorization`, on a port of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import unquote

import grpc
import grpc.aio

from gatepost.errors import ConfigurationError
from gatepost.gates.authz.check_messages import header_values, read_check_request, write_check_response
from gatepost.gates.authz.deciding import Deciding
from gatepost.policy.decision import Decision

_SERVICE = "envoy.service.auth.v3.Authorization"
_NO_PEER = ""


@asynccontextmanager
async def grpc_server(deciding: Deciding, host: str, port: int, *, grace: float) -> AsyncIterator[int]:
    """Serve for the length of an `async with` block; the value is the port.

    Args:
        deciding: What decides.
        host: The address to listen on; an IPv6 one has colons.
        port: The port, which the workers share, or 0 for a free one.
        grace: Seconds that requests on their way have at the end.

    Raises:
        ConfigurationError: When the port cannot be had.
    """

    async def check(message: bytes, context: "grpc.aio.ServicerContext[bytes, Decision]") -> Decision:
        peer = peer_address(context.peer())
        return await deciding.decide("grpc", peer, partial(read_check_request, message), lambda: header_values(message))

    handler: grpc.RpcMethodHandler[bytes, Decision] = grpc.unary_unary_rpc_method_handler(
        check, request_deserializer=None, response_serializer=write_check_response
    )
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {"Check": handler}),))
    try:
        bound = server.add_insecure_port(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    except RuntimeError as error:
        raise ConfigurationError(f"the gRPC port {port} cannot be used: {error}") from None
    await server.start()
    try:
        yield bound
    finally:
        await server.stop(grace)


def peer_address(peer: str) -> str:
    """Return the address in gRPC's name of a peer, such as `ipv4:127.0.0.1:4711`; no address at all for others."""
    kind, _, rest = peer.partition(":")
    if kind not in {"ipv4", "ipv6"}:
        return _NO_PEER
    return unquote(rest).rpartition(":")[0].strip("[]")
