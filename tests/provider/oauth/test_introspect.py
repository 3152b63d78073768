"""What a token says, to who it is for (RFC 7662)."""

from collections.abc import Callable
from typing import Any

import pytest

from gatepost.identity import users
from gatepost.jose import SigningKey, sign_compact
from tests.provider.oauth.conftest import JWT_BEARER, Answer, Served, said


class _Case:
    """A token of a user for a resource, and everybody who could ask about it."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.resource, self.other_resource = served.resource("read"), served.resource("else")
        self.application = served.application(grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN"])
        self.other = served.application()
        served.grant(self.application, self.resource)
        self.user_id = served.user()
        code = served.code(self.application, self.user_id, scope="read openid")
        self.tokens = served.redeem(self.application, code).json

    def asked_by(self, who: str, token: str) -> Answer:
        served = self.served
        match who:
            case "the application":
                return served.as_client(self.application, "introspect", token=token)
            case "the resource":
                return served.post("introspect", served.basic(self.resource.id), token=token)
            case "another application":
                return served.as_client(self.other, "introspect", token=token)
            case _:
                return served.post("introspect", served.basic(self.other_resource.id), token=token)


@pytest.fixture
def case(served: Served) -> _Case:
    return _Case(served)


_EVERYBODY = ["the application", "the resource", "another application", "another resource"]
_TOKENS = {
    "access_token": {"the application", "the resource"},
    "id_token": {"the application"},
    "refresh_token": {"the application"},
}


@pytest.mark.parametrize("who", _EVERYBODY)
@pytest.mark.parametrize("token", _TOKENS)
def test_a_token_is_active_for_who_it_is_for(case: _Case, token: str, who: str) -> None:
    answer = case.asked_by(who, case.tokens[token])
    assert answer.status == 200
    if who in _TOKENS[token]:
        assert answer.json["active"] is True
        assert answer.json["client_id"] == case.application.id
    else:
        assert answer.json == {"active": False}


def test_everything_that_an_access_token_says_is_told(case: _Case) -> None:
    answer = case.asked_by("the application", case.tokens["access_token"])
    assert answer.json == {"active": True, "token_type": "Bearer", **said(case.tokens["access_token"])}


def test_no_mapping_takes_the_place_of_what_introspection_says(served: Served) -> None:
    application, resource = served.worker(), served.resource("read")
    served.grant(application, resource)
    for name in ("active", "token_type"):
        served.attribute(resource.id, name=name, value="mapped")
    token = served.token(application, grant_type="client_credentials").json["access_token"]
    told = served.as_client(application, "introspect", token=token).json
    assert (told["active"], told["token_type"]) == (True, "Bearer")
    served.as_client(application, "revoke", token=token)
    assert served.as_client(application, "introspect", token=token).json == {"active": False}


def _revoked(case: _Case) -> None:
    case.served.as_client(case.application, "revoke", token=case.tokens["access_token"])


def _expired(case: _Case) -> None:
    case.served.time += 3600


def _user_disabled(case: _Case) -> None:
    served = case.served
    served.write(lambda c: users.patch(c, served.environment_id, case.user_id, {"enabled": False}, served.now))


def _user_removed(case: _Case) -> None:
    case.served.write(lambda c: users.remove(c, case.served.environment_id, case.user_id))


def _application_disabled(case: _Case) -> None:
    case.served.changed(case.application, enabled=False)


@pytest.mark.parametrize("ended", [_revoked, _expired, _user_disabled, _user_removed, _application_disabled])
def test_a_token_that_has_ended_is_inactive(case: _Case, ended: Callable[[_Case], None]) -> None:
    assert case.asked_by("the resource", case.tokens["access_token"]).json["active"] is True
    ended(case)
    assert case.asked_by("the resource", case.tokens["access_token"]).json == {"active": False}


@pytest.mark.parametrize("token", ["x", "a.b.c", "...", "x" * 5000, "e30.e30.", "\u00e4.b.c"])
def test_what_is_no_token_is_inactive(case: _Case, token: str) -> None:
    assert case.asked_by("the application", token).json == {"active": False}


def test_a_token_that_somebody_else_signed_is_inactive(case: _Case) -> None:
    claims = said(case.tokens["access_token"])
    kid = case.served.configuration.signing_key().kid
    forged = sign_compact(claims, SigningKey.generate("RS256", kid=kid))
    assert case.asked_by("the application", forged).json == {"active": False}


def test_the_token_is_required(case: _Case) -> None:
    assert case.served.as_client(case.application, "introspect").error == "400 invalid_request"


@pytest.mark.parametrize(
    ("method", "how", "status"),
    [
        ("CLIENT_SECRET_BASIC", "basic", 200),
        ("CLIENT_SECRET_BASIC", "post", 401),
        ("CLIENT_SECRET_BASIC", "none", 401),
        ("CLIENT_SECRET_POST", "post", 200),
        ("CLIENT_SECRET_POST", "basic", 401),
        ("NONE", "none", 200),
        ("NONE", "basic", 401),
    ],
)
def test_a_resource_authenticates_in_its_own_way(served: Served, method: str, how: str, status: int) -> None:
    resource = served.resource("read", introspectEndpointAuthMethod=method)
    form: dict[str, Any] = {} if how == "basic" else {"client_id": resource.id}
    if how == "post":
        form["client_secret"] = served.secret(resource.id)
    headers = served.basic(resource.id) if how == "basic" else {}
    assert served.post("introspect", headers, token="x", **form).status == status


def test_a_wrong_secret_of_a_resource_is_refused(served: Served) -> None:
    resource = served.resource("read")
    assert served.post("introspect", served.basic(resource.id, "wrong"), token="x").error == "401 invalid_client"


def test_the_predefined_resources_ask_nothing(served: Served) -> None:
    for resource in (served.configuration.openid, served.configuration.platform):
        assert served.post("introspect", token="x", client_id=resource.id).error == "401 invalid_client"


def test_the_workflow_ends_with_the_claim_of_the_clients_jwt(served: Served) -> None:
    """Use an authentication JWT for token fulfillment: steps 1 to 15, but for the sign-on."""
    application = served.application(tokenEndpointAuthMethod="CLIENT_SECRET_JWT")
    resource = served.resource("CustomResourceScope_1", accessTokenValiditySeconds=7200)
    served.attribute(
        resource.id,
        name="clientAssertion_custom",
        value="${#root.context.requestData.clientAssertion.custom1}",
    )
    served.grant(application, resource)
    code = served.code(
        application, scope="CustomResourceScope_1 openid", code_challenge=None, code_challenge_method=None
    )
    jwt_signed = served.assertion(application, custom1="from the JWT", jti="workflow-1")
    authentication = {"client_assertion": jwt_signed, "client_assertion_type": JWT_BEARER}
    answer = served.post(
        "token",
        grant_type="authorization_code",
        code=code,
        redirect_uri="https://app.example.com/callback",
        **authentication,
    )
    assert answer.status == 200
    told = served.post("introspect", token=answer.json["access_token"], **authentication)
    assert told.json["active"] is True
    assert told.json["clientAssertion_custom"] == "from the JWT"
