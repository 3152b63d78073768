"""gRPC's messages: as Envoy writes and reads them, in Protocol Buffers' wire format."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.gates.authz.check_messages import header_values, read_check_request, write_check_response
from gatepost.gates.authz.grpc_server import peer_address
from gatepost.gates.authz.original_request import NoOriginal
from gatepost.gates.authz.protobuf_wire import BadMessage, bytes_field, fields, varint_field
from gatepost.policy.decision import Allow, Deny


def entry(name: str, value: str, number: int = 2) -> bytes:
    return bytes_field(1, name.encode()) + bytes_field(number, value.encode())


def check_request(http: bytes, source: bytes = b"") -> bytes:
    return bytes_field(1, bytes_field(1, source) + bytes_field(4, bytes_field(2, http)))


HTTP = (
    bytes_field(1, b"id")
    + bytes_field(2, b"GET")
    + bytes_field(3, entry("authorization", "Bearer a"))
    + bytes_field(3, entry("traceparent", "00-1"))
    + bytes_field(4, b"/user?x=1")
    + bytes_field(5, b"app.example")
    + bytes_field(6, b"https")
    + varint_field(9, 300)
)


def test_a_check_request_is_read() -> None:
    request = read_check_request(check_request(HTTP))
    assert (request.method, request.path, request.authorization) == ("GET", "/user", ("Bearer a",))
    assert (request.url, request.certificate) == ("https://app.example/user", None)
    assert header_values(check_request(HTTP))["traceparent"] == "00-1"


def test_raw_headers_are_read_with_their_copies() -> None:
    raw = bytes_field(1, entry("Authorization", "Bearer b", 3)) + bytes_field(1, entry("dpop", "proof", 3))
    request = read_check_request(check_request(HTTP + bytes_field(13, raw)))
    assert request.authorization == ("Bearer a", "Bearer b")
    assert request.dpop == ("proof",)


def test_the_peers_certificate_is_handed_on() -> None:
    assert read_check_request(check_request(HTTP, bytes_field(5, b"-----BEGIN"))).certificate is not None


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x0a",
        b"\x0a\x05a",
        b"\xff" * 12,
        b"\x0b",
        b"\x08",
        check_request(b""),
        check_request(HTTP[:-1]),
        b"\x09\x00",
    ],
    ids=repr,
)
def test_what_is_no_check_request_is_refused(message: bytes) -> None:
    with pytest.raises(NoOriginal):
        read_check_request(message)


@given(st.binary(max_size=64))
def test_any_octets_are_read_or_refused(message: bytes) -> None:
    try:
        read_check_request(message)
    except NoOriginal:
        header_values(message)


def test_fields_of_a_fixed_size_are_passed_over() -> None:
    assert list(fields(b"\x09" + bytes(8) + b"\x15" + bytes(4) + b"\x18\x96\x01")) == [(3, 150)]
    with pytest.raises(BadMessage):
        list(fields(b"\x15\x00"))


def test_allowing_sets_what_is_earned_and_removes_the_rest() -> None:
    message = write_check_response(Allow(None, {"X-User": "alice", "X-Role": ""}, "* /"))
    status, ok = list(fields(message))
    assert status == (1, b"")
    header = bytes_field(1, b"X-User") + bytes_field(2, b"alice")
    assert ok == (3, bytes_field(2, bytes_field(1, header) + varint_field(3, 2)) + bytes_field(5, b"x-role"))


@pytest.mark.parametrize(("status", "code"), [(400, 7), (401, 16), (403, 7), (503, 14)])
def test_denying_says_the_status_twice(status: int, code: int) -> None:
    message = write_check_response(Deny(status, "reason", "Detail.", challenges=("Bearer",)))
    (_, rpc), (_, denied) = fields(message)
    assert rpc == varint_field(1, code)
    assert isinstance(denied, bytes)
    assert next(fields(denied)) == (1, varint_field(1, status))
    assert b"WWW-Authenticate" in denied


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("ipv4:127.0.0.1:4711", "127.0.0.1"),
        ("ipv6:%5B::1%5D:4711", "::1"),
        ("ipv6:[::1]:4711", "::1"),
        ("unix:/tmp/x", ""),
        ("", ""),
    ],
)
def test_the_address_of_a_peer(peer: str, address: str) -> None:
    assert peer_address(peer) == address
