"""The main paths, on SQLite and on PostgreSQL: what counts once counts once, whoever asks at the same time."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from gatepost.identity.store.store import Store
from gatepost.provider.web.request import Request
from tests.identity.conftest import database_url, store
from tests.provider.oauth.conftest import CALLBACK, JWT_BEARER, VERIFIER, Served

__all__ = ["database_url", "store"]
_AT_ONCE = 8


@pytest.fixture
def served(store: Store) -> Iterator[Served]:
    """An environment with its endpoints, on each kind of database."""
    made = Served(store)
    try:
        yield made
    finally:
        made.configurations.close()


def _at_once(served: Served, headers: dict[str, str], form: dict[str, str]) -> list[int]:
    """The statuses of the same request, sent several times at once."""

    async def all_of_them() -> list[int]:
        requests = [
            Request(
                "POST",
                f"{served.path}/token",
                headers={"content-type": "application/x-www-form-urlencoded", **headers},
                body=urlencode(form).encode(),
            )
            for _ in range(_AT_ONCE)
        ]
        return [each.status for each in await asyncio.gather(*map(served.web.answer, requests))]

    return asyncio.run(all_of_them())


def test_a_code_brings_tokens_and_these_can_be_asked_about(served: Served) -> None:
    application = served.application(grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN"])
    served.grant(application, served.resource("read"))
    tokens = served.redeem(application, served.code(application, scope="openid read")).json
    token = tokens["access_token"]
    assert served.as_client(application, "introspect", token=token).json["active"] is True
    assert served.ask("GET", "userinfo", headers={"authorization": f"Bearer {token}"}).status == 200
    assert served.as_client(application, "introspect", token=tokens["refresh_token"]).json["active"] is True
    assert served.as_client(application, "revoke", token=tokens["refresh_token"]).status == 200
    assert served.as_client(application, "introspect", token=token).json == {"active": False}


def test_of_many_who_bring_one_code_one_gets_tokens(served: Served) -> None:
    application = served.application()
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    statuses = _at_once(served, served.basic(application.id), {**form, "code": served.code(application)})
    assert sorted(statuses) == [200] + [400] * (_AT_ONCE - 1)


def test_of_many_who_bring_one_refresh_token_one_gets_tokens(served: Served) -> None:
    application = served.application(grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN"])
    token = served.redeem(application, served.code(application)).json["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token}
    statuses = _at_once(served, served.basic(application.id), form)
    assert sorted(statuses) == [200] + [400] * (_AT_ONCE - 1)


def test_of_many_who_bring_one_assertion_one_gets_a_token(served: Served) -> None:
    application = served.application(
        type="SERVICE",
        grantTypes=["CLIENT_CREDENTIALS"],
        redirectUris=[],
        tokenEndpointAuthMethod="CLIENT_SECRET_JWT",
    )
    served.grant(application, served.resource("read"))
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": served.assertion(application, jti="one"),
    }
    assert sorted(_at_once(served, {}, form)) == [200] + [401] * (_AT_ONCE - 1)


def test_another_process_sees_what_was_used(served: Served, database_url: str) -> None:
    """A second server on the same database: assertions, codes and secrets are one."""
    application = served.application(tokenEndpointAuthMethod="CLIENT_SECRET_JWT")
    second_store = Store.open(database_url)
    second = Served(second_store, served.environment_id)
    try:
        code, assertion = served.code(application), served.assertion(application, jti="one")
        form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        whole = {**form, "client_assertion_type": JWT_BEARER, "client_assertion": assertion}
        assert served.post("token", code=code, **whole).status == 200
        assert second.post("token", code=code, **whole).error == "401 invalid_client"
        assert second.redeem(application, code).error == "400 invalid_grant"
    finally:
        second.configurations.close()
        second_store.close()
