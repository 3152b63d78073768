"""The workflow "use an authentication JWT for token fulfillment" against a provider, request by request."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import pytest

from gatepost.jose import SigningKey, sign_compact
from tests.end_to_end.real_parts.provider import Provider, Reply, form, provider, send

CALLBACK = "https://www.example.com"
PASSWORD = "Violet-Harbor7!Quill"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Provider]:
    """A provider in an empty folder, on each database."""
    database = None if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    with provider(tmp_path, database=database) as started:
        yield started


@dataclass
class Workflow:
    """The workflow, with the variables of its Postman collection."""

    provider: Provider
    variables: dict[str, str] = field(default_factory=dict)

    def api(self, method: str, path: str, body: object = None, media_type: str = "") -> Reply:
        """Ask the platform's API as the worker application."""
        headers = {"authorization": f"Bearer {self.variables['accessToken']}"}
        return send(method, f"{self.provider.api}{path}", body, headers, media_type)

    def created(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create something, which is then where the answer says it is."""
        reply = self.api("POST", path, body)
        assert reply.status == 201, reply.body
        made: dict[str, Any] = reply.json
        assert made["_links"]["self"]["href"] == reply.headers["location"]
        assert {name: made[name] for name in body if name != "password"} == body
        again = self.api("GET", reply.headers["location"].removeprefix(self.provider.api))
        assert again.json["id"] == made["id"]
        return made

    def assertion(self, **claims: object) -> str:
        """Return the authentication JWT: of the application, signed with its secret."""
        application, now = self.variables["appJwtID"], int(time.time())
        payload = {
            "iss": application,
            "sub": application,
            "aud": self.provider.issuer,
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid4()),
            **claims,
        }
        key = SigningKey.from_secret(self.variables["appJwtSecret"].encode(), "HS256")
        return sign_compact(payload, key)

    def configure(self, mark: str) -> None:
        """Make the application, the resource, and what one may ask of the other."""
        kept = self.variables

        # 1: an application whose authentication at the token endpoint is a JWT
        application = self.created(
            "/applications",
            {
                "enabled": True,
                "name": f"JWT application {mark}",
                "description": "For token fulfillment",
                "type": "WEB_APP",
                "protocol": "OPENID_CONNECT",
                "grantTypes": ["AUTHORIZATION_CODE"],
                "redirectUris": [CALLBACK],
                "responseTypes": ["CODE"],
                "tokenEndpointAuthMethod": "CLIENT_SECRET_JWT",
            },
        )
        kept["appJwtID"] = application["id"]
        assert "secret" not in application

        # 2: its secret
        secret = self.api("GET", f"/applications/{kept['appJwtID']}/secret")
        assert secret.status == 200
        kept["appJwtSecret"] = secret.json["secret"]
        assert len(kept["appJwtSecret"]) >= 64

        # 3 to 5: a resource, its scope, and a claim from the JWT's
        kept["audience"] = f"https://api.custom-resource-{mark}.example.com"
        resource = {
            "name": f"CustomResource_{mark}",
            "description": "This is my custom resource",
            "audience": kept["audience"],
            "accessTokenValiditySeconds": 7200,
        }
        kept["customResourceID"] = self.created("/resources", resource)["id"]
        within = f"/resources/{kept['customResourceID']}"
        kept["customScopeName"] = f"CustomResourceScope_{mark}"
        scope = self.created(f"{within}/scopes", {"name": kept["customScopeName"], "description": "My scope"})
        value = "${#root.context.requestData.clientAssertion.custom1}"
        self.created(f"{within}/attributes", {"name": "clientAssertion_custom", "value": value})

        # 6: what the application may ask for
        grant = {"resource": {"id": kept["customResourceID"]}, "scopes": [{"id": scope["id"]}]}
        self.created(f"/applications/{kept['appJwtID']}/grants", grant)

    def register(self, mark: str) -> None:
        """Make somebody with a password."""
        kept = self.variables

        # 7 to 9: a population, a user, the password
        population = self.created("/populations", {"name": f"Population {mark}", "description": "Of the workflow"})
        kept["username"] = f"user_{mark}"
        user = {
            "email": f"{kept['username']}@example.com",
            "name": {"given": "Ann", "family": "Lee"},
            "population": {"id": population["id"]},
            "username": kept["username"],
        }
        kept["userID"] = self.created("/users", user)["id"]
        media_type = "application/vnd.pingidentity.password.set+json"
        sent = {"value": PASSWORD, "forceChange": False}
        password = self.api("PUT", f"/users/{kept['userID']}/password", sent, media_type)
        assert (password.status, password.json["status"]) == (200, "OK")

    def sign_on(self) -> str:
        """Sign on, and return the code that the application gets."""
        kept, running = self.variables, self.provider

        # 10: the application asks to have somebody sign on
        parameters = {
            "response_type": "code",
            "client_id": kept["appJwtID"],
            "redirect_uri": CALLBACK,
            "scope": f"{kept['customScopeName']} openid",
            "state": "some-state",
        }
        asked = send("GET", f"{running.issuer}/authorize?{urlencode(parameters)}")
        assert asked.status == 302
        place = urlsplit(asked.headers["location"])
        assert place.path == f"/{running.environment_id}/signon/"
        kept["flowID"] = dict(parse_qsl(place.query))["flowId"]
        browser = {"cookie": asked.headers["set-cookie"].split(";")[0]}

        # 11 and 12: the flow, and its sign-on
        flow = f"{running.url}/{running.environment_id}/flows/{kept['flowID']}"
        stands = send("GET", flow, headers=browser)
        assert (stands.status, stands.json["status"]) == (200, "USERNAME_PASSWORD_REQUIRED")
        assert stands.json["_links"]["usernamePassword.check"]["href"] == flow
        media_type = "application/vnd.pingidentity.usernamePassword.check+json"
        sent = {"username": kept["username"], "password": PASSWORD}
        signed_on = send("POST", flow, sent, browser, media_type)
        assert (signed_on.status, signed_on.json["status"]) == (200, "COMPLETED")
        browser = {"cookie": signed_on.headers["set-cookie"].split(";")[0]}

        # 13: back to the application, with a code
        resumed = send("GET", signed_on.json["resumeUrl"], headers=browser)
        assert resumed.status == 302
        assert resumed.headers["location"].startswith(f"{CALLBACK}?")
        came = dict(parse_qsl(urlsplit(resumed.headers["location"]).query))
        assert came["state"] == "some-state"
        return came["code"]


def test_the_claim_of_the_clients_jwt_comes_with_the_introspection(running: Provider) -> None:
    flow, mark = Workflow(running), uuid4().hex
    flow.variables["accessToken"] = running.worker_token()
    flow.configure(mark)
    flow.register(mark)
    code = flow.sign_on()

    # 14: the code and the JWT for a token
    signed = flow.assertion(custom1="custom value 1", custom2=2)
    proof = {"client_assertion": signed, "client_assertion_type": JWT_BEARER}
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **proof}
    exchanged = form(f"{running.issuer}/token", fields)
    assert exchanged.status == 200, exchanged.body
    assert (exchanged.json["token_type"], exchanged.json["expires_in"]) == ("Bearer", 7200)
    token = exchanged.json["access_token"]

    # 15: the token, looked into with the very same JWT
    looked = form(f"{running.issuer}/introspect", {"token": token, **proof})
    assert looked.status == 200
    claims = looked.json
    assert claims["active"] is True
    assert claims["clientAssertion_custom"] == "custom value 1"
    assert claims["client_id"] == flow.variables["appJwtID"]
    assert claims["sub"] == flow.variables["userID"]
    assert claims["aud"] == [flow.variables["audience"]]
    assert claims["iss"] == running.issuer
    assert flow.variables["customScopeName"] in claims["scope"].split()

    # The JWT counts once per endpoint.
    again = form(f"{running.issuer}/introspect", {"token": token, **proof})
    assert (again.status, again.json["error"]) == (401, "invalid_client")


def test_another_server_on_the_same_database_goes_on(running: Provider) -> None:
    before = send("GET", running.api, headers={"authorization": f"Bearer {running.worker_token()}"})
    assert before.json["id"] == running.environment_id
    options = (f"--public-url={running.url}", f"--database={running.database}")
    with provider(running.folder, *options) as second:
        assert second.made == running.made
        for way in (second.at, running.at):
            token = second.worker_token(way)
            path = urlsplit(running.api).path
            for other in (second.at, running.at):
                reply = send("GET", f"{other}{path}", headers={"authorization": f"Bearer {token}"})
                assert reply.json["id"] == running.environment_id
