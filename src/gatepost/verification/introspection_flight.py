"""One question at a time about a token: whoever needs the answer meanwhile waits for the same one."""

import threading
from concurrent.futures import Future
from typing import TypeAlias

from gatepost.trust import after_fork
from gatepost.verification.refusal_cache import Refusal
from gatepost.verification.verified_token import VerifiedToken

Answer: TypeAlias = VerifiedToken | Refusal


class Flights:
    """The questions that are on their way, by token."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[Answer]] = {}
        after_fork.register(self)

    def join(self, token: str) -> tuple[Future[Answer], bool]:
        """Return where the answer will be, and whether the caller is the one who has to ask."""
        with self._lock:
            flight = self._under_way.get(token)
            if flight is not None:
                return flight, False
            flight = self._under_way[token] = Future()
            return flight, True

    def land(self, token: str, flight: Future[Answer], answer: Answer) -> None:
        """Give the answer to all who wait."""
        with self._lock:
            self._under_way.pop(token, None)
        flight.set_result(answer)

    def forget_parent(self) -> None:
        """In the child of a fork: who asks is in the parent, and so may be the lock's owner."""
        self._lock = threading.Lock()
        self._under_way = {}
