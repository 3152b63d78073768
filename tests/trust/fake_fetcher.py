"""A fetcher that answers what it is told."""

import json

from gatepost.trust.fetch import FetchFailed, Response

Answer = Response | FetchFailed

ABSENT = FetchFailed("there is nothing", status=404)
UNREACHABLE = FetchFailed("it cannot be reached")


class FakeFetcher:
    """Answers by URL; 404 elsewhere.

    Attributes:
        answers: What each URL answers.
        asked: What was asked for, in order.
        etags: The ETag that was sent along each time.
    """

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.etags: list[str | None] = []

    def fetch(self, url: str, *, etag: str | None = None) -> Response:
        self.asked.append(url)
        self.etags.append(etag)
        answer = self.answers.get(url, ABSENT)
        if isinstance(answer, FetchFailed):
            raise answer
        return Response(304) if etag is not None and etag == answer.etag else answer


def document(members: object, *, etag: str | None = None, max_age: float | None = None) -> Response:
    """Return an answer with a JSON document."""
    return Response(200, json.dumps(members).encode(), etag=etag, max_age=max_age)
