"""What stands before a route."""

from typing import Protocol

from gatepost.apigateway.exchange import Exchange


class Gate(Protocol):
    """Decides on requests: it leaves an identity in the exchange, or a failure, and notes its steps there."""

    def at_hand(self, exchange: Exchange) -> bool:
        """Decide at once; `False` when that takes waiting, with nothing left in the exchange."""

    async def wait(self, exchange: Exchange) -> None:
        """Decide."""
