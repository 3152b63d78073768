"""Users with their passwords, groups, devices and addresses."""

from base64 import b32decode
from typing import Any

import pytest

from gatepost.identity import totp
from tests.provider.platform.conftest import PASSWORD, Answer, Api

OTHER = "Copper;Lantern4-Moss"
_VND = "application/vnd.pingidentity."


def _password(api: Api, user: str, kind: str, body: object = None, method: str = "POST") -> Answer:
    return api(method, f"/users/{user}/password", body, media_type=f"{_VND}password.{kind}")


def test_a_user_is_created_with_a_password_that_is_never_shown(both: Api) -> None:
    made = both("POST", "/users", {"username": "joe", "password": {"value": PASSWORD, "forceChange": True}})
    assert made.status == 201
    assert "password" not in made.body
    assert both("GET", f"/users/{made.id}/password").body["status"] == "MUST_CHANGE_PASSWORD"
    imported = both(
        "POST",
        "/users",
        {"username": "ann", "password": {"value": PASSWORD}},
        media_type=f"{_VND}user.import+json",
    )
    assert imported.status == 201
    assert both("GET", f"/users/{imported.id}/password").body["status"] == "OK"


@pytest.mark.parametrize("kind", ["set+json", "setValue+json", "set"])
def test_a_password_is_set(api: Api, kind: str) -> None:
    user = api.user()
    done = _password(api, user, kind, {"value": PASSWORD, "forceChange": True}, "PUT")
    assert (done.status, done.body["status"]) == (200, "MUST_CHANGE_PASSWORD")
    refused = _password(api, user, kind, {"value": "short"}, "PUT")
    assert refused.details == {("PASSWORD_REQUIREMENTS_NOT_MET", "value")}


def test_a_password_is_checked_locked_and_unlocked(both: Api) -> None:
    user = both.user()
    _password(both, user, "set+json", {"value": PASSWORD}, "PUT")
    assert _password(both, user, "check+json", {"password": PASSWORD}).body["status"] == "OK"
    for _ in range(4):
        wrong = _password(both, user, "check+json", {"password": "wrong"})
        assert (wrong.status, wrong.details) == (400, {("INVALID_CREDENTIALS", "password")})
    _password(both, user, "check+json", {"password": "wrong"})
    locked = _password(both, user, "check+json", {"password": PASSWORD})
    assert locked.details == {("PASSWORD_LOCKED_OUT", "password")}
    assert locked.body["details"][0]["innerError"]["secondsUntilUnlock"] == 900
    assert both("GET", f"/users/{user}/password").body["status"] == "PASSWORD_LOCKED_OUT"
    assert _password(both, user, "unlock+json").body["status"] == "OK"
    assert _password(both, user, "check+json", {"password": PASSWORD}).status == 200


def test_a_password_is_reset_by_who_knows_it(both: Api) -> None:
    user = both.user()
    _password(both, user, "set+json", {"value": PASSWORD, "forceChange": True}, "PUT")
    refused = _password(both, user, "reset+json", {"currentPassword": "wrong", "newPassword": OTHER}, "PUT")
    assert refused.details == {("INVALID_CREDENTIALS", "currentPassword")}
    done = _password(both, user, "reset+json", {"currentPassword": PASSWORD, "newPassword": OTHER}, "PUT")
    assert (done.status, done.body["status"]) == (200, "OK")


def test_a_forgotten_password_is_recovered_with_a_code_by_mail(both: Api) -> None:
    user = both.user(email="joe@example.com")
    assert _password(both, user, "sendRecoveryCode").status == 200
    (mail,) = both.outbox.sent
    assert mail.recipient == "joe@example.com"
    code = mail.text.split(" is ")[1].split(".")[0]
    wrong = _password(both, user, "recover+json", {"recoveryCode": "WRONG", "newPassword": PASSWORD})
    assert wrong.details == {("INVALID_VALUE", "recoveryCode")}
    assert _password(both, user, "recover+json", {"recoveryCode": code, "newPassword": PASSWORD}).status == 200
    assert _password(both, user, "check+json", {"password": PASSWORD}).status == 200
    assert _password(both, user, "recover+json", {"recoveryCode": code, "newPassword": OTHER}).status == 400
    assert code not in str(both("GET", "/activities?limit=1000").body)


def test_codes_are_sent_so_often_only(api: Api) -> None:
    user = api.user(email="joe@example.com")
    answers = [_password(api, user, "sendRecoveryCode") for _ in range(6)]
    assert [each.status for each in answers] == [200] * 5 + [429]
    assert answers[-1].body["code"] == "REQUEST_LIMITED"
    assert _password(api, api.user(), "sendRecoveryCode").details == {("CONSTRAINT_VIOLATION", "email")}


def test_a_password_has_to_be_changed(both: Api) -> None:
    user = both.user()
    _password(both, user, "set+json", {"value": PASSWORD}, "PUT")
    assert _password(both, user, "forceChange").body["status"] == "MUST_CHANGE_PASSWORD"
    expanded = both("GET", f"/users/{user}/password?expand=passwordPolicy").body
    assert expanded["_embedded"]["passwordPolicy"]["name"] == "Standard"


@pytest.mark.parametrize(("method", "kind"), [("PUT", "check+json"), ("POST", "set+json"), ("POST", "nothing+json")])
def test_a_media_type_that_the_password_does_not_take_is_refused(api: Api, method: str, kind: str) -> None:
    assert _password(api, api.user(), kind, {"value": PASSWORD}, method).status == 415
    assert api("PUT", f"/users/{api.user()}/password", {"value": PASSWORD}).status == 415


@pytest.mark.parametrize(
    ("path", "body", "member"),
    [("enabled", {"enabled": False}, "enabled"), ("mfaEnabled", {"mfaEnabled": True}, "mfaEnabled")],
)
def test_one_member_of_a_user_is_changed(api: Api, path: str, body: dict[str, Any], member: str) -> None:
    user = api.user()
    for method in ("PUT", "PATCH"):
        assert api(method, f"/users/{user}/{path}", body).status == 200
    assert api("GET", f"/users/{user}/{path}").body[member] is body[member]
    assert api("GET", f"/users/{user}").body[member] is body[member]
    assert api("PUT", f"/users/{user}/{path}", {}).details == {("REQUIRED_VALUE", member)}


def test_a_user_is_moved_to_another_population(both: Api) -> None:
    user, population = both.user(), both.population()
    assert both("PUT", f"/users/{user}/population", {"id": population}).body["population"] == {"id": population}
    assert both("GET", f"/users/{user}/population").body["id"] == population
    assert both("DELETE", f"/populations/{population}").details == {("CONSTRAINT_VIOLATION", "")}


def test_an_account_is_locked_and_unlocked(both: Api) -> None:
    user = both.user()
    locked = both("POST", f"/users/{user}", media_type=f"{_VND}account.lock+json")
    assert locked.body["account"]["status"] == "LOCKED"
    unlocked = both("POST", f"/users/{user}", media_type=f"{_VND}account.unlock+json")
    assert unlocked.body["account"] == {"canAuthenticate": True, "status": "OK"}


def test_an_address_is_verified(both: Api) -> None:
    user = both.user(email="joe@example.com")
    assert both("POST", f"/users/{user}", media_type=f"{_VND}user.sendVerificationCode+json").status == 200
    code = both.outbox.sent[0].text.split(" is ")[1].split(".")[0]

    def verify(given: str) -> Answer:
        body = {"verificationCode": given}
        return both("POST", f"/users/{user}", body, media_type=f"{_VND}user.verify+json")

    assert verify("WRONG").details == {("INVALID_VALUE", "verificationCode")}
    assert verify(code).body["emailVerified"] is True
    assert verify(code).status == 400


def test_users_are_members_of_groups(both: Api) -> None:
    user, group = both.user(), both("POST", "/groups", {"name": "g"})
    at = f"/users/{user}/memberOfGroups"
    made = both("POST", at, {"id": group.id})
    assert made.status == 201
    assert made.body["type"] == "DIRECT"
    assert both("GET", made.headers["location"]).body["name"] == "g"
    assert both("POST", at, {"id": group.id}).details == {("UNIQUENESS_VIOLATION", "id")}
    listed = both("GET", f"{at}?expand=group").body
    assert listed["_embedded"]["groupMemberships"][0]["_embedded"]["group"]["id"] == group.id
    assert both("GET", f"/groups/{group.id}").body["directMemberCounts"] == {"users": 1, "groups": 0}
    assert both("DELETE", f"{at}/{group.id}").status == 204
    assert both("DELETE", f"{at}/{group.id}").status == 404


def test_groups_are_members_of_groups_and_not_of_themselves(both: Api) -> None:
    upper, lower = both("POST", "/groups", {"name": "upper"}).id, both("POST", "/groups", {"name": "lower"}).id
    assert both("POST", f"/groups/{lower}/memberOfGroups", {"id": upper}).status == 201
    assert both("POST", f"/groups/{upper}/memberOfGroups", {"id": lower}).details == {("CONSTRAINT_VIOLATION", "id")}
    (parent,) = both("GET", f"/groups/{lower}/memberOfGroups").body["_embedded"]["groupMemberships"]
    assert both("GET", parent["_links"]["self"]["href"]).body["id"] == upper
    assert both("DELETE", f"/groups/{lower}/memberOfGroups/{upper}").status == 204


def test_an_authenticator_application_is_added_with_its_first_code(both: Api) -> None:
    user = both.user("joe")
    made = both("POST", f"/users/{user}/devices", {"type": "TOTP", "nickname": "phone"})
    assert made.status == 201
    assert made.body["status"] == "ACTIVATION_REQUIRED"
    assert made.body["keyUri"].startswith("otpauth://totp/Default:joe?secret=")
    at = f"/users/{user}/devices/{made.id}"
    shown = both("GET", at).body
    assert "secret" not in shown
    assert "keyUri" not in shown
    kind = f"{_VND}device.activate+json"
    assert both("POST", at, {"otp": "000000"}, media_type=kind).details == {("INVALID_VALUE", "otp")}
    secret = made.body["secret"]
    code = totp.code(b32decode(secret + "=" * (-len(secret) % 8)), totp.step_at(int(both.now * 1000)))
    assert both("POST", at, {"otp": code}, media_type=kind).body["status"] == "ACTIVE"
    assert both("PUT", f"{at}/nickname", {"nickname": "tablet"}).body["nickname"] == "tablet"
    assert [each["id"] for each in both("GET", f"/users/{user}/devices").body["_embedded"]["devices"]] == [made.id]
    assert both("DELETE", at).status == 204


def test_a_replacement_keeps_what_has_requests_of_its_own(both: Api) -> None:
    population = both.population()
    user = both.user("joe", population={"id": population}, nickname="J", email="joe@example.com")
    replaced = both("PUT", f"/users/{user}", {"username": "joe", "email": "joe@example.com"})
    assert replaced.status == 200
    assert "nickname" not in replaced.body
    assert replaced.body["population"] == {"id": population}
    assert both("DELETE", f"/users/{user}").status == 204
    assert both("GET", f"/users/{user}").status == 404
