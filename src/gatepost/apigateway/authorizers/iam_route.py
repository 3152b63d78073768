"""Routes for IAM principals (`AWS_IAM`). Their signatures cannot be checked here: only AWS knows the secrets."""

from gatepost.apigateway.exchange import Exchange, IamIdentity


class IamGate:
    """Takes every request as one of the principal that `--allow-iam` names."""

    def __init__(self, principal: str) -> None:
        """Take the ARN of the principal."""
        self._identity = IamIdentity(principal)

    def at_hand(self, exchange: Exchange) -> bool:
        """Let the request in."""
        exchange.note(
            "authorizer", True, f"AWS_IAM, taken as {self._identity.arn} by --allow-iam: no signature checked"
        )
        exchange.identity = self._identity
        return True

    async def wait(self, exchange: Exchange) -> None:
        """Let the request in."""
        self.at_hand(exchange)
