"""The three short applications of the README do what it says, asked as their servers would ask them."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

import pytest

from gatepost import Issuer, Verifier
from gatepost.testing import Fault, LocalIssuer
from gatepost.trust import vendors
from tests.docs.pages import ROOT, blocks
from tests.docs.test_examples import compiled, run
from tests.docs.world import World, local_issuer


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]


# Sends a value of `Authorization`, or none.
Ask: TypeAlias = Callable[[str | None], Answer]
Application: TypeAlias = Callable[[dict[str, Any]], Ask]


def flask(example: dict[str, Any]) -> Ask:
    def ask(authorization: str | None) -> Answer:
        headers = {} if authorization is None else {"Authorization": authorization}
        response = example["app"].test_client().get("/user", headers=headers)
        return Answer(response.status_code, {name.lower(): value for name, value in response.headers})

    return ask


def fastapi(example: dict[str, Any]) -> Ask:
    def ask(authorization: str | None) -> Answer:
        sent = [] if authorization is None else [(b"authorization", authorization.encode())]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/user",
            "raw_path": b"/user",
            "query_string": b"",
            "root_path": "",
            "headers": sent,
        }
        messages: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            messages.append(message)

        asyncio.run(example["app"](scope, receive, send))
        return Answer(messages[0]["status"], {name.decode(): value.decode() for name, value in messages[0]["headers"]})

    return ask


def aws_lambda(example: dict[str, Any]) -> Ask:
    def ask(authorization: str | None) -> Answer:
        headers = {} if authorization is None else {"authorization": authorization}
        response = example["handler"]({"version": "2.0", "headers": headers}, None)
        headers = {name.lower(): value for name, value in response.get("headers", {}).items()}
        return Answer(response["statusCode"], headers)

    return ask


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with local_issuer() as local:
        yield local


EXAMPLES = {
    "### Flask": (flask, "pingone"),
    "### FastAPI": (fastapi, "wso2"),
    "### AWS Lambda": (aws_lambda, "cognito"),
}


@pytest.fixture(params=EXAMPLES)
def ask(request: pytest.FixtureRequest, issuer: LocalIssuer, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Ask:
    heading: str = request.param
    application, vendors_name = EXAMPLES[heading]
    readme = ROOT / "README.md"
    above = readme.read_text(encoding="utf-8").partition(f"\n{heading}\n")[0].count("\n")
    block = next(block for block in blocks(readme, "python") if block.line > above)
    World(issuer).write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    # Its own issuer is out of reach; the one on this machine takes its place.
    vendor: Callable[..., Issuer] = getattr(vendors, vendors_name)

    def local(*arguments: str, audience: str) -> Issuer:
        assert vendor(*arguments, audience=audience).audience == (audience,)
        return issuer.issuer()

    monkeypatch.setattr(vendors, vendors_name, local, raising=False)
    example: dict[str, object] = {"__name__": "example"}
    run(compiled(block), example)
    assert isinstance(example["verifier"], Verifier)
    ready: Ask = application(example)
    return ready


def test_a_good_token_is_let_in(ask: Ask, issuer: LocalIssuer) -> None:
    assert ask(f"Bearer {issuer.mint()}").status == 200


def test_who_sends_no_token_is_asked_for_one_without_an_error_code(ask: Ask) -> None:
    status, headers = ask(None)
    assert status == 401
    assert headers["www-authenticate"] == "Bearer"  # RFC 6750 §3.1


def test_a_bad_token_is_refused_with_the_challenge_that_says_why(ask: Ask, issuer: LocalIssuer) -> None:
    status, headers = ask(f"Bearer {issuer.mint(exp=0)}")
    assert status == 401
    assert headers["www-authenticate"] == 'Bearer error="invalid_token", error_description="The token has expired."'


def test_another_scheme_is_not_let_in(ask: Ask) -> None:
    assert ask("Basic YWxpY2U6c2VjcmV0").status == 401


def test_keys_that_cannot_be_had_are_no_refusal(ask: Ask, issuer: LocalIssuer) -> None:
    token = issuer.mint()
    issuer.fail(Fault.SERVER_ERROR)
    status, headers = ask(f"Bearer {token}")
    assert status == 503
    assert int(headers["retry-after"]) > 0
    assert "www-authenticate" not in headers
