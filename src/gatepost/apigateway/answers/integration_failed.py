"""An integration that gave no answer."""

from gatepost.apigateway.exchange import Failure, FailureKind


class IntegrationFailed(Exception):
    """What should have answered could not be reached, or gave nothing that can be handed on.

    Attributes:
        failure: What the gateway answers with; its `integration_error` is the message.
    """

    def __init__(self, kind: FailureKind, why: str, *, message: str | None = None) -> None:
        """Say what kind of failure it is, why it happened, and what the client is told instead of the kind's own."""
        super().__init__(why)
        self.failure = Failure(kind, message, integration_error=why)


class IntegrationTimedOut(IntegrationFailed):
    """What should have answered did not do so in time."""

    def __init__(self, why: str) -> None:
        """Say how long it was waited for."""
        super().__init__("INTEGRATION_TIMEOUT", why)
