"""Who may a little gets no more: roles, addresses, second factors and sessions of others."""

import json
import re
from base64 import b32decode
from typing import Any
from uuid import uuid4

import pytest

from gatepost.identity import roles, totp
from tests.provider.world import AFTER, CALLBACK, PASSWORD, Browser, Client, Reply, User, World

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
VENDOR = "application/vnd.pingidentity"
WORKER: dict[str, Any] = {
    "enabled": True,
    "type": "WORKER",
    "protocol": "OPENID_CONNECT",
    "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
    "redirectUris": [CALLBACK],
}
OTHER_PASSWORD = "Copper-Meadow9!Finch"


def api_as(
    world: World, token: str, method: str, path: str, body: object = None, media_type: str = "application/json"
) -> Reply:
    headers = {"authorization": f"Bearer {token}"}
    if body is not None:
        headers["content-type"] = media_type
    octets = b"" if body is None else json.dumps(body).encode()
    return world.send(method, f"{world.api_url}{path}", headers, octets, "192.0.2.9")


def environment_of(world: World) -> dict[str, str]:
    return {"type": "ENVIRONMENT", "id": world.environment_id}


def token_with(world: World, role: roles.Role, scope: dict[str, str]) -> str:
    """A token of a program that has a role."""
    made = world.client(openid=False, **{**WORKER, "grantTypes": ["CLIENT_CREDENTIALS"], "responseTypes": ["TOKEN"]})
    world.made(f"/applications/{made.id}/roleAssignments", {"role": {"id": role.id}, "scope": scope})
    token: str = made.token("client_credentials").json["access_token"]
    return token


def with_scopes(world: World, *names: str) -> Client:
    """An application that may ask for scopes of the platform's API."""
    client = world.client()
    resources = world.api("GET", "/resources?limit=100").json["_embedded"]["resources"]
    api = next(each["id"] for each in resources if each["type"] == "PINGONE_API")
    found = world.api("GET", f"/resources/{api}/scopes?limit=200").json["_embedded"]["scopes"]
    scopes = [{"id": each["id"]} for each in found if each["name"] in names]
    world.made(f"/applications/{client.id}/grants", {"resource": {"id": api}, "scopes": scopes})
    return client


def access_token(browser: Browser, client: Client, user: User, scope: str = "openid") -> str:
    token: str = client.redeem(browser.sign_on(client, user, scope=scope)["code"]).json["access_token"]
    return token


# ── Worker applications, where the roles of users count ──


@pytest.fixture(scope="module")
def developer(provider: World) -> str:
    return token_with(provider, roles.CLIENT_APPLICATION_DEVELOPER, environment_of(provider))


@pytest.mark.parametrize("grant", ["AUTHORIZATION_CODE", "IMPLICIT", "DEVICE_CODE", "TOKEN_EXCHANGE"])
def test_a_developer_makes_no_application_that_acts_with_roles_of_users(
    provider: World, developer: str, grant: str
) -> None:
    sent = {"name": f"W {uuid4()}", **WORKER, "grantTypes": [grant]}
    assert api_as(provider, developer, "POST", "/applications", sent).status == 403
    plain = {**sent, "grantTypes": ["CLIENT_CREDENTIALS"]}
    made = api_as(provider, developer, "POST", "/applications", plain)
    assert made.status == 201
    at = f"/applications/{made.json['id']}"
    assert api_as(provider, developer, "PATCH", at, {"grantTypes": [grant]}).status == 403
    assert api_as(provider, developer, "PATCH", at, {"description": "x"}).status == 200


def test_a_developer_does_not_take_such_an_application_over(provider: World, developer: str) -> None:
    worker = provider.client(openid=False, **{**WORKER, "grantTypes": ["AUTHORIZATION_CODE", "TOKEN_EXCHANGE"]})
    policy = provider.made("/signOnPolicies", {"name": f"Policy_{uuid4().hex}"})
    assignment = {"signOnPolicy": {"id": policy["id"]}, "priority": 1}
    at = f"/applications/{worker.id}"
    for method, path, body in (
        ("PATCH", at, {"redirectUris": ["https://evil.example/cb"]}),
        ("GET", f"{at}/secret", None),
        ("POST", f"{at}/secret", None),
        ("POST", f"{at}/signOnPolicyAssignments", assignment),
    ):
        assert api_as(provider, developer, method, path, body).status == 403, (method, path)


def test_an_exchange_gives_no_roles(provider: World, browser: Browser, client: Client, user: User) -> None:
    worker = provider.client(**{**WORKER, "grantTypes": ["AUTHORIZATION_CODE", "TOKEN_EXCHANGE"]})
    form = {"subject_token_type": ACCESS_TOKEN, "scope": "openid"}
    raised = worker.token(EXCHANGE, subject_token=access_token(browser, client, user), **form)
    assert (raised.status, raised.json["error"]) == (400, "invalid_grant")
    own = worker.redeem(browser.authorize(worker).parameters["code"]).json["access_token"]
    assert worker.token(EXCHANGE, subject_token=own, **form).status == 200


# ── Addresses ──


def test_a_code_proves_the_address_that_it_was_sent_to_alone(provider: World, browser: Browser, user: User) -> None:
    client = with_scopes(provider, "p1:update:user", "p1:verify:user")
    token = access_token(browser, client, user, "openid p1:update:user p1:verify:user")
    at = f"/users/{user.id}"

    def sent() -> str:
        assert api_as(provider, token, "POST", at, {}, f"{VENDOR}.user.sendVerificationCode+json").status == 200
        found = re.search(r"code is (\w+)", provider.outbox[-1].text)
        assert found is not None
        return found[1]

    def verify(code: str) -> Reply:
        return api_as(provider, token, "POST", at, {"verificationCode": code}, f"{VENDOR}.user.verify+json")

    code = sent()
    assert api_as(provider, token, "PATCH", at, {"email": "ceo@victim.example"}).status == 200
    assert verify(code).status == 400
    assert provider.api("GET", at).json["emailVerified"] is False
    assert verify(sent()).json["emailVerified"] is True


def test_a_recovery_code_of_an_address_that_was_given_up(provider: World, user: User) -> None:
    at = f"/users/{user.id}"
    provider.api("POST", f"{at}/password", {}, f"{VENDOR}.password.sendRecoveryCode+json")
    found = re.search(r"password is (\w+)", provider.outbox[-1].text)
    assert found is not None
    assert provider.api("PATCH", at, {"email": "new@example.com"}).status == 200
    body = {"recoveryCode": found[1], "newPassword": OTHER_PASSWORD}
    assert provider.api("POST", f"{at}/password", body, f"{VENDOR}.password.recover+json").status == 400


# ── Sessions ──


def test_what_a_session_was_to_bring_ends_with_it(provider: World, browser: Browser, user: User) -> None:
    client = provider.client(grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN", "TOKEN_EXCHANGE"])
    tokens = client.redeem(browser.sign_on(client, user)["code"]).json
    late = browser.authorize(client).parameters["code"]
    form = {"subject_token": tokens["id_token"], "subject_token_type": ID_TOKEN, "scope": "openid"}
    assert client.token(EXCHANGE, **form).status == 200
    hint = f"id_token_hint={tokens['id_token']}&post_logout_redirect_uri={AFTER}"
    assert browser.get(f"{provider.issuer}/signoff?{hint}").status == 302
    for refused in (client.redeem(late), client.token(EXCHANGE, **form)):
        assert (refused.status, refused.json["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("way", ["set", "recover"])
def test_who_knew_the_password_before_is_out(provider: World, browser: Browser, user: User, way: str) -> None:
    client = provider.client()
    tokens = client.redeem(browser.sign_on(client, user, scope="openid offline_access")["code"]).json
    at = f"/users/{user.id}/password"
    if way == "set":
        reply = provider.api("PUT", at, {"value": OTHER_PASSWORD}, f"{VENDOR}.password.set+json")
    else:
        provider.api("POST", at, {}, f"{VENDOR}.password.sendRecoveryCode+json")
        found = re.search(r"password is (\w+)", provider.outbox[-1].text)
        assert found is not None
        body = {"recoveryCode": found[1], "newPassword": OTHER_PASSWORD}
        reply = provider.api("POST", at, body, f"{VENDOR}.password.recover+json")
    assert reply.status == 200, reply.text
    assert browser.authorize(client, prompt="none").parameters["error"] == "login_required"
    assert client.token("refresh_token", refresh_token=tokens["refresh_token"]).status == 400
    assert not client.active(tokens["access_token"])


# ── Second factors ──


def test_a_password_alone_changes_no_second_factor(provider: World, user: User) -> None:
    def code(secret: str) -> str:
        padded = secret + "=" * (-len(secret) % 8)
        return totp.code(b32decode(padded), totp.step_at(int(provider.time() * 1000)))

    def activate(token: str, device: Any) -> Reply:
        kind = f"{VENDOR}.device.activate+json"
        return api_as(provider, token, "POST", f"{at}/{device['id']}", {"otp": code(device["secret"])}, kind)

    names = ("p1:create:device", "p1:update:device", "p1:delete:device")
    client, at = with_scopes(provider, *names), f"/users/{user.id}/devices"
    scope = f"openid {' '.join(names)}"
    # The first one is added by who has no other.
    token = access_token(provider.browser(), client, user, scope)
    first = api_as(provider, token, "POST", at, {"type": "TOTP"}).json
    assert activate(token, first).json["status"] == "ACTIVE"
    assert api_as(provider, token, "POST", at, {"type": "TOTP"}).status == 403
    assert api_as(provider, token, "DELETE", f"{at}/{first['id']}").status == 403
    # Who proved it may add another, and take it away.
    policy = provider.made("/signOnPolicies", {"name": f"Policy_{uuid4().hex}"})
    for priority, kind in enumerate(("LOGIN", "MULTI_FACTOR_AUTHENTICATION"), 1):
        provider.made(f"/signOnPolicies/{policy['id']}/actions", {"type": kind, "priority": priority})
    strong = with_scopes(provider, *names)
    assignment = {"signOnPolicy": {"id": policy["id"]}, "priority": 1}
    provider.made(f"/applications/{strong.id}/signOnPolicyAssignments", assignment)
    browser = provider.browser()
    shown = browser.follow(browser.authorize(strong, scope=scope))
    flow_id = re.search(r"flowId=([0-9a-f-]+)", shown.url)
    assert flow_id is not None
    browser.act(flow_id[1], "usernamePassword.check", username=user.username, password=PASSWORD)
    provider.offset += 30  # a code is good once
    assert browser.act(flow_id[1], "otp.check", otp=code(first["secret"])).json["status"] == "COMPLETED"
    answer = browser.follow(browser.get(f"{provider.issuer}/resume?flowId={flow_id[1]}"))
    token = strong.redeem(answer.parameters["code"]).json["access_token"]
    second = api_as(provider, token, "POST", at, {"type": "TOTP"}).json
    assert activate(token, second).json["status"] == "ACTIVE"
    assert api_as(provider, token, "DELETE", f"{at}/{first['id']}").status == 204
