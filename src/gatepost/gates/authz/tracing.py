"""OpenTelemetry spans of the decisions, where its SDK is set up: `opentelemetry-instrument gatepost authz …` does."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Decision

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer


class Spans:
    """Makes one span for each decision, as a child of the proxy's where that sends a `traceparent`."""

    __slots__ = ("_tracer",)

    def __init__(self, tracer: "Tracer") -> None:
        self._tracer = tracer

    def start(self, gate: str, carrier: Mapping[str, str]) -> "Span":
        """Return the span of a decision that begins now."""
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind

        return self._tracer.start_span(
            "gatepost.decision", extract(carrier), kind=SpanKind.SERVER, attributes={"gatepost.gate": gate}
        )

    def end(self, span: "Span", request: AccessRequest | None, decision: Decision) -> None:
        """End the span with what came of it; nothing secret is in it."""
        if request is not None:
            span.set_attribute("http.request.method", request.method)
            span.set_attribute("url.path", request.path)
        if isinstance(decision, Allow):
            span.set_attribute("gatepost.decision", "allow")
        else:
            span.set_attribute("gatepost.decision", "deny")
            span.set_attribute("gatepost.reason", decision.reason)
        span.set_attribute("gatepost.route", decision.route)
        span.end()


def configured_spans() -> Spans | None:
    """Return what makes spans, or `None` when nobody would see them: then they cost nothing."""
    try:
        from opentelemetry import trace
    except ModuleNotFoundError:
        return None
    provider = trace.get_tracer_provider()
    if isinstance(provider, trace.ProxyTracerProvider | trace.NoOpTracerProvider):
        return None
    return Spans(provider.get_tracer("gatepost"))
