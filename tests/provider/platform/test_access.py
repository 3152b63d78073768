"""Who may do what: tokens, roles, their reach, and what nobody may do to those who may more."""

from typing import Any

import pytest

from gatepost.identity import roles
from gatepost.identity.resources import PLATFORM_AUDIENCE
from gatepost.identity.revoked_tokens import revoke
from gatepost.identity.roles import Role
from gatepost.jose import SigningKey, sign_compact
from tests.provider.platform.conftest import NOW, PASSWORD, Api

WEB = {"enabled": True, "type": "WEB_APP", "protocol": "OPENID_CONNECT", "tokenEndpointAuthMethod": "NONE"}
INVALID = {("INVALID_TOKEN", "Authentication Credentials")}
SET = "application/vnd.pingidentity.password.set+json"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(NOW) - 1},
        {"aud": "https://api.example.com"},
        {"aud": None},
        {"iss": "https://id.example.com/as"},
        {"iss": "https://evil.example.com/E/as"},
        {"iss": None},
        {"client_id": None},
        {"client_id": "8c2b3c0e-0000-4000-8000-000000000000"},
        {"cnf": {"jkt": "thumbprint"}},
        {"aud": PLATFORM_AUDIENCE},
        {"p1.userId": "8c2b3c0e-0000-4000-8000-000000000000"},
    ],
    ids=lambda claims: ",".join(f"{name}={value}" for name, value in claims.items()),
)
def test_a_token_that_is_not_good_for_this_api_is_refused(api: Api, claims: dict[str, Any]) -> None:
    refused = api("GET", "/users", token=api.token_of(api.made.client_id, **claims))
    assert refused.status == 401
    assert refused.body["code"] == "ACCESS_FAILED"
    assert refused.details == INVALID
    assert refused.headers["www-authenticate"] == "Bearer"


def test_no_token_or_another_scheme_is_refused(api: Api) -> None:
    assert api("GET", "/users", token="").details == INVALID
    assert api("GET", "/users", token="", authorization=f"Basic {api.token}").details == INVALID
    assert api("GET", "/users", token="not-a-token").details == INVALID
    assert api("GET", "/users", token=f"{api.token}x").details == INVALID


def test_a_token_that_another_key_signed_is_refused(api: Api) -> None:
    own = api.configuration().signing_key()
    claims = {"client_id": api.made.client_id, "iss": api.services.issuer(api.environment_id), "jti": "1"}
    forged = sign_compact(
        {**claims, "exp": int(NOW) + 60, "aud": PLATFORM_AUDIENCE}, SigningKey.generate("ES256", kid=own.kid)
    )
    assert api("GET", "/users", token=forged).status == 401


@pytest.mark.parametrize(("typ", "status"), [("at+jwt", 200), ("JWT", 200), ("rt+jwt", 401), ("logout+jwt", 401)])
def test_a_token_of_another_type_is_refused(api: Api, typ: str, status: int) -> None:
    assert api("GET", "/users", token=api.token_of(api.made.client_id, header={"typ": typ})).status == status


def test_a_revoked_token_is_refused(both: Api) -> None:
    token = both.token_of(both.made.client_id, jti="revoked")
    assert both("GET", "/users", token=token).status == 200
    both.services.store.write(
        lambda connection: revoke(connection, both.environment_id, [("revoked", int(NOW + 60) * 1000)])
    )
    assert both("GET", "/users", token=token).details == INVALID


def test_a_disabled_application_is_refused(api: Api) -> None:
    token = api.application_with((roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", api.environment_id))
    client_id = api("GET", "/applications").body["_embedded"]["applications"]
    mine = next(each["id"] for each in client_id if each["id"] != api.made.client_id)
    assert api("PATCH", f"/applications/{mine}", {"enabled": False}).status == 200
    assert api("GET", "/applications", token=token).status == 401


def test_without_a_role_everything_is_refused(api: Api) -> None:
    token = api.application_with()
    for path in ("/users", "/applications", "", "/roles", "/keys", "/activities"):
        refused = api("GET", path, token=token)
        assert refused.status == 403, path
        assert refused.body["code"] == "ACCESS_FAILED"
        assert refused.details == {("INSUFFICIENT_PERMISSIONS", "")}


_READS = ("/users", "/groups", "/populations", "/applications", "/resources", "/signOnPolicies", "/keys", "/activities")


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        (roles.ENVIRONMENT_ADMIN, set(_READS) - {"/users"}),
        (roles.IDENTITY_DATA_ADMIN, {"/users", "/groups", "/populations"}),
        (roles.IDENTITY_DATA_READ_ONLY, {"/users", "/groups", "/populations"}),
        (roles.CLIENT_APPLICATION_DEVELOPER, {"/applications", "/resources", "/signOnPolicies"}),
        (roles.CONFIGURATION_READ_ONLY, set(_READS) - {"/users"}),
    ],
    ids=lambda value: value.name if isinstance(value, Role) else "",
)
def test_a_role_permits_what_it_says(api: Api, role: Role, reads: set[str]) -> None:
    token = api.application_with((role, "ENVIRONMENT", api.environment_id))
    assert {path for path in _READS if api("GET", path, token=token).status == 200} == reads
    assert {api("GET", path, token=token).status for path in set(_READS) - reads} <= {403}


@pytest.mark.parametrize("role", [roles.IDENTITY_DATA_READ_ONLY, roles.CONFIGURATION_READ_ONLY], ids=lambda r: r.name)
def test_a_role_that_reads_changes_nothing(api: Api, role: Role) -> None:
    token = api.application_with((role, "ENVIRONMENT", api.environment_id))
    assert api("POST", "/users", {"username": "x"}, token=token).status == 403
    assert api("POST", "/applications", {"name": "x", **WEB}, token=token).status == 403
    assert api("GET", f"/applications/{api.made.client_id}/secret", token=token).status == 403


def test_a_token_of_one_environment_is_refused_in_another(both: Api) -> None:
    other = both.other_environment()
    token = both.application_with((roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", both.environment_id))
    for path in ("", "/users", "/applications", f"/applications/{both.made.client_id}/secret"):
        assert both("GET", f"/v1/environments/{other}{path}", token=token).status == 403
    assert both("POST", f"/v1/environments/{other}/populations", {"name": "x"}, token=token).status == 403


def test_a_role_for_another_environment_reaches_there(both: Api) -> None:
    other = both.other_environment()
    token = both.application_with((roles.IDENTITY_DATA_ADMIN, "ENVIRONMENT", other))
    assert both("GET", f"/v1/environments/{other}/users", token=token).status == 200
    assert both("GET", "/users", token=token).status == 403


def test_things_of_one_environment_are_not_found_in_another(both: Api) -> None:
    other = both.other_environment()
    at = f"/v1/environments/{other}"
    token = both.application_with(
        *((role, "ENVIRONMENT", other) for role in (roles.ENVIRONMENT_ADMIN, roles.IDENTITY_DATA_ADMIN))
    )
    user, client = both.user(), both.made.client_id
    resource = both("POST", "/resources", {"name": "r"}).id
    for path in (
        f"/applications/{client}",
        f"/applications/{client}/secret",
        f"/applications/{client}/grants",
        f"/applications/{client}/attributes",
        f"/applications/{client}/roleAssignments",
        f"/resources/{resource}/secret",
        f"/resources/{resource}/scopes",
        f"/users/{user}",
        f"/users/{user}/password",
        f"/users/{user}/roleAssignments",
        f"/users/{user}/memberOfGroups",
    ):
        assert both("GET", f"{at}{path}", token=token).status == 404, path
    assert both("POST", f"{at}/applications/{client}/secret", token=token).status == 404
    assert both("DELETE", f"{at}/applications/{client}", token=token).status == 404
    secret = both("GET", f"/applications/{client}/secret").body["secret"]
    assert secret == both.made.client_secret


def test_an_unknown_environment_is_hidden_from_those_who_administer_no_organization(api: Api) -> None:
    nowhere = "/v1/environments/8c2b3c0e-0000-4000-8000-000000000000"
    assert api("GET", nowhere).status == 404
    token = api.application_with((roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", api.environment_id))
    assert api("GET", nowhere, token=token).status == 403


def test_environments_are_listed_as_far_as_the_roles_reach(both: Api) -> None:
    other = both.other_environment()

    def listed(token: str) -> set[str]:
        return {each["id"] for each in both("GET", "/v1/environments", token=token).body["_embedded"]["environments"]}

    assert listed(both.token) == {both.environment_id, other}
    assert listed(both.application_with((roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", other))) == {other}
    assert both("GET", "/v1/environments", token=both.application_with()).status == 403


# ── Roles for single populations and applications ────────────────────────────────────────────────────────────────


def test_a_role_for_a_population_reaches_its_users_alone(both: Api) -> None:
    mine, theirs = both.population(), both.population()
    inside, outside = both.user(population={"id": mine}), both.user(population={"id": theirs})
    token = both.application_with((roles.IDENTITY_DATA_ADMIN, "POPULATION", mine))

    def listed(path: str, plural: str) -> list[str]:
        return [each["id"] for each in both("GET", path, token=token).body["_embedded"][plural]]

    assert listed("/users", "users") == [inside]
    assert listed('/users?filter=username%20pr%20or%20username%20eq%20"x"', "users") == [inside]
    assert listed("/populations", "populations") == [mine]
    assert both("GET", f"/users/{inside}", token=token).status == 200
    for method, path, body in (
        ("GET", f"/users/{outside}", None),
        ("PATCH", f"/users/{outside}", {"nickname": "x"}),
        ("DELETE", f"/users/{outside}", None),
        ("GET", f"/users/{outside}/password", None),
        ("PUT", f"/users/{inside}/population", {"id": theirs}),
        ("PATCH", f"/users/{inside}", {"population": {"id": theirs}}),
        ("POST", "/users", {"username": "new"}),
        ("POST", "/users", {"username": "new", "population": {"id": theirs}}),
        ("GET", f"/populations/{theirs}", None),
        ("POST", "/groups", {"name": "of all"}),
        ("POST", "/groups", {"name": "of them", "population": {"id": theirs}}),
        ("POST", "/populations", {"name": "new"}),
    ):
        assert both(method, path, body, token=token).status == 403, (method, path)
    assert both("POST", "/users", {"username": "new", "population": {"id": mine}}, token=token).status == 201
    assert both("POST", "/groups", {"name": "ours", "population": {"id": mine}}, token=token).status == 201


def test_a_filter_cannot_break_out_of_the_populations(api: Api) -> None:
    mine = api.population()
    api.user("outside")
    token = api.application_with((roles.IDENTITY_DATA_ADMIN, "POPULATION", mine))
    for text in ("username pr) or (username pr", "username pr] or [username pr", "(username pr))  or ((username pr)"):
        answer = api("GET", f"/users?filter={text.replace(' ', '%20')}", token=token)
        assert answer.status == 400, text
        assert answer.details == {("INVALID_VALUE", "filter")}


def test_a_role_for_a_population_is_worth_nothing_in_another_environment(api: Api) -> None:
    other = api.other_environment()
    token = api.application_with((roles.IDENTITY_DATA_ADMIN, "POPULATION", api.population()))
    for path in ("", "/roles", "/passwordPolicies"):
        assert api("GET", path, token=token).status == 200, path
        assert api("GET", f"/v1/environments/{other}{path}", token=token).status == 403, path
    assert api("GET", f"/v1/environments/{other}/users", token=token).body["_embedded"]["users"] == []


def test_a_role_for_an_application_reaches_it_alone(both: Api) -> None:
    mine = both("POST", "/applications", {"name": "mine", **WEB, "redirectUris": ["https://a.example/"]}).id
    theirs = both("POST", "/applications", {"name": "theirs", **WEB, "redirectUris": ["https://a.example/"]}).id
    token = both.application_with((roles.APPLICATION_OWNER, "APPLICATION", mine))
    listed = both("GET", "/applications", token=token).body
    assert [each["id"] for each in listed["_embedded"]["applications"]] == [mine]
    assert both("PATCH", f"/applications/{mine}", {"description": "x"}, token=token).status == 200
    assert both("GET", f"/applications/{mine}/secret", token=token).status == 200
    assert both("GET", f"/applications/{mine}/attributes", token=token).status == 200
    for method, path in (
        ("GET", f"/applications/{theirs}"),
        ("GET", f"/applications/{theirs}/secret"),
        ("GET", f"/applications/{theirs}/grants"),
        ("DELETE", f"/applications/{mine}"),
    ):
        assert both(method, path, token=token).status == 403, path
    assert both("GET", "/resources", token=token).status == 200
    assert both("GET", f"/v1/environments/{both.other_environment()}/resources", token=token).status == 403


# ── Nobody acts as those who may more ────────────────────────────────────────────────────────────────────────────


def _administrator(api: Api) -> str:
    user = api.user(email="admin@example.com")
    api.give("USER", user, (roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", api.environment_id))
    return user


def test_who_administers_people_cannot_take_the_place_of_an_administrator(both: Api) -> None:
    admin, plain = _administrator(both), both.user()
    token = both.application_with((roles.IDENTITY_DATA_ADMIN, "ENVIRONMENT", both.environment_id))
    at = f"/users/{admin}"
    password = {"value": PASSWORD}
    assert both("PUT", f"{at}/password", password, token=token, media_type=SET).status == 403
    assert both("PATCH", at, {"email": "evil@example.com"}, token=token).status == 403
    assert both("DELETE", at, token=token).status == 403
    assert both("PUT", f"{at}/enabled", {"enabled": False}, token=token).status == 403
    assert both("PUT", f"/users/{plain}/password", password, token=token, media_type=SET).status == 200
    assert both("PUT", f"{at}/password", password, media_type=SET).status == 200


def test_who_develops_applications_cannot_read_the_secret_of_an_administrating_one(both: Api) -> None:
    token = both.application_with((roles.CLIENT_APPLICATION_DEVELOPER, "ENVIRONMENT", both.environment_id))
    at = f"/applications/{both.made.client_id}"
    for method, path, body in (
        ("GET", f"{at}/secret", None),
        ("POST", f"{at}/secret", None),
        ("PATCH", at, {"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT", "jwksUrl": "https://evil.example/jwks"}),
        ("DELETE", at, None),
    ):
        assert both(method, path, body, token=token).status == 403, (method, path)


def test_a_group_with_roles_takes_only_members_of_those_who_have_them(both: Api) -> None:
    upper, lower = both("POST", "/groups", {"name": "upper"}).id, both("POST", "/groups", {"name": "lower"}).id
    both.give("GROUP", upper, (roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", both.environment_id))
    assert both("POST", f"/groups/{lower}/memberOfGroups", {"id": upper}).status == 201
    token = both.application_with((roles.IDENTITY_DATA_ADMIN, "ENVIRONMENT", both.environment_id))
    plain, free = both.user(), both("POST", "/groups", {"name": "free"}).id
    for group in (upper, lower):
        assert both("POST", f"/users/{plain}/memberOfGroups", {"id": group}, token=token).status == 403
    assert both("POST", f"/groups/{free}/memberOfGroups", {"id": upper}, token=token).status == 403
    assert both("POST", f"/users/{plain}/memberOfGroups", {"id": free}, token=token).status == 201


@pytest.mark.parametrize(
    ("mine", "given", "scope", "status"),
    [
        (roles.IDENTITY_DATA_ADMIN, roles.IDENTITY_DATA_READ_ONLY, "ENVIRONMENT", 201),
        (roles.IDENTITY_DATA_ADMIN, roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", 403),
        (roles.ENVIRONMENT_ADMIN, roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", 201),
        (roles.ENVIRONMENT_ADMIN, roles.ENVIRONMENT_ADMIN, "ORGANIZATION", 403),
        (roles.ENVIRONMENT_ADMIN, roles.ORGANIZATION_ADMIN, "ORGANIZATION", 403),
        (roles.CLIENT_APPLICATION_DEVELOPER, roles.CLIENT_APPLICATION_DEVELOPER, "ENVIRONMENT", 403),
    ],
    ids=lambda value: value.name if isinstance(value, Role) else str(value),
)
def test_a_role_is_given_by_those_who_may_give_it(api: Api, mine: Role, given: Role, scope: str, status: int) -> None:
    token = api.application_with((mine, "ENVIRONMENT", api.environment_id))
    scope_id = api.environment_id if scope == "ENVIRONMENT" else api.configuration().organization_id
    body = {"role": {"id": given.id}, "scope": {"type": scope, "id": scope_id}}
    user = api.user()
    answer = api("POST", f"/users/{user}/roleAssignments", body, token=token)
    assert answer.status == status, answer.body
    listed = api("GET", f"/users/{user}/roleAssignments", token=api.token)
    assert len(listed.body["_embedded"]["roleAssignments"]) == (status == 201)


def test_a_role_is_not_given_for_another_environment(api: Api) -> None:
    other = api.other_environment()
    token = api.application_with((roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", api.environment_id))
    body = {"role": {"id": roles.ENVIRONMENT_ADMIN.id}, "scope": {"type": "ENVIRONMENT", "id": other}}
    assert api("POST", f"/users/{api.user()}/roleAssignments", body, token=token).status == 403


def test_a_role_is_taken_by_those_who_may_give_it(both: Api) -> None:
    admin = _administrator(both)
    (assigned,) = both("GET", f"/users/{admin}/roleAssignments").body["_embedded"]["roleAssignments"]
    at = f"/users/{admin}/roleAssignments/{assigned['id']}"
    assert assigned["role"] == {"id": roles.ENVIRONMENT_ADMIN.id}
    token = both.application_with((roles.IDENTITY_DATA_ADMIN, "ENVIRONMENT", both.environment_id))
    assert both("DELETE", at, token=token).status == 403
    assert both("DELETE", at).status == 204
    assert both("GET", at).status == 404


# ── Users ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_administrator_acts_with_their_roles_through_a_worker_application_alone(both: Api) -> None:
    admin = _administrator(both)
    worker = both.made.client_id
    web = both("POST", "/applications", {"name": "web", **WEB, "redirectUris": ["https://a.example/"]}).id
    assert both("GET", "/applications", token=both.token_of(worker, user=admin)).status == 200
    assert both("GET", "/users", token=both.token_of(worker, user=admin)).status == 403
    assert both("GET", "/applications", token=both.token_of(web, user=admin)).status == 403


def test_the_roles_of_a_group_are_those_of_its_members(both: Api) -> None:
    group, user = both("POST", "/groups", {"name": "admins"}).id, both.user()
    both.give("GROUP", group, (roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", both.environment_id))
    token = both.token_of(both.made.client_id, user=user)
    assert both("GET", "/applications", token=token).status == 403
    assert both("POST", f"/users/{user}/memberOfGroups", {"id": group}).status == 201
    assert both("GET", "/applications", token=token).status == 200


def test_a_subject_that_a_mapping_made_is_nobody(api: Api) -> None:
    token = api.token_of(api.made.client_id, sub=_administrator(api))
    event = api("POST", "/populations", {"name": "x"}, token=token)
    assert event.status == 201
    assert "user" not in api("GET", "/activities?limit=1").body["_embedded"]["activities"][0]["actors"]


def test_a_disabled_user_is_refused(api: Api) -> None:
    admin = _administrator(api)
    token = api.token_of(api.made.client_id, user=admin)
    assert api("PUT", f"/users/{admin}/enabled", {"enabled": False}).status == 200
    assert api("GET", "/applications", token=token).status == 401


def test_users_do_to_themselves_what_their_scopes_say(both: Api) -> None:
    web = both("POST", "/applications", {"name": "web", **WEB, "redirectUris": ["https://a.example/"]}).id
    me, other = both.user(), both.user()
    reading = both.token_of(web, user=me, scope="openid p1:read:user")
    updating = both.token_of(web, user=me, scope="p1:update:user")
    assert both("GET", f"/users/{me}", token=reading).status == 200
    assert both("GET", f"/users/{other}", token=reading).status == 403
    assert both("GET", "/users", token=reading).status == 403
    assert both("PATCH", f"/users/{me}", {"nickname": "Joe"}, token=reading).status == 403
    assert both("PATCH", f"/users/{me}", {"nickname": "Joe"}, token=updating).body["nickname"] == "Joe"
    assert both("PATCH", f"/users/{other}", {"nickname": "Joe"}, token=updating).status == 403
    refused = both("PATCH", f"/users/{me}", {"enabled": True, "population": {"id": me}}, token=updating)
    assert refused.status == 400
    assert refused.details == {("INSUFFICIENT_PERMISSIONS", "enabled"), ("INSUFFICIENT_PERMISSIONS", "population")}
    assert both("PUT", f"/users/{me}", {"username": "x"}, token=updating).status == 403
    assert both("PUT", f"/users/{me}/enabled", {"enabled": False}, token=updating).status == 403
