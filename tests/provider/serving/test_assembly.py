"""The provider as a whole: every answer, of whatever room, has what all have; and what no room answers is refused."""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from gatepost.identity import outbox
from gatepost.identity.bootstrap import bootstrap
from gatepost.identity.configurations import Configurations
from gatepost.identity.mail import Mail
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.store import Store
from gatepost.provider.assembly import application
from gatepost.provider.services import Services, Settings
from gatepost.provider.web.request import Request
from gatepost.provider.web.response import Response

NOWHERE = "00000000-0000-4000-8000-000000000000"


class Served:
    """A provider, asked without a network."""

    def __init__(self, store: Store, sealing: SealingKey, environment_id: str) -> None:
        self.store = store
        self.sealing = sealing
        self.environment_id = environment_id

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        url: str = "http://localhost:9000",
        client: str = "127.0.0.1",
        development: bool = True,
        **headers: str,
    ) -> tuple[Response, dict[str, str]]:
        configurations = Configurations(self.store, self.sealing)
        settings = Settings(url, development=development)
        try:
            made = application(Services(settings, self.store, self.sealing, configurations))
            sent = {"host": "localhost:9000", **headers}
            request = Request(method, path, headers=sent, client=client, correlation_id="the-correlation")
            response = asyncio.run(made.answer(request))
        finally:
            configurations.close()
        return response, dict(response.headers)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path: Path = tmp_path_factory.mktemp("provider") / "gatepost.db"
    store, sealing = Store.open(f"sqlite:///{path}"), SealingKey([os.urandom(32)])
    try:
        yield Served(store, sealing, bootstrap(store, sealing, 1_800_000_000_000).environment_id)
    finally:
        store.close()


PATHS = [
    "/v1/environments",
    "/v1/none",
    "/{env}/as/.well-known/openid-configuration",
    "/{env}/as/jwks",
    "/{env}/as/none",
    "/{env}/as/authorize",
    f"/{NOWHERE}/as/authorize",
    "/{env}/as/userinfo",
    "/{env}/flows/none",
    "/{env}/signon/",
    "/{env}/device",
    "/none",
    "/",
    "/healthz",
    "/readyz",
    "/_gatepost/outbox",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("secure", [False, True])
def test_every_answer_has_what_all_have(served: Served, path: str, secure: bool) -> None:
    url = "https://id.example.com" if secure else "http://localhost:9000"
    response, headers = served.ask(path.replace("{env}", served.environment_id), url=url)
    assert response.status < 500
    assert headers["correlation-id"] == "the-correlation"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert ("strict-transport-security" in headers) is secure
    names = [name for name, _ in response.headers if name != "set-cookie"]
    assert len(names) == len(set(names)), names


@pytest.mark.parametrize("path", ["/as/jwks", "/as/authorize", "/as/token", "/flows/x", "/signon/", "/device"])
@pytest.mark.parametrize("environment", [NOWHERE, "none", "%2e%2e"])
def test_an_unknown_environment_is_not_found(served: Served, path: str, environment: str) -> None:
    method = "POST" if path.endswith("token") else "GET"
    response, _ = served.ask(f"/{environment}{path}", method=method)
    assert response.status == 404


def test_what_no_room_answers_is_refused_in_the_form_of_its_room(served: Served) -> None:
    response, _ = served.ask(f"/{served.environment_id}/as/none")
    refused = json.loads(response.body)
    assert (response.status, refused["error"]) == (404, "invalid_request")
    assert "the-correlation" in refused["error_description"]
    response, headers = served.ask(f"/{served.environment_id}/as/token")
    assert response.status == 405
    assert "POST" in headers["allow"]
    response, _ = served.ask("/v1/none")
    assert str(UUID(json.loads(response.body)["id"])) in response.body.decode()
    response, headers = served.ask("/none")
    assert (response.status, headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_the_outbox_is_shown_on_this_machine_in_development_alone(served: Served) -> None:
    text = "Your code is <b>1234</b>"
    mail = Mail(served.environment_id, "ann@example.com", "Code", text)
    served.store.write(
        lambda each: outbox.put(each, mail.environment_id, mail.recipient, mail.subject, mail.text, 1_800_000_000_000)
    )
    response, _ = served.ask("/_gatepost/outbox")
    (message,) = json.loads(response.body)["messages"]
    assert (message["to"], message["text"]) == ("ann@example.com", text)
    page, headers = served.ask("/_gatepost/outbox", accept="text/html")
    assert b"&lt;b&gt;1234" in page.body
    assert b"<b>" not in page.body
    assert "default-src 'none'" in headers["content-security-policy"]
    for options in (
        {"client": "192.0.2.1"},
        {"host": "evil.example.com"},
        {"host": "127.0.0.1.evil.example.com:9000"},
        {"development": False},
    ):
        refused, _ = served.ask("/_gatepost/outbox", **options)
        assert refused.status in {403, 404}
        assert b"1234" not in refused.body


def test_a_server_whose_database_is_gone_lives_and_is_not_ready(tmp_path: Path) -> None:
    store, sealing = Store.open(f"sqlite:///{tmp_path / 'gatepost.db'}"), SealingKey([os.urandom(32)])
    served = Served(store, sealing, NOWHERE)
    assert served.ask("/readyz")[0].status == 200

    async def fail(_: object) -> None:
        raise OSError

    store.read_async = fail  # type: ignore[method-assign, assignment]
    try:
        assert served.ask("/readyz")[0].status == 503
        assert served.ask("/healthz")[0].status == 200
    finally:
        store.close()
