"""Answers that are there already, or follow from another one."""

from concurrent.futures import Future

from gatepost.errors import KeysUnavailable
from gatepost.trust.answers import given, or_else, refused
from gatepost.trust.key_source import Snapshot
from tests.trust.flights import snapshot

OLD, NEW = snapshot("a"), snapshot("b", generation=2)
ERROR = KeysUnavailable("down")


def test_an_answer_can_be_there_already() -> None:
    assert given(NEW).result(0) is NEW
    assert refused(ERROR).exception(0) is ERROR


def test_another_answer_stands_in_for_a_failure_and_for_nothing_else() -> None:
    assert or_else(given(NEW), OLD).result(0) is NEW
    assert or_else(refused(ERROR), OLD).result(0) is OLD


def test_it_comes_when_the_answer_comes() -> None:
    pending: list[Future[Snapshot]] = [Future(), Future()]
    derived = [or_else(answer, OLD) for answer in pending]
    assert not any(answer.done() for answer in derived)
    pending[0].set_result(NEW)
    pending[1].set_exception(ERROR)
    assert [answer.result(0) for answer in derived] == [NEW, OLD]
