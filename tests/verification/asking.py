"""An introspection endpoint that answers as it is told, and the API that asks it."""

from collections.abc import Callable, Mapping
from json import dumps
from typing import Any, TypeAlias

from gatepost.trust.fetch import FetchFailed, Response
from gatepost.verification.client_authentication import ClientSecretPost
from gatepost.verification.introspection import Introspection
from tests.verification.minting import AUDIENCE, ISSUER, NOW, access_claims

ENDPOINT = "https://issuer.example/introspect"
TOKEN = "opaque-1"

Answering: TypeAlias = Callable[[Mapping[str, str]], bytes | FetchFailed]


class FakePoster:
    """Answers each question with what `answering` makes of its form."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.asked: list[dict[str, str]] = []

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Response:
        assert (url, headers) == (ENDPOINT, {})
        self.asked.append(dict(form))
        answer = self.answering(form)
        if isinstance(answer, FetchFailed):
            raise answer
        return Response(200, answer)


class Clock:
    """The time, which passes only when it is told to."""

    def __init__(self) -> None:
        self.now: float = NOW

    def __call__(self) -> float:
        return self.now


def active(**changes: object) -> bytes:
    return dumps({"active": True, **access_claims(**changes)}).encode()


def introspection(poster: FakePoster, **options: Any) -> Introspection:
    client = ClientSecretPost("client-1", "s3cret")
    settings: dict[str, Any] = {"issuer": ISSUER, "audience": AUDIENCE, "client": client, "clock": Clock(), **options}
    return Introspection(ENDPOINT, poster=poster, **settings)
