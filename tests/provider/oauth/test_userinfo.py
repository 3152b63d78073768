"""User information (OpenID Connect Core 1.0 §5.3)."""

from typing import Any

import pytest

from gatepost.identity import users
from tests.provider.oauth.conftest import Answer, Served

ANN: dict[str, Any] = {
    "name": {"formatted": "Ann Lee", "given": "Ann", "family": "Lee"},
    "email": "ann@example.com",
    "primaryPhone": "+41.795551234",
    "address": {"locality": "Bern", "countryCode": "CH", "postalCode": "3000"},
}


def _tokens(served: Served, *granted: str, scope: str = "openid", **members: Any) -> dict[str, Any]:
    application = served.application(**members)
    if granted:
        served.grant(application, served.configuration.openid, *granted)
    found: dict[str, Any] = served.redeem(application, served.code(application, served.user(**ANN), scope=scope)).json
    return found


def _ask(served: Served, token: str, method: str = "GET", scheme: str = "Bearer") -> Answer:
    return served.ask(method, "userinfo", headers={"authorization": f"{scheme} {token}"})


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("openid", {}),
        (
            "openid profile",
            {
                "name": "Ann Lee",
                "given_name": "Ann",
                "family_name": "Lee",
                "preferred_username": "ann",
                "updated_at": 1_800_000_000,
            },
        ),
        ("openid email", {"email": "ann@example.com", "email_verified": False}),
        ("openid address", {"address": {"country": "CH", "locality": "Bern", "postal_code": "3000"}}),
        ("openid phone", {"phone_number": "+41.795551234"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_scopes_give_their_claims(served: Served, scope: str, expected: dict[str, Any]) -> None:
    application = served.application()
    served.grant(application, served.configuration.openid, "profile", "email", "address", "phone")
    user_id = served.user(**ANN, username="ann")
    tokens = served.redeem(application, served.code(application, user_id, scope=scope)).json
    assert _ask(served, tokens["access_token"]).json == {"sub": user_id, **expected}


def test_a_scope_that_was_not_granted_gives_nothing(served: Served) -> None:
    tokens = _tokens(served, scope="openid profile email")
    assert tokens["scope"] == "openid"
    assert set(_ask(served, tokens["access_token"]).json) == {"sub"}


def test_a_token_comes_in_the_header_or_in_a_form(served: Served) -> None:
    token = _tokens(served)["access_token"]
    assert _ask(served, token).status == 200
    assert _ask(served, token, "POST").status == 200
    assert _ask(served, token, scheme="bearer").status == 200
    assert served.post("userinfo", access_token=token).status == 200
    assert served.ask("GET", "userinfo", query=f"access_token={token}").error == "401 invalid_token"
    both = served.post("userinfo", {"authorization": f"Bearer {token}"}, access_token=token)
    assert both.error == "400 invalid_request"


def test_application_attributes_go_where_they_are_for(served: Served) -> None:
    application = served.application()
    served.grant(application, served.configuration.openid, "email", "profile")
    attributes: dict[str, dict[str, Any]] = {
        "everywhere": {},
        "only_userinfo": {"idToken": False},
        "only_id_token": {"userInfo": False},
        "with_email": {"oidcScopes": ["email"]},
        "with_profile": {"oidcScopes": ["profile"]},
    }
    for name, members in attributes.items():
        served.attribute(application.id, name=name, value="${user.username}", **members)
    tokens = served.redeem(application, served.code(application, scope="openid email"))
    ours = {"everywhere", "only_userinfo", "only_id_token", "with_email", "with_profile"}
    assert ours & tokens.id_claims.keys() == {"everywhere", "only_id_token", "with_email"}
    information = _ask(served, tokens.json["access_token"]).json
    assert ours & information.keys() == {"everywhere", "only_userinfo", "with_email"}


def test_sub_is_the_one_of_the_id_token(served: Served) -> None:
    application = served.application()
    served.mapped(application.id, "sub", "${user.username}")
    tokens = served.redeem(application, served.code(application, served.user(username="ann")))
    assert tokens.id_claims["sub"] == "ann"
    assert _ask(served, tokens.json["access_token"]).json["sub"] == "ann"
    assert tokens.claims["p1.userId"] != "ann"


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer x", "Bearer a.b.c"])
def test_without_a_good_token_there_is_nothing(served: Served, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    answer = served.ask("GET", "userinfo", headers=headers)
    assert answer.error == "401 invalid_token"
    assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_an_id_token_is_no_access_token(served: Served) -> None:
    assert _ask(served, _tokens(served)["id_token"]).error == "401 invalid_token"


def test_a_token_without_openid_is_not_enough(served: Served) -> None:
    application = served.application()
    served.grant(application, served.resource("read"))
    tokens = served.redeem(application, served.code(application, scope="read")).json
    answer = _ask(served, tokens["access_token"])
    assert answer.error == "403 insufficient_scope"
    assert 'scope="openid"' in answer.headers["www-authenticate"]


def test_a_token_of_an_application_alone_speaks_of_nobody(served: Served) -> None:
    worker = served.worker()
    served.grant(worker, served.resource("read"))
    token = served.token(worker, grant_type="client_credentials").json["access_token"]
    assert _ask(served, token).error == "401 invalid_token"


def test_a_token_that_has_ended_is_refused(served: Served) -> None:
    application, user_id = served.application(), served.user()
    revoked = served.redeem(application, served.code(application, user_id)).json["access_token"]
    token = served.redeem(application, served.code(application, user_id)).json["access_token"]
    served.as_client(application, "revoke", token=revoked)
    assert _ask(served, revoked).error == "401 invalid_token"
    assert _ask(served, token).status == 200
    served.write(lambda c: users.patch(c, served.environment_id, user_id, {"enabled": False}, served.now))
    assert _ask(served, token).error == "401 invalid_token"
    served.write(lambda c: users.patch(c, served.environment_id, user_id, {"enabled": True}, served.now))
    served.time += 3600
    assert _ask(served, token).error == "401 invalid_token"
