"""Answers to a refresh that are there already, or that follow from another one."""

from concurrent.futures import Future

from gatepost.errors import KeysUnavailable
from gatepost.trust.key_source import Snapshot


def given(snapshot: Snapshot) -> Future[Snapshot]:
    """Return an answer that brings `snapshot`."""
    answer: Future[Snapshot] = Future()
    answer.set_result(snapshot)
    return answer


def refused(error: KeysUnavailable) -> Future[Snapshot]:
    """Return an answer that is the failure `error`."""
    answer: Future[Snapshot] = Future()
    answer.set_exception(error)
    return answer


def or_else(answer: Future[Snapshot], snapshot: Snapshot) -> Future[Snapshot]:
    """Return an answer that brings what `answer` brings, or `snapshot` when that fails."""
    derived: Future[Snapshot] = Future()

    def settle(settled: Future[Snapshot]) -> None:
        derived.set_result(settled.result() if settled.exception() is None else snapshot)

    answer.add_done_callback(settle)
    return derived
