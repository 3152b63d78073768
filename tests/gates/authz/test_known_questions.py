"""A question that is known but for its token gets the answer that it would get if it was parsed."""

import asyncio
from itertools import product

import pytest

from gatepost.gates.authz.access_log import AccessLog
from gatepost.gates.authz.deciding import Deciding
from gatepost.gates.authz.known_questions import KEPT, LONGEST, KnownQuestions
from gatepost.gates.authz.metrics import Metrics
from gatepost.gates.authz.question import Asking, Endpoint, endpoint_of, octets_to
from gatepost.gates.authz.trusted_peers import TrustedPeers
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Decision
from gatepost.policy.policy import Policy
from tests.gates.authz.in_process import policy, token

HEADERS = {
    "/nginx": b"X-Original-Method: GET\r\nX-Original-URI: %b\r\n",
    "/forward": b"X-Forwarded-Method: GET\r\nX-Forwarded-Uri: %b\r\n",
}
BEARER = b"Authorization: Bearer %b\r\n"
LOOPBACK = "127.0.0.1"


class Gate:
    """What answers questions, and what it learned from."""

    def __init__(self, *policies: Policy) -> None:
        self.policies = [*policies] or [policy()]
        self.metrics = Metrics()
        self.deciding = Deciding(
            lambda: self.policies[-1], trusted=TrustedPeers(), log=AccessLog("none"), metrics=self.metrics
        )
        self.known = KnownQuestions(self.deciding)

    def parsed(self, data: bytes) -> bytes:
        """Return the answer by reading the headers, and learn from it."""
        endpoint, headers = taken_apart(data)
        decided = Asking(self.deciding).decide_at_hand(endpoint, LOOPBACK, "GET", b"", headers)
        assert decided is not None
        self.known.learn(data, endpoint, b"GET", decided)
        return octets_to(endpoint, decided.decision, with_body=True, stays=True)


def taken_apart(data: bytes) -> tuple[Endpoint, list[tuple[bytes, bytes]]]:
    first, *lines = data.removesuffix(b"\r\n\r\n").split(b"\r\n")
    endpoint = endpoint_of(first.split(b" ")[1])
    assert endpoint is not None
    pairs = (line.partition(b": ") for line in lines)
    return endpoint, [(name.lower(), value) for name, _, value in pairs]


def question(
    target: str = "/user", sent: str | None = None, *, endpoint: str = "/nginx", more: bytes = b"", form: bytes = BEARER
) -> bytes:
    """Return the octets of a question."""
    authorization = b"" if sent is None else form % sent.encode("latin-1")
    asked = HEADERS[endpoint] % target.encode()
    return b"GET %b HTTP/1.1\r\nHost: gate\r\n%b%b%b\r\n" % (endpoint.encode(), asked, authorization, more)


@pytest.mark.parametrize("endpoint", HEADERS)
def test_the_answer_is_the_one_that_parsing_gives(endpoint: str) -> None:
    tokens = [None, token(), token(sub="bob"), token(scope="admin", role="x"), token(exp=1), token(aud="x"), "a.b.c"]
    gate, learned = Gate(), 0
    targets = ("/user", "/user?x", "/admin/a", "/health", "/none", "/a/../b")
    for _, target, sent in product(range(2), targets, tokens):
        data = question(target, sent, endpoint=endpoint)
        again = gate.known.answer(data)
        learned += again is not None
        assert again in (None, Gate().parsed(data))
        assert gate.parsed(data) == Gate().parsed(data)
    assert learned > len(tokens) * 3


def test_only_what_let_somebody_in_is_learned() -> None:
    gate = Gate()
    for data in (question(), question(sent=token(exp=1)), question("/none", token()), question("/%00", token())):
        gate.parsed(data)
        assert gate.known.answer(data) is None
    assert len(gate.known) == 0
    gate.parsed(question("/health"))
    assert gate.known.answer(question("/health")) is not None
    assert gate.known.answer(question("/health", token())) is None


@pytest.mark.parametrize(
    "data",
    [
        question(sent=token(), form=b"X-Note: uthorization: Bearer x\r\nAuthorization: Bearer %b\r\n"),
        question(sent=token(), form=b"Proxy-Authorization: Bearer x\r\nAuthorization: Bearer %b\r\n"),
        question(sent=token(), form=b"Authorization: bearer %b\r\n"),
        question(sent=token(), form=b"Authorization: Bearer  %b\r\n"),
        question(sent=token(), more=b"X-Long: " + b"a" * LONGEST + b"\r\n"),
        question("/health", more=b"X-Long: " + b"a" * LONGEST + b"\r\n"),
        question(sent=token()) + b"\r\n\r\n",
        question(sent=token())[:-4] + b"\r\nx: y",
    ],
)
def test_where_it_is_not_sure_which_octets_are_the_token_nothing_is_learned(data: bytes) -> None:
    gate = Gate()
    gate.parsed(data)
    assert len(gate.known) == 0


def test_a_header_in_small_letters_is_known_too() -> None:
    gate = Gate()
    small = b"authorization: Bearer %b\r\n"
    gate.parsed(question(sent=token(), form=small))
    assert b"x-user: bob" in (gate.known.answer(question(sent=token(sub="bob"), form=small)) or b"")


@pytest.mark.parametrize("sent", ["", " a", "a b", "a,b", "a\nX-Original-URI: /health", "a\x00", "a\xe9", "a~b", "a=="])
def test_a_token_of_other_letters_is_left_to_the_parser(sent: str) -> None:
    gate = Gate()
    gate.parsed(question(sent=token()))
    assert gate.known.answer(question(sent=sent)) is None


def test_a_second_header_after_the_token_is_another_question() -> None:
    gate = Gate()
    gate.parsed(question(sent=token()))
    for more in (b"Authorization: Bearer a\r\n", b"X-Original-URI: /health\r\n", b"Content-Length: 1\r\n"):
        assert gate.known.answer(question(sent=token(), more=more)) is None


def test_another_policy_makes_everything_unknown() -> None:
    gate = Gate()
    gate.parsed(question(sent=token()))
    assert gate.known.answer(question(sent=token())) is not None
    gate.policies.append(Policy({}, []))
    assert gate.known.answer(question(sent=token())) is None
    assert gate.parsed(question(sent=token())).startswith(b"HTTP/1.1 403")


def test_a_head_question_is_not_learned_from() -> None:
    gate = Gate()
    endpoint, headers = taken_apart(question(sent=token()))
    decided = Asking(gate.deciding).decide_at_hand(endpoint, LOOPBACK, "HEAD", b"", headers)
    assert decided is not None
    gate.known.learn(question(sent=token()), endpoint, b"HEAD", decided)
    assert len(gate.known) == 0


def test_what_is_known_is_bounded() -> None:
    gate = Gate()
    for number in range(KEPT + 10):
        gate.parsed(question(f"/user?{number}", token()))
        assert len(gate.known) <= KEPT
    assert gate.known.answer(question(f"/user?{number}", token())) is not None


def test_a_known_question_is_counted_as_every_other() -> None:
    gate = Gate()
    gate.parsed(question(sent=token()))
    gate.known.answer(question(sent=token(sub="bob")))
    gate.known.answer(question(sent=token(exp=1)))
    assert sorted(gate.metrics.figures({})["decisions"]) == [
        ("nginx", "allow", "", "GET,HEAD /user", 2),
        ("nginx", "deny", "expired", "GET,HEAD /user", 1),
    ]


def test_a_defect_lets_nobody_in(caplog: pytest.LogCaptureFixture) -> None:
    class Breaking(Policy):
        broken = False

        def judge_at_hand(self, *_: object) -> Decision | None:
            if self.broken:
                raise RuntimeError("for the test")
            return Allow(None, {"X-User": "a\r\nX-Role: root"}, "* /health")

    whole = policy()
    breaking = Breaking({}, [(route.pattern, route.requirement) for route in whole.routes if route.requirement.public])
    gate = Gate(breaking)
    assert gate.parsed(question("/health")).startswith(b"HTTP/1.1 403")
    assert "a decision could not be written" in caplog.text
    breaking.broken = True
    assert (gate.known.answer(question("/health")) or b"").startswith(b"HTTP/1.1 403")
    assert "for the test" in caplog.text


def test_the_same_decision_comes_with_and_without_waiting() -> None:
    gate = Gate()
    for sent in (None, token(), token(exp=1)):
        endpoint, headers = taken_apart(question(sent=sent))
        decided = Asking(gate.deciding).decide_at_hand(endpoint, LOOPBACK, "GET", b"", headers)
        assert decided is not None
        answer = asyncio.run(Asking(gate.deciding).answer(endpoint, LOOPBACK, "GET", b"", headers))
        assert octets_to(endpoint, decided.decision, with_body=True, stays=False).startswith(
            b"HTTP/1.1 %d" % answer.status
        )
        assert isinstance(decided.request, AccessRequest)
