"""Questions that came before, but for the token: what was read out of one holds for the next, octet by octet.

A proxy asks about the same path with the same headers again and again, and each time for another token. To read such a
head once more would take longer than to verify that a token is remembered. So the octets around the token are looked
up: where they are those of a head that was parsed whole, and the token is made of letters of which none means anything
to HTTP, the parser would find the same request again, with this token in the place of that one. The token, the time,
the keys and the revocations are looked at as ever.
"""

from typing import NamedTuple, TypeAlias

from gatepost.gates.authz.deciding import Decided, Deciding
from gatepost.gates.authz.question import Endpoint, octets_to
from gatepost.policy.access_request import AccessRequest, Credentials
from gatepost.policy.decide import Route
from gatepost.policy.decision import Allow, Deny
from gatepost.policy.policy import Policy

# How many are kept, and the octets of the longest.
KEPT = 1024
LONGEST = 4096

_END = b"\r\n\r\n"
_BEARER = b"uthorization: Bearer "
_BEFORE = (b"\r\nA", b"\r\na")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

# What stands before the token and what after it; nothing after it, where a head is known as a whole.
_Around: TypeAlias = tuple[bytes, bytes]


class _Known(NamedTuple):
    endpoint: Endpoint
    policy: Policy
    route: Route
    request: AccessRequest


class KnownQuestions:
    """Answers questions of trusted peers from what is known of those before.

    A question comes in one piece that holds its head and nothing else, on a connection that stays.
    """

    __slots__ = ("_deciding", "_known")

    def __init__(self, deciding: Deciding) -> None:
        self._deciding = deciding
        self._known: dict[_Around, _Known] = {}

    def __len__(self) -> int:
        """Return how many are known."""
        return len(self._known)

    def answer(self, data: bytes) -> bytes | None:
        """Return the octets of the answer to the question that `data` is, or `None` when it has to be parsed."""
        at = data.find(_BEARER)
        sent = None
        if at < 0:
            known = self._known.get((data, b""))
        else:
            begin = at + len(_BEARER)
            end = data.find(b"\r", begin)
            known = self._known.get((data[:begin], data[end:]))
            if known is not None:
                token = data[begin:end]
                if not token or token.translate(None, _LETTERS):
                    return None
                sent = Credentials("bearer", token.decode("ascii"))
        if known is None:
            return None
        decision = self._deciding.decide_again(known.endpoint.name, known.policy, known.route, known.request, sent)
        return None if decision is None else octets_to(known.endpoint, decision, with_body=True, stays=True)

    def learn(self, data: bytes, endpoint: Endpoint, method: bytes, decided: Decided) -> None:
        """Take in a question that was parsed.

        Args:
            data: What came, whose parsing began and ended with this question.
            endpoint: Where it came to.
            method: Its own method.
            decided: What was decided on it. Only what let somebody in is worth keeping.
        """
        decision, request, policy = decided
        if request is None or policy is None or not isinstance(decision, Allow):
            return
        if method == b"HEAD" or not data.endswith(_END) or data.find(_END) != len(data) - len(_END):
            return
        around = _around(data, request, public=decision.identity is None)
        route = policy.find(request.method, request.path)
        if around is None or isinstance(route, Deny):
            return
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[around] = _Known(endpoint, policy, route, _without_token(request))


def _around(data: bytes, request: AccessRequest, *, public: bool) -> _Around | None:
    """Return what stands around the token in a head, where it is sure which octets are the token."""
    at = data.find(_BEARER)
    if at < 0:
        return (data, b"") if public and len(data) <= LONGEST else None
    begin = at + len(_BEARER)
    end = data.find(b"\r", begin)
    token = data[begin:end]
    # The one Authorization header that was found by parsing is the line that was found by looking.
    if data[at - 3 : at] not in _BEFORE or request.authorization != (f"Bearer {token.decode('latin-1')}",):
        return None
    if token.translate(None, _LETTERS) or len(data) - len(token) > LONGEST:
        return None
    return data[:begin], data[end:]


def _without_token(request: AccessRequest) -> AccessRequest:
    return AccessRequest(
        request.method, request.path, dpop=request.dpop, url=request.url, certificate=request.certificate
    )
