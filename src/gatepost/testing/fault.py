"""What can go wrong with an issuer, to be switched on and off while it runs."""

from enum import Enum
from threading import Event, Lock

from gatepost.errors import ConfigurationError


class Endpoint(str, Enum):
    """What an issuer serves."""

    DISCOVERY = "discovery"
    JWKS = "jwks"
    TOKEN = "token"


class Fault(str, Enum):
    """A way to fail."""

    SLOW = "slow"
    """The answer is held back until the fault is healed or the issuer stops, at most for the given seconds."""
    SERVER_ERROR = "server_error"
    """500, with an error body."""
    NOT_FOUND = "not_found"
    """404, as for a path that is not served."""
    GARBAGE = "garbage"
    """200, and a body that is no JSON."""
    WRONG_ISSUER = "wrong_issuer"
    """Discovery names another issuer; the other endpoints answer as ever."""
    TOO_LARGE = "too_large"
    """200, and a megabyte of JSON without an announced length."""
    REDIRECT = "redirect"
    """302 to a place of the same server that has the right answer."""
    CUT_OFF = "cut_off"
    """The connection ends in the middle of the body."""
    REFUSED = "refused"
    """Nothing listens: connections are refused, and open ones have ended. It can only befall the whole server."""


class _Active:
    __slots__ = ("fault", "healed", "left", "seconds")

    def __init__(self, fault: Fault, times: int | None, seconds: float) -> None:
        self.fault = fault
        self.left = times
        self.seconds = seconds
        self.healed = Event()


class Faults:
    """The faults that are switched on, by endpoint; safe to switch while requests are being answered."""

    def __init__(self) -> None:
        self._active: dict[Endpoint, _Active] = {}
        self._lock = Lock()

    def switch_on(self, fault: Fault, at: Endpoint | None, times: int | None, seconds: float) -> None:
        """Let requests to `at`, or to every endpoint, meet `fault` from now on.

        Args:
            fault: What goes wrong.
            at: Where, or `None` for everywhere.
            times: How many requests meet it before it heals by itself, or `None` for all.
            seconds: With `SLOW`: for how long an answer is held back at most.

        Raises:
            ConfigurationError: When a refused connection is asked for at one endpoint or for a number of requests.
        """
        if fault is Fault.REFUSED and (at is not None or times is not None):
            raise ConfigurationError(
                "a refused connection knows no endpoint and no request; leave out `at` and `times`"
            )
        if times is not None and times < 1:
            raise ConfigurationError(f"times is 1 or more, or None for all requests, not {times!r}")
        with self._lock:
            for endpoint in Endpoint if at is None else (at,):
                self._end(endpoint)
                self._active[endpoint] = _Active(fault, times, seconds)

    def switch_off(self, at: Endpoint | None = None) -> None:
        """Heal `at`, or everything, and let go of every answer that is being held back there."""
        with self._lock:
            for endpoint in Endpoint if at is None else (at,):
                self._end(endpoint)

    def at(self, endpoint: Endpoint) -> Fault | None:
        """Return the fault that is switched on at `endpoint`."""
        with self._lock:
            active = self._active.get(endpoint)
            return None if active is None or active.left == 0 else active.fault

    def meet(self, endpoint: Endpoint) -> Fault | None:
        """Return the fault that one request to `endpoint` meets; with `SLOW`, hold it back, then return `None`."""
        with self._lock:
            active = self._active.get(endpoint)
            if active is None or active.left == 0:
                return None
            if active.left is not None:
                active.left -= 1
        if active.fault is not Fault.SLOW:
            return active.fault
        active.healed.wait(active.seconds)
        return None

    def _end(self, endpoint: Endpoint) -> None:
        active = self._active.pop(endpoint, None)
        if active is not None:
            active.healed.set()
