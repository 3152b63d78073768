"""The gate for gRPC: every kind of method, the token in its context, metadata, and what a refusal carries."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import grpc
import pytest

from gatepost import KeysUnavailable, Verifier
from gatepost.gates.grpc import current_token
from gatepost.gates.protected_resource import ProtectedResource
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.testing import LocalIssuer
from tests.gates.grpc_calls import async_server, sync_server

Bearer = Callable[..., list[tuple[str, str]]]
METHOD = "/example.Greeter/Greet"
SERVERS = pytest.mark.parametrize("server", [sync_server, async_server], ids=["sync", "asyncio"])


def who(request: bytes, context: Any) -> bytes:
    return str(current_token().subject).encode()


def who_often(request: bytes, context: Any) -> Iterator[bytes]:
    for _ in range(3):
        yield str(current_token().subject).encode()


def who_all(requests: Iterator[bytes], context: Any) -> bytes:
    return b"".join(requests) + str(current_token().subject).encode()


async def who_async(request: bytes, context: Any) -> bytes:
    return who(request, context)


async def who_often_async(request: bytes, context: Any) -> AsyncIterator[bytes]:
    for reply in who_often(request, context):
        yield reply


async def who_writes_async(request: bytes, context: Any) -> None:
    for reply in who_often(request, context):
        await context.write(reply)


def metadata(bearer: Bearer, **claims: object) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in bearer(**claims)]


@SERVERS
def test_a_method_knows_the_token(server: Any, verifier: Verifier, bearer: Bearer) -> None:
    with server(grpc.unary_unary_rpc_method_handler(who), verifier=verifier) as channel:
        assert channel.unary_unary(METHOD)(b"", metadata=metadata(bearer)) == b"user-1"


@SERVERS
def test_a_method_that_streams_knows_it_all_the_time(server: Any, verifier: Verifier, bearer: Bearer) -> None:
    with server(grpc.unary_stream_rpc_method_handler(who_often), verifier=verifier) as channel:
        assert list(channel.unary_stream(METHOD)(b"", metadata=metadata(bearer))) == [b"user-1"] * 3


@SERVERS
def test_a_method_that_takes_a_stream(server: Any, verifier: Verifier, bearer: Bearer) -> None:
    with server(grpc.stream_unary_rpc_method_handler(who_all), verifier=verifier) as channel:
        call = channel.stream_unary(METHOD)
        assert call(iter([b"a", b"b"]), metadata=metadata(bearer)) == b"abuser-1"
        with pytest.raises(grpc.RpcError, match="UNAUTHENTICATED"):
            call(iter([b"a", b"b"]))


@pytest.mark.parametrize("method", [who_often_async, who_writes_async], ids=["generator", "context.write"])
def test_an_async_method_that_streams(method: Any, verifier: Verifier, bearer: Bearer) -> None:
    with async_server(grpc.unary_stream_rpc_method_handler(method), verifier=verifier) as channel:
        call = channel.unary_stream(METHOD)
        assert list(call(b"", metadata=metadata(bearer))) == [b"user-1"] * 3
        with pytest.raises(grpc.RpcError, match="UNAUTHENTICATED"):
            list(call(b""))


def test_an_async_method(verifier: Verifier, bearer: Bearer) -> None:
    with async_server(grpc.unary_unary_rpc_method_handler(who_async), verifier=verifier) as channel:
        assert channel.unary_unary(METHOD)(b"", metadata=metadata(bearer)) == b"user-1"


@SERVERS
def test_a_refusal_has_its_challenge_in_the_trailing_metadata(server: Any, verifier: Verifier, bearer: Bearer) -> None:
    resource = ProtectedResource("https://api.example.com")
    with server(verifier=verifier, requirement=Requirement(scopes=["admin"]), protected_resource=resource) as channel:
        with pytest.raises(grpc.RpcError) as caught:
            channel.unary_unary(METHOD)(b"", metadata=metadata(bearer))
        error: Any = caught.value
        trailers = dict(error.trailing_metadata())
        assert error.code() is grpc.StatusCode.PERMISSION_DENIED
        assert trailers["gatepost-reason"] == "insufficient_scope"
        assert 'scope="admin"' in trailers["www-authenticate"]
        assert 'resource_metadata="https://api.example.com/.well-known/' in trailers["www-authenticate"]


@SERVERS
def test_keys_that_cannot_be_had_make_it_unavailable(server: Any, bearer: Bearer) -> None:
    with LocalIssuer("generic", audience="https://api.example.com") as gone:
        verifier, token = Verifier(gone.issuer()), gone.mint()
    with server(verifier=verifier) as channel:
        with pytest.raises(grpc.RpcError) as caught:
            channel.unary_unary(METHOD)(b"", metadata=[("authorization", f"Bearer {token}")])
        error: Any = caught.value
        assert error.code() is grpc.StatusCode.UNAVAILABLE
        assert int(dict(error.trailing_metadata())["retry-after"]) >= 1
        assert dict(error.trailing_metadata())["gatepost-reason"] == KeysUnavailable.code


@SERVERS
def test_metadata_that_the_policy_sets(server: Any, local_issuer: LocalIssuer, bearer: Bearer) -> None:
    policy = Policy(
        {"local": local_issuer.issuer()}, [(RoutePattern(f"POST {METHOD}"), Requirement(forward={"X-User": "sub"}))]
    )

    def all_of(request: bytes, context: Any) -> bytes:
        assert context.peer()  # everything else is as the server has it
        found = [(each.key, each.value) for each in context.invocation_metadata() if each.key.startswith("x")]
        return json.dumps(found).encode()

    sent = [*metadata(bearer), ("x-user", "root"), ("x_user", "root"), ("x.user", "root"), ("x-bin", b"\xff")]
    sent[-1] = ("x-other", "kept")
    with server(grpc.unary_unary_rpc_method_handler(all_of), policy=policy) as channel:
        found = json.loads(channel.unary_unary(METHOD)(b"", metadata=sent))
    assert sorted(map(tuple, found)) == [("x-other", "kept"), ("x-user", "user-1")]


def test_a_public_method_has_no_token() -> None:
    policy = Policy({}, [(RoutePattern(f"POST {METHOD}"), Requirement(public=True))])

    def none(request: bytes, context: Any) -> bytes:
        with pytest.raises(LookupError, match="its route is public"):
            current_token()
        return b"none"

    with sync_server(grpc.unary_unary_rpc_method_handler(none), policy=policy) as channel:
        assert channel.unary_unary(METHOD)(b"") == b"none"
