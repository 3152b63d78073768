"""The grant of another token (RFC 8693)."""

from typing import Any

import pytest

from gatepost.identity.applications import Application
from gatepost.jose import SigningKey
from tests.provider.oauth.conftest import BEGINNING, CALLBACK, VERIFIER, Answer, Served, said

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token"
NOW = int(BEGINNING)


class _Case:
    """A front end that got tokens of a user, and a service that exchanges them for others."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.front, self.back = served.application(), self.service()
        self.orders, self.bills = served.resource("orders"), served.resource("bills", accessTokenValiditySeconds=7200)
        served.grant(self.front, self.orders)
        served.grant(self.back, self.bills)
        self.user_id = served.user()
        self.tokens = served.redeem(self.front, served.code(self.front, self.user_id, scope="openid orders")).json

    def service(self, **members: Any) -> Application:
        return self.served.application(
            type="SERVICE", grantTypes=["CLIENT_CREDENTIALS", "TOKEN_EXCHANGE"], redirectUris=[], **members
        )

    def exchange(self, application: Application | None = None, **form: Any) -> Answer:
        whole = {
            "grant_type": EXCHANGE,
            "subject_token": self.tokens["access_token"],
            "subject_token_type": ACCESS_TOKEN,
            **form,
        }
        return self.served.token(application or self.back, **whole)


@pytest.fixture
def case(served: Served) -> _Case:
    return _Case(served)


def test_a_token_of_a_user_brings_one_for_another_resource(case: _Case) -> None:
    case.served.time += 600
    answer = case.exchange(audience=case.bills.audience, scope="bills")
    assert list(answer.json) == ["access_token", "token_type", "expires_in", "scope", "issued_token_type"]
    assert answer.json["issued_token_type"] == ACCESS_TOKEN
    claims = answer.claims
    assert claims["sub"] == claims["p1.userId"] == case.user_id
    assert claims["client_id"] == case.back.id
    assert claims["aud"] == [case.bills.audience]
    assert claims["scope"] == "bills"
    # no longer than what it came of
    assert claims["exp"] == NOW + 3600
    assert answer.json["expires_in"] == 3000


def test_the_actor_is_named_with_who_acted_before(case: _Case) -> None:
    actor = case.served.token(case.back, grant_type="client_credentials").json["access_token"]
    form = {"actor_token": actor, "actor_token_type": ACCESS_TOKEN}
    first = case.exchange(**form)
    assert first.claims["act"] == {"sub": case.back.id, "client_id": case.back.id}
    second = case.exchange(subject_token=first.json["access_token"], **form)
    assert second.claims["act"] == {"sub": case.back.id, "client_id": case.back.id, "act": first.claims["act"]}


def test_mappings_see_both_tokens(case: _Case) -> None:
    case.served.attribute(case.bills.id, name="from", value="${#root.context.requestData.subjectToken.client_id}")
    case.served.attribute(case.bills.id, name="by", value="${#root.context.requestData.actorToken.client_id}")
    actor = case.served.token(case.back, grant_type="client_credentials").json["access_token"]
    claims = case.exchange(actor_token=actor, actor_token_type=ACCESS_TOKEN).claims
    assert (claims["from"], claims["by"]) == (case.front.id, case.back.id)


def test_an_id_token_is_exchanged_by_its_own_application(case: _Case) -> None:
    form = {"subject_token": case.tokens["id_token"], "subject_token_type": ID_TOKEN}
    assert case.exchange(**form).error == "400 invalid_grant"
    both = case.served.application(grantTypes=["AUTHORIZATION_CODE", "TOKEN_EXCHANGE"])
    case.served.grant(both, case.bills)
    tokens = case.served.redeem(both, case.served.code(both, case.user_id)).json
    answer = case.exchange(both, subject_token=tokens["id_token"], subject_token_type=ID_TOKEN, scope="bills")
    assert answer.claims["sub"] == case.user_id


def test_a_subject_that_a_mapping_made_stands_for_no_other_user(case: _Case) -> None:
    served = case.served
    both = served.application(grantTypes=["AUTHORIZATION_CODE", "TOKEN_EXCHANGE"])
    served.grant(both, case.bills)
    served.mapped(both.id, "sub", "${user.nickname}")
    thief = served.user(nickname=case.user_id)
    tokens = served.redeem(both, served.code(both, thief)).json
    assert said(tokens["id_token"])["sub"] == case.user_id
    answer = case.exchange(both, subject_token=tokens["id_token"], subject_token_type=ID_TOKEN, scope="bills")
    assert answer.error == "400 invalid_grant"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"subject_token": None}, "400 invalid_request"),
        ({"subject_token_type": None}, "400 invalid_request"),
        ({"subject_token_type": REFRESH_TOKEN}, "400 invalid_request"),
        ({"subject_token_type": ID_TOKEN}, "400 invalid_grant"),
        ({"subject_token": "x"}, "400 invalid_grant"),
        ({"requested_token_type": REFRESH_TOKEN}, "400 invalid_request"),
        ({"actor_token": "x"}, "400 invalid_request"),
        ({"actor_token": "x", "actor_token_type": ACCESS_TOKEN}, "400 invalid_grant"),
        ({"actor_token_type": ACCESS_TOKEN}, "400 invalid_request"),
        ({"audience": "https://unknown.example.com"}, "400 invalid_target"),
        ({"resource": "https://unknown.example.com"}, "400 invalid_target"),
        ({"scope": "orders"}, "400 invalid_scope"),
    ],
    ids=repr,
)
def test_a_request_that_does_not_fit_is_refused(case: _Case, form: dict[str, Any], error: str) -> None:
    assert case.exchange(**form).error == error


def test_scopes_are_those_that_the_exchanging_application_was_granted(case: _Case) -> None:
    assert case.exchange(audience=case.orders.audience).error == "400 invalid_scope"
    assert case.exchange(audience=case.bills.audience).json["scope"] == "bills"


def test_only_an_application_that_may_and_authenticates_exchanges(case: _Case) -> None:
    assert case.exchange(case.front).error == "400 unauthorized_client"
    public = case.served.application(
        type="NATIVE_APP", tokenEndpointAuthMethod="NONE", grantTypes=["AUTHORIZATION_CODE", "TOKEN_EXCHANGE"]
    )
    assert case.exchange(public).error == "400 unauthorized_client"


def test_a_token_that_has_ended_is_not_exchanged(case: _Case) -> None:
    token = case.tokens["access_token"]
    case.served.as_client(case.front, "revoke", token=token)
    assert case.exchange().error == "400 invalid_grant"


def test_an_expired_token_is_not_exchanged(case: _Case) -> None:
    case.served.time += 3600
    assert case.exchange().error == "400 invalid_grant"


def test_a_token_without_a_user_is_not_exchanged(case: _Case) -> None:
    token = case.served.token(case.back, grant_type="client_credentials").json["access_token"]
    assert case.exchange(subject_token=token).error == "400 invalid_grant"


def test_a_bound_token_is_exchanged_by_who_holds_its_key(case: _Case) -> None:
    served, key, other = case.served, SigningKey.generate("ES256"), SigningKey.generate("ES256")
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    code = served.code(case.front, case.user_id, scope="orders")
    bound = served.token(case.front, {"dpop": served.proof(key)}, code=code, **form).json["access_token"]
    whole = {"grant_type": EXCHANGE, "subject_token": bound, "subject_token_type": ACCESS_TOKEN}
    assert served.token(case.back, **whole).error == "400 invalid_grant"
    assert served.token(case.back, {"dpop": served.proof(other)}, **whole).error == "400 invalid_grant"
    assert served.token(case.back, {"dpop": served.proof(key)}, **whole).json["token_type"] == "DPoP"
