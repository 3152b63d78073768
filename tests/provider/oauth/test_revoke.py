"""Revocation (RFC 7009)."""

from typing import Any

import pytest

from tests.provider.oauth.conftest import Served


def _tokens(served: Served) -> tuple[Any, dict[str, Any]]:
    application = served.application(grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN"])
    return application, served.redeem(application, served.code(application)).json


def test_an_access_token_is_revoked_alone(served: Served) -> None:
    application, tokens = _tokens(served)
    answer = served.as_client(application, "revoke", token=tokens["access_token"])
    assert (answer.status, answer.body) == (200, b"")
    assert served.as_client(application, "introspect", token=tokens["access_token"]).json == {"active": False}
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert served.token(application, **refresh).status == 200


def test_a_refresh_token_is_revoked_with_everything_that_came_of_it(served: Served) -> None:
    application, tokens = _tokens(served)
    assert served.as_client(application, "revoke", token=tokens["refresh_token"]).status == 200
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert served.token(application, **refresh).error == "400 invalid_grant"
    assert served.as_client(application, "introspect", token=tokens["access_token"]).json == {"active": False}


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "something_else"])
@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_hint_may_be_wrong(served: Served, name: str, hint: str) -> None:
    application, tokens = _tokens(served)
    served.as_client(application, "revoke", token=tokens[name], token_type_hint=hint)
    assert served.as_client(application, "introspect", token=tokens[name]).json == {"active": False}


@pytest.mark.parametrize("token", ["unknown", "a.b.c", "x" * 5000])
def test_what_is_no_token_needs_nothing(served: Served, token: str) -> None:
    assert served.as_client(served.application(), "revoke", token=token).status == 200


def test_revoking_twice_is_as_good_as_once(served: Served) -> None:
    application, tokens = _tokens(served)
    assert [served.as_client(application, "revoke", token=tokens["access_token"]).status for _ in range(2)] == [200] * 2


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_another_client_revokes_nothing(served: Served, name: str) -> None:
    application, tokens = _tokens(served)
    assert served.as_client(served.application(), "revoke", token=tokens[name]).error == "400 unauthorized_client"
    assert served.as_client(application, "introspect", token=tokens[name]).json["active"] is True


def test_who_revokes_is_a_client(served: Served) -> None:
    _, tokens = _tokens(served)
    assert served.post("revoke", token=tokens["access_token"]).error == "401 invalid_client"
    assert served.as_client(served.application(), "revoke").error == "400 invalid_request"
