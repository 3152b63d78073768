"""What finding out comes to: an event of the flow, or a refusal."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

from sqlalchemy import Connection

from gatepost.identity.refusals import IdentityError
from gatepost.provider.signon.acting import Acting
from gatepost.provider.signon.events import Event


class Rejected(NamedTuple):
    """An action came to nothing, and that is kept.

    Attributes:
        error: What the browser hears.
        event: What happens in the flow for all that, or `None`.
    """

    error: IdentityError
    event: Event | None = None


# Runs in a transaction that writes: what it raises leaves no trace, what it returns is kept.
Decide: TypeAlias = Callable[[Connection], "Event | Rejected"]
Prove: TypeAlias = Callable[[Acting], Awaitable[Decide]]
