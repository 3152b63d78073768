"""OpenTelemetry spans."""

import asyncio
from functools import partial

import pytest

pytest.importorskip("opentelemetry.sdk")

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gatepost.gates.authz.access_log import AccessLog
from gatepost.gates.authz.deciding import Deciding
from gatepost.gates.authz.metrics import Metrics
from gatepost.gates.authz.tracing import Spans, configured_spans
from gatepost.gates.authz.trusted_peers import TrustedPeers
from gatepost.policy.access_request import AccessRequest
from tests.gates.authz.in_process import policy, token

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_decision_is_a_span_under_the_proxys_with_nothing_secret_in_it() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    always = policy()
    deciding = Deciding(
        lambda: always,
        trusted=TrustedPeers(),
        log=AccessLog("none"),
        metrics=Metrics(),
        spans=Spans(provider.get_tracer("test")),
    )
    text = token()
    for authorization in ((), (f"Bearer {text}",)):
        read = partial(AccessRequest, "GET", "/user", authorization=authorization)
        asyncio.run(deciding.decide("nginx", "127.0.0.1", read, lambda: {"traceparent": PARENT}))
    denied, allowed = exporter.get_finished_spans()
    assert denied.attributes is not None
    assert dict(denied.attributes) == {
        "gatepost.gate": "nginx",
        "http.request.method": "GET",
        "url.path": "/user",
        "gatepost.decision": "deny",
        "gatepost.reason": "missing_token",
        "gatepost.route": "GET,HEAD /user",
    }
    assert allowed.parent is not None
    assert f"{allowed.parent.span_id:016x}" == PARENT.split("-")[2]
    assert text not in allowed.to_json()
    provider.shutdown()


def test_without_a_provider_there_are_no_spans() -> None:
    assert configured_spans() is None
