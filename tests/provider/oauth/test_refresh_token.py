"""The grant of a refresh token (RFC 6749 §6, RFC 9700 §4.14)."""

from typing import Any

import pytest

from gatepost.identity import grants, users
from gatepost.identity.applications import Application
from tests.provider.oauth.conftest import Answer, Served

DAY = 86_400


def _application(served: Served, **members: Any) -> Application:
    return served.application(grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN"], **members)


def _refresh(served: Served, application: Application, token: str, **form: Any) -> Answer:
    return served.token(application, grant_type="refresh_token", refresh_token=token, **form)


def _first(served: Served, application: Application, user_id: str | None = None, **parameters: Any) -> dict[str, Any]:
    answer = served.redeem(application, served.code(application, user_id, **parameters))
    found: dict[str, Any] = answer.json
    return found


def test_a_refresh_token_brings_new_tokens_and_its_successor(served: Served) -> None:
    application = _application(served)
    first = _first(served, application, nonce="n-1")
    before = served.verified(first["id_token"])
    served.time += 60
    answer = _refresh(served, application, first["refresh_token"])
    assert answer.status == 200
    assert answer.json["refresh_token"] != first["refresh_token"]
    after = answer.id_claims
    # OpenID Connect Core 1.0 §12.2
    assert {name: after[name] for name in ("iss", "sub", "aud", "auth_time", "sid")} == {
        name: before[name] for name in ("iss", "sub", "aud", "auth_time", "sid")
    }
    assert after["iat"] == before["iat"] + 60
    assert "nonce" not in after


def test_a_second_use_ends_the_family(served: Served) -> None:
    application = _application(served)
    first = _first(served, application)
    second = _refresh(served, application, first["refresh_token"]).json
    assert _refresh(served, application, first["refresh_token"]).error == "400 invalid_grant"
    assert _refresh(served, application, second["refresh_token"]).error == "400 invalid_grant"
    for token in (first["access_token"], second["access_token"]):
        assert served.as_client(application, "introspect", token=token).json == {"active": False}


def test_without_replay_protection_a_second_use_is_refused_and_ends_nothing(served: Served) -> None:
    application = _application(served, additionalRefreshTokenReplayProtectionEnabled=False)
    first = _first(served, application)
    second = _refresh(served, application, first["refresh_token"]).json
    assert _refresh(served, application, first["refresh_token"]).error == "400 invalid_grant"
    assert _refresh(served, application, second["refresh_token"]).status == 200


def test_within_the_time_of_grace_a_token_may_be_used_again(served: Served) -> None:
    application = _application(served, refreshTokenRollingGracePeriodDuration=30)
    first = _first(served, application)
    assert _refresh(served, application, first["refresh_token"]).status == 200
    served.time += 29
    assert _refresh(served, application, first["refresh_token"]).status == 200
    served.time += 2
    assert _refresh(served, application, first["refresh_token"]).error == "400 invalid_grant"


def test_a_refresh_token_is_good_for_thirty_days(served: Served) -> None:
    application = _application(served)
    first = _first(served, application)
    served.time += 30 * DAY - 1
    second = _refresh(served, application, first["refresh_token"])
    assert second.status == 200
    served.time += 30 * DAY
    assert _refresh(served, application, second.json["refresh_token"]).error == "400 invalid_grant"


def test_refreshing_ends_with_the_rolling_duration(served: Served) -> None:
    application = _application(served, refreshTokenDuration=600, refreshTokenRollingDuration=1000)
    token = _first(served, application)["refresh_token"]
    for _ in range(2):
        served.time += 499
        answer = _refresh(served, application, token)
        assert answer.status == 200
        token = answer.json["refresh_token"]
    served.time += 3
    assert _refresh(served, application, token).error == "400 invalid_grant"


@pytest.mark.parametrize(
    ("granted", "scope", "expected"),
    [
        ((), "openid", True),
        (("profile",), "openid profile", True),
        (("profile", "offline_access"), "openid profile", False),
        (("profile", "offline_access"), "openid offline_access", True),
    ],
    ids=repr,
)
def test_who_was_granted_offline_access_asks_for_it(
    served: Served, granted: tuple[str, ...], scope: str, expected: bool
) -> None:
    application = _application(served)
    if granted:
        served.grant(application, served.configuration.openid, *granted)
    assert ("refresh_token" in _first(served, application, scope=scope)) == expected


def test_an_application_without_the_grant_type_gets_none(served: Served) -> None:
    assert "refresh_token" not in _first(served, served.application())


def test_the_scope_may_be_narrowed_for_a_time_but_not_widened(served: Served) -> None:
    application = _application(served)
    served.grant(application, served.resource("read", "write"))
    first = _first(served, application, scope="openid read")
    assert _refresh(served, application, first["refresh_token"], scope="openid write").error == "400 invalid_scope"
    narrow = _refresh(served, application, first["refresh_token"], scope="read")
    assert narrow.json["scope"] == "read"
    assert "id_token" not in narrow.json
    assert _refresh(served, application, narrow.json["refresh_token"]).json["scope"] == "openid read"


def test_a_refresh_token_is_its_applications_alone(served: Served) -> None:
    application, thief = _application(served), _application(served)
    first = _first(served, application)
    assert _refresh(served, thief, first["refresh_token"]).error == "400 invalid_grant"
    assert _refresh(served, application, first["refresh_token"]).status == 200


@pytest.mark.parametrize("token", [None, "unknown", "x" * 5000])
def test_what_is_no_refresh_token_is_refused(served: Served, token: str | None) -> None:
    answer = served.token(_application(served), grant_type="refresh_token", refresh_token=token)
    assert answer.error == ("400 invalid_request" if token is None else "400 invalid_grant")


def test_a_user_who_may_not_sign_on_any_more_gets_nothing_new(served: Served) -> None:
    application, user_id = _application(served), served.user()
    first = _first(served, application, user_id)
    served.write(lambda c: users.patch(c, served.environment_id, user_id, {"enabled": False}, served.now))
    assert _refresh(served, application, first["refresh_token"]).error == "400 invalid_grant"


def test_a_scope_that_is_not_granted_any_more_is_not_refreshed(served: Served) -> None:
    application = _application(served)
    served.grant(application, served.resource("read"))
    first = _first(served, application, scope="openid read")
    (grant,) = served.configuration.grants_of(application.id)
    served.write(lambda c: grants.remove(c, served.environment_id, application.id, grant.id))
    assert _refresh(served, application, first["refresh_token"]).json["scope"] == "openid"
