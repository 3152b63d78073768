"""The answers of functions that decide, kept for an authorizer's time: the policy itself, never its verdict."""

from collections import OrderedDict
from collections.abc import Callable

from gatepost.apigateway.authorizers.lambda_answer import LambdaAnswer

_SIZE = 1024


class AnswerCache:
    """One authorizer's answers, by the values of its identity sources; the ones used last, at most 1,024."""

    def __init__(self, ttl: float, clock: Callable[[], float]) -> None:
        """Keep answers for `ttl` seconds of `clock`; 0 keeps none."""
        self.ttl = ttl
        self._clock = clock
        self._answers: OrderedDict[tuple[str, ...], tuple[float, LambdaAnswer]] = OrderedDict()

    def get(self, key: tuple[str, ...]) -> LambdaAnswer | None:
        """Return the answer that is kept for `key`."""
        found = self._answers.get(key)
        if found is None:
            return None
        kept_at, answer = found
        if not kept_at <= self._clock() < kept_at + self.ttl:
            del self._answers[key]
            return None
        self._answers.move_to_end(key)
        return answer

    def put(self, key: tuple[str, ...], answer: LambdaAnswer) -> None:
        """Keep an answer."""
        if self.ttl <= 0:
            return
        self._answers[key] = (self._clock(), answer)
        self._answers.move_to_end(key)
        if len(self._answers) > _SIZE:
            self._answers.popitem(last=False)
