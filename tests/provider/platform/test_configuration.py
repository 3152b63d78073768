"""Environments, secrets, policies and keys."""

from gatepost.identity import roles
from tests.provider.platform.conftest import ORIGIN, Api


def test_an_environment_is_shown_and_set(both: Api) -> None:
    shown = both("GET", "")
    assert shown.status == 200
    assert shown.body["_links"]["self"] == {"href": f"{ORIGIN}{both.at}"}
    assert shown.body["organization"] == {"id": both.configuration().organization_id}
    replaced = both("PUT", "", {"name": "Renamed", "type": "PRODUCTION", "accessTokenType": "AT_JWT"})
    assert replaced.status == 200, replaced.body
    assert both("GET", "").body["name"] == "Renamed"
    assert both.configuration().environment.at_jwt


def test_an_environment_is_made_by_who_administers_the_organization(both: Api) -> None:
    other = both("POST", "/v1/environments", {"name": "Another"})
    assert other.status == 201, other.body
    at = f"/v1/environments/{other.id}"
    assert other.headers["location"] == f"{ORIGIN}{at}"
    assert both("GET", f"{at}/users").body["size"] == 0
    names = {each["name"] for each in both("GET", f"{at}/resources").body["_embedded"]["resources"]}
    assert names == {"openid", "PingOne API"}
    assert both("GET", f"{at}/keys").body["size"] == 2
    assert both("DELETE", at).status == 204
    assert both("GET", at).status == 404


def test_an_environment_is_not_made_by_others(api: Api) -> None:
    token = api.application_with((roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", api.environment_id))
    assert api("POST", "/v1/environments", {"name": "Another"}, token=token).status == 403
    elsewhere = {"name": "Another", "organization": {"id": api.environment_id}}
    assert api("POST", "/v1/environments", elsewhere).status == 403
    assert api("POST", "/v1/environments", {}).details == {("REQUIRED_VALUE", "name")}


def test_a_secret_is_rotated_and_the_one_before_ends(both: Api) -> None:
    at = f"/applications/{both.made.client_id}/secret"
    first = both("GET", at).body["secret"]
    rotated = both("POST", at, {"previous": {"expiresAt": "2026-03-23T17:00:00.000Z"}})
    assert rotated.status == 200
    assert rotated.body["secret"] != first
    assert rotated.body["previous"] == {"secret": first, "expiresAt": "2026-03-23T17:00:00.000Z"}
    assert both("GET", at).body["previous"]["secret"] == first
    assert both("DELETE", at).status == 204
    assert "previous" not in both("GET", at).body
    again = both("POST", at)
    assert again.status == 200
    assert "previous" not in again.body
    refused = both("POST", at, {"previous": {"expiresAt": "2027-03-23T17:00:00.000Z"}})
    assert refused.details == {("INVALID_VALUE", "previous.expiresAt")}


def test_a_secret_stands_in_no_other_answer_and_not_in_the_audit(both: Api) -> None:
    resource = both("POST", "/resources", {"name": "r"})
    secret = both("GET", f"/resources/{resource.id}/secret").body["secret"]
    both("POST", f"/resources/{resource.id}/secret")
    after = both("GET", f"/resources/{resource.id}/secret").body["secret"]
    for path in (f"/resources/{resource.id}", "/resources", "/activities?limit=1000", "/applications"):
        body = str(both("GET", path).body)
        assert secret not in body
        assert after not in body


def test_a_predefined_resource_stays(both: Api) -> None:
    listed = both("GET", "/resources").body["_embedded"]["resources"]
    openid = next(each for each in listed if each["type"] == "OPENID_CONNECT")
    assert both("DELETE", f"/resources/{openid['id']}").details == {("CONSTRAINT_VIOLATION", "type")}
    assert both("GET", f"/resources/{openid['id']}/secret").status == 404


def test_attributes_of_applications_are_not_attributes_of_resources(both: Api) -> None:
    client = both.made.client_id
    assert both("GET", f"/resources/{client}/attributes").status == 404
    assert both("POST", f"/resources/{client}/attributes", {"name": "x", "value": "y"}).status == 404
    resource = both("POST", "/resources", {"name": "r"}).id
    assert both("GET", f"/applications/{resource}/attributes").status == 404
    (core,) = both("GET", f"/applications/{client}/attributes").body["_embedded"]["attributes"]
    assert (core["name"], core["value"], core["mappingType"]) == ("sub", "${user.id}", "CORE")
    assert core["application"] == {"id": client}


def test_sign_on_policies_have_actions_and_applications_ask_for_them(both: Api) -> None:
    policy = both("POST", "/signOnPolicies", {"name": "Strong"})
    action = both("POST", f"/signOnPolicies/{policy.id}/actions", {"type": "LOGIN", "priority": 1})
    assert action.status == 201
    assert action.body["signOnPolicy"] == {"id": policy.id}
    at = f"/applications/{both.made.client_id}/signOnPolicyAssignments"
    made = both("POST", at, {"priority": 1, "signOnPolicy": {"id": policy.id}})
    assert made.status == 201
    assert both("DELETE", f"/signOnPolicies/{policy.id}").details == {("CONSTRAINT_VIOLATION", "")}
    assert both("DELETE", f"{at}/{made.id}").status == 204
    assert both("DELETE", f"/signOnPolicies/{policy.id}").status == 204


def test_a_key_is_made_and_signs_once_it_is_the_default(both: Api) -> None:
    body = {"name": "ec", "algorithm": "EC", "keyLength": 256, "signatureAlgorithm": "SHA256withECDSA"}
    made = both("POST", "/keys", body)
    assert made.status == 201
    assert made.body["default"] is True
    assert "sealed" not in made.body
    assert both("DELETE", f"/keys/{made.id}").details == {("CONSTRAINT_VIOLATION", "default")}
    following = both("POST", "/keys", {**body, "name": "next"})
    assert following.body["rotationStatus"] == "NEXT"
    assert both("PATCH", f"/keys/{following.id}", {"default": True}).body["rotationStatus"] == "CURRENT"
    assert both("GET", f"/keys/{made.id}").body["rotationStatus"] == "PREVIOUS"


def test_what_happened_is_listed(both: Api) -> None:
    user = both.user()
    event = both("GET", "/activities?limit=1").body["_embedded"]["activities"][0]
    assert event["action"] == {"type": "USER.CREATED"}
    assert event["result"] == {"status": "SUCCESS"}
    assert event["resources"] == [{"type": "USER", "id": user, "environment": {"id": both.environment_id}}]
    assert event["actors"]["client"]["id"] == both.made.client_id
    assert event["recordedAt"] == "2026-03-23T16:37:59.659Z"
    both("DELETE", f"/users/{user}")
    actions = [each["action"]["type"] for each in both("GET", "/activities").body["_embedded"]["activities"]]
    assert set(actions) >= {"USER.DELETED", "USER.CREATED"}


def test_the_organization_is_shown_to_who_administers_it(both: Api) -> None:
    listed = both("GET", "/v1/organizations").body["_embedded"]["organizations"]
    assert [each["id"] for each in listed] == [both.configuration().organization_id]
    assert both("GET", listed[0]["_links"]["self"]["href"]).body["name"] == "Gatepost"
