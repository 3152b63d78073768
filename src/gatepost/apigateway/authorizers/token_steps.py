"""What the trace tells about a token; nothing of the token itself but what a check was about."""

from gatepost.apigateway.authorizers.token_check import CHECKS
from gatepost.apigateway.authorizers.unread_token import Refused
from gatepost.apigateway.exchange import Exchange


def note_no_token(exchange: Exchange, name: str, source: str) -> None:
    """Note that the request has no token."""
    exchange.note("authorizer", True, name)
    exchange.note("identity source", False, f"{source} is missing or empty")


def note_checks(exchange: Exchange, name: str, source: str) -> None:
    """Note that a token passed every check."""
    exchange.note("authorizer", True, name)
    exchange.note("identity source", True, source)
    exchange.note("cache", True, "the token is new: it is verified")
    for check in CHECKS:
        exchange.note(check, True)


def note_memory(exchange: Exchange, name: str, source: str) -> None:
    """Note that a token passed every check before."""
    exchange.note("authorizer", True, name)
    exchange.note("identity source", True, source)
    exchange.note("cache", True, "the token was verified before; its time and its key are still good")


def note_refusal(exchange: Exchange, name: str, source: str, error: Refused) -> None:
    """Note which checks a token passed, and which one it did not."""
    exchange.note("authorizer", True, name)
    exchange.note("identity source", True, source)
    for check in CHECKS:
        if check == error.check:
            break
        exchange.note(check, True)
    exchange.note(error.check, False, f"{error}: {error.detail}" if error.detail else str(error))
